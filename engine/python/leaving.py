"""Programs that end the process which imports them: `sys.exit(main())` at the top of a file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from .parsing import parsed

_EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit", "SystemExit", "os.abort"})


def leaves_at(program: str) -> int:
    """1-based line on which a program always leaves while it is imported; 0 for one that does not, or is none.

    What stands under a condition, such as `if __name__ == "__main__":`, need not be reached.

    >>> leaves_at("import sys\\ndef main(): ...\\nsys.exit(main())\\n"), leaves_at("def main(): exit()\\n")
    (3, 0)
    """
    tree = parsed(program)
    if tree is None:
        return 0
    renamed = dict(_names(tree.body))
    return next((line for statement in _always(tree.body) if (line := _leaves(statement, renamed))), 0)


def _names(body: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    """What imported names stand for: ("leave", "sys.exit") of `from sys import exit as leave`."""
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.asname, alias.name) for alias in node.names if alias.asname)


def _always(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that are reached whenever those before them end well."""
    for node in body:
        match node:
            case ast.With():
                yield from _always(node.body)
            case ast.Try():
                # What a handler may catch need not leave.
                yield from _always([*([] if node.handlers else node.body), *node.finalbody])
            case _:
                yield node


def _leaves(node: ast.stmt, renamed: dict[str, str]) -> int:
    match node:
        case ast.Expr(value=ast.Call() as call) | ast.Raise(exc=ast.Call() as call):
            named = call.func
        case ast.Raise(exc=ast.Name() | ast.Attribute() as named):
            pass
        case _:
            return 0
    name = ast.unparse(named)
    first, dot, rest = name.partition(".")
    is_exit = renamed.get(first, first) + dot + rest in _EXITS
    is_raised = isinstance(node, ast.Raise)
    return node.lineno if is_exit and is_raised == (name.endswith("SystemExit")) else 0
