"""A small table with notes below it: what came of a race."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.reactive import reactive

from ..rows import Row
from ..sheet import Sheet
from ..text import (
    Run,
    clipped,
    folded,
    shown_line,
)

_GAP = 2


@dataclass(frozen=True)
class Column:
    """How a column looks."""

    head: str
    numbers: bool = False
    """Whether its cells stand at the right."""
    weight: int = 0
    """0 is always shown; of the others the highest is the first to go when it is narrow."""


@dataclass(frozen=True)
class Line:
    """One line of the table: a text and an ink for every column."""

    cells: tuple[Run, ...]
    key: int = -1
    """Number of the lane it speaks of."""


class ScoreTable(Sheet):
    """Shows `lines` under the heads of `columns`, and `notes` below; the line of `chosen` stands out."""

    columns: reactive[tuple[Column, ...]] = reactive(tuple[Column, ...], init=False)
    lines: reactive[tuple[Line, ...]] = reactive(tuple[Line, ...], init=False)
    notes: reactive[tuple[str, ...]] = reactive(tuple[str, ...], init=False)
    chosen: reactive[int] = reactive(-1, init=False)

    def rows(self, width: int) -> list[Row]:
        """Heads, lines, notes."""
        kept = _fitting(self.columns, self.lines, width)
        widths = [_widest(self.columns[n], n, self.lines) for n in kept]
        heads: list[Run] = [(column.head, "$muted") for column in self.columns]
        rows = [Row(self._line(heads, kept, widths, width))]
        rows += [Row(self._line(line.cells, kept, widths, width), line.key) for line in self.lines]
        if self.notes:
            rows.append(Row())
        for note in self.notes:
            for place, piece in enumerate(folded([(shown_line(note), "$muted")], width - 2, words=True)):
                rows.append(Row([("· " if not place else "  ", "$muted"), *piece]))
        return rows

    def fill(self, row: Row) -> str:
        """The ground under the chosen lane."""
        return "on $cursor-bg" if row.item >= 0 and row.item == self.chosen else ""

    def watch_columns(self) -> None:
        """Lay out anew."""
        self.relayout()

    def watch_lines(self) -> None:
        """Lay out anew."""
        self.relayout()

    def watch_notes(self) -> None:
        """Lay out anew."""
        self.relayout()

    @property
    def cursor(self) -> int | None:
        """The marked line, None for none."""
        return self.chosen if self.chosen >= 0 else None

    def watch_chosen(self) -> None:
        """Mark another line."""
        self.repaint()
        self.bring_into_view(self.chosen)

    def _line(self, cells: Sequence[Run], kept: Sequence[int], widths: Sequence[int], width: int) -> list[Run]:
        line: list[Run] = []
        for n, room in zip(kept, widths, strict=True):
            text, ink = cells[n]
            fitted = clipped(shown_line(text), min(room, width))
            space = " " * (room - cell_len(fitted))
            line += [(space, ""), (fitted, ink)] if self.columns[n].numbers else [(fitted, ink), (space, "")]
            line.append((" " * _GAP, ""))
        return line


def _widest(column: Column, n: int, lines: Sequence[Line]) -> int:
    return max([cell_len(column.head), *(cell_len(shown_line(line.cells[n][0])) for line in lines)])


def _fitting(columns: Sequence[Column], lines: Sequence[Line], width: int) -> list[int]:
    """Numbers of the columns that fit: the weightless in any case, of the others the lightest there is room for."""
    kept: list[int] = []
    for n in sorted(range(len(columns)), key=lambda n: columns[n].weight):
        if not columns[n].weight or sum(_widest(columns[k], k, lines) + _GAP for k in [*kept, n]) - _GAP <= width:
            kept.append(n)
    return sorted(kept)
