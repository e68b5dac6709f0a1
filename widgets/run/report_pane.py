"""The reviewer's report: a verdict, and findings that were held against what really happens."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from ...engine.facts import Finding
from ...engine.state.run import RunState
from ..rows import Row
from ..sheet import Sheet
from ..signs import by_weight
from ..text import Run, folded, paragraphs, shown_line
from .report_rows import card, turns, under, verdict


class ReportPane(Sheet):
    """The newest review of `state`; the cursor goes from finding to finding."""

    BINDINGS = [
        Binding("down,j", "next", "next finding", show=False, id="report.next"),
        Binding("up,k", "previous", "previous finding", show=False, id="report.previous"),
        Binding("enter", "choose", "show line", show=False, id="report.choose"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter has another meaning where there is no finding to choose."""
        return action != "choose" or bool(self._findings)

    state: reactive[RunState] = reactive(RunState, repaint=False)
    chosen: reactive[int] = reactive(0)
    """Which finding the cursor is on, from 0, in the order shown."""

    class FindingChosen(Message):
        """The cursor moved to a finding, whose line wants to be seen."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._findings: list[Finding] = []
        self._seen: object = None

    # ------------------------------------------------------------------------------------ drawing

    def rows(self, width: int) -> list[Row]:
        """The verdict, the findings as cards, and what was decided."""
        review = self.state.review
        self.entitle("report", shown_line(review.model) if review else "")
        rows = [Row(line) for line in folded(verdict(self.state), width, words=True)]
        rows += [Row(line) for line in paragraphs(under(self.state), width, "$muted")]
        for number, finding in enumerate(self._findings):
            rows += [Row(), *(Row(line, number) for line in card(finding, width - 1))]
        return [*rows, *turns(self.state, width)]

    def fill(self, row: Row) -> str:
        """The cursor's ground under the chosen finding."""
        return "on $cursor-bg" if row.item >= 0 and row.item == self.chosen and len(self._findings) > 1 else ""

    def runs(self, row: Row) -> Sequence[Run]:
        """A row of a card with the cursor's column before it."""
        if row.item < 0:
            return super().runs(row)
        return [("▌", "$primary") if row.item == self.chosen else ("▏", "$muted"), *super().runs(row)]

    # ------------------------------------------------------------------------------------ attributes from above

    def watch_state(self, state: RunState) -> None:
        """Lay out anew when the report, or what is said in place of it, changed."""
        seen = (
            state.run,
            state.review,
            verdict(state),
            under(state),
            state.decisions,
            state.warnings,
            state.solution,
        )
        if seen == self._seen:
            return
        self._seen = seen
        findings = by_weight(state.review.findings) if state.review else []
        if [finding.claim for finding in findings] != [finding.claim for finding in self._findings]:
            self.set_reactive(ReportPane.chosen, 0)
        self._findings = findings
        self.relayout()

    @property
    def cursor(self) -> int:
        """The chosen finding."""
        return self.chosen

    def watch_chosen(self, before: int, chosen: int) -> None:
        """Move the cursor."""
        self.repaint_items(before, chosen)
        self.bring_into_view(chosen)

    # ------------------------------------------------------------------------------------ keys and mouse

    def action_next(self) -> None:
        """Go to the next finding, or scroll on."""
        self._go(self.chosen + 1)

    def action_previous(self) -> None:
        """Go to the previous finding, or scroll back."""
        self._go(self.chosen - 1)

    def action_choose(self) -> None:
        """Ask for the finding's line to be shown."""
        if self._findings:
            self.post_message(self.FindingChosen(self._findings[self.chosen]))

    def pressed(self, row: Row, name: str) -> None:
        """A click chooses."""
        if row.item >= 0:
            self._go(row.item)

    def _go(self, number: int) -> None:
        if not self._findings or not 0 <= number < len(self._findings):
            # Beyond the first and last finding there may be text: the raw reply, or what was decided.
            self.scroll_relative(y=1 if number > self.chosen else -1, animate=False)
            return
        self.chosen = number
        self.action_choose()
