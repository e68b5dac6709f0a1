"""What the status line says about a run: short, lower case, with the key to press next."""

from __future__ import annotations

from ..engine.state import RunState
from ..widgets.signs import counted
from ..widgets.status_line import Tone


def ending(state: RunState) -> tuple[str, Tone]:
    """How a run ended, and what may be done now; "" while it goes on."""
    match state.status:
        case "settled":
            return _settled(state)
        case "failed":
            return f"{state.problem}", "error"
        case "cancelled" if state.cancelled_by == "save":
            return "you saved: drafting anew", "calm"
        case "cancelled":
            return "cancelled; what came so far is kept. r runs again", "warning"
        case _:
            return "", "calm"


def _settled(state: RunState) -> tuple[str, Tone]:
    solution = state.solution
    assert solution is not None
    if state.written:
        return f"written ({state.written}). u takes it back", "good"
    report = solution.report
    match solution.verdict:
        case "verified":
            total = len(report.checks) if report else 0
            return f"verified: {counted(total, 'example')} hold{'s' if total == 1 else ''}. A accepts", "good"
        case "unverified":
            return "no examples: nothing was verified. A accepts all the same", "warning"
        case "fails":
            if solution.draft.problem:
                return f"no usable body: {solution.draft.problem}. r runs again", "error"
            if report is None or report.problem:
                return "the program could not run (4 shows why). r runs again", "error"
            failing = f"{len(report.failures)} of {counted(len(report.checks), 'example')}"
            return f"{failing} still fail (4 shows which). r runs again, A accepts all the same", "warning"
