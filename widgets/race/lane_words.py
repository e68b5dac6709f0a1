"""What a lane of a race says of its run: pure functions from a state to runs."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ...engine.facts import Check, Report
from ...engine.state.run import RunState
from ..run.meter_bar import dollars
from ..run.tally import only_tests
from ..signs import (
    CHECKS,
    STUBS,
    Sign,
    counted,
)
from ..text import (
    Run,
    clipped,
    folded,
    length,
    shown_line,
)

_WRITING = {
    "plan": "writes a plan",
    "enrich": "enriches the specification",
    "review": "reviews",
    "choose": "chooses between two drafts",
    "fix": "writes the fix",
    "retry": "repairs what failed",
    "synthesis": "writes a third draft from both",
}
MOST_MARKS = 24
"""Examples that get a sign each; of more only the number is told."""


def sign_of(state: RunState) -> Sign:
    """How far a lane is, as one sign."""
    if state.solution is not None:
        return STUBS[state.solution.verdict]
    match state.status:
        case "failed":
            return STUBS["problem"]
        case "cancelled":
            return STUBS["cancelled"]
        case "running" if not state.waits:
            return STUBS["drafting"]
        case _:
            return STUBS["queued"]


def head(number: int, name: str, state: RunState, width: int) -> list[Run]:
    """Number and name of a lane, and at the right how many calls its pipeline may make."""
    sign = sign_of(state)
    most = state.bound
    forms = (
        ["no bound"] if most is None else [f"at most {counted(most, 'call')}", f"≤ {counted(most, 'call')}", f"≤{most}"]
    )
    left: list[Run] = [(f"{sign.mark} ", f"bold {sign.ink}"), (f"{number} ", "$muted")]
    room = width - length(left)
    bound = "" if state.status == "idle" else next((form for form in forms if len(form) + len(name) < room), "")
    left.append((clipped(shown_line(name), room - len(bound)), "bold"))
    return [*left, (" " * (width - length(left) - len(bound)), ""), (bound, "$muted")]


def examples(state: RunState, width: int) -> list[list[Run]]:
    """A line of signs for the visible examples, one for hidden tests, and the first that fails."""
    report, stub = state.report, state.stub
    if stub is None:
        return []
    own, checking = report is not None and report.tests, bool(state.checking)
    lines: list[list[Run]] = []
    if stub.examples or not (own or stub.tests):
        lines.append(_scored("examples", _only(report, tests=False), len(stub.examples), checking=checking))
    if own or stub.tests:
        lines.append(_scored("tests", _only(report, tests=True), len(stub.tests), checking=checking))
    if state.hidden is not None:
        lines.append(_scored("hidden", state.hidden, 0, checking=False))
    failing = _first_failing(report) or _first_failing(state.hidden)
    if report is not None and report.problem:
        lines.append([(clipped(shown_line(report.problem), width), "$state-fail")])
    elif failing is not None:
        lines.append(_told(failing, width))
    missing = state.undefined.get(report.draft if report else state.checking, ())
    if missing:
        first = missing[0]
        repair = f": {shown_line(first.repair)}?" if first.repair else ""
        lines.append([(clipped(f"! nothing defines {shown_line(first.name)}{repair}", width), "$state-warn")])
    return lines


def _only(report: Report | None, *, tests: bool) -> Report | None:
    """As much of a report as is on the project's tests, or on everything else."""
    if report is None or not report.tests:
        return report
    return replace(report, checks=only_tests(report) if tests else report.examples)


def _scored(name: str, report: Report | None, number: int, *, checking: bool) -> list[Run]:
    line: list[Run] = [(f"{name:<9}", "$muted")]
    if report is not None and report.checks and not checking:
        if len(report.checks) <= MOST_MARKS:
            line += [(f"{CHECKS[check.verdict].mark}", CHECKS[check.verdict].ink) for check in report.checks]
            line.append((" ", ""))
        if not report.judged:
            return [*line, ("all wait", "$state-wait")]
        ink = "$state-pass" if report.all_passed else "$state-fail"
        return [*line, (f"{report.passes} of {len(report.judged)}", f"bold {ink}")]
    if report is not None and report.problem:
        return [*line, ("✗ could not run", "bold $state-fail")]
    if not number:
        return [*line, ("? none: what runs passes vacuously", "$state-warn")]
    return [*line, ("·" * min(number, MOST_MARKS), "$state-wait"), (" running…" if checking else "", "$state-run")]


def _first_failing(report: Report | None) -> Check | None:
    return next(iter(report.failures), None) if report is not None else None


