"""The draft of a lesson: its docstring can be folded, so that a small terminal shows the body first."""

from __future__ import annotations

from textual.reactive import reactive

from ...widgets.rows import Row, Spot
from ...widgets.run.draft_pane import DraftPane
from ...widgets.signs import counted
from ..common.key_names import keys_of

_QUOTES = ('"""', "'''")


class LessonDraft(DraftPane):
    """Shows the draft; `folded` leaves one line of its docstring."""

    folded: reactive[bool] = reactive(False, init=False)

    def rows(self, width: int) -> list[Row]:
        """The rows; those of the docstring as one that tells how many there are."""
        rows, inside = super().rows(width), self._docstring()
        if not self.folded or len(inside) < 2:
            return rows
        first = next((n for n, row in enumerate(rows) if row.item in inside), len(rows))
        key = keys_of(self.screen)("lesson.fold")
        told = f"    ▸ docstring, {counted(len(inside), 'line')} ({key} shows it, arrows scroll)"
        fold = Row([(told, "$muted")], spots=(Spot(0, width, "fold"),))
        return [*rows[:first], fold, *(row for row in rows[first:] if row.item not in inside)]

    def watch_folded(self) -> None:
        """Show more, or less."""
        self.relayout()

    def pressed(self, row: Row, name: str) -> None:
        """A click on the folded docstring shows it."""
        if name == "fold" and self.folded:
            self.folded = False
        else:
            super().pressed(row, name)

    def _docstring(self) -> range:
        """1-based lines of the docstring in what is shown; none where there is none."""
        stub = self.state.stub
        lines = stub.header.rstrip("\n").split("\n") if stub is not None else []
        begins = (n for n, line in enumerate(lines, start=1) if line.lstrip().lstrip("rRbBuUfF").startswith(_QUOTES))
        first = next(begins, 0)
        return range(first, len(lines) + 1) if first else range(0)
