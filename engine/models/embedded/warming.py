"""Reading a coming prompt ahead, while nobody waits: one at a time, and out of the way of real questions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ..chat import Ask


class Warming:
    """One prompt being read ahead. Others may wait for it or end it, without cancelling whoever asked for it."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self._over = asyncio.Event()
        # The "time-out" is the one way to end a block from outside that does not look like a cancellation to its task.
        self._limit = asyncio.timeout(None)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Work inside this block; `end` leaves it early and quietly."""
        try:
            with contextlib.suppress(TimeoutError):
                async with self._limit:
                    yield
        finally:
            self._over.set()

    async def end(self) -> None:
        """End it and wait until its connection is closed."""
        if not self._over.is_set():
            self._limit.reschedule(asyncio.get_running_loop().time())
            await self._over.wait()

    async def make_way_for(self, ask: Ask) -> None:
        """Wait for the end if this is the beginning of `ask`, else end it: both would share the cores."""
        if begins(ask, self.ask):
            await self._over.wait()
        else:
            await self.end()


def begins(ask: Ask, warmed: Ask) -> bool:
    """Whether reading `warmed` is part of reading `ask`."""
    if warmed.prefill:
        return ask.messages == warmed.messages and ask.prefill.startswith(warmed.prefill)
    return ask.messages[: len(warmed.messages)] == warmed.messages