def _told(check: Check, width: int) -> list[Run]:
    call = shown_line(check.example.source.strip())
    came = f" → {shown_line(check.got.strip()) or CHECKS[check.verdict].word}"
    room = max(width // 2, width - length([(came, "")]))
    line: list[Run] = [(clipped(call, room), "$muted")]
    return [*line, (clipped(came, width - length(line)), "$state-fail")]


def meter(state: RunState, now: float, width: int) -> list[Run]:
    """Calls of the bound, tokens, seconds of its own, cost; the least important goes when it is narrow."""
    used = state.meter
    about = "~" if used.estimated else ""
    calls = f"{used.calls}/{state.bound} calls" if state.bound is not None else counted(used.calls, "call")
    total = used.prompt_tokens + used.completion_tokens
    tokens = f"{about}{total:,} tokens"
    own = max(0.0, now - state.idled)
    seconds = f"{own:.0f} s" if state.status == "running" else f"{own:.1f} s"
    costs = [call.cost for call in state.calls if call.usage is not None]
    known = [cost for cost in costs if cost is not None]
    cost = "cost n/a" if len(known) < len(costs) else dollars(sum(known))
    waited = f"+{state.waited:.0f} s in line" if state.waited >= 1 else ""
    short = f"{about}{total} tok" if total < 1000 else f"{about}{total / 1000:.1f}k tok"
    # Before a call has ended, and when none did, nothing is known of a price.
    priced = [cost] if costs else []
    long = [calls, tokens, seconds, *priced, *([waited] if waited else [])]
    for parts in (long, [calls, short, *long[2:]], [calls, short, seconds, *priced], [calls, short, seconds]):
        if len(" · ".join(parts)) <= width:
            return [(" · ".join(parts), "")]
    return [(calls, "")]


def outcome(state: RunState, width: int, against: str = "") -> list[list[Run]]:
    """What goes on, or how it ended and why; below it `against`, how that stands to raw-coder, in words."""
    text, ink = _outcome(state)
    lines = folded([(shown_line(text), ink)], width, words=True)
    return [*lines, *folded([(shown_line(against), "$muted")], width, words=True)] if against else lines


def _outcome(state: RunState) -> tuple[str, str]:
    if state.solution is not None:
        sign = STUBS[state.solution.verdict]
        reviewed = ", not reviewed" if state.unreviewed else ""
        return f"{sign.mark} {sign.word}{reviewed}: {state.solution.why}", sign.ink
    match state.status:
        case "idle":
            return "not begun yet", "$muted"
        case "failed":
            return f"! {state.problem}", "$state-warn"
        case "cancelled":
            return "■ cancelled; the other lanes go on", "$state-warn"
        case _:
            return _going_on(state)


def _going_on(state: RunState) -> tuple[str, str]:
    call = state.live_call
    if call is not None:
        doing = _WRITING.get(call.purpose, "writes the draft")
        return f"▸ the {call.role} {'reads the prompt' if call.first is None else doing}", "$state-run"
    if state.checking:
        return "▸ the examples run", "$state-run"
    if state.paused:
        return "‖ paused before its next call", "$state-warn"
    if state.waits:
        return "· waiting for the model: it answers another lane", "$state-warn"
    return "▸", "$state-run"


def newest_draft(state: RunState) -> str | None:
    """Id of the draft a lane shows while nothing is being written: the solution's, or the newest."""
    if state.solution is not None:
        return state.solution.draft.id
    call = state.live_call
    if call is not None and call.role in {"coder", "planner"}:
        return None
    return state.drafts[-1].id if state.drafts else None


def story_draft(state: RunState) -> str | None:
    """Id of the draft that a lane's story is about: the one that was reviewed and repaired, else as `newest_draft`."""
    call = state.live_call
    first = state.first_draft
    repairs = state.last_fix is not None or bool(state.reviews) or (call is not None and call.role == "reviewer")
    return first.id if repairs and first is not None and not state.tree.nodes else newest_draft(state)


def strip(lanes: Sequence[tuple[str, RunState]], front: int, shown: frozenset[int], width: int) -> list[list[Run]]:
    """Two cells for every lane, one below the other: its key and name, and how far it is; each lane as wide as others.

    `front` and `shown` count from 0.
    """
    each = max(4, width // max(1, len(lanes)))
    names, states = list[Run](), list[Run]()
    for number, (name, state) in enumerate(lanes):
        ink = "bold reverse" if number == front else "bold" if number in shown else "$muted"
        sign = sign_of(state)
        names += [(_cell(f" {number + 1} {shown_line(name)}", each - 1), ink), (" ", "")]
        states.append((_cell(f" {sign.mark} {shown_line(_in_brief(state))}", each), sign.ink))
    return [names, states]


def lane_at(x: int, lanes: int, width: int) -> int:
    """Number, from 1, of the lane whose part of the strip is at a column; 0 beyond the last."""
    number = x // max(4, width // max(1, lanes)) + 1
    return number if number <= lanes else 0


def _cell(text: str, cells: int) -> str:
    cut = clipped(text, cells)
    return cut + " " * (cells - length([(cut, "")]))


def _in_brief(state: RunState) -> str:
    """How far a lane is, in as few words as fit a narrow part of the strip."""
    report = state.report
    held = f"{report.passes}/{len(report.judged)}" if report is not None and report.judged else ""
    if state.solution is not None:
        found = [finding for review in state.reviews.values() for finding in review.findings]
        proved = sum(finding.status == "reproduced" for finding in found)
        return " ".join(filter(None, (held or state.solution.verdict, f"{proved} proved" if proved else "")))
    call = state.live_call
    if call is not None:
        return "reads" if call.first is None else _BRIEFLY.get(call.purpose, "drafts")
    if state.status == "running":
        return "runs" if state.checking else "paused" if state.paused else "waits" if state.waits else held
    return state.status


_BRIEFLY = {
    "plan": "plans",
    "enrich": "enriches",
    "review": "reviews",
    "choose": "chooses",
    "fix": "fixes",
    "retry": "repairs",
    "synthesis": "rewrites",
}
