"""What a person has made of a lesson so far, and the pane that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace
from textual.reactive import reactive

from ...engine.facts import Report, Review
from ...engine.lessons.claims import Verdict
from ...engine.lessons.lesson import Lesson
from ...engine.lessons.records import Record
from ...engine.state.run import RunState
from ...widgets.rows import Row
from ...widgets.run.report_pane import ReportPane
from ...widgets.text import paragraphs


class Prediction(NamedTuple):
    """Where the mistake is and of what kind, as the user says before the answer."""

    line: int
    """1-based line of the whole function."""
    kind: str


@dataclass
class Attempt:
    """How far the user is with one lesson."""

    verdicts: list[Verdict] = field(default_factory=list[Verdict])
    typed: tuple[str, str] = ("", "")
    """What stands in the fields of the next claim."""
    answer: Report | None = None
    """The draft against all examples, once the answer was shown."""
    hints: int = 0
    """How many hints were taken."""
    prediction: Prediction | None = None
    seconds: float = 0.0
    """How long the lesson has been in front."""

    @property
    def found(self) -> bool:
        """Whether the bug was found before it was told."""
        return any(verdict.result == "bug" for verdict in self.verdicts)


def attempts_of(lessons: Sequence[Lesson], records: Sequence[Record]) -> list[Attempt]:
    """An attempt for each lesson, as far as the student came before."""
    return [_attempt([record for record in records if record.lesson == lesson.name]) for lesson in lessons]


def _attempt(records: Sequence[Record]) -> Attempt:
    return Attempt(
        verdicts=[
            Verdict(claim=record.claim, result=record.result, why="claimed before")
            for record in records
            if record.call and record.result is not None and record.result != "outside"
        ],
        hints=max((record.hints for record in records), default=0),
        prediction=next((Prediction(one.line, one.kind) for one in reversed(records) if one.line), None),
        seconds=max((record.seconds for record in records), default=0.0),
    )


class OwnReport(ReportPane):
    """What the user has claimed, in the form of a reviewer's report."""

    over: reactive[bool] = reactive(False, init=False)
    """Whether nothing can be claimed any more."""

    def rows(self, width: int) -> list[Row]:
        """The claims, or how to make one."""
        if self.state.review is not None:
            return super().rows(width)
        self.entitle("report", "you")
        told = (
            "you claimed nothing"
            if self.over
            else (
                "no claim yet\n\nread the draft, and think of an input on which it goes wrong. claim it with what "
                "should come out: both are run, on this draft and on one that is right"
            )
        )
        return [Row(line) for line in paragraphs(told, width, "$muted")]

    def watch_over(self) -> None:
        """Say something else."""
        self.relayout()

    def show_newest(self) -> None:
        """Put the cursor on the claim that was made last."""
        review = self.state.review
        if review is not None:
            self.chosen = self._findings.index(review.findings[0])


def reviewed(state: RunState, review: Review | None) -> RunState:
    """The state with this report, if there is one."""
    return state if review is None else replace(state, reviews={review.draft: review})
