"""Calls that no example makes: those of the examples with one argument changed.

Nobody knows what they should give. Candidates that hold the same examples may differ on them: running shows it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import cast

from ..facts import Stub
from . import values
from .claims import asked

MOST = 24
"""Calls of one function; they are run in one process, for each candidate."""
_LONGEST = 200
"""Characters of a call: a longer one is a table."""


def variations(stub: Stub, most: int = MOST) -> tuple[str, ...]:
    """At most `most` calls, spread over the examples; () for examples that are no calls with plain arguments."""
    calls = [tree for example in stub.judged if (tree := _call(asked(example).source, stub.entry_point))]
    known = {ast.unparse(call) for call in calls}
    per_example = [_varied(call) for call in calls]
    found = dict.fromkeys(source for source in _in_turns(per_example) if source not in known)
    return tuple(islice((source for source in found if len(source) <= _LONGEST), most))


def _call(source: str, name: str) -> ast.Call | None:
    """The call of the function itself that an example is; None for any other expression."""
    tree = values.expression(source)
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name) or tree.func.id != name:
        return None
    return tree


def _varied(call: ast.Call) -> Iterator[str]:
    """The call with each of its arguments changed in turn, as far as it is a plain value."""
    for at, argument in enumerate(call.args):
        for other in _changed(argument):
            yield ast.unparse(ast.Call(call.func, [*call.args[:at], other, *call.args[at + 1 :]], call.keywords))
    for at, keyword in enumerate(call.keywords):
        for other in _changed(keyword.value):
            changed = ast.keyword(keyword.arg, other)
            keywords = [*call.keywords[:at], changed, *call.keywords[at + 1 :]]
            yield ast.unparse(ast.Call(call.func, call.args, keywords))


def _changed(argument: ast.expr) -> list[ast.expr]:
    try:
        value = values.literal_of(argument)
    except values.NotPlain:
        return []
    return [ast.parse(repr(other), mode="eval").body for other in _neighbours(value)]


def _neighbours(value: object) -> list[object]:
    """Values of the same type that code treats otherwise, if it treats any otherwise."""
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1, 0, -value, 2 * value + 1]
        case float():
            return [value + 0.5, -value, 0.0]
        case str():
            swapped = [value.swapcase()] if value.swapcase() != value else []
            return [value[1:], value[:-1], value[::-1], value + value, "", *swapped]
        case list() | tuple():
            items = cast("list[object] | tuple[object, ...]", value)
            inner = [
                (*items[:at], other, *items[at + 1 :])
                for at in range(min(2, len(items)))
                for other in _neighbours(items[at])[:2]
            ]
            kinds = [items[1:], items[:-1], items[::-1], (*items, *items), (), *inner]
            return [type(items)(kind) for kind in kinds]
        case _:
            return []


def _in_turns(streams: Iterable[Iterator[str]]) -> Iterator[str]:
    """One of each stream after the other, until all have ended."""
    waiting = list(streams)
    while waiting:
        for stream in list(waiting):
            source = next(stream, None)
            if source is None:
                waiting.remove(stream)
            else:
                yield source
