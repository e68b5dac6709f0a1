"""What the status line says about a run: short, lower case, with the key to press next."""

from __future__ import annotations

from ..engine.state import RunState
from ..engine.waits import waiting_words
from ..widgets.signs import counted
from ..widgets.status_line import Tone
from ..widgets.tally import also_by_tests, standing
from .key_names import Key


def ending(state: RunState, key: Key) -> tuple[str, Tone]:
    """How a run ended, and what may be done now; "" while it goes on. `key` gives the keys in force."""
    match state.status:
        case "settled":
            return _settled(state, key)
        case "failed":
            return f"{state.problem}", "error"
        case "cancelled" if state.cancelled_by == "save":
            return "you saved: drafting anew", "calm"
        case "cancelled":
            return f"cancelled; what came so far is kept. {key('run.again')} runs again", "warning"
        case _:
            return "", "calm"


def _settled(state: RunState, key: Key) -> tuple[str, Tone]:
    again, accepts, examples = key("run.again"), key("diff.accept_all"), key("show.examples")
    solution = state.solution
    assert solution is not None
    if state.written:
        return f"written ({state.written}). {key('file.undo')} takes it back", "good"
    report = solution.report
    waits = waiting_words(report)
    also = f"; {waits}" if waits else ""
    match solution.verdict:
        case "verified":
            total = len(report.judged_examples) if report else 0
            verified = f"verified{also_by_tests(report)}"
            own = report is not None and bool(report.tests)
            held = "" if own else f": {counted(total, 'example')} hold{'s' if total == 1 else ''}"
            if state.unreviewed:
                return f"{verified}, not reviewed{held}{also}. {accepts} accepts", "warning"
            return f"{verified}{held}{also}. {accepts} accepts", "good"
        case "unverified":
            why = f"unverified: {waits}" if waits else "no examples: nothing was verified"
            return f"{why}. {accepts} accepts all the same", "warning"
        case "fails":
            if solution.draft.problem:
                return f"no usable body: {solution.draft.problem}. {again} runs again", "error"
            if report is None or report.problem:
                return f"the program could not run ({examples} shows why). {again} runs again", "error"
            then = f"{again} runs again, {accepts} accepts all the same"
            if report.tests:
                return f"{standing(report)}{also} ({examples} shows more). {then}", "warning"
            failing = f"{len(report.failures)} of {counted(len(report.judged), 'example')}"
            return f"{failing} still fail{also} ({examples} shows which). {then}", "warning"
