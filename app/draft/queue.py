"""From saves to runs: which stub is drafted when, and what the user is told about it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from ...engine.facts import Stub
from ...engine.pipelines.catalogue import REVIEW_AND_FIX, Pipeline
from ...engine.run.rechecking import present
from ...engine.sources import NEIGHBOUR_TOKENS, Source, in_order
from ...engine.sources.reached import reached
from ...engine.state.run import RunState
from ..run.runner import Drafting
from .stubs import (
    Card,
    Shelf,
    first_changed_line,
    surroundings,
    to_draft,
)


class Following:
    """Keeps the shelf true to the files, and its stubs in a queue, which `work` empties."""

    def __init__(
        self,
        drafting: Drafting,
        pipeline: Pipeline,
        on_change: Callable[[Shelf], None],
        on_begin: Callable[[Stub, Source], None] = lambda _stub, _source: None,
        wake: Callable[[], None] = lambda: None,
        on_saw: Callable[[], None] = lambda: None,
        tokens: int = NEIGHBOUR_TOKENS,
    ) -> None:
        self.drafting = drafting
        self.pipeline = pipeline
        self.shelf = Shelf()
        self.queue: list[str] = []
        """Keys of the stubs to draft, the next one first."""
        self.first = ""
        """Key of the stub to begin with, "" to begin with what others need."""
        self._by_others: dict[str, Pipeline] = {}
        """Pipelines that the user asked for on one stub only, by its key."""
        self._adopted: RunState | None = None
        """A run from elsewhere whose stub was not read yet."""
        self._on_change = on_change
        self._on_begin = on_begin
        self._wake = wake
        self._on_saw = on_saw
        self._tokens = tokens
        self.sources: dict[str, Source] = {}
        """The files as they were read last, by path."""
        self.unreadable: dict[str, str] = {}
        """By path, why what a file holds now is no program; its source is then of an earlier version."""

    async def saw(self, source: Source, stubs: tuple[Stub, ...], *, draft: bool = True) -> str:
        """Take in what a file holds now; gives the sentence that says what comes of it.

        A run on a stub that the save changed is cancelled and begun again. A run that it does not concern goes on.
        """
        path, before, known = source.path, self.shelf, source.path in self.sources
        line = first_changed_line(self.sources[path].text if known else "", source.text) or 1
        self.sources[path] = source
        self.unreadable.pop(path, None)
        self._on_saw()
        self._show(before.after_save(path, stubs))
        self._settle_adopted()
        begun_again = await self._after_change_of_running(path) if draft else None
        asked = to_draft(before, self.shelf, path, line) if draft else None
        if asked is not None and not (begun_again and begun_again.key == asked.key):
            self.ask(asked.key)
            return f"{counted(stubs)}: drafting {asked.name}"
        if begun_again is not None:
            return f"{begun_again.name} changed: drafting it again"
        return f"{counted(stubs)}, none new or changed" if known and stubs else counted(stubs)

    @property
    def next_new(self) -> Stub | None:
        """The stub in front if it was never drafted, else the first after it that was not."""
        cards = self.shelf.cards
        here = self.shelf.position
        later = (card for card in (*cards[here:], *cards[:here]) if card.status == "new" and card.in_file)
        return next((card.stub for card in later), None)

    def meet(self, key: str, begin: Callable[[Stub, Source], None]) -> None:
        """Call `begin` if a stub that was drafted stands in its file as it was drafted, with the file as it is now.

        An editor's undo, or ours, may have put it back after it was filled.
        """
        card = self.shelf.get(key)
        if card is not None and card.in_file and card.drafted:
            begin(card.stub, self.sources[card.stub.path])

    def lost(self, path: str, why: str) -> None:
        """Note that a file holds something now that cannot be taken in; its stubs stay as they were read last."""
        self.unreadable[path] = why
        self._on_saw()

    @property
    def readable(self) -> tuple[Source, ...]:
        """The files of which is known what they hold now."""
        return tuple(source for path, source in self.sources.items() if path not in self.unreadable)

    def has(self, card: Card) -> bool:
        """Whether the function of a card is in its file now, written or not, as far as was seen."""
        stands = card.state.standing if card.state is not None else None
        is_absent = stands is not None and stands.absent
        return card.stub.path in self.sources and card.stub.path not in self.unreadable and not is_absent

    async def mended(self, changed: Iterable[str]) -> list[Stub]:
        """Ask again for what failed before any model was asked, if its file or one that it imports is among these.

        Whichever stub is in front stays there. Gives what was asked for.
        """
        failed = [card.stub for card in self.shelf.cards if card.in_file and card.failed_unasked]
        concerned = await asyncio.to_thread(_importing, {stub.path for stub in failed}, changed)
        asked, front = [stub for stub in failed if stub.path in concerned], self.shelf.current
        for stub in asked:
            self.ask(stub.key)
        self.turn_to(front)
        return asked

    def import_folders(self) -> set[str]:
        """The folders of the files that a file with a stub imports."""
        files = {card.stub.path for card in self.shelf.cards}
        return {str(Path(found).parent) for found in reached(*sorted(files))}

    def gone(self, path: str) -> None:
        """Forget the stubs of a file that is no more."""
        self.sources.pop(path, None)
        self._on_saw()
        self._show(self.shelf.after_loss(path))

    @property
    def watched(self) -> str:
        """What is followed now, in words."""
        files = sorted(self.sources)
        what = files[0] if len(files) == 1 else f"{len(files)} files" if files else "for a Python file to appear"
        return f"watching {what}: {counted(tuple(card.stub for card in self.shelf.cards if card.in_file))}"

    def ask(self, key: str, pipeline: Pipeline | None = None) -> None:
        """Put a stub into the queue and in front; it is worked on by `pipeline` in place of the usual one, if given."""
        self._by_others.pop(key, None)
        if pipeline is not None:
            self._by_others[key] = pipeline
        under_way = self.drafting.stub
        if key not in self.queue:
            self.queue.append(key)
        self._put_in_order()
        waits = under_way is not None and under_way.key != key
        self._show(self.shelf.shown(key).waiting(key, waits=waits))
        self._wake()

    async def cancel(self, by: str = "you") -> None:
        """End the run under way, and empty the queue."""
        for key in self.queue:
            self._show(self.shelf.waiting(key, waits=False))
        self.queue.clear()
        await self.drafting.cancel(by)

    async def work(self) -> None:
        """Draft what is in the queue, one stub after another, until it is empty."""
        while self.queue:
            card = self.shelf.get(self.queue.pop(0))
            source = self.sources.get(card.stub.path) if card is not None else None
            if card is None or source is None:
                continue
            if card.in_file:
                stub, pipeline = card.stub, self._by_others.get(card.stub.key, self.pipeline)
            else:  # What is written is reviewed as it stands, whatever pattern drafts new functions.
                stub, pipeline = present(source, card.stub, tokens=self._tokens), REVIEW_AND_FIX
            if stub is not None:
                self._on_begin(stub, source)
                await self.drafting.draft(pipeline, stub)

    def adopt(self, state: RunState) -> None:
        """Take a run from elsewhere, such as a race's winner, as the stub's own; at once, or once its file is read."""
        self._adopted = state
        self._settle_adopted()

    def _settle_adopted(self) -> None:
        state = self._adopted
        card = self.shelf.get(state.stub.key) if state is not None and state.stub is not None else None
        if state is None or card is None or card.stub.path not in self.sources:
            return
        self._adopted = None
        self._on_begin(card.stub, self.sources[card.stub.path])
        self._show(self.shelf.after_run(card.stub.key, state).shown(card.stub.key))

    def took(self, stub: Stub, state: RunState) -> None:
        """Put news of a run on the shelf."""
        self._show(self.shelf.after_run(stub.key, state))

    def turn_to(self, key: str) -> None:
        """Put another stub in front."""
        self._show(self.shelf.shown(key))

    def move(self, steps: int) -> None:
        """Put the stub so many places on in front."""
        self._show(self.shelf.moved(steps))

    async def _after_change_of_running(self, path: str) -> Stub | None:
        """The stub whose run was cancelled and is begun again because the file now says something else."""
        under_way = self.drafting.stub
        if under_way is None or under_way.path != path:
            return None
        card = self.shelf.get(under_way.key)
        if card is not None and card.in_file and surroundings(card.stub) == surroundings(under_way):
            return None
        if card is None or not card.in_file:
            await self.drafting.cancel(by="save")
            return None
        self.queue.insert(0, under_way.key)
        await self.drafting.cancel(by="save")
        return card.stub

    def _put_in_order(self) -> None:
        """What is in the queue, those first that others need."""
        cards = [card for key in self.queue if (card := self.shelf.get(key)) is not None]
        self.queue = [stub.key for stub in in_order([card.stub for card in cards])]

    def _show(self, shelf: Shelf) -> None:
        if shelf != self.shelf:
            self.shelf = shelf
            self._on_change(shelf)


def _importing(paths: Iterable[str], others: Iterable[str]) -> set[str]:
    """Those of these files that are among the others, or import one of them."""
    meant = {os.path.realpath(other) for other in others}
    return {path for path in paths if any(os.path.realpath(file) in meant for file in (path, *reached(path)))}


def counted(stubs: tuple[Stub, ...]) -> str:
    """How many stubs, as people say it."""
    return {0: "no stubs", 1: "1 stub"}.get(len(stubs), f"{len(stubs)} stubs")
