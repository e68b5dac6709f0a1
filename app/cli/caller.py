"""Ending with whoever called: a check that nobody waits for any more leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

LOOK_SECONDS = 0.25
HANGUP = 129
_PARENT = os.getppid()
"""As early as can be: a caller may be gone before the command begins."""


def is_alone(parent: int, getppid: Callable[[], int] = os.getppid) -> bool:
    """Whether the process that called us is gone, or nobody reads what we write."""
    return getppid() != parent or _nobody_reads(sys.stdout.fileno())


@asynccontextmanager
async def ends_with_caller(*, seconds: float = LOOK_SECONDS) -> AsyncGenerator[None]:
    """Within the block, the task is cancelled once the caller is gone or hangs up, even if it ignored the signal.

    Raises:
        SystemExit: it was cancelled for that reason; what the block holds has been cleaned up before.
    """
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    left = False
    again: asyncio.TimerHandle | None = None

    def leave() -> None:
        nonlocal left
        left = True
        if task is not None:
            task.cancel()

    def look() -> None:
        nonlocal again
        if is_alone(_PARENT):
            leave()
        else:
            again = loop.call_later(seconds, look)

    look()
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None:
        loop.add_signal_handler(hangup, leave)
    try:
        yield
    except asyncio.CancelledError:
        if not left:
            raise
        raise SystemExit(HANGUP) from None
    finally:
        if again is not None:
            again.cancel()
        if hangup is not None:
            loop.remove_signal_handler(hangup)


def _nobody_reads(descriptor: int) -> bool:
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & (select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))
