"""CPU an open, idle main screen takes, beside a bare Textual hello at the same time: prints both as shares of a core.

`python tests/performance/app_idle.py [SECONDS]`. Our screen watches a file without stubs, so that no model is needed.
It also counts what is written to the terminal meanwhile: nothing may be repainted. Target: ≤ 0.2 % and 0 bytes.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from app_start import HELLO, OURS, started

WARM_UP = 4.0
"""Seconds until everything is imported and shown."""


def cpu_seconds(child: int) -> float:
    """User and system time of a process so far (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def drained(terminal: int) -> int:
    """Bytes that wait on a terminal, now read."""
    count = 0
    while select.select([terminal], [], [], 0)[0]:
        count += len(os.read(terminal, 65536))
    return count


def main(seconds: float) -> None:
    """Let both idle together, so that they share whatever else the machine does."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shapes.py").write_text("answer = 42\n")
        both = {"hello": started(HELLO, folder), "redraft": started(OURS, folder)}
        try:
            end = time.monotonic() + WARM_UP
            while time.monotonic() < end:
                for _, terminal in both.values():
                    drained(terminal)
                time.sleep(0.05)
            before = {name: cpu_seconds(child) for name, (child, _) in both.items()}
            time.sleep(seconds)
            for name, (child, terminal) in both.items():
                share = (cpu_seconds(child) - before[name]) / seconds
                print(f"{name}: {share:.2%} of a core, {drained(terminal)} bytes painted in {seconds:.0f} s")
        finally:
            for child, terminal in both.values():
                os.kill(child, signal.SIGKILL)
                os.close(terminal)
                os.waitpid(child, 0)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)
