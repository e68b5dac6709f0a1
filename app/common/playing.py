"""A recorded run as something one can move in. Values only; time comes in as seconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from ...engine.events import CallStarted, Entry, FindingsTested, Settled, TextStreamed
from ...engine.state.run import RunState

EVERY = 256
"""Entries between two states that are kept, so that going back folds no more than these again."""
BREATH = 0.3
"""Seconds that a stretch of waiting, reading or being held still takes on a run's own clock."""
_OF_PURPOSE = {"plan": "plan", "review": "report", "fix": "fix", "retry": "fix", "synthesis": "fix"}


class Chapter(NamedTuple):
    """Where something begins that one wants to go to."""

    at: float
    name: str
    """plan, draft, report, proof (findings were executed), fix, end."""


class Player:
    """Gives the state of a log at any position (seconds since the run began, or on the run's own clock)."""

    def __init__(self, entries: Sequence[Entry], *, own_clock: bool = False) -> None:
        """`own_clock`: time in which the run only waits, reads a prompt or is held is cut out."""
        self._own_clock = own_clock
        self._entries: list[Entry] = []
        self._logged: list[float] = []
        """When each entry happened."""
        self._times: list[float] = []
        """When each entry is played."""
        self._kept = [RunState()]
        self._at = 0
        self._state = RunState()
        self.whole = self._state
        """The state at the end."""
        self.duration = 0.0
        self.moments: tuple[float, ...] = ()
        """When anything happened but more text of a model."""
        self.chapters: tuple[Chapter, ...] = ()
        self.grow(entries)

    def grow(self, entries: Sequence[Entry]) -> None:
        """Take in what has happened since: these entries come after those before."""
        state, chapters = self.whole, list(self.chapters)
        told: list[float] = []
        for n, entry in enumerate(entries, start=len(self._entries) + 1):
            played = self._played(state, entry)
            self._logged.append(entry.at)
            self._times.append(played)
            state = state.after(entry)
            if n % EVERY == 0:
                self._kept.append(state)
            if not isinstance(entry.event, TextStreamed):
                told.append(played)
            name = _chapter(entry, state)
            if name and (not chapters or chapters[-1].name != name):
                chapters.append(Chapter(played, name))
        self._entries += entries
        self.whole = state
        self.duration = self._times[-1] if self._times else 0.0
        self.moments = tuple(dict.fromkeys((*self.moments, *told)))
        self.chapters = tuple(chapters)

    def __len__(self) -> int:
        return len(self._entries)

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

    def placed(self, logged: float) -> float:
        """The position of something that the log has at this time."""
        if not self._own_clock:
            return logged
        place = bisect_right(self._logged, logged) - 1
        if place < 0:
            return 0.0
        after = self._times[place + 1] if place + 1 < len(self._times) else self.duration
        return min(self._times[place] + logged - self._logged[place], after)

    def chapter(self, position: float) -> Chapter | None:
        """The chapter that a position is in."""
        place = bisect_right(self.chapters, position, key=lambda chapter: chapter.at)
        return self.chapters[place - 1] if place else None

    def turn(self, position: float, direction: int) -> float:
        """Where the next chapter begins, or the one before; an end of the log when there is none."""
        turns = [chapter.at for chapter in self.chapters]
        if direction > 0:
            place = bisect_right(turns, position)
            return turns[place] if place < len(turns) else self.duration
        place = bisect_left(turns, position)
        return turns[place - 1] if place else 0.0

    def _played(self, before: RunState, entry: Entry) -> float:
        """When an entry is played that comes after this state."""
        if not self._own_clock or not self._times:
            return 0.0 if self._own_clock else entry.at
        passed = max(0.0, entry.at - self._logged[-1])
        return self._times[-1] + (min(passed, BREATH) if _stands_still(before) else passed)


def _stands_still(state: RunState) -> bool:
    """Whether a run is on its way and nothing of it can be seen: it waits, reads a prompt, or is held."""
    call = state.live_call
    return state.waits or state.rests or (call is not None and call.first is None and not state.checking)


def _chapter(entry: Entry, state: RunState) -> str:
    """Name of the chapter that begins with an entry, "" for none."""
    match entry.event:
        case CallStarted(purpose=purpose, role=role):
            return _OF_PURPOSE.get(purpose) or ("draft" if role == "coder" else "")
        case FindingsTested() if state.review is not None and state.review.findings:
            return "proof"
        case Settled():
            return "end"
        case _:
            return ""
