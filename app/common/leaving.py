"""Leaving for certain: once the terminal is gone, nothing that still wants to write to it may keep the process."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

GRACE_SECONDS = 5.0
"""How long an ordinary end may take; what runs is cancelled in the first three of them."""
LOOK_SECONDS = 5.0
"""How often it is looked whether the terminal is there: not everybody is told when it goes, nor writes to it."""
_WRITER = "textual-output"
"""Name of Textual's thread that writes to the terminal. It dies with it, and then whoever writes waits for ever."""


def is_there() -> bool:
    """Whether standard input is a terminal that somebody still holds the other end of."""
    try:
        return os.isatty(sys.__stdin__.fileno()) if sys.__stdin__ is not None else False
    except (OSError, ValueError):
        return False


def leave_for_certain(number: int) -> None:
    """End this process as a shell tells it of a signal, if it has not ended by itself in `GRACE_SECONDS`.

    What it started ends with it: the sandbox and the embedded server watch for that.
    """
    timer = threading.Timer(GRACE_SECONDS, os._exit, (128 + number,))
    timer.daemon = True
    timer.start()


def watch_terminal(on_gone: Callable[[], object]) -> None:
    """Have `on_gone` called, in another thread, and this process ended, when the terminal takes no more output."""
    before = threading.excepthook

    def hook(told: threading.ExceptHookArgs) -> None:
        if told.thread is None or told.thread.name != _WRITER or not isinstance(told.exc_value, OSError):
            before(told)
            return
        leave_for_certain(getattr(signal, "SIGHUP", signal.SIGTERM))
        on_gone()

    threading.excepthook = hook
