"""The lines of a grid of results."""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.message import Message

from ..rows import Row, Spot
from ..sheet import Sheet
from ..text import (
    Run,
    clipped,
    marked,
    shown_line,
)
from .grid_layout import GAP, GridLine, Placing, placed


class GridRows(Sheet, inherit_bindings=False):
    """The problems; keys are its screen's."""

    DEFAULT_CSS = """
    GridRows, GridRows:focus { border: none; padding: 0; }
    """

    class Placed(Message):
        """The columns stand elsewhere."""

        def __init__(self, placing: Placing) -> None:
            super().__init__()
            self.placing = placing

    class Chosen(Message):
        """A cell was clicked."""

        def __init__(self, key: str, column: int) -> None:
            super().__init__()
            self.key = key
            self.column = column

    class Opened(Message):
        """The cell under the cursor was clicked once more."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: tuple[str, ...] = ()
        self.lines: tuple[GridLine, ...] = ()
        self.searched = ""
        self.empty = ""
        self.chosen = ""
        self.column = 0
        self.placing = Placing(0, 0, 0, ())

    def rows(self, width: int) -> list[Row]:
        """A row for every problem."""
        placing = placed(self.heads, self.lines, width - 1, self.column)
        if placing != self.placing:
            self.placing = placing
            self.post_message(self.Placed(placing))
        if not self.lines:
            return [Row([(clipped(self.empty, width), "$muted")])]
        spots = tuple(self._spots())
        return [Row(lambda line=line: self._runs_of(line), n, spots=spots) for n, line in enumerate(self.lines)]

    def fill(self, row: Row) -> str:
        """The cursor's ground."""
        return "on $cursor-bg" if row.item >= 0 and self.lines[row.item].key == self.chosen else ""

    def pressed(self, row: Row, name: str) -> None:
        """A click goes there; one more opens."""
        if row.item >= 0:
            column = int(name) if name else self.column
            line = self.lines[row.item]
            opens = bool(name) and (line.key, column) == (self.chosen, self.column)
            self.post_message(self.Opened() if opens else self.Chosen(line.key, column))

    @property
    def cursor(self) -> int:
        """The line the cursor is on, -1 for none."""
        return self.place()

    def place(self) -> int:
        """Number of the line the cursor is on, -1 for none."""
        return next((n for n, line in enumerate(self.lines) if line.key == self.chosen), -1)

    def _spots(self) -> list[Spot]:
        placing, spots = self.placing, list[Spot]()
        at = 1 + placing.key + placing.name
        for n, cells in enumerate(placing.widths):
            spots.append(Spot(at, at + cells, str(placing.first + n)))
            at += cells + GAP
        return spots

    def _runs_of(self, line: GridLine) -> list[Run]:
        placing, here = self.placing, line.key == self.chosen
        row: list[Run] = [("▌", "$primary") if here else (" ", "")]
        row += self._lit(line.key, placing.key, "bold" if here else "")
        if placing.name:
            row += self._lit(line.name, placing.name, "$muted")
        for n, cells in enumerate(placing.widths):
            number = placing.first + n
            text, ink = line.cells[number]
            fitted = clipped(shown_line(text), cells)
            ink = f"{ink}|reverse" if here and number == self.column else ink
            row += [(fitted, ink), (" " * (cells - cell_len(fitted) + GAP), "")]
        return row

    def _lit(self, text: str, cells: int, ink: str) -> list[Run]:
        """Text in so many cells, its last one free, in which what is searched stands out."""
        fitted = clipped(shown_line(text), cells - GAP)
        case = 0 if any(letter.isupper() for letter in self.searched) else re.IGNORECASE
        found = re.finditer(re.escape(self.searched), fitted, case) if self.searched else ()
        runs = marked([(fitted, ink)], [match.span() for match in found], "bold underline")
        return [*runs, (" " * (cells - cell_len(fitted)), "")]
