"""Seconds of a run that goes on while nothing new is heard of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...engine.state.run import RunState


class RunClock:
    """Adds to `state.now` the time since that state was first seen, as long as the run goes on."""

    def __init__(self, ticking: Callable[[], float] = time.monotonic) -> None:
        self._ticking = ticking
        self._seen = ticking()
        self._state = RunState()

    def see(self, state: RunState) -> None:
        """Take the newest state as the time of this moment."""
        if state.run != self._state.run or state.now != self._state.now or state.status != self._state.status:
            self._seen = self._ticking()
        self._state = state

    def now(self, *, live: bool) -> float:
        """Seconds since the run began; what the state says, and no more, when the run is over or not `live`."""
        if not live or self._state.status != "running":
            return self._state.now
        return self._state.now + max(0.0, self._ticking() - self._seen)
