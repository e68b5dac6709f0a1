"""A terminal that is gone keeps nobody: the app ends by itself, whatever it still wanted to write."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redraft.app.common.leaving import GRACE_SECONDS

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pseudo-terminals as Linux has them")
STUB = "def total(prices):\n    '''Sum.\n\n    >>> total([2, 3])\n    5\n    '''\n    ...\n"
IGNORES = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"


def opened(folder: Path, terminal: int, *, hears: bool, text: str = STUB) -> subprocess.Popen[bytes]:
    (folder / "shop.py").write_text(text)
    command = ["-m", "redraft.app", "shop.py", "--base-url", "http://127.0.0.1:9/v1", "-m", "none"]
    return subprocess.Popen(
        [sys.executable, *command] if hears else [sys.executable, "-c", IGNORES, *command],
        cwd=folder,
        env={**os.environ, "REDRAFT_HOME": str(folder / "home"), "TERM": "xterm-256color"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        # With a terminal of its own it is told when that goes; otherwise it only cannot write any more.
        preexec_fn=_own_terminal if hears else None,
    )


def _own_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def read_until(master: int, wanted: bytes, seconds: float) -> bool:
    """Whether this came on the terminal in time."""
    text, end = b"", time.monotonic() + seconds
    while wanted not in text and time.monotonic() < end:
        if select.select([master], [], [], 0.2)[0]:
            text += os.read(master, 65536)
    return wanted in text


@pytest.mark.parametrize("text", [STUB, "x = 1\n"], ids=["with something to do", "idle"])
@pytest.mark.parametrize("hears", [True, False], ids=["hangs up", "only takes no more"])
def test_it_ends_when_the_terminal_goes(tmp_path: Path, hears: bool, text: str) -> None:
    master, terminal = pty.openpty()
    child = opened(tmp_path, terminal, hears=hears, text=text)
    os.close(terminal)
    try:
        assert read_until(master, b"total" if text == STUB else b"no stub", 60)
        os.close(master)
        assert child.wait(GRACE_SECONDS + 55) in {128 + signal.SIGHUP, 1}
    finally:
        child.kill()
        child.wait()
