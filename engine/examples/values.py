"""Comparing values by what they are, from their spelling, without running anything.

Spellings come from docstrings, models and an untrusted child: nothing here raises for any text.
"""

from __future__ import annotations

import ast
import builtins
import math
import warnings
from collections.abc import Callable, Iterable
from typing import TypeGuard

UNREADABLE = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError)
_RELATIVE, _ABSOLUTE = 1e-6, 1e-9
_BUILTINS = frozenset(dir(builtins))
_NAMED = {"nan": math.nan, "inf": math.inf}


class NoLiteral(ValueError):
    """The text does not spell a value of plain built-in types."""


def expression(text: str) -> ast.expr | None:
    """The text as one expression, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except UNREADABLE:
        return None


def literal(text: str) -> object:
    """The value a text spells; `nan` and `inf` count as numbers.

    Raises:
        NoLiteral: it spells none.
    """
    tree = expression(text)
    if tree is None:
        raise NoLiteral(text[:80])
    return literal_of(tree)


def literal_of(tree: ast.expr) -> object:
    """The value an expression spells.

    Raises:
        NoLiteral: it spells none.
    """
    try:
        return ast.literal_eval(_Named().visit(tree))
    except UNREADABLE as error:
        raise NoLiteral(str(error)) from None


def spelled(text: str) -> str | None:
    """The repr of the value a text spells, or None."""
    try:
        return repr(literal(text))
    except UNREADABLE:
        return None


class _Named(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.expr:  # noqa: N802 (ast's protocol)
        return ast.Constant(_NAMED[node.id]) if node.id in _NAMED else node


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
    if isinstance(want, list | tuple) and isinstance(got, list | tuple):
        return len(want) == len(got) and all(map(same, want, got))
    if isinstance(want, dict) and isinstance(got, dict):
        return _same_dict(want, got)
    if isinstance(want, set | frozenset) and isinstance(got, set | frozenset):
        return len(want) == len(got) and _paired(want, got) is not None
    return want == got


def _is_number(value: object) -> TypeGuard[complex]:
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _same_number(want: complex, got: complex) -> bool:
    if want == got or (want != want and got != got):
        return True
    if isinstance(want, complex) or isinstance(got, complex):
        return abs(want - got) <= max(_RELATIVE * max(abs(want), abs(got)), _ABSOLUTE)
    if isinstance(want, int) and isinstance(got, int):
        return False
    # A whole number that is expected forgives rounding, not a neighbour: 10000001.0 is not 10000000.
    relative = _ABSOLUTE if isinstance(want, int) else _RELATIVE
    try:
        return math.isclose(want, got, rel_tol=relative, abs_tol=_ABSOLUTE)
    except OverflowError:
        return False


def _same_dict(want: dict[object, object], got: dict[object, object]) -> bool:
    pairs = _paired(want, got) if len(want) == len(got) else None
    return pairs is not None and all(same(want[left], got[right]) for left, right in pairs)


def _paired(want: Iterable[object], got: Iterable[object]) -> list[tuple[object, object]] | None:
    """Members of two sets of keys that are the same, pair by pair, or None if one is left over."""
    left, right = {_key(member): member for member in want}, {_key(member): member for member in got}
    if left.keys() == right.keys():
        return [(member, right[key]) for key, member in left.items()]
    ours, theirs = list(left.values()), list(right.values())
    order: Callable[[object], tuple[str, str, object]] = _order
    try:
        pairs = list(zip(sorted(ours, key=order), sorted(theirs, key=order), strict=True))
    except (TypeError, ValueError):
        return None
    return pairs if all(same(a, b) for a, b in pairs) else None


def _key(member: object) -> object:
    """A hashable that keeps `True` and `1` apart, and makes one of all NaNs."""
    if isinstance(member, tuple | frozenset):
        return (type(member), type(member)(map(_key, member)))
    if _is_number(member):
        return "nan" if member != member else ("number", member)
    return (type(member), member)


def _order(member: object) -> tuple[str, str, object]:
    return ("number", "", member) if _is_number(member) else (type(member).__name__, repr(member), 0)
