"""Calls that a model wrote to tell implementations apart; what they should give is not asked, and not believed."""

from __future__ import annotations

import ast

from ..examples import values
from . import fences
from .python import parsed

CALLS = 10
"""Calls that are kept (our choice)."""


def calls(text: str, entry_point: str) -> tuple[str, ...]:
    """The usable calls of a reply, one a line, each once.

    >>> calls("f(1)\\nprint(2)\\nf(x)\\nassert f(2) == 3\\nf(1)", "f")
    ('f(1)', 'f(2)')
    """
    lines = "\n".join(fences.blocks(text) or [text]).splitlines()
    found = (_call(line.strip(), entry_point.partition(".")[0]) for line in lines)
    return tuple(dict.fromkeys(call for call in found if call))[:CALLS]


def _call(line: str, root: str) -> str:
    """The call of a line, also when an assert compares it; "" when there is none that stands alone."""
    tree = parsed(line) if len(line) < 1000 else None
    if tree is None or len(tree.body) != 1:
        return ""
    node: ast.AST = tree.body[0]
    if isinstance(node, ast.Assert):
        node = node.test.left if isinstance(node.test, ast.Compare) else node.test
    elif isinstance(node, ast.Expr):
        node = node.value
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != root:
        return ""
    return "" if values.free_names(node) - {root} else ast.unparse(node)
