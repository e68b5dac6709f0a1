"""What the status line says about a run: short, lower case, with the key to press next."""

from __future__ import annotations

from ...engine.facts import Choice, Report
from ...engine.state.run import IN_FILE, RunState, Standing
from ...engine.waits import waiting_words
from ...widgets.run.tally import also_by_tests, held, standing, unused_words
from ...widgets.signs import counted
from ...widgets.status_line import Tone
from ..common.key_names import Key


def ending(state: RunState, key: Key, *, undoable: bool = True) -> tuple[str, Tone]:
    """How a run ended or what stands now, and what may be done; "" while it goes on.

    `key` gives the keys in force; `undoable`: the last write to the file can be taken back now.
    """
    if state.status == "running":
        # Before any model is asked the file is imported, which may take long.
        return (state.decisions[-1] if state.decisions and not state.calls else ""), "calm"
    if state.standing is not None:
        return _standing(state, state.standing, key, undoable=undoable)
    if state.written:
        return f"written, and its examples were not run since{_back(key, undoable=undoable)}", "warning"
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


def undecided(choice: Choice, key: Key, *, answering: bool) -> str:
    """A question in a few words, with the key that brings it: "median([]): 0 or IndexError? 5 decides".

    `answering`: the keys are the question's already.
    """
    options = [option.result.brief for option in choice.options]
    told = " or ".join(options[:2]) if len(options) < 3 else f"{options[0]}, {options[1]} or something else"
    return f"{choice.call}: {told}? " + ("its number decides" if answering else f"{key('show.behaviour')} decides")


def _back(key: Key, *, undoable: bool) -> str:
    return f". {key('file.undo')} takes it back" if undoable else ""


def _standing(state: RunState, stands: Standing, key: Key, *, undoable: bool) -> tuple[str, Tone]:
    """What was found out after the run, of the body in the file or of what is proposed for it."""
    if stands.outdated:
        return stands.outdated + (". Its examples were not run since" if state.solution is not None else ""), "warning"
    in_file = stands.draft.id == IN_FILE
    what = _in_file(state, stands) if in_file else "the proposal, as the files are now"
    as_it_was = state.solution is not None and state.verdict in {"checking", state.solution.verdict}
    if not in_file and state.taken_back and as_it_was:
        return "", "calm"  # It was said that it was taken back, and nothing else is new.
    if stands.report is None:
        return f"{what}: running its examples…", "calm"
    if not in_file:
        return _settled(state, key)
    back = _back(key, undoable=undoable and bool(state.written) and stands.draft.purpose == "written")
    told, tone = _held(stands.report, key)
    return f"{what}: {told}{back}", tone


def _in_file(state: RunState, stands: Standing) -> str:
    """Whose body stands in the file, and how much of what was proposed."""
    if stands.draft.purpose != "written":
        return "your own body"
    count, _, also = (state.written or "all").partition(",")
    return ("written" if count == "all" else f"{count} written") + (f",{also}" if also else "")


def _held(report: Report, key: Key) -> tuple[str, Tone]:
    """How a body comes off, with the key that shows more: "3 of 4 examples hold (4 shows which)"."""
    if report.problem:
        return f"{held(report)} ({key('show.examples')} shows why)", "error"
    if not report.judged:
        return held(report), "warning"
    return (
        (held(report), "good")
        if report.all_passed
        else (f"{held(report)} ({key('show.examples')} shows which)", "warning")
    )


def _settled(state: RunState, key: Key) -> tuple[str, Tone]:
    again, examples = key("run.again"), key("show.examples")
    solution = state.solution
    assert solution is not None
    report = state.result
    waits = waiting_words(report)
    also = f"; {waits}" if waits else ""
    unused = f"; {words}" if (words := unused_words(state)) else ""
    is_there = state.stub is not None and solution.draft.body.strip() == state.stub.body.strip()
    accepts = "" if is_there else f". {key('diff.accept_all')} accepts"
    all_the_same = f"{accepts} all the same" if accepts else ""
    match state.verdict:
        case "verified":
            total = len(report.judged_examples) if report else 0
            verified = f"verified{also_by_tests(report)}"
            own = report is not None and bool(report.tests)
            holding = "" if own else f": {counted(total, 'example')} hold{'s' if total == 1 else ''}"
            if state.unreviewed:
                return f"{verified}, not reviewed{holding}{also}{unused}{accepts}", "warning"
            return f"{verified}{holding}{also}{unused}{accepts}", "good"
        case "unverified":
            why = f"unverified: {waits}" if waits else "no examples: nothing was verified"
            return f"{why}{unused}{all_the_same}", "warning"
        case "fails":
            if solution.draft.problem:
                return f"no usable body: {solution.draft.problem}. {again} runs again", "error"
            if report is None or report.problem:
                return f"the program could not run ({examples} shows why). {again} runs again", "error"
            then = f"{again} runs again" + (f",{all_the_same[1:]}" if all_the_same else "")
            if report.tests:
                return f"{standing(report)}{also} ({examples} shows more). {then}", "warning"
            failing, total = len(report.failures), len(report.judged)
            verb = "fails" if failing == 1 else "fail"
            told = "the example" if total == 1 else f"{failing} of {counted(total, 'example')}"
            return f"{told} still {verb}{also}. {then}", "warning"
        case _:
            return "", "calm"
