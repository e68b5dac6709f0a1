"""The stubs of a file or a folder and how far each has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from rich.cells import cell_len
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from .rows import Row
from .sheet import Sheet
from .signs import STUBS
from .text import Run, clipped, clipped_start, length, paragraphs, shown_line

StubStatus = Literal[
    "new", "queued", "drafting", "verified", "fails", "unverified", "checking", "outdated", "written", "cancelled",
    "problem",
]  # fmt: skip


@dataclass(frozen=True)
class StubRow:
    """One stub as the list shows it."""

    key: str
    name: str
    path: str
    line: int
    """1-based line of `def`."""
    status: StubStatus = "new"
    """new: nobody has asked for a draft; queued: asked for, and it waits for its turn."""
    note: str = ""
    """In place of the status' word: "2 of 5 fail"."""


class StubList(Sheet):
    """Lists `stubs`; the cursor is on `chosen`, a stub's key. Those that do not hold what is sought are left out."""

    BINDINGS = [
        Binding("down,j", "next", "next", show=False, id="stubs.next"),
        Binding("up,k", "previous", "previous", show=False, id="stubs.previous"),
        Binding("enter", "choose", "draft", show=False, id="stubs.choose"),
    ]

    stubs: reactive[tuple[StubRow, ...]] = reactive(tuple[StubRow, ...])
    chosen: reactive[str] = reactive("")
    empty: reactive[str] = reactive(
        "no stubs here yet\n\nwrite a function with a docstring and a body of ... in your editor, and save"
    )

    class Highlighted(Message):
        """The cursor moved to a stub."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Chosen(Message):
        """A stub was chosen, with enter or a click."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._listed: tuple[StubRow, ...] = ()
        self._listed_of: tuple[tuple[StubRow, ...], str] = ((), "")

    def rows(self, width: int) -> list[Row]:
        """All stubs, under their file's name when there are several files."""
        listed, number = self.listed, len(self.stubs)
        count = f"{len(listed)} of {number}" if self.sought else str(number)
        self.entitle("stubs", count if number else "")
        if not listed:
            empty = "no stub holds what is sought" if self.stubs else self.empty
            return [Row(line) for line in paragraphs(empty, width, "$muted")]
        several = len({stub.path for stub in self.stubs}) > 1
        return list(self._rows_of(listed, width, several))

    @property
    def listed(self) -> tuple[StubRow, ...]:
        """The stubs that hold what is sought, in their name or in their file's."""
        if self._listed_of != (self.stubs, self.sought):
            wanted = shown_line(self.sought)
            fold = str.lower if wanted == wanted.lower() else str
            self._listed = tuple(stub for stub in self.stubs if wanted in fold(f"{stub.name}\n{stub.path}"))
            self._listed_of = (self.stubs, self.sought)
        return self._listed

    @property
    def cursor(self) -> int:
        """The chosen stub's place in the list."""
        return self._place()

    def fill(self, row: Row) -> str:
        """The cursor's ground under the chosen stub."""
        return "on $cursor-bg" if row.item >= 0 and self.listed[row.item].key == self.chosen else ""

    def runs(self, row: Row) -> Sequence[Run]:
        """A row with the cursor's column before it."""
        if row.item < 0:
            return super().runs(row)
        return [("▌", "$primary") if self.listed[row.item].key == self.chosen else (" ", ""), *super().runs(row)]

    def _rows_of(self, listed: Sequence[StubRow], width: int, several: bool) -> Iterator[Row]:
        numbered = list(enumerate(listed))
        for path, group in groupby(numbered, key=lambda pair: pair[1].path):
            if several:
                yield Row([(clipped_start(shown_line(path), width), "$muted")])
            for number, stub in group:
                yield Row(_line(stub, width - 1), number)

    # ------------------------------------------------------------------------------------ attributes from above

    def watch_stubs(self, stubs: tuple[StubRow, ...]) -> None:
        """Show other stubs; the cursor stays with its stub where that is still there."""
        if not any(stub.key == self.chosen for stub in stubs):
            self.set_reactive(StubList.chosen, stubs[0].key if stubs else "")
        self.relayout()

    def watch_sought(self, before: str, sought: str) -> None:
        """List what holds the text; the cursor goes to the first of them if its stub is left out."""
        self.relayout()
        if all(stub.key != self.chosen for stub in self.listed):
            self._go(0)
        self._search.begin(0)
        self._look()
        self.repaint()
        self.bring_into_view(self._place())

    def found(self, row: Row) -> None:
        """The cursor goes along from place to place."""
        if row.item >= 0:
            self._go(row.item)

    def watch_chosen(self) -> None:
        """Move the cursor."""
        self.repaint()
        self.bring_into_view(self._place())

    def watch_empty(self) -> None:
        """Say something else when there is nothing."""
        self.relayout()

    # ------------------------------------------------------------------------------------ keys and mouse

    def action_next(self) -> None:
        """Go to the next stub."""
        self._go(self._place() + 1)

    def action_previous(self) -> None:
        """Go to the previous stub."""
        self._go(self._place() - 1)

    def action_choose(self) -> None:
        """Choose the stub under the cursor."""
        if self.chosen:
            self.post_message(self.Chosen(self.chosen))

    def pressed(self, row: Row, name: str) -> None:
        """A click chooses."""
        if row.item >= 0:
            self._go(row.item)
            self.action_choose()

    def _place(self) -> int:
        return next((n for n, stub in enumerate(self.listed) if stub.key == self.chosen), 0)

    def _go(self, place: int) -> None:
        listed = self.listed
        if not listed:
            return
        key = listed[max(0, min(place, len(listed) - 1))].key
        if key != self.chosen:
            self.chosen = key
            self.post_message(self.Highlighted(key))


def _line(stub: StubRow, width: int) -> list[Run]:
    """Sign, name and, as far as there is room, the state's word at the right edge."""
    sign = STUBS[stub.status]
    name = shown_line(stub.name)
    word = shown_line(stub.note) or sign.word
    room = width - 2 - cell_len(word) - 2
    if room < min(cell_len(name), 12):
        return [(f"{sign.mark} ", sign.ink), (clipped(name, width - 2), "")]
    left: list[Run] = [(f"{sign.mark} ", sign.ink), (clipped(name, room), "bold")]
    return [*left, (" " * (width - length(left) - cell_len(word)), ""), (word, sign.ink)]
