"""What a results screen says of a file, of a column and of one result."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.bench.browsing import (
    NO_CELL,
    Case,
    Cell,
    Kind,
    Results,
    failure_of,
)
from ...engine.bench.cells import tokens_of
from ...engine.facts import (
    ROLES,
    Finding,
    Review,
    Stub,
)
from ...engine.state.cost import Spending, shown
from ...widgets.fact_sheet import Part
from ...widgets.results.grid_layout import GridLine
from ...widgets.signs import FINDINGS, by_weight, counted
from ...widgets.text import Run

INKS = {"pass": "$state-pass", "base": "$state-warn", "fail": "$state-fail", "error": "$state-warn"}
SAYS: dict[Kind, tuple[str, str]] = {
    "fixed": ("fixed", "fixed"),
    "broken": ("broken", "broken"),
    "false alarm": ("reviewer false alarm", "alarm"),
    "failed": ("failed", "failed"),
}
"""What a filter is called where there is room, and where there is little."""


def grid_lines(cases: tuple[Case, ...]) -> tuple[GridLine, ...]:
    """The problems as the grid shows them."""
    return tuple(GridLine(case.problem, case.name, tuple(_run(cell) for cell in case.cells)) for case in cases)


def _run(cell: Cell | None) -> Run:
    return (NO_CELL, "$muted") if cell is None else (cell.text, INKS[cell.outcome])


def about(results: Results) -> tuple[str, str]:
    """Two lines on a file: what made it, and how far it has come."""
    header = results.header
    modes = [mode for mode in dict.fromkeys(column.mode for column in results.columns) if mode]
    when = header.began_at.replace("T", " ").replace("+00:00", " UTC")
    parts = (
        ", ".join(results.models) or "no results yet",
        *([f"{' and '.join(modes)} mode"] if modes else []),
        *([f"began {when}"] if when else []),
        *(header.options),
        *([f"redraft {header.redraft}"] if header.redraft else []),
        *([header.machine] if header.machine else []),
    )
    return " · ".join(parts), progress(results)


def progress(results: Results) -> str:
    """How many are done, of all and in each column."""
    problems = max(header_problems := results.header.problems, len(results.cases))
    columns = max(results.header.contenders, len(results.columns))
    done = sum(results.done(n) for n in range(len(results.columns)))
    lost = sum(line.status != "done" for line in results.lines)
    each = ", ".join(f"{name} {results.done(n)}" for n, name in enumerate(results.names))
    whole = f"{done:,} of {problems * columns:,} done" if problems * columns else "nothing done"
    told = [whole, *([f"{lost} could not be run"] if lost else []), *([each] if len(results.names) > 1 else [])]
    if not header_problems and results.cases:
        told.insert(1, counted(len(results.cases), "problem"))
    return " · ".join(told)


def in_one_line(results: Results, case: Case, column: int) -> str:
    """A result where there is room for one line only."""
    cell = case.cells[column]
    name = f"{case.problem} · {results.names[column]}"
    if cell is None:
        return f"{name}: not run yet"
    line = cell.line
    told = line.error if cell.outcome == "error" else line.why or line.settled
    kinds = "".join(f", {kind}" for kind in cell.kinds if kind != "failed")
    return (
        f"{name}: {cell.outcome if cell.outcome != 'base' else 'only base passes'}{kinds}{': ' if told else ''}{told}"
    )


def result_parts(
    results: Results, case: Case, column: int, stub: Stub | None = None, review: Review | None = None
) -> tuple[Part, ...]:
    """All that is known of one result."""
    cell = case.cells[column]
    heading = Part("heading", f"{case.problem} {case.name} · {results.names[column]}")
    if cell is None:
        return (heading, Part("text", "not run yet", ink="$muted"), *_problem(stub))
    if cell.outcome == "error":
        why = Part("fact", cell.line.error, "not run", INKS["error"])
        return (heading, why, Part("text", "the same command tries it again", ink="$muted"), *_problem(stub))
    return (
        heading,
        *_verdict(results, cell),
        *_change(results, case, column, stub),
        *_spent(cell),
        *_reviewed(results, cell, review),
        Part("heading", "what was settled on"),
        *([Part("text", cell.line.settled, ink="$muted")] if cell.line.settled else []),
        Part("code", cell.line.body) if cell.line.body else Part("text", "no code", ink="$state-fail"),
        *_problem(stub),
    )


def _verdict(results: Results, cell: Cell) -> Iterator[Part]:
    line = cell.line
    word = "passes" if cell.outcome == "pass" else line.judged
    sign = {"pass": "✓", "base": "~", "fail": "✗"}[cell.outcome]
    scored = f"base {_word(line.base)}" + (f", plus {_word(line.plus)}" if results.has_plus else "")
    yield Part("fact", f"{sign} {word}: {scored}", "verdict", INKS[cell.outcome])
    if line.why:
        yield Part("fact", line.why, "fails on", "$state-fail" if cell.outcome != "pass" else "")
    if line.tests:
        weak = "; weaker, for they shared a process with the program" if line.weak else ""
        yield Part("fact", f"{counted(line.tests, 'hidden test')} run{weak}", "tests")
    yield Part("fact", {"verified": "all hold", "fails": "some fail"}.get(line.visible, "none were run"), "examples")
    if line.canonical_plus is False:
        yield Part("fact", "fails here too", "canonical", "$state-warn")


def _change(results: Results, case: Case, column: int, stub: Stub | None) -> Iterator[Part]:
    cell, base = case.cells[column], results.baselines[column]
    if cell is None:
        return
    against = "the given body" if results.of_reviewers else "" if base is None else results.names[base]
    if "fixed" in cell.kinds:
        yield Part("fact", f"+ {against} fails, this passes", "fixed", "$state-pass")
    if "broken" in cell.kinds:
        yield Part("fact", f"- {against} passes, this fails", "broken", "$state-fail")
    found = failure_of(results, case, column, stub) if stub is not None else None
    if found is not None:
        failure, other = found
        whose = f"what {other} failed of: " if "fixed" in cell.kinds else f"against {other}: "
        yield Part("fact", f"{whose}{failure.kind}; {failure.evidence}", "failure")


def _spent(cell: Cell) -> Iterator[Part]:
    line = cell.line
    yield Part("fact", _told(line.spent), "calls")
    if len(line.roles) > 1:
        for role in ROLES:
            if role in line.roles:
                yield Part("fact", _told(line.roles[role]), f"  {role}", "$muted")
    yield Part("fact", f"{line.seconds:.1f} s, judged in {line.judging:.1f} s", "time")
    if line.planned:
        yield Part("fact", f"{counted(line.planned, 'plan')}, {counted(line.helpers, 'new function')}", "split")


def _told(spent: Spending) -> str:
    tokens_in = tokens_of(spent.prompt_tokens, estimated=spent.estimated)
    tokens_out = tokens_of(spent.completion_tokens, estimated=spent.estimated)
    return f"{spent.calls}: {tokens_in} tokens in, {tokens_out} out, {shown(spent) if spent.calls else 'n/a'}"


def _reviewed(results: Results, cell: Cell, review: Review | None) -> Iterator[Part]:
    line = cell.line
    if not line.review:
        return
    yield Part("heading", "the review")
    said = {"bugs": "reports bugs", "clean": "finds nothing", "unreadable": "is no review that can be read"}
    said["not reviewed"] = "did not come: the reviewer said nothing"
    counts = ", ".join(f"{count} {status}" for status, count in line.findings.items())
    yield Part("text", said.get(line.review, line.review) + (f": {counts}" if counts else ""))
    draft = {True: "passes", False: "fails", None: "was not judged"}[cell.draft_passed]
    what = "the body that was given" if results.of_reviewers else "the draft it is about"
    yield Part("text", f"{what} {draft}", ink="$muted")
    if "false alarm" in cell.kinds:
        then = "" if cell.outcome == "pass" else ", and the repair broke it"
        yield Part("text", f"a reviewer false alarm: the draft passes{then}", ink="$state-warn")
    if review is None:
        if line.findings:
            yield Part("text", "the findings themselves are in the run's log", ink="$muted")
        return
    for finding in by_weight(review.findings):
        yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[Part]:
    sign = FINDINGS[finding.status]
    yield Part("text", f"{sign.mark} {sign.word}: {finding.claim}", ink=sign.ink)
    if finding.call:
        should = f" should give {finding.should_be}" if finding.should_be else ""
        got = f", gives {finding.got}" if finding.got else ""
        yield Part("text", f"  {finding.call}{should}{got}", ink="$muted")


def _problem(stub: Stub | None) -> Iterator[Part]:
    if stub is not None:
        yield Part("heading", "the problem")
        yield Part("code", stub.header)


def _word(passes: bool) -> str:
    return "passes" if passes else "fails"
