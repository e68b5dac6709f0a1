"""Which Python runs a project's code, and with whose packages.

What comes with a project is data until it is trusted: of an environment inside a project only the packages are used, by
an interpreter from elsewhere that is locked down before it looks at them.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from ..errors import SandboxError, UntrustedInterpreter
from ..facts import Fact
from .files import small_text
from .location import Location, outermost_folder

_WINDOWS = os.name == "nt"
PYTHON = Path("Scripts/python.exe") if _WINDOWS else Path("bin/python")
_NAMES = (".venv", "venv", "env", ".env")
_IS_PYTHON = re.compile(r"(?:python|pypy)(?:\d+(?:\.\d+)?)?[a-z]?(?:\.exe)?\Z", re.I)
_LARGEST_PROGRAM = 1 << 28
_LARGEST = 1 << 16
"""Bytes of a `pyvenv.cfg` that is read."""


class Environment(Fact, frozen=True):
    """An interpreter and the environment whose packages it is given."""

    python: str
    """What is started."""
    executable: str = ""
    """The environment's own Python, by whose place the packages are found; "" when `python` has its own."""
    why: str = ""
    """Where the choice comes from, in words."""
    is_inside: bool = False
    """Whether the environment came with the project: then its code runs nowhere but in the run itself, locked down."""

    @property
    def shown(self) -> str:
        """The path a user knows it by."""
        return self.executable or self.python


def choose_environment(
    setting: str | None, location: Location, environ: Mapping[str, str], trusted: frozenset[str] = frozenset()
) -> Environment:
    """The interpreter of the settings, the active environment, the project's own, or redraft's, in this order.

    `trusted` holds the SHA-256 of interpreters that came with a project and may be started all the same.

    Raises:
        SandboxError: the one that was asked for does not exist, or the project's own is none that may be started.
    """
    if setting:
        return _environment(_existing(Path(setting).expanduser(), "the interpreter in the settings"), "the settings")
    active = environ.get("VIRTUAL_ENV") or environ.get("CONDA_PREFIX")
    if active:
        name = "VIRTUAL_ENV" if environ.get("VIRTUAL_ENV") else "CONDA_PREFIX"
        return _checked(_existing(Path(active) / PYTHON, name), location, name, trusted)
    found = _environment_of(location)
    if found is not None:
        return _checked(found / PYTHON, location, f"found as {location.shown(str(found))}", trusted)
    return _environment(Path(sys.executable), "redraft's own")


def environment_age(environment: Environment) -> int:
    """When packages were last installed, in nanoseconds: a zygote started before that is stale."""
    prefix = Path(environment.shown).parent.parent
    newest = 0
    for folder in (prefix, *prefix.glob("lib*/python*/site-packages")):
        try:
            newest = max(newest, folder.stat().st_mtime_ns)
        except OSError:
            continue
    return newest


def _environment_of(location: Location) -> Path | None:
    """The environment a file is installed in, or the nearest one beside a project or above it, in its repository."""
    if not location.path:
        return None
    file = Path(location.path)
    packages = next((folder for folder in file.parents if folder.name in {"site-packages", "dist-packages"}), None)
    if packages is not None:
        # …/lib/python3.11/site-packages, or …/Lib/site-packages on Windows.
        above = [folder for folder in packages.parents[:4] if (folder / "pyvenv.cfg").is_file()]
        return above[0] if above and (above[0] / PYTHON).exists() else None
    if not location.project:
        return None
    project, outermost = Path(location.project), Path(outermost_folder(location))
    for folder in (project, *project.parents):
        for name in _NAMES:
            if (folder / name / "pyvenv.cfg").is_file() and os.path.lexists(folder / name / PYTHON):
                return folder / name
        if folder == outermost:
            break
    return None


def _environment(python: Path, why: str) -> Environment:
    """An interpreter that the user chose: an environment's own is started by its base where that can be told."""
    prefix = python.parent.parent
    if (prefix / "pyvenv.cfg").is_file() and (base := _base(python, ())) is not None:
        return Environment(python=str(base), executable=str(python), why=why)
    return Environment(python=str(python), why=why)


def _checked(python: Path, location: Location, why: str, trusted: frozenset[str]) -> Environment:
    """An environment that may lie inside the project: nothing there is started.

    Raises:
        SandboxError: there is no interpreter elsewhere that it stands on.
    """
    bounds = _untrusted_folders(location)
    if not _is_below(python.parent, bounds) and not _is_below(python.resolve(), bounds):
        return _environment(python, why)
    base = _base(python, bounds)
    if base is None and trusted and digest_of_file(python) in trusted:
        return Environment(python=str(python), why=f"{why}, which you trust")
    if base is None:
        raise UntrustedInterpreter(
            f"{location.shown(str(python))} is not started: the interpreter behind it came with the project, or is no "
            "Python of this machine; choose one with --interpreter, make the environment anew, or see `redraft trust`",
            python=str(python),
        )
    return Environment(python=str(base), executable=str(python), why=why, is_inside=True)


def _base(python: Path, bounds: tuple[Path, ...]) -> Path | None:
    """The real interpreter that an environment was made from, outside of `bounds`; its settings are only read."""
    settings = _settings_of(python.parent.parent / "pyvenv.cfg")
    home = Path(settings.get("home", ""))
    version = ".".join(settings.get("version", settings.get("version_info", "")).split(".")[:2])
    wanted = [python, Path(settings.get("base-executable", "")), Path(settings.get("executable", ""))]
    names = (f"python{version}", "python3", "python", "python.exe") if version else ("python3", "python", "python.exe")
    wanted += [home / name for name in names] if home.is_absolute() else []
    prefix = python.parent.parent.resolve()
    for path in wanted:
        if not path.is_absolute():
            continue
        real = path.resolve()
        if _is_below(real, (*bounds, prefix)) or not _IS_PYTHON.match(real.name):
            continue
        if real.is_file() and os.access(real, os.X_OK):
            return real
    return None


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file of a usual size, "" when it cannot be read."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_PROGRAM:
            return ""
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _settings_of(path: Path) -> dict[str, str]:
    lines = small_text(path, _LARGEST).splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and "\0" not in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _untrusted_folders(location: Location) -> tuple[Path, ...]:
    """What may have come with the project: its outermost folder, and what was unpacked beside that."""
    if not location.path:
        return ()
    outermost = Path(outermost_folder(location))
    beside = outermost.parent
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    shared = {Path("/"), Path("/opt"), Path("/usr"), Path("/usr/local"), Path("/home"), Path("/nix"), home}
    # Above the home folder lies what is the machine's.
    return (outermost,) if beside in shared or home.is_relative_to(beside) else (outermost, beside)


def _is_below(path: Path, folders: tuple[Path, ...]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _existing(interpreter: Path, whose: str) -> Path:
    if interpreter.is_dir():
        interpreter = interpreter / PYTHON
    if interpreter.is_file():
        # Not resolved: a virtual environment is found through the link's own place.
        return interpreter.absolute()
    raise SandboxError(f"{interpreter}: there is no such interpreter ({whose}); install it or choose another")
