"""What decorators make of a test: the rows of `parametrize`, and marks under which it cannot be used."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..python.parsing import UNREADABLE
from .claims import Dotted, Unusable

MOST_ROWS = 200
"""Rows of one test that are looked at."""
_SKIPPING = {"skip", "skipif", "xfail"}
_NEEDING = {"asyncio", "anyio", "trio", "tornado", "django_db", "urls", "freeze_time", "flask", "vcr", "gevent"}
"""Marks that have a plugin do something, as opposed to labels."""

Constant = Callable[[str], ast.expr | None]
"""What a name of the file is given once and for all, None when that is not known."""


class CaseRow(NamedTuple):
    """One set of values of a test's parameters, and how pytest names it ("2-4"); "" for a test without any."""

    name: str
    values: dict[str, ast.expr]
    problem: str = ""
    """Why this one cannot be used, else ""."""


def rows_of(decorators: Sequence[ast.expr], dotted: Dotted, constant: Constant) -> tuple[list[CaseRow], bool]:
    """The rows of a test with these decorators, outermost first, and whether there were more.

    Raises:
        Unusable: it is skipped, needs more than a call, or its table is not written out.
    """
    tables = [_table(decorator, dotted, constant) for decorator in reversed(decorators) if _is_table(decorator, dotted)]
    if not all(tables):
        raise Unusable("has a table of parameters without rows")
    rows: list[CaseRow] = []
    product = itertools.product(*tables)
    for parts in itertools.islice(product, MOST_ROWS):
        values = {name: value for part in parts for name, value in part.values.items()}
        problem = next((part.problem for part in parts if part.problem), "")
        rows.append(CaseRow("-".join(part.name for part in parts), values, problem))
    return rows, next(product, None) is not None


def _is_table(decorator: ast.expr, dotted: Dotted) -> bool:
    """Whether it is `parametrize`; other marks are labels.

    Raises:
        Unusable: it is neither.
    """
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = dotted(called)
    mark = name.removeprefix("pytest.mark.") if name.startswith("pytest.mark.") else ""
    if mark == "parametrize":
        return True
    if (
        mark in _SKIPPING
        or name.startswith(("unittest.skip", "unittest.case.skip"))
        or name == "unittest.expectedFailure"
    ):
        raise Unusable(f"is marked {mark or name.rpartition('.')[2]}")
    if mark == "usefixtures":
        given = decorator.args if isinstance(decorator, ast.Call) else []
        raise Unusable(f"uses fixtures ({', '.join(str(ast.literal_eval(g)) for g in given if _is_text(g))})")
    if not mark or mark in _NEEDING:
        raise Unusable(f"is decorated with @{ast.unparse(called)[:60]}")
    return False


def _table(decorator: ast.expr, dotted: Dotted, constant: Constant) -> list[CaseRow]:
    words = {word.arg: word.value for word in decorator.keywords} if isinstance(decorator, ast.Call) else {}
    given = decorator.args if isinstance(decorator, ast.Call) else []
    named = given[0] if given else words.get("argnames")
    table = given[1] if len(given) > 1 else words.get("argvalues")
    if "indirect" in words and not (isinstance(words["indirect"], ast.Constant) and not words["indirect"].value):
        raise Unusable("has parameters that go through fixtures")
    table = written_out(table, constant)
    if not isinstance(table, ast.List | ast.Tuple) or any(isinstance(row, ast.Starred) for row in table.elts):
        raise Unusable("has a table of parameters that is not written out")
    names, alone = _names(named)
    ids = words.get("ids")
    told = ids.elts if isinstance(ids, ast.List | ast.Tuple) else []
    rows = [
        _row(names, row, number, told, dotted, alone=alone) for number, row in enumerate(table.elts[: MOST_ROWS + 1])
    ]
    return _told_apart(rows)


def written_out(table: ast.expr | None, constant: Constant) -> ast.expr | None:
    """A table that a name of the file stands for, or that `range` makes, as it would be written."""
    if isinstance(table, ast.Name):
        table = constant(table.id)
    match table:
        case ast.Call(func=ast.Name(id="range"), args=[_, *_] as given, keywords=[]):
            try:
                numbers = range(*(ast.literal_eval(one) for one in given))
            except (TypeError, *UNREADABLE):
                return table
            return ast.List([ast.Constant(number) for number in numbers[: MOST_ROWS + 1]], ast.Load())
        case _:
            return table


def parameters_of(named: ast.expr | None) -> list[str] | None:
    """The parameters that the first argument of `parametrize` names, None where they are not written out."""
    if named is not None and _is_text(named):
        return [part.strip() for part in str(ast.literal_eval(named)).split(",") if part.strip()]
    if isinstance(named, ast.List | ast.Tuple) and all(_is_text(part) for part in named.elts):
        return [str(ast.literal_eval(part)) for part in named.elts]
    return None


def _names(named: ast.expr | None) -> tuple[list[str], bool]:
    """The parameters, and whether a row is the value of the only one rather than a tuple of values."""
    names = parameters_of(named)
    if names is None:
        raise Unusable("has parameters whose names are not written out")
    return names, len(names) == 1 and not isinstance(named, ast.List | ast.Tuple)


def _row(
    names: list[str], row: ast.expr, number: int, told: Sequence[ast.expr], dotted: Dotted, *, alone: bool
) -> CaseRow:
    name, problem = "", ""
    parts = [row] if alone else []
    if isinstance(row, ast.Call) and dotted(row.func) == "pytest.param":
        words = {word.arg: word.value for word in row.keywords}
        parts = row.args
        name = str(ast.literal_eval(words["id"])) if "id" in words and _is_text(words["id"]) else ""
        marks = ast.unparse(words["marks"]) if "marks" in words else ""
        problem = next((f"is marked {mark}" for mark in sorted(_SKIPPING) if f"mark.{mark}" in marks), "")
    elif not alone and isinstance(row, ast.List | ast.Tuple):
        parts = row.elts
    if len(parts) != len(names) or any(isinstance(part, ast.Starred) for part in parts):
        raise Unusable("has a table of parameters whose rows are not written out")
    if number < len(told) and _is_text(told[number]):
        name = name or str(ast.literal_eval(told[number]))
    name = name or "-".join(_id_of(part, known, number) for part, known in zip(parts, names, strict=True))
    return CaseRow(name, dict(zip(names, parts, strict=True)), problem)


def _id_of(value: ast.expr, name: str, number: int) -> str:
    """How pytest names a value."""
    match value:
        case ast.Constant(value=str() as text):
            return text.encode("unicode_escape").decode()
        case ast.Constant(value=bool() | int() | float() | complex() | None as plain):
            return str(plain)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number_below)):
            return str(-number_below)
        case _:
            return f"{name}{number}"


def _told_apart(rows: list[CaseRow]) -> list[CaseRow]:
    """Rows of one name get a number each, so that no two tests are taken for one."""
    names = [row.name for row in rows]
    if len(set(names)) == len(names):
        return rows
    return [
        row._replace(name=f"{row.name}{number}") if names.count(row.name) > 1 else row
        for number, row in enumerate(rows)
    ]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
