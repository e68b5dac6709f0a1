"""Seconds from starting Python to the first full frame, ours against a bare Textual hello, in turns: prints the ratio.

`python tests/performance/app_start.py [ROUNDS]`. A frame is full when the last thing in it has been written to the
terminal (a pseudo-terminal of 120×36): the hello's text, and the key bar of our main screen. Target: ratio ≤ 2.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import time
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("hello, world")
Hello().run()
"""
OURS = """
import sys
from redraft.app.cli.main import main
sys.exit(main(["open", "shapes.py", "--base-url", "http://127.0.0.1:9/v1"]))
"""
STUB = 'def area(w: float, h: float) -> float:\n    """The area.\n\n    >>> area(2, 3)\n    6\n    """\n    ...\n'


def started(program: str, folder: Path) -> tuple[int, int]:
    """Process and terminal of a fresh Python that runs `program` in `folder`."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        ours = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "REDRAFT_HOME": str(folder / "home")}
        os.execve(sys.executable, [sys.executable, "-c", program], {**os.environ, **ours})
    ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    return child, terminal


def seconds_to(program: str, mark: bytes, folder: Path) -> float:
    """Wall seconds until `mark` is on the terminal of a fresh Python that runs `program`."""
    began = time.perf_counter()
    child, terminal = started(program, folder)
    shown = b""
    try:
        while mark not in shown:
            if not select.select([terminal], [], [], 30)[0]:
                raise TimeoutError(f"{mark!r} did not come; the last of what came: {shown[-500:]!r}")
            shown += os.read(terminal, 65536)
        return time.perf_counter() - began
    finally:
        os.kill(child, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(child, 0)


def main(rounds: int) -> None:
    """Measure in turns, so that both see the same machine."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shapes.py").write_text(STUB)
        hello: list[float] = []
        ours: list[float] = []
        for _ in range(rounds + 1):
            hello.append(seconds_to(HELLO, b"hello, world", folder))
            ours.append(seconds_to(OURS, b" quit", folder))
    # The first of each warms the disk's cache and writes the byte code.
    bare, full = statistics.median(hello[1:]), statistics.median(ours[1:])
    print(
        f"hello {bare * 1000:.0f} ms, redraft {full * 1000:.0f} ms, ratio {full / bare:.2f} (best {min(ours[1:]) / min(hello[1:]):.2f})"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
