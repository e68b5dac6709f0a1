"""The application's verdict on one assertion: what came out of the sandbox, held against what is wanted."""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, cast

from ..examples import visible
from ..facts import Asserted, Check, Example, Outcome
from ..python.literals import NotPlain, parsed

Verdict = Literal["holds", "fails", "ask"]
"""\"ask": only the process itself can tell, because the value or the exception is of a class of its own."""

_NOTHING = frozenset({"", "NoneType", "builtins.NoneType"})
_MOST = 65_536
_Mapping = Mapping[object, object]


def verdict(example: Example, test: Asserted, outcome: Outcome) -> Verdict:
    """Whether an assertion holds, as Python and pytest have it: exactly, floats too, unless it says otherwise."""
    if example.raises is not None:
        return _raised_right(example.raises, test, outcome)
    if outcome.status != "returned":
        return "fails"
    if test.relation == "runs":
        return "holds"
    if example.compare == "truth":
        return "holds" if outcome.value == "True" else "fails"
    try:
        want = parsed(example.want)
        got = _value(outcome)
    except NotPlain:
        return "fails" if test.relation in {"close", "same members"} else "ask"
    if _stands(test, got, want):
        return "holds"
    # Of a class of its own only what it shares with a plain value has left the process; it may be equal all the same.
    is_own = outcome.type_name.rpartition(".")[0] not in {"", "builtins"}
    return "ask" if is_own and test.relation not in {"close", "same members"} else "fails"


def checked(example: Example, outcome: Outcome, *, holds: bool) -> Check:
    """The check for an assertion that was decided."""
    status = outcome.status
    if holds:
        verdict = "passed"
    elif status == "returned":
        verdict = "failed"
    else:
        verdict = "failed" if status == "raised" and example.raises is not None else status
    return Check(example=example, verdict=verdict, got=visible(_got(outcome)), seconds=outcome.seconds)


def message_of(raised: str) -> str:
    """The exception's own text within the last line of a traceback."""
    return raised.partition(": ")[2]


def is_plain_text(pattern: str) -> bool:
    """Whether a regular expression is nothing but text."""
    return not any(char in r".^$*+?{}[]\|()" for char in pattern)


def _got(outcome: Outcome) -> str:
    if outcome.status != "returned":
        return outcome.told
    if outcome.value is not None:
        return outcome.value
    return "nothing" if outcome.type_name in _NOTHING else outcome.printed.rstrip("\n")


def _value(outcome: Outcome) -> object:
    if outcome.value is not None:
        if len(outcome.value) > _MOST * 4:
            raise NotPlain("too long")
        return parsed(outcome.value)
    if outcome.type_name in _NOTHING:
        return None
    raise NotPlain(outcome.type_name)


def _stands(test: Asserted, got: object, want: object) -> bool:
    try:
        match test.relation:
            case "is" | "is not":
                same = got is want if want is None or isinstance(want, bool) else False
                return same == (test.relation == "is")
            case "close":
                return _close(got, want, *test.tolerance)
            case "same members":
                return _same_members(got, want)
            case "in" | "not in":
                return (got in cast("Collection[object]", want)) == (test.relation == "in")
            case "has" | "lacks":
                return (want in cast("Collection[object]", got)) == (test.relation == "has")
            case "runs":
                return True
            case relation:
                return _compares(relation, cast("float", got), cast("float", want))
    except (TypeError, OverflowError, RecursionError, ValueError):
        return False


def _compares(relation: str, got: float, want: float) -> bool:
    """The operators, of numbers and of anything else that knows them."""
    match relation:
        case "==":
            return got == want
        case "!=":
            return got != want
        case "<":
            return got < want
        case "<=":
            return got <= want
        case ">":
            return got > want
        case _:
            return got >= want


def _close(got: object, want: object, relative: float | None, absolute: float | None) -> bool:
    """pytest's approx, also within lists and dicts: the larger of the two tolerances counts."""
    if isinstance(want, dict):
        wanted, mapping = cast("_Mapping", want), cast("_Mapping", got)
        same_keys = isinstance(got, dict) and mapping.keys() == wanted.keys()
        return same_keys and all(_close(mapping[key], value, relative, absolute) for key, value in wanted.items())
    if isinstance(want, list | tuple):
        left, right = cast("Sequence[object]", want), cast("Sequence[object]", got)
        same_size = isinstance(got, list | tuple) and len(left) == len(right)
        return same_size and all(_close(b, a, relative, absolute) for a, b in zip(left, right, strict=True))
    if not isinstance(want, int | float | complex) or not isinstance(got, int | float | complex):
        return got == want
    if got == want:
        return True
    if isinstance(want, bool) or isinstance(got, bool) or not math.isfinite(abs(want)):
        return False
    within = max((relative or 0.0) * abs(want), absolute or 0.0)
    return abs(got - want) <= within


def _same_members(got: object, want: object) -> bool:
    """As assertCountEqual: the same things as often, whatever their order."""
    if not isinstance(got, Collection) or not isinstance(want, Collection):
        return False
    left = list(cast("Collection[object]", want))
    members = cast("Collection[object]", got)
    if len(left) != len(members) or len(left) > 2000:
        return False
    for member in members:
        if member not in left:
            return False
        left.remove(member)
    return True


def _raised_right(kinds: str, test: Asserted, outcome: Outcome) -> Verdict:
    if outcome.status != "raised":
        return "fails"
    # A file may call something else by a built-in name.
    if test.inside or any(
        re.search(rf"\b{re.escape(kind)}\b", text) for kind in re.findall(r"\w+", kinds) for text in test.imports
    ):
        return "ask"
    name = outcome.raised.partition(":")[0].strip()
    wanted = [_built_in(part.strip()) for part in kinds.strip("() ").split(",") if part.strip()]
    raised = _built_in(name)
    if raised is None or None in wanted:
        return "ask"
    return "holds" if issubclass(raised, tuple(kind for kind in wanted if kind)) else "fails"


def _built_in(name: str) -> type[BaseException] | None:
    found = getattr(builtins, name, None) if name.isidentifier() else None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
