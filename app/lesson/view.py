"""The panes of a lesson: the draft or its diff, and beside it what was claimed, reported and run."""

from __future__ import annotations

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from ...engine.diff import hunks
from ...engine.lessons.claims import report_of
from ...engine.lessons.lesson import Lesson
from ...engine.state.run import RunState
from ...widgets.run.checks_table import ChecksTable
from ...widgets.run.report_pane import ReportPane
from ...widgets.sheet import Sheet
from ..common.read_only_diff import Compared
from .attempts import Attempt, OwnReport, reviewed
from .draft import LessonDraft

BESIDE_FROM = 100
"""Columns from which the draft and what is said of it stand side by side."""
ALL_FROM = 34
"""Lines from which all that is said is in sight at once."""


class LessonView(Horizontal):
    """Shows a lesson as far as a person is with it; nothing of the answer before it was asked for."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[Lesson, Attempt] | None = None
        self._diff_shown = True
        """Once the answer is shown: whether it is the diff that is in sight, or still the draft."""

    def compose(self) -> ComposeResult:
        """Draft and diff; the reports and the examples."""
        with Vertical(id="text"):
            yield LessonDraft(id="draft")
            yield Compared(id="answer")
        with Vertical(id="said"):
            yield OwnReport(id="yours")
            yield ReportPane(id="theirs")
            yield ChecksTable(id="examples")

    def on_mount(self) -> None:
        """No seconds pass in a draft that is there already; where room is short, its docstring is folded."""
        draft = self.query_one(LessonDraft)
        draft.live, draft.folded = False, self.app.size.height < ALL_FROM

    def show(self, lesson: Lesson, attempt: Attempt) -> None:
        """Another lesson, or more of the same."""
        if self._shown is None or self._shown[0] is not lesson:
            self._diff_shown = True
        self._shown = (lesson, attempt)
        state = RunState(run=lesson.name, status="settled", stub=lesson.stub, drafts=(lesson.wrong,))
        draft = self.query_one(LessonDraft)
        draft.state = state
        yours = self.query_one(OwnReport)
        yours.state, yours.over = reviewed(state, report_of(lesson, attempt.verdicts)), attempt.answer is not None
        yours.show_newest()
        if attempt.answer is not None:
            self.query_one("#theirs", ReportPane).state = reviewed(state, lesson.review)
            self.query_one(ChecksTable).state = replace(state, reports={lesson.wrong.id: attempt.answer})
            diff = self.query_one(Compared)
            diff.caption = f"draft → {lesson.standard}"
            diff.hunks = hunks(lesson.stub.code(lesson.wrong.body), lesson.stub.code(lesson.right))
        self._arrange()

    def take_keys(self) -> None:
        """Give the keys to the draft, or to the diff in its place."""
        self.screen.set_focus(self._text, scroll_visible=False)

    def turn(self, steps: int) -> None:
        """Give the keys to another pane, which comes into sight."""
        panes = self._panes
        at = next((n for n, pane in enumerate(panes) if pane is self.screen.focused), 0)
        pane = panes[(at + steps) % len(panes)]
        pane.display = True
        self.screen.set_focus(pane, scroll_visible=False)
        self._arrange()

    def fold(self) -> None:
        """Show the docstring in full, or one line of it."""
        draft = self.query_one(LessonDraft)
        draft.folded = not draft.folded

    def turn_text(self) -> None:
        """The draft in place of the diff, or the other way round."""
        self._diff_shown = not self._diff_shown
        self._arrange()
        self.take_keys()

    # ------------------------------------------------------------------------------------ what fits

    @property
    def _told(self) -> bool:
        return self._shown is not None and self._shown[1].answer is not None

    @property
    def _text(self) -> Sheet:
        return self.query_one("#answer" if self._told and self._diff_shown else "#draft", Sheet)

    @property
    def _panes(self) -> list[Sheet]:
        """What there is to be seen now, in the order of `tab`."""
        reviewed = self._told and self._shown is not None and self._shown[0].review is not None
        names = ["#yours", *(["#theirs"] if reviewed else []), *(["#examples"] if self._told else [])]
        return [self._text, *(self.query_one(name, Sheet) for name in names)]

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        self._arrange()

    def _arrange(self) -> None:
        panes, size = self._panes, self.app.size
        self.set_class(size.width >= BESIDE_FROM, "-beside")
        self.set_class(self._told, "-told")
        said, focused = panes[1:], self.screen.focused
        roomy = size.width >= BESIDE_FROM and size.height >= ALL_FROM
        front = focused if focused in said else said[-1]
        with self.app.batch_update():
            for pane in self.query("#text > Sheet, #said > Sheet").results(Sheet):
                pane.display = pane is panes[0] or (pane in said and (roomy or pane is front))
