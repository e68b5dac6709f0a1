"""Problems line by line, and a cell for what came of each in every column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from .lines import Lines
from .rows import Row, Spot
from .sheet import Sheet
from .text import Run, clipped, marked, shown_line

_GAP = 1
_CELL = 9
"""Cells of a column: a sign, a word of four letters and two marks."""
_WIDEST_HEAD = 12
_WIDEST_KEY = 22
_LEAST_NAME, _WIDEST_NAME = 10, 32
MOST_HEADS = 4
"""Lines of heads; of longer ones the rest is left out."""


@dataclass(frozen=True)
class GridLine:
    """One problem: its key, a name for people, and what stands in each column."""

    key: str
    name: str
    cells: tuple[Run, ...]


@dataclass(frozen=True)
class Placing:
    """Where things stand at one width."""

    key: int
    """Cells of the first column, its gap included."""
    name: int
    """Cells of the second, 0 where there is no room for it."""
    first: int
    """Number of the first column that is seen."""
    widths: tuple[int, ...]
    """Cells of the columns that are seen, without their gaps."""

    @property
    def last(self) -> int:
        """Number of the last column that is seen."""
        return self.first + len(self.widths) - 1


def placed(heads: Sequence[str], lines: Sequence[GridLine], width: int, column: int) -> Placing:
    """How so many columns fit into `width` cells; `column` is seen in any case."""
    key = min(max((cell_len(shown_line(line.key)) for line in lines), default=0), _WIDEST_KEY, width // 2) + _GAP
    wanted = [max(_CELL, min(_widest_piece(head), _WIDEST_HEAD)) for head in heads]
    room = width - key
    whole = sum(wanted) + _GAP * len(wanted)
    names = max((cell_len(shown_line(line.name)) for line in lines), default=0)
    name = min(names, room - whole - _GAP, _WIDEST_NAME)
    if name >= min(_LEAST_NAME, names) and name > 0:
        return Placing(key, name + _GAP, 0, tuple(wanted))
    first, widths = 0, _as_many(wanted, room)
    while widths and first + len(widths) <= column:
        first += 1
        widths = _as_many(wanted[first:], room)
    return Placing(key, 0, first, tuple(widths))


def head_lines(head: str, width: int) -> list[str]:
    """A name broken behind its hyphens and spaces.

    >>> head_lines("review-with-evidence", 9)
    ['review-', 'with-', 'evidence']
    >>> head_lines("raw-coder", 9)
    ['raw-coder']
    """
    lines: list[str] = []
    for piece in _pieces(head):
        if lines and cell_len(lines[-1] + piece.rstrip()) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
    shown = [clipped(line.rstrip(), width) for line in lines]
    return shown if len(shown) <= MOST_HEADS else [*shown[: MOST_HEADS - 1], "…"]


def _pieces(head: str) -> list[str]:
    return re.findall(r"[^-\s]*-+|[^-\s]+\s*|\s+", shown_line(head))


def _widest_piece(head: str) -> int:
    return max((cell_len(piece.rstrip()) for piece in _pieces(head)), default=0)


def _as_many(wanted: Sequence[int], room: int) -> list[int]:
    fitting: list[int] = []
    for width in wanted:
        if fitting and sum(fitting) + _GAP * (len(fitting) + 1) + width > room:
            break
        fitting.append(width)
    return fitting


class GridHeads(Lines):
    """The heads of the columns; they stay when the problems scroll."""

    DEFAULT_CSS = """
    GridHeads { padding: 0; height: 1; }
    """

    heads: reactive[tuple[str, ...]] = reactive(tuple[str, ...], init=False)
    placing: reactive[Placing] = reactive(Placing(0, 0, 0, ()), init=False)
    column: reactive[int] = reactive(0, init=False)

    def laid_out(self, width: int) -> list[list[Run]]:
        """Each head at the bottom of its column; what is not seen is counted at the edges."""
        placing = self.placing
        seen = [head_lines(self.heads[placing.first + n], w) for n, w in enumerate(placing.widths)]
        height = max([1, *map(len, seen)])
        rows: list[list[Run]] = []
        for y in range(height):
            left = " " * (1 + placing.key + placing.name)
            if y == height - 1:
                hint = self._unseen()
                left = clipped(hint, len(left)).ljust(len(left))
            row: list[Run] = [(left, "$muted")]
            for n, (lines, cells) in enumerate(zip(seen, placing.widths, strict=True)):
                at = y - (height - len(lines))
                text = lines[at] if at >= 0 else ""
                ink = "bold $primary" if placing.first + n == self.column else "$muted"
                row += [(text + " " * (cells - cell_len(text)), ink), (" " * _GAP, "")]
            rows.append(row)
        return rows

    def _unseen(self) -> str:
        placing, count = self.placing, len(self.heads)
        before, after = placing.first, count - placing.last - 1
        told = [*([f"◂ {before} more"] if before > 0 else []), *([f"{after} more ▸"] if after > 0 else [])]
        return " ".join(told) if placing.widths else ""

    def watch_heads(self) -> None:
        """Lay out anew."""
        self._fit()

    def watch_placing(self) -> None:
        """Lay out anew."""
        self._fit()

    def watch_column(self) -> None:
        """Another head stands out."""
        self.refresh()

    def _fit(self) -> None:
        if self.placing.last < len(self.heads):
            self.styles.height = len(self.laid_out(self.size.width))
            self.refresh()


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
            self.post_message(ResultGrid.Opened() if opens else ResultGrid.Chosen(line.key, column))

    def place(self) -> int:
        """Number of the line the cursor is on, -1 for none."""
        return next((n for n, line in enumerate(self.lines) if line.key == self.chosen), -1)

    def _spots(self) -> list[Spot]:
        placing, spots = self.placing, list[Spot]()
        at = 1 + placing.key + placing.name
        for n, cells in enumerate(placing.widths):
            spots.append(Spot(at, at + cells, str(placing.first + n)))
            at += cells + _GAP
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
            row += [(fitted, ink), (" " * (cells - cell_len(fitted) + _GAP), "")]
        return row

    def _lit(self, text: str, cells: int, ink: str) -> list[Run]:
        """Text in so many cells, its last one free, in which what is searched stands out."""
        fitted = clipped(shown_line(text), cells - _GAP)
        case = 0 if any(letter.isupper() for letter in self.searched) else re.IGNORECASE
        found = re.finditer(re.escape(self.searched), fitted, case) if self.searched else ()
        runs = marked([(fitted, ink)], [match.span() for match in found], "bold underline")
        return [*runs, (" " * (cells - cell_len(fitted)), "")]


class ResultGrid(Vertical):
    """Shows `lines` under `heads`; the cursor is on the cell of `chosen` (a line's key) in `column`."""

    DEFAULT_CSS = """
    ResultGrid {
        height: 1fr;
        width: 1fr;
        border: round $border-blurred;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:focus-within { border: round $border; border-title-color: $text-primary; }
    }
    """

    heads: reactive[tuple[str, ...]] = reactive(tuple[str, ...], init=False)
    lines: reactive[tuple[GridLine, ...]] = reactive(tuple[GridLine, ...], init=False)
    chosen: reactive[str] = reactive("", init=False)
    column: reactive[int] = reactive(0, init=False)
    searched: reactive[str] = reactive("", init=False)
    """What was searched, to be marked where it stands."""
    empty: reactive[str] = reactive("", init=False)
    """What to say while there are no lines."""

    class Chosen(Message):
        """A cell was clicked."""

        def __init__(self, key: str, column: int) -> None:
            super().__init__()
            self.key = key
            self.column = column

    class Opened(Message):
        """The cell under the cursor was clicked once more."""

    def compose(self) -> ComposeResult:
        """Heads, and rows that scroll below them."""
        yield GridHeads()
        yield GridRows()

    @property
    def rows(self) -> GridRows:
        """The problems."""
        return self.query_one(GridRows)

    @property
    def place(self) -> int:
        """Number of the line the cursor is on, -1 for none."""
        return self.rows.place()

    @property
    def page(self) -> int:
        """Lines that are seen at once."""
        return max(1, self.rows.size.height - 1)

    def entitle(self, title: str, subtitle: str = "") -> None:
        """Write into the border; the text may come from strangers."""
        self.border_title, self.border_subtitle = Content(shown_line(title)), Content(shown_line(subtitle))

    def focus(self, scroll_visible: bool = True, from_app_focus: bool = False) -> ResultGrid:
        """Give the keys to the problems."""
        self.rows.focus(scroll_visible)
        return self

    def show(self, heads: tuple[str, ...], lines: tuple[GridLine, ...]) -> None:
        """Other heads and lines at once: no line is ever drawn under heads that are not its own."""
        self.set_reactive(ResultGrid.heads, heads)
        self.set_reactive(ResultGrid.lines, lines)
        self.rows.heads, self.rows.lines = heads, lines
        self.query_one(GridHeads).heads = heads
        self.rows.relayout()

    def watch_chosen(self, before: str, chosen: str) -> None:
        """Move the cursor."""
        rows = self.rows
        places = [n for n, line in enumerate(rows.lines) if line.key in (before, chosen)]
        rows.chosen = chosen
        rows.repaint_items(*places)
        rows.bring_into_view(rows.place())

    def watch_column(self, column: int) -> None:
        """Move the cursor sideways, and what is seen with it."""
        rows = self.rows
        rows.column = self.query_one(GridHeads).column = column
        if rows.placing.first <= column <= rows.placing.last:
            rows.repaint_items(rows.place())
        else:
            rows.relayout()

    def watch_searched(self, searched: str) -> None:
        """Mark something else."""
        self.rows.searched = searched
        self.rows.repaint()

    def watch_empty(self, empty: str) -> None:
        """Say something else."""
        self.rows.empty = empty
        if not self.lines:
            self.rows.relayout()

    def on_grid_rows_placed(self, event: GridRows.Placed) -> None:
        """The heads stand where the columns do."""
        event.stop()
        self.query_one(GridHeads).placing = event.placing

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight."""
        self.call_after_refresh(self.rows.bring_into_view, self.rows.place())
