"""A fair queue in front of a model that answers so many questions at a time, one if it runs on the processor."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Room:
    """Seats at a model. Whoever comes first is seated first; the order of asking is the only order there is."""

    def __init__(self, seats: int = 1) -> None:
        self._seats = self._free = seats
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()

    @property
    def waiting(self) -> int:
        """How many stand in the queue."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether one more would have to wait."""
        return not self._has(1)

    @asynccontextmanager
    async def seat(self, places: int = 1) -> AsyncGenerator[None]:
        """So many seats side by side for the length of the block; waits for them. Cancelling gives up the turn.

        A party that is larger than the room has all of it.
        """
        places = min(places, self._seats)
        await self._sit(places)
        try:
            yield
        finally:
            self._stand(places)

    def _has(self, places: int) -> bool:
        return self._free >= places and not self._waiting

    async def _sit(self, places: int) -> None:
        if self._has(places):
            self._free -= places
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, places))
        try:
            await turn
        except asyncio.CancelledError:
            if (turn, places) in self._waiting:
                self._waiting.remove((turn, places))
                self._stand(0)
            elif not turn.cancelled():
                # The seats were given at the very moment of cancelling: the next ones have them.
                self._stand(places)
            raise

    def _stand(self, places: int) -> None:
        self._free += places
        # Seats go from hand to hand, so that nobody who comes just now slips in between.
        while self._waiting and (self._waiting[0][0].done() or self._waiting[0][1] <= self._free):
            turn, wanted = self._waiting.popleft()
            if not turn.done():
                self._free -= wanted
                turn.set_result(None)
