"""Statements that await at the top of a session, as `python -m asyncio` takes them, made into ordinary ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..python.parsing import UNREADABLE, module

_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp)
_ALLOWS_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def awaited(source: str) -> str:
    """The statement, run to its end by an event loop of its own if it awaits; as it is if it does not.

    >>> awaited("f(1)")
    'f(1)'
    >>> awaited("await f(1)")
    "__import__('asyncio').run(eval(compile('await f(1)', '<example>', 'eval', 8192), globals()))"
    """
    if "await" not in source and "async" not in source:
        return source
    try:
        tree = module(source.strip() + "\n")
        if not any(map(_awaits, _own_nodes(tree))):
            return source
    except UNREADABLE:
        return source
    is_expression = len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)
    mode = "eval" if is_expression else "exec"
    code = f"compile({source.strip()!r}, '<example>', {mode!r}, {_ALLOWS_AWAIT})"
    return f"__import__('asyncio').run(eval({code}, globals()))"


def _awaits(node: ast.AST) -> bool:
    """Whether Python wants an `async def` around this."""
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp):
        return any(part.is_async for part in node.generators)
    return isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)


def _own_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run in the session itself, not inside a function that the statement defines."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.GeneratorExp):
            todo.append(node.generators[0].iter)
        elif not isinstance(node, _OWN_SCOPE):
            todo.extend(ast.iter_child_nodes(node))
