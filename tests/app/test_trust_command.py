"""`redraft trust`, and a clone whose interpreter is the clone's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REDRAFT = [sys.executable, "-m", "redraft.app"]
STUB = (
    'def double(x):\n    """Twice x.\n\n    >>> double(2)\n    4\n    """\n    return 2 * x\n\n\ndef triple(x): ...\n'
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project with an environment whose interpreter is a script that leaves a mark."""
    folder = tmp_path / "clones" / "shop"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    (folder / "shop.py").write_text(STUB)
    (folder / ".venv" / "pyvenv.cfg").write_text("home = /nowhere\n")
    script = folder / "tools" / "python3"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\ntouch "{folder}/started"\nexec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    (folder / ".venv" / "bin" / "python").symlink_to(script)
    return folder


def redraft(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "CONDA_PREFIX"}}
    environ["REDRAFT_HOME"] = str(clone.parent / "home")
    command = [*REDRAFT, *words]
    return subprocess.run(command, capture_output=True, text=True, env=environ, stdin=subprocess.DEVNULL, cwd=clone)


CHECK = ("check", "shop.py", "--function", "double")


@pytest.mark.parametrize("words", [CHECK, ("doctor",), ("run", "shop.py::triple")], ids=lambda words: words[0])
def test_a_clones_own_interpreter_is_refused_in_words_and_not_started(clone: Path, words: tuple[str, ...]) -> None:
    done = redraft(clone, *words)
    assert done.returncode == 3
    assert ".venv/bin/python is not started" in done.stderr and "--interpreter" in done.stderr
    assert not (clone / "started").exists()


def test_trust_is_never_given_by_nobody(clone: Path) -> None:
    done = redraft(clone, "trust", ".")
    assert done.returncode == 2
    assert "interpreter = " in done.stdout and "--yes" in done.stderr
    assert redraft(clone, *CHECK).returncode == 3


def test_an_interpreter_that_was_agreed_to_is_started_until_it_changes(clone: Path) -> None:
    assert redraft(clone, "trust", ".", "--yes").returncode == 0
    done = redraft(clone, *CHECK)
    assert (done.returncode, (clone / "started").exists()) == (0, True)
    script = clone / "tools" / "python3"
    script.write_text(script.read_text() + "# changed\n")
    assert redraft(clone, *CHECK).returncode == 3


def test_another_interpreter_can_be_named(clone: Path) -> None:
    done = redraft(clone, *CHECK, "--interpreter", sys.executable)
    assert (done.returncode, (clone / "started").exists()) == (0, False)
