"""Bug reports held against what the code really does: reproduced, refuted, or not shown."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from .examples import judge
from .facts import Example, Execution, Finding, Outcome, Review
from .literals import NotPlain, parsed

_EXCEPTION = re.compile(r"\b([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Iteration|Warning))\b")
_NOTHING = ("", "builtins.NoneType")
_NEVER = {"timeout": "timed out", "crashed": "crashed", "not run": "not run"}


def expectations(review: Review, done: Execution) -> tuple[str, ...]:
    """The expressions that findings expect and that no reading settles (`math.pi`, `[1] * 3`): the sandbox must say."""
    wanted = (
        _bare(finding.should_be)
        for finding, outcome in zip(review.findings, _paired(review, done), strict=True)
        if outcome is not None and _has_to_be_run(finding, outcome)
    )
    return tuple(dict.fromkeys(wanted))


def tested(
    review: Review,
    done: Execution,
    visible: tuple[Example, ...] = (),
    expected: Mapping[str, Outcome] | None = None,
) -> Review:
    """The review with each finding that has a call judged by what the call gave on the draft.

    A finding that contradicts one of the person's own examples is refuted, whatever the reviewer expects.
    `expected`: what the `expectations` came to when they were run.
    """
    outcomes = _paired(review, done)
    came = expected or {}
    return replace(
        review,
        findings=tuple(
            f if outcome is None else _judged(f, outcome, visible, came.get(_bare(f.should_be)))
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
    claimed = _bare(claimed)
    if not claimed:
        return False
    if outcome.status == "raised":
        named = _EXCEPTION.search(claimed)
        return named is not None and outcome.raised.split(":")[0].rpartition(".")[2] == named[1]
    if outcome.status != "returned":
        return outcome.status == "timeout" and bool(re.search(r"\b(endless|infinite|hangs?|time ?out)", claimed, re.I))
    if _is_literal(claimed):
        return judge(Example(source=call, want=claimed, compare="value", origin="finding"), outcome).passed
    # Models leave the quotes of a string out.
    return outcome.value == repr(claimed) or _shows(call, claimed, outcome)


def _judged(finding: Finding, outcome: Outcome, visible: tuple[Example, ...], expected: Outcome | None) -> Finding:
    if outcome.status == "not run":
        return replace(finding, status="not shown", got="")
    got = came_out(finding.call, outcome)
    finding = replace(finding, got=got, expected="" if expected is None else _came_to(finding.should_be, expected))
    specified = next((e for e in visible if _same_expression(e.source, finding.call)), None)
    if _is_as_it_should(finding, outcome, expected) or (specified is not None and judge(specified, outcome).passed):
        return replace(finding, status="refuted")
    if specified is not None and not _contradicts_itself(finding):
        return replace(finding, status="reproduced")
    can_tell = expected is None or expected.status == "returned"
    return replace(finding, status="reproduced" if can_tell and _is_shown(finding, outcome) else "not shown")


def _is_as_it_should(finding: Finding, outcome: Outcome, expected: Outcome | None) -> bool:
    if agrees(finding.call, finding.should_be, outcome):
        return True
    if expected is None or expected.status != "returned":
        return False
    if expected.value is None and expected.type_name not in _NOTHING:
        return _shows(finding.call, expected.printed, outcome)
    return agrees(finding.call, expected.value or "None", outcome)


def _is_shown(finding: Finding, outcome: Outcome) -> bool:
    """Whether the draft, which does not do what it should, does what the reviewer says."""
    if _contradicts_itself(finding):
        return False
    if finding.comes_out.strip():
        return agrees(finding.call, finding.comes_out, outcome)
    # Only what should come out was said, and it did not: shown too, unless the draft failed for another reason.
    return outcome.status == "returned" and _is_exact(finding.should_be, outcome)


def _is_exact(claim: str, outcome: Outcome) -> bool:
    """Whether a claim can be held against what came out: prose on a value cannot."""
    claim = _bare(claim)
    return bool(claim) and bool(_only_printed(outcome) or _is_expression(claim) or _EXCEPTION.search(claim))


def _contradicts_itself(finding: Finding) -> bool:
    """Whether a finding calls wrong what it expects."""
    wrong, right = _bare(finding.comes_out), _bare(finding.should_be)
    if not wrong or not right:
        return False
    return wrong == right or _same_expression(wrong, right)


def _has_to_be_run(finding: Finding, outcome: Outcome) -> bool:
    claim = _bare(finding.should_be)
    return (
        outcome.status == "returned"
        and not _only_printed(outcome)
        and not _is_literal(claim)
        and not _EXCEPTION.match(claim)
        and _is_expression(claim)
        and not agrees(finding.call, claim, outcome)
    )


def _only_printed(outcome: Outcome) -> bool:
    return outcome.type_name in _NOTHING and outcome.value is None and bool(outcome.printed)


def _came_to(expression: str, outcome: Outcome) -> str:
    return _NEVER.get(outcome.status) or came_out(expression, outcome)


def _shows(call: str, text: str, outcome: Outcome) -> bool:
    return judge(Example(source=call, want=text.rstrip("\n") + "\n", origin="finding"), outcome).passed


def _bare(claim: str) -> str:
    """A claim without the backticks of Markdown."""
    return claim.strip().strip("`").strip()


def _paired(review: Review, done: Execution) -> list[Outcome | None]:
    outcomes: Iterator[Outcome] = iter(done.outcomes)
    return [next(outcomes, None) if finding.call else None for finding in review.findings]


def _is_literal(text: str) -> bool:
    try:
        parsed(text)
    except NotPlain:
        return False
    return True


def _is_expression(text: str) -> bool:
    return _tree(text) is not None


def _same_expression(one: str, other: str) -> bool:
    left, right = _tree(one), _tree(other)
    return left is not None and left == right


def _tree(text: str) -> str | None:
    """An expression as one spelling of its syntax tree, None when it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(text.strip(), mode="eval"))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
