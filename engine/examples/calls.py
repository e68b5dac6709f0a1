"""One spelling for a call, whatever its spaces and quotes, and whether arguments are given by place or by name."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from . import values


def spelling(source: str, parameters: Sequence[str] = ()) -> str:
    """The call as one spelling; text that is no expression keeps its words. `parameters`: the function's, in order.

    >>> spelling("f( 1, high = 'a' )", ("low", "high")), spelling("f(1, \"a\")")
    ("f(1, 'a')", "f(1, 'a')")
    """
    tree = values.expression(source)
    if tree is None:
        return " ".join(source.split())
    if isinstance(tree, ast.Call):
        _place(tree, parameters)
    try:
        return ast.unparse(tree)
    except RecursionError:
        return source.strip()


def _place(call: ast.Call, parameters: Sequence[str]) -> None:
    """Move arguments that are given by name to the places they belong to, as far as there is no gap."""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return
    for name in parameters[len(call.args) :]:
        named = next((word for word in call.keywords if word.arg == name), None)
        if named is None:
            return
        call.args.append(named.value)
        call.keywords.remove(named)
