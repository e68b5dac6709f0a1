"""What is known of every stub in sight, and which of them a save asks to draft. Values only; nothing here waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from ...engine.facts import Stub
from ...engine.state.run import RunState

CardStatus = Literal[
    "new",
    "waiting",
    "running",
    "verified",
    "fails",
    "unverified",
    "checking",
    "outdated",
    "failed",
    "cancelled",
    "written",
]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One stub, and the latest run on it."""

    stub: Stub
    state: RunState | None = None
    """None until it was drafted."""
    waiting: bool = False
    """Whether it will be drafted once the present run is over."""
    in_file: bool = True
    """Whether the file still has this stub: not once its body was written, by us or by hand."""
    gone: bool = False
    """Whether its file is no more; such a card stays while it is in front."""

    @property
    def status(self) -> CardStatus:
        """One word for lists."""
        if self.waiting:
            return "waiting"
        if self.state is None or self.state.status == "idle":
            return "new"
        if self.state.verdict:
            is_written = self.state.verdict == "verified" and self.state.written and not self.in_file
            return "written" if is_written else self.state.verdict
        match self.state.status:
            case "failed" | "cancelled":
                return self.state.status
            case _:
                return "running" if self.state.status == "running" else "new"

    @property
    def drafted(self) -> bool:
        """Whether a run has seen the stub as it is now, to whatever end but a newer save."""
        state = self.state
        if state is None or state.stub is None or state.cancelled_by == "save":
            return False
        return asked(state.stub) == asked(self.stub)

    @property
    def failed_unasked(self) -> bool:
        """Whether its run ended before any model was asked: what was in its way may be mended."""
        return self.state is not None and self.state.status == "failed" and not self.state.calls


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """The cards in the order of the files and of the lines in them."""

    cards: tuple[Card, ...] = ()
    current: str = ""
    """Key of the stub in front, "" when there is none."""

    @property
    def card(self) -> Card | None:
        """The card in front."""
        return self.get(self.current)

    def get(self, key: str) -> Card | None:
        """The card of this stub."""
        return next((card for card in self.cards if card.stub.key == key), None)

    @property
    def position(self) -> int:
        """0-based place of the card in front, 0 when there is none."""
        return next((n for n, card in enumerate(self.cards) if card.stub.key == self.current), 0)

    def shown(self, key: str) -> Shelf:
        """With this stub in front, if it is here."""
        return _swept(replace(self, current=key)) if self.get(key) else self

    def moved(self, steps: int) -> Shelf:
        """With the stub so many places on in front; past an end it goes round."""
        if not self.cards:
            return self
        return _swept(replace(self, current=self.cards[(self.position + steps) % len(self.cards)].stub.key))

    def after_run(self, key: str, state: RunState) -> Shelf:
        """With news of a run."""
        return self._with(key, lambda card: replace(card, state=state, waiting=False))

    def waiting(self, key: str, *, waits: bool = True) -> Shelf:
        """With this stub in the queue, or out of it."""
        return self._with(key, lambda card: replace(card, waiting=waits))

    def after_save(self, path: str, stubs: Sequence[Stub]) -> Shelf:
        """With what a file holds now. A stub that is gone stays if it was drafted: its result may matter."""
        known = {card.stub.key: card for card in self.cards}
        cards = [
            replace(known[stub.key], stub=stub, in_file=True, gone=False) if stub.key in known else Card(stub=stub)
            for stub in stubs
        ]
        here = {stub.key for stub in stubs}
        left = (card for card in self.cards if card.stub.path == path and card.stub.key not in here and card.state)
        cards.extend(replace(card, in_file=False, waiting=False, gone=False) for card in left)
        cards.sort(key=lambda card: card.stub.line)
        first = next((n for n, card in enumerate(self.cards) if card.stub.path == path), len(self.cards))
        before = [card for card in self.cards[:first] if card.stub.path != path]
        after = [card for card in self.cards[first:] if card.stub.path != path]
        whole = Shelf(cards=(*before, *cards, *after), current=self.current)
        return whole if whole.card else replace(whole, current=whole.cards[0].stub.key if whole.cards else "")

    def after_loss(self, path: str) -> Shelf:
        """Without the stubs of a file that is no more, but for the one in front if it was drafted."""
        kept = self.after_save(path, ())
        lost = (replace(card, gone=True) if card.stub.path == path else card for card in kept.cards)
        return _swept(replace(kept, cards=tuple(lost)))

    @property
    def place(self) -> str:
        """Which of the stubs is in front, "2 of 3"; "" where there is no choice, or it is none of them any more."""
        there = [card.stub.key for card in self.cards if not card.gone]
        several = len(there) > 1 and self.current in there
        return f"{there.index(self.current) + 1} of {len(there)}" if several else ""

    def _with(self, key: str, change: Callable[[Card], Card]) -> Shelf:
        return replace(self, cards=tuple(change(card) if card.stub.key == key else card for card in self.cards))


def _swept(shelf: Shelf) -> Shelf:
    """Without the stubs of files that are no more, but for the one in front."""
    kept = (card for card in shelf.cards if not card.gone or card.stub.key == shelf.current)
    return replace(shelf, cards=tuple(kept))


def asked(stub: Stub) -> tuple[str, ...]:
    """What of a stub a person wrote for the model: when it is the same, drafting again would tell nothing new."""
    return (stub.header, stub.body, stub.class_header)


def specified(stub: Stub) -> tuple[str, ...]:
    """The same, with what docstrings around it show of it, and what its examples wait for."""
    around = (line for e in stub.examples if e.session for line in (*e.before, e.source, e.want, e.raises or ""))
    waits = (name for e in stub.examples for name in e.waits_for)
    return (*asked(stub), *around, *waits)


def surroundings(stub: Stub) -> tuple[str, ...]:
    """What of its file a run reads: when it is the same, a run under way is still about the file as it is."""
    return (*specified(stub), stub.imports, stub.project, stub.neighbours)


def to_draft(before: Shelf, after: Shelf, path: str, changed_line: int) -> Stub | None:
    """The stub that a save of this file asks for: one that is new or was changed, nearest to where the text changed.

    One whose project could not be imported is asked for again by any save: it may have been mended.
    """
    asks: list[Stub] = []
    for card in after.cards:
        was = before.get(card.stub.key)
        news = was is None or not was.in_file or specified(was.stub) != specified(card.stub)
        changed = card.stub.path == path and news and not _was_drafted_so(card)
        if card.in_file and (changed or card.failed_unasked):
            asks.append(card.stub)
    asks = [stub for stub in asks if stub.path == path] or asks
    return min(asks, key=lambda stub: _distance(stub, changed_line), default=None)


def _was_drafted_so(card: Card) -> bool:
    drafted = card.state.stub if card.state is not None else None
    return card.drafted and drafted is not None and specified(drafted) == specified(card.stub)


def _distance(stub: Stub, line: int) -> int:
    last = stub.line + stub.header.count("\n") + stub.body.count("\n")
    return max(stub.line - line, line - last, 0)


def first_changed_line(before: str, after: str) -> int | None:
    """1-based line of `after` where it begins to differ from `before`; None when it does not."""
    if before == after:
        return None
    old, new = before.split("\n"), after.split("\n")
    return next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False), start=1) if a != b), min(len(old), len(new)) + 1
    )
