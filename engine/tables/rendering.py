"""Tables for people and for programs: plain text, Markdown, CSV and JSON from the same cells."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Sequence

from ..examples import visible
from ..facts import Fact

_CELL, _NOTE = 200, 400
"""Characters of a cell, and of a title or a note."""


class Table(Fact, frozen=True):
    """A table before it is written down."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    words: int = 1
    """So many columns, from the first, hold words and stand left; the others hold numbers."""
    ends_in_words: bool = False
    """Whether the last column holds words too."""

    def is_left(self, column: int) -> bool:
        """Whether a column, counted from 0, stands left."""
        return column < self.words or (self.ends_in_words and column == len(self.heads) - 1)


def as_plain(table: Table, width: int | None = None) -> str:
    """Columns of text, and the notes below them; the text of cells and notes may come from strangers.

    In less than the room it needs, `width` cells, the table is written in blocks that all begin with the same columns;
    None is any width.
    """
    lines = [table.heads, *(tuple(_line(cell) for cell in row) for row in table.rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(table.heads))]
    parts = [*_wrapped(_line(table.title, _NOTE), width), ""]
    for block in _blocks(widths, table.words, width):
        shown = ["  ".join(_aligned(line[n], widths[n], left=table.is_left(n)) for n in block) for line in lines]
        rule = "─" * max(map(len, shown))
        parts += [shown[0].rstrip(), rule, *(line.rstrip() for line in shown[1:]), ""]
    notes = [line for note in table.notes for line in _wrapped(f"· {_line(note, _NOTE)}", width)]
    return "\n".join([*parts, *notes]).rstrip() + "\n"


def _blocks(widths: Sequence[int], words: int, room: int | None) -> list[list[int]]:
    """The numbers of the columns that stand beside one another.

    >>> _blocks([9, 4, 4, 4], 1, 21), _blocks([9, 4, 4, 4], 1, None)
    ([[0, 1, 2], [0, 3]], [[0, 1, 2, 3]])
    """
    keys = list(range(words if words < len(widths) else 1))
    blocks: list[list[int]] = [[*keys]]
    for n in range(len(keys), len(widths)):
        block = [*blocks[-1], n]
        if room is not None and len(blocks[-1]) > len(keys) and sum(widths[m] + 2 for m in block) - 2 > room:
            blocks.append([*keys, n])
        else:
            blocks[-1] = block
    return blocks


def _wrapped(line: str, width: int | None) -> list[str]:
    return [line] if width is None else textwrap.wrap(line, max(width, 20), subsequent_indent="  ")


def as_markdown(table: Table) -> str:
    """A table that GitHub and most editors show."""
    rule = ["---" if table.is_left(n) else "---:" for n in range(len(table.heads))]
    lines = [table.heads, rule, *([_escaped(cell) for cell in row] for row in table.rows)]
    shown = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    listed = "\n".join(f"- {_escaped(note, _NOTE)}" for note in table.notes)
    return f"### {_escaped(table.title, _NOTE)}\n\n{shown}\n" + (f"\n{listed}\n" if listed else "")


def as_csv(table: Table) -> str:
    """The cells as they are shown; notes are left out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.heads)
    writer.writerows([_inert(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def _aligned(cell: str, width: int, *, left: bool) -> str:
    room = " " * (width - len(cell))
    return cell + room if left else room + cell


def columns_of(heads: Sequence[str], *cells: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Rows whose length is checked against the heads."""
    assert all(len(row) == len(heads) for row in cells)
    return tuple(tuple(row) for row in cells)


def _line(text: str, most: int = _CELL) -> str:
    return " ".join(visible(text, most).split())


def _escaped(text: str, most: int = _CELL) -> str:
    """Text of strangers as Markdown shows it and nothing more."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!~" else c for c in _line(text, most))


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; a signed number is none."""
    risky = text[:1] in {"=", "@", "+", "-"} and not text[1:].replace(".", "").strip(" %").isdigit()
    return f"'{text}" if risky else text
