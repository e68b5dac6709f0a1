"""A fair queue in front of a model that answers one question at a time, so that whoever waits knows it and says so."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Room:
    """Seats at a model. Whoever comes first is seated first; the order of asking is the only order there is."""

    def __init__(self, seats: int = 1) -> None:
        self._free = seats
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many stand in the queue."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether one more would have to wait."""
        return self._free <= 0 or bool(self._waiting)

    @asynccontextmanager
    async def seat(self) -> AsyncGenerator[None]:
        """A seat for the length of the block; waits for it. Cancelling gives up the place in the queue."""
        await self._sit()
        try:
            yield
        finally:
            self._stand()

    async def _sit(self) -> None:
        if not self.full:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.cancelled():
                # The seat was given at the very moment of cancelling: the next one has it.
                self._stand()
            raise

    def _stand(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                # The seat goes from hand to hand, so that nobody who comes just now slips in between.
                turn.set_result(None)
                return
        self._free += 1
