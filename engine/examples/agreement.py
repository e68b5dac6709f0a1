"""Whether an invented check and an example of the user say the same."""

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
        # The user expects printed text: the check agrees when what it expects would be shown so.
        return judge(trusted, Outcome(status="returned", printed=check.want + "\n", value=check.want)).passed
    if check.compare == "truth":
        return bool(value) != check.source.startswith("not ")
    return values.same_text(check.want, repr(value))
