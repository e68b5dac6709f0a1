"""A check ends with whoever called it, and all below it ends too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no hangups")
LOOPS = 'def f():\n    """Loop.\n\n    >>> f()\n    1\n    """\n    while True:\n        pass\n'
CHECK = [sys.executable, "-m", "redraft.app", "check", "loops.py", "--function", "f", "--timeout", "60"]


def processes_in(folder: Path) -> list[int]:
    """The processes whose environment names this folder."""
    mark = str(folder).encode()
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def wait_until(holds, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "loops.py").write_text(LOOPS)
    return tmp_path


def environ(folder: Path) -> dict[str, str]:
    return {**os.environ, "REDRAFT_HOME": str(folder / "home")}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("ignores", [False, True])
def test_a_check_ends_when_its_parent_is_killed(folder: Path, ignores: bool) -> None:
    code = f"import signal, subprocess, time; {'signal.signal(signal.SIGHUP, signal.SIG_IGN); ' if ignores else ''}subprocess.Popen({CHECK!r}); time.sleep(60)"
    caller = subprocess.Popen([sys.executable, "-c", code], cwd=folder, env=environ(folder), stdout=subprocess.DEVNULL)
    assert wait_until(lambda: any(_handles_hangup(pid) for pid in processes_in(folder) if pid != caller.pid))
    caller.kill()
    caller.wait()
    assert wait_until(lambda: not processes_in(folder))


def test_a_check_ends_when_nobody_reads_its_output(folder: Path) -> None:
    check = subprocess.Popen(CHECK, cwd=folder, env=environ(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert check.stdout is not None
    check.stdout.close()
    assert check.wait(30) == 129


def test_a_check_that_is_hung_up_ends_with_that_exit_code(folder: Path) -> None:
    check = subprocess.Popen(CHECK, cwd=folder, env=environ(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert wait_until(lambda: _handles_hangup(check.pid))
    check.send_signal(signal.SIGHUP)
    assert check.wait(30) == 129


def _handles_hangup(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) & 1)
