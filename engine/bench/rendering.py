"""Tables for people and for programs: plain text, Markdown, CSV and JSON from the same cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ..examples import visible
from ..facts import Fact

_CELL = 120


class Table(Fact, frozen=True):
    """A table before it is written down."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    words: int = 1
    """So many columns, from the first, hold words and stand left; the others hold numbers."""


def as_plain(table: Table) -> str:
    """Columns of text, and the notes below them."""
    lines = [table.heads, *(tuple(_line(cell) for cell in row) for row in table.rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(table.heads))]
    shown = ["  ".join(_aligned(cell, n, widths[n], table.words) for n, cell in enumerate(line)) for line in lines]
    rule = "─" * max(len(line) for line in shown)
    parts = [table.title, "", shown[0].rstrip(), rule, *(line.rstrip() for line in shown[1:]), ""]
    return "\n".join([*parts, *(f"· {_line(note, 400)}" for note in table.notes)]).rstrip() + "\n"


def as_markdown(table: Table) -> str:
    """A table that GitHub and most editors show."""
    rule = ["---" if n < table.words else "---:" for n in range(len(table.heads))]
    lines = [table.heads, rule, *([_escaped(cell) for cell in row] for row in table.rows)]
    shown = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    listed = "\n".join(f"- {_escaped(note, 400)}" for note in table.notes)
    return f"### {_escaped(table.title, 400)}\n\n{shown}\n" + (f"\n{listed}\n" if listed else "")


def as_csv(table: Table) -> str:
    """The cells as they are shown; notes are left out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.heads)
    writer.writerows([_inert(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def _aligned(cell: str, column: int, width: int, words: int) -> str:
    return cell.ljust(width) if column < words else cell.rjust(width)


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
