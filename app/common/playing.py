"""A recorded run as something one can move in. Values only; time comes in as seconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from ...engine.events import Entry, TextStreamed
from ...engine.state.run import RunState

EVERY = 256
"""Entries between two states that are kept, so that going back folds no more than these again."""


class Player:
    """Gives the state of a log at any position (seconds since the run began)."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries: list[Entry] = []
        self._times: list[float] = []
        self._kept = [RunState()]
        self._at = 0
        self._state = RunState()
        self.whole = self._state
        """The state at the end."""
        self.duration = 0.0
        self.moments: tuple[float, ...] = ()
        """When anything happened but more text of a model."""
        self.grow(entries)

    def grow(self, entries: Sequence[Entry]) -> None:
        """Take in what has happened since: these entries come after those before."""
        state = self.whole
        for n, entry in enumerate(entries, start=len(self._entries) + 1):
            state = state.after(entry)
            if n % EVERY == 0:
                self._kept.append(state)
        self._entries += entries
        self._times += (entry.at for entry in entries)
        self.whole = state
        self.duration = self._times[-1] if self._times else 0.0
        told = (entry.at for entry in entries if not isinstance(entry.event, TextStreamed))
        self.moments = tuple(dict.fromkeys((*self.moments, *told)))

    def __len__(self) -> int:
        return len(self._entries)

    @cached_property
    def turns(self) -> tuple[float, ...]:
        """When another stage began, as far as it was known when this was first asked."""
        return self._turns()

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
