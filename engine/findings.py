"""Bug reports held against what the code really does: reproduced, refuted, or not shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from msgspec.structs import replace

from .examples import judge
from .facts import Example, Execution, Finding, Outcome, Review

_EXCEPTION = re.compile(r"\b([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Iteration|Warning))\b")


def tested(review: Review, done: Execution, visible: tuple[Example, ...] = ()) -> Review:
    """The review with each finding that has a call judged by what the call gave on the draft.

    A finding that contradicts one of the person's own examples is refuted, whatever the reviewer expects.
    """
    outcomes = _paired(review, done)
    return replace(
        review,
        findings=tuple(
            f if outcome is None else _judged(f, outcome, visible)
            for f, outcome in zip(review.findings, outcomes, strict=True)
        ),
    )


def retested(review: Review, done: Execution) -> Review:
    """The review with what each finding's call gives on the fix."""
    return replace(
        review,
        findings=tuple(
            f if outcome is None else replace(f, got_fixed=came_out(f.call, outcome))
            for f, outcome in zip(review.findings, _paired(review, done), strict=True)
        ),
    )


def came_out(call: str, outcome: Outcome) -> str:
    """What a call gave, as a person would read it."""
    return judge(Example(source=call, origin="finding"), outcome).got.strip() or "nothing"


def agrees(call: str, claimed: str, outcome: Outcome) -> bool:
    """Whether a call gave what somebody claimed, be it a value, printed text, or an exception."""
    claimed = claimed.strip().strip("`")
    if not claimed:
        return False
    if outcome.status == "raised":
        named = _EXCEPTION.search(claimed)
        return named is not None and outcome.raised.split(":")[0].rpartition(".")[2] == named[1]
    if outcome.status != "returned":
        return outcome.status == "timeout" and bool(re.search(r"\b(endless|infinite|hangs?|time ?out)", claimed, re.I))
    compare = "value" if _is_literal(claimed) else "output"
    return judge(Example(source=call, want=claimed + "\n", compare=compare, origin="finding"), outcome).passed


def _judged(finding: Finding, outcome: Outcome, visible: tuple[Example, ...]) -> Finding:
    if outcome.status == "not run":
        return replace(finding, status="not shown", got="")
    got = came_out(finding.call, outcome)
    as_it_should = agrees(finding.call, finding.should_be, outcome)
    specified = next((e for e in visible if _same_call(e.source, finding.call)), None)
    if as_it_should or (specified is not None and judge(specified, outcome).passed):
        return replace(finding, status="refuted", got=got)
    if agrees(finding.call, finding.comes_out, outcome) or (specified is not None):
        return replace(finding, status="reproduced", got=got)
    # Only what should come out was said, and it did not: shown too, unless the draft failed for another reason.
    wrong = bool(finding.should_be.strip()) and not finding.comes_out.strip() and outcome.status == "returned"
    return replace(finding, status="reproduced" if wrong else "not shown", got=got)


def _paired(review: Review, done: Execution) -> list[Outcome | None]:
    outcomes: Iterator[Outcome] = iter(done.outcomes)
    return [next(outcomes, None) if finding.call else None for finding in review.findings]


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return False
    return True


def _same_call(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one.strip(), mode="eval")) == ast.dump(ast.parse(other.strip(), mode="eval"))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
