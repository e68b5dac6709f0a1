"""Sees to it that what is said of a function is said of the body that stands in the file, in the files as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from ...engine.behaviour.answers import answered
from ...engine.errors import RedraftError
from ...engine.events import AnyEvent, Outdated, RecheckStarted
from ...engine.facts import Draft, Stub
from ...engine.kit import Kit
from ...engine.project_tests import HowTold, with_tests
from ...engine.run.rechecking import fingerprint, present, recheck
from ...engine.sources import Source
from ...engine.state.run import IN_FILE, RunState
from .queue import Following
from .stubs import Card

Tell = Callable[[str, str, tuple[AnyEvent, ...]], None]
"""Key of a stub, name of the run that is meant, and what happened after it."""


class _Subject(NamedTuple):
    """What stands now, or would."""

    stub: Stub
    draft: Draft
    mark: str
    """Equal for what comes off alike."""
    outdated: str = ""
    """Why there is nothing to run."""
    absent: bool = False


class Rechecking:
    """Runs the examples again whenever what was run last is no longer what stands. `keep` is for a worker."""

    def __init__(
        self,
        following: Following,
        kit: Callable[[], Awaitable[Kit]],
        tell: Tell,
        tokens: int,
        tests: HowTold,
        fault: Callable[[Exception], str],
    ) -> None:
        """`fault` tells of a fault of redraft's own, once, and gives words for it."""
        self._following = following
        self._kit = kit
        self._tell = tell
        self._tokens = tokens
        self._tests: HowTold = tests
        self._fault = fault
        self._wanted = asyncio.Event()
        self._changes = 0
        """How often a file was seen to change."""
        self._began: dict[str, int] = {}
        """By key: how many changes there had been when the run on it began."""
        self._known: dict[str, tuple[str, str]] = {}
        """By key: the run, and the mark of what was run last."""
        self._landed: dict[str, set[str]] = {}
        """By key: the bodies that came of our own writes."""

    def began(self, key: str) -> None:
        """A run on this stub begins, with the files as they are."""
        self._began[key] = self._changes

    def look(self) -> None:
        """A run is over: look whether its result still holds."""
        self._wanted.set()

    def changed(self) -> None:
        """A file is another now: look whether anything that was found out still holds."""
        self._changes += 1
        self._wanted.set()

    def land(self, source: Source, stub: Stub) -> RecheckStarted | None:
        """We have just written or taken back: what stands there now will be run. None if nothing stands there."""
        there = present(source, stub, tokens=self._tokens)
        if there is None or there.body == stub.body:
            return None
        self._landed.setdefault(stub.key, set()).add(there.body)
        return RecheckStarted(draft=self._in_file(stub.key, there.body))

    async def keep(self) -> None:
        """Run what has to be run again, the stub in front first, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while due := await self._next_due():
                await self._recheck(*due)

    async def _next_due(self) -> tuple[Card, RunState, _Subject, int] | None:
        """What is to be run, and how many changes there had been when it was looked at."""
        shelf, changes = self._following.shelf, self._changes
        for card in sorted(shelf.cards, key=lambda card: card.stub.key != shelf.current):
            state = card.state
            if state is None or state.stub is None or state.status in {"idle", "running"} or card.waiting:
                continue
            try:
                subject = await asyncio.to_thread(self._subject, card, state, state.stub)
            except Exception as error:  # noqa: BLE001 - it is kept and told; the next change is looked at
                subject = _nothing(card, f"not run: {self._fault(error)}")
            if subject is None:
                self._forget(card, state)
                continue
            is_known = self._known.get(card.stub.key) == (state.run, subject.mark)
            if is_known and state.verdict != "checking":
                continue
            is_of_now = self._began.get(card.stub.key) == changes
            if state.standing is None and subject.draft.id != IN_FILE and is_of_now:
                self._known[card.stub.key] = (state.run, subject.mark)  # The run itself has just found it out.
                continue
            return card, state, subject, changes
        return None

    def _forget(self, card: Card, state: RunState) -> None:
        """What was said of another body, or of a file that was not there, holds no longer."""
        if state.standing is not None:
            self._known.pop(card.stub.key, None)
            self._tell(card.stub.key, state.run, (Outdated(why=""),))

    async def _recheck(self, card: Card, state: RunState, subject: _Subject, changes: int) -> None:
        key = card.stub.key
        told: list[AnyEvent] = []
        if subject.outdated:
            told.append(Outdated(why=subject.outdated, absent=subject.absent))
        else:
            begun = state.standing is not None and state.standing.draft == subject.draft
            if state.verdict != "checking" or not begun:
                self._tell(key, state.run, (RecheckStarted(draft=subject.draft),))
            try:
                await recheck(await self._kit(), subject.stub, subject.draft, told.append)
            except RedraftError as error:
                told.append(Outdated(why=str(error)))
            except Exception as error:  # noqa: BLE001 - as above
                told.append(Outdated(why=f"not run: {self._fault(error)}"))
        if changes == self._changes:  # Else it speaks of an earlier version, and is looked at again.
            self._known[key] = (state.run, subject.mark)
            self._tell(key, state.run, tuple(told))

    def _subject(self, card: Card, state: RunState, begun_from: Stub) -> _Subject | None:
        """What stands now, or would; None when that is what the run began with, and came to nothing on."""
        path = card.stub.path
        source, name = self._following.sources.get(path), Path(path).name
        if path in self._following.unreadable:
            return _nothing(card, f"{name}: {self._following.unreadable[path]}", absent=True)
        if source is None:
            return _nothing(card, f"{name} was moved or deleted", absent=True)
        there = present(source, card.stub, tokens=self._tokens)
        if there is None:
            return _nothing(card, f"{card.stub.name} is no longer in {name}", absent=True)
        if there.body == begun_from.body:
            draft = state.solution.draft if state.solution is not None else None
            if draft is None or draft.problem is not None:
                return None
        elif card.in_file:
            return _nothing(card, f"{card.stub.name} waits for a body again")
        else:
            draft = self._in_file(card.stub.key, there.body)
        there = with_tests(answered(there, state.answers), self._tests)
        # A proposal and the same body in the file run alike, and are two things to be told.
        return _Subject(there, draft, f"{draft.id} {fingerprint(there, draft.body)}")

    def _in_file(self, key: str, body: str) -> Draft:
        ours = body in self._landed.get(key, ())
        return Draft(id=IN_FILE, body=body, purpose="written" if ours else "yours", model="" if ours else "you")


def _nothing(card: Card, why: str, *, absent: bool = False) -> _Subject:
    return _Subject(card.stub, Draft(id=IN_FILE, body=""), why, why, absent)
