"""Reading the spelling of a plain value that came from an untrusted process, without running anything."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar, cast

from .parsing import expression

LARGEST = 400_000
"""Most characters of a spelling; an honest child keeps to it."""
MOST_ALIKE = 1_000
"""Most members of a set, or keys of a dict, with one hash: so many take some 10 ms, 20,000 take seconds."""
_UNREADABLE = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError)
_Mapping = Mapping[object, object]
_MAKERS: dict[str, Callable[..., object]] = {"set": set, "frozenset": frozenset, "bytearray": bytearray}
_NAMED = {"nan": math.nan, "inf": math.inf}


class NotPlain(ValueError):
    """The text does not spell a value of plain built-in types."""


def parsed(text: str) -> object:
    """The value that a text spells: what `ast.literal_eval` reads, and nan, inf, set(), frozenset() and bytearray().

    Raises:
        NotPlain: it spells none, or is too large or too deep.
    """
    if len(text) > LARGEST:
        raise NotPlain(f"{len(text)} characters")
    try:
        return _value(expression(text.strip()).body)
    except _UNREADABLE as error:
        raise NotPlain(type(error).__name__) from None


def spelling(value: object) -> str:
    """A plain value as an expression that needs no names but built-in ones, not even for infinity."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f"float('{value!r}')"
    if isinstance(value, list | tuple | set | frozenset):
        kind = type(cast("object", value)).__name__
        return f"{kind}([{', '.join(map(spelling, cast('Collection[object]', value)))}])"
    if isinstance(value, dict):
        pairs = cast("Mapping[object, object]", value).items()
        return "{" + ", ".join(f"{spelling(key)}: {spelling(member)}" for key, member in pairs) + "}"
    if value is ...:
        return "..."
    # Decimal digits are limited in number by the interpreter, hexadecimal ones are not.
    return hex(value) if isinstance(value, int) and value.bit_length() > 12_000 else repr(value)


def same(want: object, got: object, *, tolerant: bool = False) -> bool:
    """Whether two plain values are equal as Python's `==` has it; `tolerant` lets floats differ by 1e-6."""
    if tolerant and isinstance(want, float | complex) | isinstance(got, float | complex):
        return _close(want, got)
    if type(want) is type(got) and isinstance(want, list | tuple):
        left, right = cast("Sequence[object]", want), cast("Sequence[object]", got)
        return len(left) == len(right) and all(same(a, b, tolerant=tolerant) for a, b in zip(left, right, strict=True))
    if isinstance(want, dict) and isinstance(got, dict):
        return _same_mapping(cast("_Mapping", want), cast("_Mapping", got), tolerant=tolerant)
    return bool(want == got)


def _same_mapping(want: _Mapping, got: _Mapping, *, tolerant: bool) -> bool:
    return want.keys() == got.keys() and all(same(value, got[key], tolerant=tolerant) for key, value in want.items())


def _close(want: object, got: object) -> bool:
    if isinstance(want, complex) or isinstance(got, complex):
        if not isinstance(want, int | float | complex) or not isinstance(got, int | float | complex):
            return False
        try:
            return abs(want - got) <= 1e-6
        except OverflowError:
            return False
    if not isinstance(want, int | float) or not isinstance(got, int | float):
        return False
    try:
        return want == got or math.isclose(want, got, rel_tol=1e-6, abs_tol=1e-6) or (want != want and got != got)
    except OverflowError:
        return False


def _value(tree: ast.expr) -> object:
    match tree:
        case ast.Name(id=name) if name in _NAMED:
            return _NAMED[name]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Name(id="inf")):
            return -math.inf
        case ast.List(elts=members):
            return [_value(member) for member in members]
        case ast.Tuple(elts=members):
            return tuple(_value(member) for member in members)
        case ast.Set(elts=members):
            return set(_spread([_value(member) for member in members]))
        case ast.Dict(keys=keys, values=values):
            pairs = [(_value(key), _value(value)) for key, value in _pairs(keys, values)]
            _spread([key for key, _ in pairs])
            return dict(pairs)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _MAKERS and len(arguments) < 2:
            members = [_iterable(_value(argument)) for argument in arguments]
            return _MAKERS[name](*(members if name == "bytearray" else map(_spread, members)))
        case _:
            return ast.literal_eval(tree)


_Members = TypeVar("_Members", bound=Collection[object])


def _spread(members: _Members) -> _Members:
    """The same members. Raises NotPlain where so many have one hash that a set of them takes seconds to make.

    Equal members count once for each time that they are spelled; no honest set is spelled so.
    """
    alike = max(Counter(map(hash, members)).values(), default=0) if len(members) > MOST_ALIKE else 0
    if alike > MOST_ALIKE:
        raise NotPlain(f"{alike} members of one hash")
    return members


def _pairs(keys: list[ast.expr | None], values: list[ast.expr]) -> Iterable[tuple[ast.expr, ast.expr]]:
    for key, value in zip(keys, values, strict=True):
        if key is None:
            raise NotPlain("**")
        yield key, value


def _iterable(value: object) -> Collection[int]:
    # `bytearray(10**12)` would be a bomb: only what has members may be turned into another.
    if not isinstance(value, bytes | set | frozenset | list | tuple):
        raise NotPlain(type(value).__name__)
    return value  # type: ignore[return-value]
