"""How far a run has come: stub → draft → examples → review → fix → verified."""

from __future__ import annotations

from collections.abc import Sequence

from textual.reactive import reactive
from textual.timer import Timer

from ...engine.facts import Report
from ...engine.state.run import (
    STAGES,
    RunState,
    Stage,
    examples_report,
)
from .. import signs
from ..bar import Bar, first_fitting, joined
from ..signs import SPINNER, Sign, counted
from ..text import Run
from .tally import score

FRAME_SECONDS = 0.25


class StageBar(Bar):
    """The stages of `state` with their signs and words; only a stage that runs moves."""

    state: reactive[RunState] = reactive(RunState, repaint=False)
    live: reactive[bool] = reactive(True)
    """Whether the run goes on now; a replay that is paused does not move."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._frame = 0
        self._timer: Timer | None = None
        self._shown: object = None

    def on_mount(self) -> None:
        """Prepare the clockwork; it stands still."""
        self._timer = self.set_interval(FRAME_SECONDS, self._turn, pause=True)
        self._pace()

    def watch_state(self, state: RunState) -> None:
        """Repaint only when a stage changed."""
        shown = (state.run, state.stages, state.verdict, _notes(state), _ending(state))
        if shown != self._shown:
            self._shown = shown
            self.refresh()
        self._pace()

    def watch_live(self) -> None:
        """Stop or go on."""
        self._pace()

    def runs(self, width: int) -> Sequence[Run]:
        """The form that fits: with notes, without, only signs and the stage that runs."""
        stages: list[tuple[Stage, Sign]] = [(stage, self._sign(stage)) for stage in STAGES]
        notes = _notes(self.state)
        ending = _ending(self.state)
        tail: list[Run] = [("   ", ""), *ending] if ending else []
        full = [
            [*_told(sign), (f" {notes[stage]}", sign.ink)] if stage in notes else _told(sign) for stage, sign in stages
        ]
        short = [_told(sign) for _, sign in stages]
        marks: list[Run] = [(f"{sign.mark} ", sign.ink) for _, sign in stages]
        at, sign = self._point(stages)
        focus: list[Run] = ending or [(sign.word, sign.ink), *([(f" {notes[at]}", sign.ink)] if at in notes else [])]
        return first_fitting(
            [
                [*joined(full, (" ── ", "$muted")), *tail],
                [*joined(full, ("  ", "")), *tail],
                [*joined(short, ("  ", "")), *tail],
                [*marks, (" ", ""), *focus],
                marks,
            ],
            width,
        )

    def _sign(self, stage: Stage) -> Sign:
        status = self.state.stages[stage]
        mark, _, ink = signs.STAGES[status]
        if status == "running":
            word = "checking" if stage == "verified" else stage
            return Sign(SPINNER[self._frame % len(SPINNER)] if self._moves else mark, word, ink)
        if status == "failed":
            return _failure(stage, self.state)
        return Sign(mark, stage, ink)

    def _point(self, stages: list[tuple[Stage, Sign]]) -> tuple[Stage, Sign]:
        """The stage to tell of when there is room for one: what runs, or else the last that was reached."""
        now = self.state.stages
        running = [pair for pair in stages if now[pair[0]] == "running"]
        reached = [pair for pair in stages if now[pair[0]] in {"done", "failed"}]
        return (running or reached or stages)[-1]

    @property
    def _moves(self) -> bool:
        running = self.live and "running" in self.state.stages.values()
        return running and self.app.animation_level != "none"

    def _pace(self) -> None:
        if self._timer is None:
            return
        if self._moves:
            self._timer.resume()
        else:
            self._timer.pause()

    def _turn(self) -> None:
        self._frame += 1
        self.refresh()


def _told(sign: Sign) -> list[Run]:
    return [(f"{sign.mark} {sign.word}", sign.ink)]


def _failure(stage: Stage, state: RunState) -> Sign:
    """What went wrong at a stage is not always a failure: findings are a warning, no examples a question."""
    if stage == "review":
        missing = state.review is not None and not state.review.happened
        return Sign("?" if missing else "!", stage, "$state-warn")
    report = examples_report(state)
    if stage == "examples" and report is not None and not report.problem and not report.judged:
        return Sign("?", stage, "$state-warn")
    if stage == "verified" and state.verdict in {"unverified", "outdated"}:
        return Sign("?", state.verdict, "$state-warn")
    return Sign("✗", "not verified" if stage == "verified" else stage, "$state-fail")


def _notes(state: RunState) -> dict[Stage, str]:
    """A few words beside a stage: how many examples fail, how many findings there are."""
    notes: dict[Stage, str] = {}
    report, fix, review = examples_report(state), state.last_fix, state.review
    if report is not None:
        notes["examples"] = _score(report)
    if review is not None:
        notes["review"] = counted(len(review.findings), "finding") if review.happened else review.verdict
    if fix is not None and fix.id in state.reports:
        notes["fix"] = _score(state.reports[fix.id])
    if state.attempt is not None and state.status == "running":
        attempt = state.attempt
        notes["fix"] = f"attempt {attempt.attempt} of {attempt.most}, ≤ {attempt.seconds:g} s"
    result = state.result
    if result is not None and state.verdict == "fails" and not result.problem:
        notes["verified"] = _score(result)
    return notes


def _score(report: Report) -> str:
    if report.problem:
        return "cannot run"
    if report.checks and not report.judged:
        return "all wait" if report.waiting else "not reached"
    return score(report) if report.checks else "none"


def _ending(state: RunState) -> list[Run]:
    if state.status == "cancelled":
        return [("■ cancelled" + (" by a save" if state.cancelled_by == "save" else ""), "$state-warn")]
    return [("✗ run failed", "$state-fail")] if state.status == "failed" else []
