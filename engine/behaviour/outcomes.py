"""Outcomes made comparable: values by value, exceptions by class, and what cannot be compared said as such."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..examples import values
from ..facts import Outcome, Result

SHOWN = 200
"""Characters of a result that are kept to be shown."""
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_NOTHING = frozenset({"", "builtins.NoneType"})
_LONGEST = 65_536
"""Characters of what is compared: a printed flood is no result."""


class Done(NamedTuple):
    """What one call did, and how the arguments stand that it may have changed."""

    outcome: Outcome
    after: tuple[tuple[str, Outcome], ...] = ()
    """By parameter, where an argument can be changed and was."""


def same_done(one: Done, other: Done) -> bool:
    """Whether two candidates did the same with one call, to its arguments too."""
    if not same_outcome(one.outcome, other.outcome) or _printed_before(one.outcome) != _printed_before(other.outcome):
        return False
    names = [name for name, _ in one.after]
    return names == [name for name, _ in other.after] and all(
        same_outcome(mine, theirs) for (_, mine), (_, theirs) in zip(one.after, other.after, strict=True)
    )


def same_outcome(one: Outcome, other: Outcome) -> bool:
    """Whether two candidates did the same with one call: gave equal values, or raised an exception of one class."""
    if one.status != other.status or one.status == "not run":
        return False
    if one.status != "returned":
        return _class_of(one.raised) == _class_of(other.raised)
    if one.value is not None and other.value is not None:
        return values.same_text(one.value, other.value)
    return (one.value, one.type_name, _steady(one)) == (other.value, other.type_name, _steady(other))


def result_of(done: Done) -> Result:
    """What a call did as a person reads it."""
    outcome = done.outcome
    after = tuple((name, _value_of(changed)) for name, changed in done.after)
    match outcome.status:
        case "raised":
            # Which words an exception has is told; what was printed before it is not.
            return _result("raised", _without_module(outcome.raised), after)
        case "timeout":
            return Result(kind="timeout", text="no answer in time")
        case "crashed":
            return Result(kind="crashed", text="the process ended")
        case "not run":
            return Result(kind="not run", text="not run: calls before it took too long")
        case "returned":
            if is_opaque(outcome):
                kind = outcome.type_name.rpartition(".")[2]
                return _result("opaque", f"an object of {kind}, which cannot be compared", after)
            return _result("value", _value_of(outcome), after)


def is_opaque(outcome: Outcome) -> bool:
    """Whether what a call gave has no text of its own."""
    return outcome.value is None and outcome.type_name not in _NOTHING and bool(_ADDRESS.search(outcome.printed))


def _value_of(outcome: Outcome) -> str:
    """What a session would show; of nothing at all, None."""
    return outcome.printed.rstrip("\n") or outcome.value or "None"


def _result(kind: str, text: str, after: tuple[tuple[str, str], ...]) -> Result:
    cut = len(text) > SHOWN or any(len(shown) > SHOWN for _, shown in after)
    kept = tuple((name, _short(shown)) for name, shown in after)
    return Result(kind=kind, text=_short(text), after=kept, cut=cut)  # type: ignore[arg-type]


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _class_of(raised: str) -> str:
    return raised.partition(":")[0].rpartition(".")[2].strip()


def _without_module(raised: str) -> str:
    kind, colon, message = raised.partition(":")
    return kind.rpartition(".")[2] + colon + message


def _printed_before(outcome: Outcome) -> str:
    """What a call printed before the value that a session shows after it."""
    shown = outcome.printed[:_LONGEST].rstrip("\n")
    return shown[: -len(outcome.value)] if outcome.value and shown.endswith(outcome.value) else ""


def _steady(outcome: Outcome) -> str:
    """The shown text without addresses, which differ from process to process."""
    return _ADDRESS.sub("", outcome.printed[:_LONGEST])
