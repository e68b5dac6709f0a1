"""A program between redraft and one server: it ends the server when its own standard input ends, however we ended.

    python -m redraft.engine.models.vllm.guard SECONDS COMMAND...

The server gets SIGTERM; whatever of its process group is left after SECONDS, or after the server itself has gone, gets
SIGKILL. Should the guard itself be killed, the kernel sends the server SIGTERM (Linux). The guard's exit status is the
server's (128 + signal when a signal ended it, as shells have it).
Standard library only: it must start at once and stay small.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
"""linux/prctl.h: which signal a process gets when its parent ends."""
CANNOT_RUN = 127
"""Exit status when the command cannot be started."""


def main(argv: list[str]) -> int:
    """Run the command until it ends or our input does."""
    grace, command = float(argv[0]), argv[1:]
    try:
        # A group of its own, so that its workers can be ended with it and the terminal's ctrl+c does not reach it.
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_leaving_with_its_parent()
        )
    except OSError as problem:
        sys.stderr.write(f"{command[0]} cannot be run: {problem.strerror}\n")
        return CANNOT_RUN
    gone = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: _ask_to_leave(child.pid, gone))
    threading.Thread(target=_until_input_ends, args=(child.pid, gone, grace), daemon=True).start()
    # Not taken off the kernel's list yet: until its group is dead, its number must belong to nobody else.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    gone.set()
    _kill_group(child.pid)
    status = child.wait()
    return status if status >= 0 else 128 - status


def _leaving_with_its_parent() -> Callable[[], None] | None:
    """What the child does before it becomes the server; no thread runs yet, so that this is safe."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _until_input_ends(leader: int, gone: threading.Event, grace: float) -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    _ask_to_leave(leader, gone)
    if not gone.wait(grace):
        _kill_group(leader)


def _ask_to_leave(leader: int, gone: threading.Event) -> None:
    # Only the server itself: it ends its workers in order, and they complain when they are ended with it.
    if not gone.is_set():
        with contextlib.suppress(ProcessLookupError):
            os.kill(leader, signal.SIGTERM)


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
