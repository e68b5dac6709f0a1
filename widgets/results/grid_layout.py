"""Where the columns of a grid of results stand, and how their heads are broken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from ..text import Run, clipped, shown_line

GAP = 1
"""Cells between columns."""
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
    key = min(max((cell_len(shown_line(line.key)) for line in lines), default=0), _WIDEST_KEY, width // 2) + GAP
    wanted = [max(_CELL, min(_widest_piece(head), _WIDEST_HEAD)) for head in heads]
    room = width - key
    whole = sum(wanted) + GAP * len(wanted)
    names = max((cell_len(shown_line(line.name)) for line in lines), default=0)
    name = min(names, room - whole - GAP, _WIDEST_NAME)
    if name >= min(_LEAST_NAME, names) and name > 0:
        return Placing(key, name + GAP, 0, tuple(wanted))
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
        if fitting and sum(fitting) + GAP * (len(fitting) + 1) + width > room:
            break
        fitting.append(width)
    return fitting
