"""Taking assert-style tests apart, so that what is expected never reaches the process of the function under test."""

from __future__ import annotations

import ast
import builtins
import copy
from typing import Literal

from ..facts import Fact
from ..python.literals import NotPlain, parsed
from ..python.parsing import UNREADABLE, module

_LARGEST = 256 * 1024
_BUILT_IN = frozenset(dir(builtins))


class Split(Fact, frozen=True):
    """`assert call == want` in two parts."""

    call: str
    """The expression that is evaluated beside the function."""
    relation: Literal["==", "!=", "is", "is not", "true", "false"]
    want: str = ""
    """Spelling of the expected value, "" when it is only true or false."""


def split(test: str, entry_point: str) -> Split | None:
    """The parts of a test that is one assert about one call of the function; None for every other form."""
    if len(test) > _LARGEST:
        return None
    try:
        body = module(test.strip()).body
        return _parts(body[0].test, entry_point) if len(body) == 1 and isinstance(body[0], ast.Assert) else None
    except UNREADABLE:
        return None


def asserts_of(check: str, entry_point: str) -> tuple[str, ...]:
    """The asserts of a `def check(candidate)` (HumanEval's form) as tests of their own; the whole when it does more."""
    whole = (f"{check}\n\ncheck({entry_point})\n",)
    try:
        functions = [node for node in module(check).body if isinstance(node, ast.FunctionDef) and node.name == "check"]
        if len(functions) != 1 or len(functions[0].args.args) != 1:
            return whole
        named = _Renamed(functions[0].args.args[0].arg, entry_point)
        if not all(isinstance(node, ast.Assert) or _is_text(node) for node in functions[0].body):
            return whole
        asserts = [node for node in functions[0].body if isinstance(node, ast.Assert)]
        # `assert True` says nothing about the function.
        telling = [node for node in asserts if not isinstance(node.test, ast.Constant)]
        return tuple(ast.unparse(named.visit(copy.deepcopy(node))) for node in telling)
    except UNREADABLE:
        return whole


class _Renamed(ast.NodeTransformer):
    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._new, node.ctx) if node.id == self._old else node


def _parts(tree: ast.expr, entry_point: str) -> Split | None:
    match tree:
        case ast.UnaryOp(op=ast.Not(), operand=operand) if _is_call(operand, entry_point):
            return Split(call=ast.unparse(operand), relation="false")
        case ast.Compare(left=left, ops=[operation], comparators=[right]):
            relation = _relation(operation)
            if relation is None:
                return None
            for call, want in ((left, right), (right, left)):
                if _is_call(call, entry_point) and _is_literal(want):
                    return Split(call=ast.unparse(call), relation=relation, want=ast.unparse(want))
            return None
        case _ if _is_call(tree, entry_point):
            return Split(call=ast.unparse(tree), relation="true")
        case _:
            return None


def _relation(operation: ast.cmpop) -> Literal["==", "!=", "is", "is not"] | None:
    match operation:
        case ast.Eq():
            return "=="
        case ast.NotEq():
            return "!="
        case ast.Is():
            return "is"
        case ast.IsNot():
            return "is not"
        case _:
            return None


def _is_call(tree: ast.expr, entry_point: str) -> bool:
    """Whether it is a call of the function with arguments that need nothing else than built-in names."""
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == entry_point):
        return False
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return all(node.id in bound or node.id in _BUILT_IN or node.id == entry_point for node in names)


def _is_literal(tree: ast.expr) -> bool:
    try:
        parsed(ast.unparse(tree))
    except NotPlain:
        return False
    return True


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
