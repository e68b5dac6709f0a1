"""CPU that one key costs on the open main screen, repainting included: prints milliseconds a key. Target: ≤ 10.

`python tests/performance/app_keys.py [TIMES]`. Our screen shows a file with two stubs and a model that cannot be
reached, so that nothing else goes on.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from app_idle import WARM_UP, cpu_seconds, drained
from app_start import OURS, STUB, started

KEYS = {"} (the next stub)": b"}", "tab (the next pane)": b"\t", "j (down)": b"j", "1 (a pane)": b"1"}
GAP = 0.05
"""Seconds between two keys."""


def main(times: int) -> None:
    """Press each key so many times."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shapes.py").write_text(STUB + "\n\n" + STUB.replace("area", "girth"))
        child, terminal = started(OURS, folder)
        try:
            end = time.monotonic() + WARM_UP
            while time.monotonic() < end:
                drained(terminal)
                time.sleep(0.05)
            for says, key in KEYS.items():
                before, painted = cpu_seconds(child), 0
                for _ in range(times):
                    os.write(terminal, key)
                    time.sleep(GAP)
                    painted += drained(terminal)
                cost = (cpu_seconds(child) - before) / times
                print(f"{says}: {cost * 1000:.1f} ms of CPU, {painted // times} bytes painted")
        finally:
            os.kill(child, signal.SIGKILL)
            os.close(terminal)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
