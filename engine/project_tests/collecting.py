"""What keeps pytest from collecting a file at all: one test takes all others of its file with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from .claims import Dotted
from .files import Naming
from .marks import parameters_of
from .scripts import Method, Script

_TABLE = "pytest.mark.parametrize"


def problem_of_collecting(script: Script, naming: Naming, dotted: Dotted) -> str:
    """Why pytest collects nothing from a file, "" when it does, as far as its tests' parameters tell."""
    for method in script.functions(naming):
        statement = method.statement
        has_table = statement.mentions(b"parametrize") or any(
            holder.mentions(b"parametrize") for holder in method.classes
        )
        function = statement.tree if has_table or statement.mentions(b"yield") else None
        if isinstance(function, ast.FunctionDef):
            if _yields(function):
                return f"is in a file that pytest does not collect: {function.name}() is a generator"
            if why := _problem_of_tables(method, function, dotted):
                return f"is in a file that pytest does not collect: {function.name}() {why}"
    return ""


def _problem_of_tables(method: Method, function: ast.FunctionDef, dotted: Dotted) -> str:
    heads = [head for holder in method.classes if isinstance(head := holder.head, ast.ClassDef)]
    decorators = [one for part in (*heads, function) for one in part.decorator_list if isinstance(one, ast.Call)]
    tables = [one for one in decorators if dotted(one.func) == _TABLE]
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs][bool(method.classes) :]
    taken = {argument.arg for argument in arguments}
    fixed = len(function.args.defaults)
    given = (
        {argument.arg for argument in function.args.args[len(function.args.args) - fixed :]} if fixed else set[str]()
    )
    named = [name for table in tables for name in _named(table)]
    if len(set(named)) < len(named):
        return "has a parameter in two tables"
    for name in named:
        if name in given:
            return f"has a value for its parameter {name} already"
        # A fixture may take what the test itself does not.
        if (
            name not in taken
            and taken <= set(named)
            and not any("usefixtures" in ast.unparse(one) for one in decorators)
        ):
            return f"has no parameter {name}"
    for table in tables:
        names, rows = _named(table), _rows(table)
        if len(names) > 1 and any(len(row) != len(names) for row in rows):
            return "has a row with more or fewer values than parameters"
    return ""


def _named(table: ast.Call) -> list[str]:
    given = table.args[0] if table.args else next((w.value for w in table.keywords if w.arg == "argnames"), None)
    return parameters_of(given) or []


def _rows(table: ast.Call) -> Iterator[Sequence[ast.expr]]:
    rows = table.args[1] if len(table.args) > 1 else None
    for row in rows.elts if isinstance(rows, ast.List | ast.Tuple) else []:
        if isinstance(row, ast.List | ast.Tuple) and not any(isinstance(part, ast.Starred) for part in row.elts):
            yield row.elts


def _yields(function: ast.FunctionDef) -> bool:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | ast.GeneratorExp):
            waiting.extend(ast.iter_child_nodes(node))
    return False
