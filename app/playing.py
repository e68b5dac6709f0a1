"""A recorded run as something one can move in. Values only; time comes in as seconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ..engine.events import Entry, TextStreamed
from ..engine.state import RunState

EVERY = 256
"""Entries between two states that are kept, so that going back folds no more than these again."""


class Player:
    """Gives the state of a log at any position (seconds since the run began)."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = tuple(entries)
        self._times = [entry.at for entry in self._entries]
        self._kept = [RunState()]
        self._at = 0
        self._state = RunState()
        for n, entry in enumerate(self._entries, start=1):
            self._state = self._state.after(entry)
            if n % EVERY == 0:
                self._kept.append(self._state)
        self._at = len(self._entries)
        self.whole = self._state
        """The state at the end."""
        self.duration = self._times[-1] if self._times else 0.0
        self.moments = tuple(dict.fromkeys(e.at for e in self._entries if not isinstance(e.event, TextStreamed)))
        """When anything happened but more text of a model."""
        self.turns = self._turns()
        """When another stage began."""

    def at(self, position: float) -> RunState:
        """What was known then."""
        wanted = bisect_right(self._times, position)
        if wanted < self._at:
            kept = min(wanted // EVERY, len(self._kept) - 1)
            self._at, self._state = kept * EVERY, self._kept[kept]
        for entry in self._entries[self._at : wanted]:
            self._state = self._state.after(entry)
        self._at = wanted
        return self._state

    def turn(self, position: float, direction: int) -> float:
        """Where the next stage begins, or the one before; an end of the log when there is none."""
        if direction > 0:
            place = bisect_right(self.turns, position)
            return self.turns[place] if place < len(self.turns) else self.duration
        place = bisect_left(self.turns, position)
        return self.turns[place - 1] if place else 0.0

    def _turns(self) -> tuple[float, ...]:
        found: list[float] = []
        running: object = None
        for moment in self.moments:
            stages = self.at(moment).stages
            now = next((stage for stage, status in stages.items() if status == "running"), None)
            if now is not None and now != running:
                found.append(moment)
            running = now or running
        return tuple(found)
