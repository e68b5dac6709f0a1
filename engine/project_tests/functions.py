"""What can be told of a test function and of the classes around it from their heads."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from .claims import Unusable
from .marks import CaseRow
from .scripts import Method, Statement


def refuse_fixtures(function: ast.FunctionDef, rows: Sequence[CaseRow], method: Method) -> None:
    """Refuse a test that takes something which its rows do not give.

    Raises:
        Unusable: that can only be a fixture.
    """
    given = {name for row in rows for name in row.values}
    arguments = [*function.args.posonlyargs, *function.args.args][1 if method.classes else 0 :]
    without = arguments[: len(arguments) - len(function.args.defaults)]
    fixtures = [argument.arg for argument in without if argument.arg not in given]
    if fixtures or function.args.kwonlyargs or function.args.vararg or function.args.kwarg:
        raise Unusable(f"takes a fixture ({', '.join(fixtures)})" if fixtures else "takes arguments that nothing gives")


def bases_of(statement: Statement) -> list[str]:
    """The plain names of a class' bases."""
    if statement.kind != "class_definition" or not isinstance(statement.head, ast.ClassDef):
        return []
    return [base.id for base in statement.head.bases if isinstance(base, ast.Name)]


def returns_early(function: ast.FunctionDef) -> bool:
    """Whether a test has a `return` of its own, after which nothing is asserted any more."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def defaults_of(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """The parameters that have values of their own."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    values = function.args.defaults
    return {
        argument.arg: value for argument, value in zip(arguments[len(arguments) - len(values) :], values, strict=True)
    }
