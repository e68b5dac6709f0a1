"""Bodies that recite the examples: they compare their arguments with the examples' inputs and give the answers back.

Told by reading alone. Such a body passes every example and does nothing else, so it is said; nothing is decided by it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ..facts import Example, Stub
from ..python.literals import NotPlain
from ..python.parsing import parsed
from . import asked, values

_MOST_NODES = 5000
"""Nodes of a body that are read; a longer one is a table."""
_FREE_OF_WORK = (
    ast.Return, ast.If, ast.IfExp, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Constant, ast.Name, ast.Tuple, ast.List,
    ast.Dict, ast.Set, ast.Subscript, ast.Assign, ast.AnnAssign, ast.Match, ast.match_case, ast.pattern, ast.Expr,
    ast.Pass, ast.Raise, ast.Call, ast.Attribute, ast.For, ast.expr_context, ast.cmpop, ast.boolop, ast.unaryop,
    ast.keyword, ast.Try, ast.ExceptHandler,
)  # fmt: skip
"""Nodes of a body that looks up, and computes nothing."""
_LOOKS_UP = frozenset({"get", "items", "repr", "str", "tuple", "list", "dict", "isinstance"})
_Key = str


class _Case(NamedTuple):
    """An example as values: what goes in, each by its spelling, and what comes out."""

    inputs: tuple[_Key, ...]
    output: _Key


def recited(stub: Stub, body: str) -> str:
    """Why a body is no solution although the examples hold, in one sentence; "" for one that works for its results."""
    function = _function(stub, body)
    if function is None:
        return ""
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    cases = [case for example in stub.examples if (case := _case(example, names, stub.entry_point))]
    statements = _without_docstring(function.body)
    nodes = [node for statement in statements for node in ast.walk(statement)]
    if not names or not cases or len(nodes) > _MOST_NODES or not all(_only_looks_up(node) for node in nodes):
        return ""
    compared = {key for node in nodes for key in _compared(node)}
    written = {key for node in nodes if isinstance(node, ast.expr) and (key := _spelled(node)) is not None}
    if not any(isinstance(node, ast.Name) and node.id in names for node in nodes):
        only = {case.output for case in cases}
        constant = len(only) == 1 and only == {
            _spelled(n.value) for n in nodes if isinstance(n, ast.Return) and n.value
        }
        return "it ignores its arguments and gives the answer of the examples" if constant else ""
    inputs = {key for case in cases for key in (*case.inputs, _joined(case.inputs))}
    inputs |= {repr(key) for key in inputs}
    told = [case for case in cases if _is_compared(case, compared) and case.output in written]
    enough = len(told) == len(cases) or (len(told) >= 2 and len(told) >= len(cases) - 1)  # The last may be the "else".
    if not compared or not compared <= inputs or not enough:
        return ""
    return "it only compares its arguments with the examples' inputs and gives their answers back"


def _function(stub: Stub, body: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    tree = parsed(stub.code(body))
    last = tree.body[-1] if tree is not None and tree.body else None
    return last if isinstance(last, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _without_docstring(statements: list[ast.stmt]) -> list[ast.stmt]:
    first = statements[0] if statements else None
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return statements[1:] if is_text else statements


def _case(example: Example, names: list[str], name: str) -> _Case | None:
    """An example that calls the function with plain values."""
    example = asked(example)
    tree = values.expression(example.source)
    if not isinstance(tree, ast.Call) or example.raises is not None:
        return None
    called = tree.func.attr if isinstance(tree.func, ast.Attribute) else getattr(tree.func, "id", "")
    by_name = dict(zip(names, tree.args, strict=False)) | {w.arg: w.value for w in tree.keywords if w.arg}
    spelled = [_spelled(by_name[n]) for n in names if n in by_name]
    output = values.spelled(example.want) if example.want.strip() else "None"
    if called != name or not spelled or output is None or any(key is None for key in spelled):
        return None
    return _Case(tuple(key for key in spelled if key is not None), output)


def _only_looks_up(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return called in _LOOKS_UP or called.endswith(("Error", "Exception"))
    if isinstance(node, ast.Compare):
        return all(isinstance(op, ast.Eq | ast.In | ast.Is | ast.NotEq | ast.NotIn | ast.IsNot) for op in node.ops)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not) or isinstance(node.operand, ast.Constant)
    return isinstance(node, _FREE_OF_WORK)


def _compared(node: ast.AST) -> Iterator[_Key]:
    """The values that a node holds something against."""
    if isinstance(node, ast.Compare):
        for op, side in zip((None, *node.ops), (node.left, *node.comparators), strict=True):
            members = (
                side.elts
                if isinstance(op, ast.In | ast.NotIn) and isinstance(side, ast.Tuple | ast.List | ast.Set)
                else [side]
            )
            for member in members:
                yield from _keys(member)
    elif isinstance(node, ast.MatchValue):
        yield from _keys(node.value)
    elif isinstance(node, ast.MatchSingleton):
        yield repr(node.value)
    elif isinstance(node, ast.Dict):
        for key in node.keys:
            if key is not None:
                yield from _keys(key)
    elif isinstance(node, ast.For) and isinstance(node.iter, ast.List | ast.Tuple):
        for pair in node.iter.elts:
            if isinstance(pair, ast.Tuple | ast.List) and len(pair.elts) == 2:
                yield from _keys(pair.elts[0])


def _keys(node: ast.expr) -> Iterator[_Key]:
    key = _spelled(node)
    if key is not None:
        yield key


def _is_compared(case: _Case, compared: set[_Key]) -> bool:
    """Whether all that goes in is compared, at once or one by one, as a value or as its text (`repr(x) == "[1]"`)."""
    keys = (_joined(case.inputs), *case.inputs)
    at_once, *one_by_one = (key in compared or repr(key) in compared for key in keys)
    return at_once or all(one_by_one)


def _joined(inputs: tuple[_Key, ...]) -> _Key:
    """Several inputs as one tuple; one input as itself."""
    return inputs[0] if len(inputs) == 1 else f"({', '.join(inputs)})"


def _spelled(node: ast.expr) -> _Key | None:
    try:
        return repr(values.literal_of(node))
    except NotPlain:
        return None
