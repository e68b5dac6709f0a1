"""Bug reports held against what the code really does: reproduced, refuted, or not shown.

What should come out of an input that is one of the examples is what the example says, however the reviewer spells it.
An expectation without its quotes, of a function that gives text, is the text that it spells.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from ..facts import (
    Example,
    Execution,
    Finding,
    Outcome,
    Review,
)
from ..python.literals import NotPlain, parsed
from ..python.parsing import UNREADABLE, expression
from . import asked, judge, values
from .calls import spelling

_EXCEPTION = re.compile(r"\b([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Iteration|Warning))\b")
_NOTHING = ("", "builtins.NoneType")
_NEVER = {"timeout": "timed out", "crashed": "crashed", "not run": "not run"}


def expectations(
    review: Review, done: Execution, visible: tuple[Example, ...] = (), parameters: Sequence[str] = ()
) -> tuple[str, ...]:
    """The expressions that findings expect and that no reading settles (`math.pi`, `[1] * 3`): the sandbox must say."""
    wanted = (
        _bare(finding.should_be)
        for finding, outcome in zip(review.findings, _paired(review, done), strict=True)
        if outcome is not None
        and _example_of(finding, visible, parameters) is None
        and _has_to_be_run(finding, outcome)
    )
    return tuple(dict.fromkeys(wanted))


def tested(
    review: Review,
    done: Execution,
    visible: tuple[Example, ...] = (),
    expected: Mapping[str, Outcome] | None = None,
    parameters: Sequence[str] = (),
) -> Review:
    """The review with each finding that has a call judged by what the call gave on the draft.

    A finding that contradicts one of the user's own examples is refuted, whatever the reviewer expects.
    `expected`: what the `expectations` came to when they were run; `parameters`: names of the function's, in order.
    """
    outcomes = _paired(review, done)
    came = expected or {}
    gives_text = any(_is_text(example.want) for example in visible)
    return replace(
        review,
        findings=tuple(
            f
            if outcome is None
            else _judged(
                *_spelt_out(f, outcome, came.get(_bare(f.should_be)), gives_text=gives_text),
                outcome,
                _example_of(f, visible, parameters),
            )
            for f, outcome in zip(review.findings, outcomes, strict=True)
        ),
    )


def retested(review: Review, done: Execution, on_fix: Review) -> Review:
    """The review with what each finding's call gives on the fix; `on_fix` is the same review, tested on that."""
    triples = zip(review.findings, _paired(review, done), on_fix.findings, strict=True)
    return replace(
        review,
        findings=tuple(
            f if outcome is None else replace(f, got_fixed=came_out(f.call, outcome), mended=_is_mended(f, fixed))
            for f, outcome, fixed in triples
        ),
    )


def _is_mended(finding: Finding, on_fix: Finding) -> bool:
    """Whether the fix gives what should come out; where nobody said what, something else than before."""
    if finding.should_be.strip():
        return on_fix.status == "refuted"
    return bool(on_fix.got) and on_fix.got != finding.got


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
    if (
        _is_literal(claimed)
        and judge(Example(source=call, want=claimed, compare="value", origin="finding"), outcome).passed
    ):
        return True
    # Models leave the quotes of a string out, also where what is left spells a number.
    return outcome.value == repr(claimed) or (not _is_literal(claimed) and _shows(call, claimed, outcome))


def _judged(finding: Finding, expected: Outcome | None, outcome: Outcome, specified: Example | None) -> Finding:
    if specified is not None:
        return _held_against(specified, finding, outcome)
    if outcome.status == "not run":
        return replace(finding, status="not shown", got="")
    got = came_out(finding.call, outcome)
    finding = replace(finding, got=got, expected="" if expected is None else _came_to(finding.should_be, expected))
    if _is_as_it_should(finding, outcome, expected):
        return replace(finding, status="refuted")
    can_tell = expected is None or expected.status == "returned"
    return replace(finding, status="reproduced" if can_tell and _is_shown(finding, outcome) else "not shown")


def _held_against(example: Example, finding: Finding, outcome: Outcome) -> Finding:
    """A finding whose input is one of the examples, which says what should come out."""
    wrong = _contradicts_itself(finding)
    finding = replace(finding, should_be=example.raises or example.want.strip() or finding.should_be)
    if outcome.status == "not run":
        return replace(finding, status="not shown", got="")
    finding = replace(finding, got=came_out(finding.call, outcome))
    if judge(example, outcome).passed:
        return replace(finding, status="refuted")
    return replace(finding, status="not shown" if wrong else "reproduced")


def _example_of(finding: Finding, visible: tuple[Example, ...], parameters: Sequence[str]) -> Example | None:
    """The example whose input a finding's call is."""
    if not finding.call:
        return None
    call = spelling(finding.call, parameters)
    return next((e for example in visible if spelling((e := asked(example)).source, parameters) == call), None)


def _spelt_out(
    finding: Finding, outcome: Outcome, expected: Outcome | None, *, gives_text: bool
) -> tuple[Finding, Outcome | None]:
    """The finding, and what its expectation came to; one that is text without its quotes gets them, and is itself."""
    claim = _bare(finding.should_be)
    if expected is None or not (gives_text or _is_text(outcome.value)) or not values.reads_as_text(claim):
        return finding, expected
    came_to_none = expected.status == "raised" and "NameError" in expected.raised
    if came_to_none or (expected.status == "returned" and claim.isidentifier() and not _is_text(expected.value)):
        return replace(finding, should_be=repr(claim)), None
    return finding, expected


def _is_text(spelled: str | None) -> bool:
    """Whether a literal spells text."""
    try:
        return isinstance(values.literal(spelled or ""), str)
    except NotPlain:
        return False


def _is_as_it_should(finding: Finding, outcome: Outcome, expected: Outcome | None) -> bool:
    if agrees(finding.call, finding.should_be, outcome):
        return not (_is_text(outcome.value) and _tells_types_apart(finding))
    if expected is None or expected.status != "returned":
        return False
    if expected.value is None and expected.type_name not in _NOTHING:
        return _shows(finding.call, expected.printed, outcome)
    return agrees(finding.call, expected.value or "None", outcome)


def _tells_types_apart(finding: Finding) -> bool:
    """Whether a finding calls wrong the text of what it expects (`'12'` in place of `12`)."""
    wrong, right = _bare(finding.comes_out), _bare(finding.should_be)
    return wrong != right and not _is_text(right) and _is_text(wrong) and _text(wrong) == right


def _text(spelled: str) -> str:
    return str(values.literal(spelled))


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
        return ast.dump(expression(text.strip()))
    except UNREADABLE:
        return None
