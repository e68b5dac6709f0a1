"""The table of what every pipeline reached, above the problems."""

from __future__ import annotations

from collections.abc import Mapping

from textual.message import Message

from ...engine.bench.browsing import Results, scores_of
from ...engine.facts import Stub
from ...widgets.results.score_table import Column, Line, ScoreTable
from ...widgets.rows import Row
from ...widgets.text import Run, clipped, shown_line

_WEIGHTS = {
    "split": 9, "tokens in": 8, "tokens out": 7, "s": 6, "calls": 5, "cost": 4, "mode": 3, "base": 2,
    "reproduced": 5, "refuted": 5, "findings": 6, "fix rate": 3, "break rate": 3,
}  # fmt: skip
"""What goes first where it is narrow."""
_WIDEST = 28
"""Cells of a word: models have long names."""
_INKS = {"fixed": "$state-pass", "broken": "$state-fail", "cost": "$muted"}


class Scores(ScoreTable):
    """The table; a click on a line chooses its column."""

    DEFAULT_CSS = """
    Scores, Scores:focus, Scores.-tight { border: none; padding: 0 1; }
    """

    class Chosen(Message):
        """A line was clicked."""

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._told: tuple[object, ...] = ()

    def pressed(self, row: Row, name: str) -> None:
        """A click chooses."""
        if row.item >= 0:
            self.post_message(self.Chosen(row.item))

    def tell(self, results: Results, stubs: Mapping[str, Stub], *, in_full: bool) -> None:
        """Show these; `in_full` with the notes below."""
        told = (results, stubs, in_full)
        if len(self._told) == len(told) and all(old is new for old, new in zip(self._told, told, strict=True)):
            return
        self._told = told
        table, keys = scores_of(results, stubs)
        twice = [head for n, head in enumerate(table.heads) if head in table.heads[:n]]
        with self.app.batch_update():
            self.columns = tuple(
                Column(head, numbers=n >= table.words, weight=_WEIGHTS.get(head, 1 if head in twice else 0))
                for n, head in enumerate(table.heads)
            )
            self.lines = tuple(
                Line(tuple(map(_cell, table.heads, row)), key) for row, key in zip(table.rows, keys, strict=True)
            )
            self.notes = table.notes if in_full else ()


def _cell(head: str, text: str) -> Run:
    changed = head not in {"fixed", "broken"} or text.strip("+-") not in {"0", "—"}
    return clipped(shown_line(text), _WIDEST), _INKS.get(head, "") if changed else "$muted"
