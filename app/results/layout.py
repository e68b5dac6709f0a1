"""Where the parts of a results view stand, and which of them the keys belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ...widgets.filter_bar import FilterBar
from ...widgets.sheet import Sheet
from ..common.arrangement import too_small
from .head import ResultsHead
from .listing import Fit, Front, fit
from .scores import Scores

if TYPE_CHECKING:
    from .view import ResultsView


class ResultsStanding:
    """Shows as much of `view` as fits beside or around what is in `front`."""

    def __init__(self, view: ResultsView) -> None:
        self._view = view
        self.front: Front = "problems"

    def arrange(self) -> None:
        """Show what fits, and give the keys to what is in front."""
        view, (width, height) = self._view, self._view.app.size
        scores = view.query_one(Scores)
        with view.app.batch_update():
            if view.results is not None:
                scores.tell(view.results, view.stubs, in_full=self.front == "table")
            lines = len(scores.lines) + 1
            scores.styles.height = "1fr" if self.front == "table" else lines
            self._show(fit(width, height, self.front, lines))
        view.call_after_refresh(self.focus_front)

    def _show(self, now: Fit) -> None:
        view = self._view
        view.set_class(now.beside, "-beside")
        view.query_one(Scores).display = now.scores
        view.query_one("#results-body").display = now.body
        view.query_one(FilterBar).display = view.query_one(ResultsHead).display = not now.tiny
        view.grid.display, view.sheet.display = now.problems, now.result
        small, size = view.query_one("#too-small", Static), view.app.size
        small.display = now.tiny
        if now.tiny:
            small.update(Content(too_small(*size)))

    def focus_front(self) -> None:
        """Give the keys to the pane in front, unless they are letters now."""
        view = self._view
        panes: dict[Front, Sheet] = {"problems": view.grid.rows, "result": view.sheet, "table": view.query_one(Scores)}
        if view.screen.is_current and not view.typing and panes[self.front].display:
            view.screen.set_focus(panes[self.front], scroll_visible=False)

    def follow_focus(self, pane: Widget) -> None:
        """A click gave the keys to another pane: it is in front now."""
        if self.front != "table" and pane in {self._view.sheet, self._view.grid.rows}:
            self.front = "result" if pane is self._view.sheet else "problems"
