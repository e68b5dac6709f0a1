"""Comparing values by what they are, from their spelling, without running anything.

Spellings come from docstrings, models and an untrusted child: nothing here raises for any text.
"""

from __future__ import annotations

import ast
import builtins
import cmath
import math
from collections.abc import Collection, Sequence
from typing import TypeGuard, cast

from ..python import literals, parsing
from ..python.literals import NotPlain

__all__ = [
    "NotPlain",
    "expression",
    "free_names",
    "literal",
    "literal_of",
    "reads_as_text",
    "same",
    "same_text",
    "spelled",
]

UNREADABLE = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError)
_RELATIVE, _ABSOLUTE = 1e-6, 1e-9
_BUILTINS = frozenset(dir(builtins))


def expression(text: str) -> ast.expr | None:
    """The text as one expression, or None."""
    try:
        return parsing.expression(text.strip()).body
    except UNREADABLE:
        return None


def literal(text: str) -> object:
    """The value a text spells; `nan` and `inf` count as numbers.

    Raises:
        NotPlain: it spells none.
    """
    return literals.parsed(text)


def literal_of(tree: ast.expr) -> object:
    """The value an expression spells.

    Raises:
        NotPlain: it spells none.
    """
    try:
        return literals.parsed(ast.unparse(tree))
    except RecursionError as error:
        raise literals.NotPlain(str(error)) from None


def spelled(text: str) -> str | None:
    """The repr of the value a text spells, or None."""
    try:
        return repr(literal(text))
    except UNREADABLE:
        return None


def reads_as_text(text: str) -> bool:
    """Whether an expression may be text that lost its quotes (`th`, `a-b`): it has names, and nothing is called.

    >>> reads_as_text("th"), reads_as_text("not-found"), reads_as_text("math.pi"), reads_as_text("'th'")
    (True, True, False, False)
    """
    tree = expression(text)
    if tree is None or not free_names(tree) | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        return False
    return not any(
        isinstance(node, ast.Call | ast.Attribute | ast.Subscript | ast.Lambda | ast.comprehension | ast.JoinedStr)
        for node in ast.walk(tree)
    )


def free_names(tree: ast.expr) -> set[str]:
    """Names an expression needs from outside, other than built-in ones."""
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return used - bound - _BUILTINS


def same_text(want: str, got: str) -> bool:
    """Whether two texts spell the same value."""
    try:
        return same(literal(want), literal(got))
    except UNREADABLE:
        return False


def same(want: object, got: object) -> bool:
    """Whether two plain values are the same.

    Numbers compare by value (`1` is `1.0`, `True` is not `1`), floats within 1e-6 relative or 1e-9 absolute, NaN is
    NaN; a list is not a tuple; the order within dicts and sets does not matter.
    """
    if _is_number(want) and _is_number(got):
        return _same_number(want, got)
    if type(want) is not type(got):
        return False
    if isinstance(want, list | tuple):
        left, right = cast("Sequence[object]", want), cast("Sequence[object]", got)
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(want, dict):
        return _same_dict(cast("_Mapping", want), cast("_Mapping", got))
    if isinstance(want, set | frozenset):
        return _paired(cast("Collection[object]", want), cast("Collection[object]", got)) is not None
    return want == got


def _is_number(value: object) -> TypeGuard[complex]:
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _same_number(want: complex, got: complex) -> bool:
    if want == got or (want != want and got != got):
        return True
    if isinstance(want, int) and isinstance(got, int):
        return False
    # A whole number that is expected forgives rounding, not a neighbour: 10000001.0 is not 10000000.
    relative = _ABSOLUTE if isinstance(want, int) else _RELATIVE
    try:
        if isinstance(want, complex) or isinstance(got, complex):
            # Infinity is within a millionth of itself of everything.
            finite = cmath.isfinite(want) and cmath.isfinite(got)
            return finite and abs(want - got) <= max(_RELATIVE * max(abs(want), abs(got)), _ABSOLUTE)
        return math.isclose(want, got, rel_tol=relative, abs_tol=_ABSOLUTE)
    except OverflowError:
        return False


_Mapping = dict[object, object]


def _same_dict(want: _Mapping, got: _Mapping) -> bool:
    pairs = _paired(want, got)
    return pairs is not None and all(same(want[left], got[right]) for left, right in pairs)


def _paired(want: Collection[object], got: Collection[object]) -> list[tuple[object, object]] | None:
    """Members of two sets of keys that are the same, pair by pair, or None if one is left over."""
    left, right = {_key(member): member for member in want}, {_key(member): member for member in got}
    if left.keys() == right.keys():
        return [(member, right[key]) for key, member in left.items()]
    if len(want) != len(got):
        return None
    try:
        pairs = list(zip(sorted(want, key=_order), sorted(got, key=_order), strict=True))
    except TypeError:
        return None  # Complex numbers have no order.
    return pairs if all(same(a, b) for a, b in pairs) else None


def _key(member: object) -> object:
    """A hashable that keeps `True` and `1` apart, and makes one of all NaNs."""
    if isinstance(member, tuple):
        return tuple(map(_key, cast("tuple[object, ...]", member)))
    if isinstance(member, frozenset):
        return frozenset(map(_key, cast("frozenset[object]", member)))
    if _is_number(member):
        return "nan" if member != member else ("number", member)
    return (type(member), member)


def _order(member: object) -> tuple[str, str, float]:
    if isinstance(member, int | float) and not isinstance(member, bool):
        return ("number", "", member)
    return (type(member).__name__, repr(member), 0)
