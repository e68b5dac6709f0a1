"""Which Python runs the program: the setting, VIRTUAL_ENV, the project's own environment, or ours, in this order."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ..errors import SandboxError
from .program import project_root

_PYTHON = Path("Scripts/python.exe") if os.name == "nt" else Path("bin/python")


def chosen_interpreter(setting: str | None, path: str, environ: Mapping[str, str]) -> str:
    """Path of the interpreter for the program at `path` ("" for nowhere).

    Raises:
        SandboxError: the one that was asked for does not exist.
    """
    if setting:
        return _existing(Path(setting).expanduser(), "the interpreter in the settings")
    if environ.get("VIRTUAL_ENV"):
        return _existing(Path(environ["VIRTUAL_ENV"]) / _PYTHON, "VIRTUAL_ENV")
    root = project_root(Path(path).absolute()) if path else None
    for name in (".venv", "venv") if root else ():
        if root and _is_environment(root / name, root):
            return str(root / name / _PYTHON)
    return sys.executable


def environment_age(interpreter: str) -> int:
    """When packages were last installed, in nanoseconds: a zygote started before that is stale."""
    prefix = Path(interpreter).parent.parent
    newest = 0
    for folder in (prefix, *prefix.glob("lib*/python*/site-packages")):
        try:
            newest = max(newest, folder.stat().st_mtime_ns)
        except OSError:
            continue
    return newest


def _is_environment(folder: Path, root: Path) -> bool:
    """Whether it is an environment of an interpreter from elsewhere: no program of the project itself is started."""
    python = folder / _PYTHON
    if not (folder / "pyvenv.cfg").is_file() or not python.is_file():
        return False
    return os.name == "nt" or not python.resolve().is_relative_to(root.resolve())


def _existing(interpreter: Path, whose: str) -> str:
    if interpreter.is_dir():
        interpreter = interpreter / _PYTHON
    if interpreter.is_file():
        # Not resolved: a virtual environment is found through the link's own place.
        return str(interpreter.absolute())
    raise SandboxError(f"{interpreter}: there is no such interpreter ({whose}); install it or choose another")
