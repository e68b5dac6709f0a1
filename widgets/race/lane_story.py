"""What a lane's pattern does, from its plan to its repair, in one sheet that keeps its point in sight."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events

from ...engine.state.run import RunState
from ..rows import Row
from ..run.draft_pane import DraftPane
from ..run.draft_text import view_of
from ..run.report_rows import verdict
from .lane_words import story_draft
from .story_rows import REPAIRS, plan_rows, repair_rows, report_rows, tree_rows

_DEFINES = ("def ", "async def ")


class LaneStory(DraftPane):
    """The plan or the tree, the draft without the stub's docstring, the report, and the repair as a change.

    While the run goes on, what comes in stays in sight; once it is over, the report, or else the plan or the tree.
    Who scrolls stays where they are.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._told: object = None
        self._by_hand = False
        self._report_at = 0
        """Number of the row where the report begins, 0 where there is none."""

    # ------------------------------------------------------------------------------------ drawing

    def rows(self, width: int) -> list[Row]:
        """The sections there are, in the order in which they came."""
        header = view_of(self.state, self.wanted).header
        last = header.removesuffix("\n").count("\n") + 1 if header else 0
        first = next((n for n, line in enumerate(header.split("\n"), 1) if line.lstrip().startswith(_DEFINES)), 1)
        draft = [row for row in super().rows(width) if not 0 < row.item <= last or row.item == first]
        report = list(report_rows(self.state, width))
        # The blank line before the report need not be in sight.
        self._report_at = len(draft) + 1 if report else 0
        return [*draft, *report, *repair_rows(self.state, width)]

    def fill(self, row: Row) -> str:
        """The ground of a changed line, or of a line that a finding speaks of."""
        return row.fill or super().fill(row)

    def _asides(self, width: int) -> Iterator[Row]:
        """The plan or the tree before the code; what was thought stays in the whole screen of the lane."""
        yield from plan_rows(self.state, width)
        yield from tree_rows(self.state, width)

    # ------------------------------------------------------------------------------------ attributes from above

    def watch_state(self, state: RunState) -> None:
        """Show what is new."""
        if self._told is None or state.status == "idle":
            self._by_hand = False
        self.wanted = story_draft(state)
        super().watch_state(state)
        call = state.live_call
        writes = call.text if call is not None and call.purpose in REPAIRS else ""
        told = (state.review, verdict(state), state.last_fix, writes, state.reports, state.tree, state.plans)
        if told != self._told:
            self._told = told
            self.relayout(grown=True)

    def relayout(self, *, grown: bool = False) -> None:
        """Ask for the rows anew, and keep in sight what matters now."""
        super().relayout(grown=grown)
        self._show_point()

    def on_resize(self, event: events.Resize) -> None:
        """What matters stays in sight."""
        self.call_after_refresh(self._show_point)

    def _show_point(self) -> None:
        """Scroll to the end of what comes in; to the report, plan or tree once the run is over."""
        if self._by_hand or not self.row_count:
            return
        self._follows = self.state.status == "running"
        if self._follows:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
        else:
            self.scroll_to(y=self._report_at, animate=False, immediate=True)

    # ------------------------------------------------------------------------------------ keys and mouse

    def scroll_by(self, lines: int) -> None:
        """Move so many lines on, and stay there."""
        self._by_hand = True
        self.scroll_relative(y=lines, animate=False)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel, too, ends the following."""
        self._by_hand = True

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Down as up."""
        self._by_hand = True
