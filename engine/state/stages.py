"""How far the stages of a run have come: what the stage bar shows of a folded state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..facts import Draft, Report

if TYPE_CHECKING:
    from .run import RunState

Stage = Literal["stub", "draft", "examples", "review", "fix", "verified"]
STAGES: tuple[Stage, ...] = ("stub", "draft", "examples", "review", "fix", "verified")
StageStatus = Literal["waiting", "running", "done", "failed", "skipped"]

_STAGE_OF_PURPOSE: dict[str, Stage] = {
    "review": "review",
    "fix": "fix",
    "retry": "fix",
    "synthesis": "fix",
    "preference": "fix",
}


def stages_of(state: RunState) -> dict[Stage, StageStatus]:
    """Each stage and how far it has come."""
    running = _running(state)
    return {stage: "running" if stage == running else _reached(state, stage) for stage in STAGES}


def examples_report(state: RunState) -> Report | None:
    """What the examples' stage tells of: the first draft; once anything was run after the run, what stands now."""
    if state.standing is not None:
        return state.standing.report
    first = state.first_draft
    return state.reports.get(first.id) if first is not None else None


def _running(state: RunState) -> Stage | None:
    if state.verdict == "checking":
        return "verified"
    if state.status != "running":
        return None
    if state.live_call is not None:
        return _STAGE_OF_PURPOSE.get(state.live_call.purpose, "draft")
    if state.checking:
        return "fix" if any(d.id == state.checking and d.parent for d in state.drafts) else "examples"
    return None


def _reached(state: RunState, stage: Stage) -> StageStatus:
    reached: dict[Stage, bool] = {
        "stub": state.stub is not None,
        "draft": bool(state.drafts),
        "examples": bool(state.reports) if state.standing is None else state.standing.report is not None,
        "review": bool(state.reviews),
        "fix": state.last_fix is not None,
        "verified": bool(state.verdict),
    }
    if reached[stage]:
        return "failed" if _failed(state, stage) else "done"
    return "skipped" if state.status in {"settled", "failed", "cancelled"} else "waiting"


def _failed(state: RunState, stage: Stage) -> bool:
    first, fix, review = state.first_draft, state.last_fix, state.review
    match stage:
        case "draft":
            return first is not None and first.problem is not None
        case "examples":
            report = examples_report(state)
            return _failing(report) or (report is not None and not report.judged)
        case "review":
            return review is not None and review.verdict != "clean"
        case "fix":
            return fix is not None and (fix.problem is not None or _no_better(state, fix))
        case "verified":
            return state.verdict != "verified"
        case "stub":
            return False


def _no_better(state: RunState, fix: Draft) -> bool:
    """Whether a repair holds no more than the draft did, or is a body that was there before and is not run again."""
    report = state.reports.get(fix.id)
    return fix.id in state.dropped if report is None else _failing(report)


def _failing(report: Report | None) -> bool:
    return report is not None and (bool(report.problem) or bool(report.failures))
