"""Opens the kit when it is first needed, and closes it where it was opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from ...engine.kit import Kit


class Workshop:
    """One kit for many runs. A kit that could not be opened is tried again when it is next asked for.

    What was entered in one task must be left in the same: so `hold` runs in a worker of its own for as long as the
    kit is in use, and everybody else only asks.
    """

    def __init__(self, opening: Callable[[], AbstractAsyncContextManager[Kit]]) -> None:
        self._opening = opening
        self._asked = asyncio.Event()
        self._closing = asyncio.Event()
        self._ready: asyncio.Future[Kit] | None = None

    @property
    def opened(self) -> Kit | None:
        """The kit, if it is open now."""
        ready = self._ready
        return ready.result() if ready is not None and ready.done() and not ready.exception() else None

    async def kit(self) -> Kit:
        """The kit, opened if need be.

        Raises:
            RedraftError: it cannot be opened.
        """
        if self._ready is None or (self._ready.done() and self._ready.exception()):
            self._ready = asyncio.get_running_loop().create_future()
            self._asked.set()
        return await asyncio.shield(self._ready)

    async def hold(self) -> None:
        """Serve until `close`. Run it in one task, and wait for that task when all is to be gone."""
        while not self._closing.is_set():
            await _first_of(self._asked, self._closing)
            if self._closing.is_set():
                return
            self._asked.clear()
            await self._serve()

    async def _serve(self) -> None:
        ready = self._ready
        assert ready is not None
        try:
            async with self._opening() as kit:
                ready.set_result(kit)
                await self._closing.wait()
        except Exception as error:
            if ready.done():
                raise
            # Raised again wherever the kit was asked for; here it would only end the serving.
            ready.set_exception(error)

    def close(self) -> None:
        """Let go of the kit; `hold` ends when it is gone."""
        self._closing.set()


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
