"""Whether two results say the same: an invented check and an example of the user, or what two candidates did."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..facts import Example, Outcome
from . import values
from .verdicts import judge


def sorted_out(
    trusted: Iterable[Example], invented: Iterable[Example]
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """The invented checks that ask something new, and those that contradict a trusted example.

    A check that only repeats a trusted example is neither.
    """
    asked = {_question(example.source): example for example in trusted}
    new: list[Example] = []
    contradicting: list[Example] = []
    for check in invented:
        example = asked.get(_question(check.source.removeprefix("not ")))
        if example is None:
            new.append(check)
        elif not _agree(example, check):
            contradicting.append(check)
    return tuple(new), tuple(contradicting)


def same_outcome(one: Outcome, other: Outcome) -> bool:
    """Whether two candidates did the same with one call: gave equal values, or raised an exception of one class."""
    if one.status != other.status or one.status == "not run":
        return False
    if one.status != "returned":
        return one.raised.partition(":")[0] == other.raised.partition(":")[0]
    if one.value is not None and other.value is not None:
        return values.same_text(one.value, other.value)
    return (one.value, one.type_name, one.printed) == (other.value, other.type_name, other.printed)


def _question(source: str) -> str:
    """A call as one spelling, whatever its spaces and quotes."""
    tree = values.expression(source)
    return " ".join(source.split()) if tree is None else ast.unparse(tree)


def _agree(trusted: Example, check: Example) -> bool:
    if trusted.raises is not None:
        return False
    try:
        value = values.literal(trusted.want)
    except values.NotPlain:
        # The person expects printed text: the check agrees when what it expects would be shown so.
        return judge(trusted, Outcome(status="returned", printed=check.want + "\n", value=check.want)).passed
    if check.compare == "truth":
        return bool(value) != check.source.startswith("not ")
    return values.same_text(check.want, repr(value))
