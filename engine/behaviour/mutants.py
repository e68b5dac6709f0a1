"""Mistakes made on purpose in a body: small edits of its syntax tree, as people and models make them."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import NamedTuple

from ..facts import Stub
from ..python.parsing import parsed
from ..python.shape import same_program

MOST = 16
"""Mistakes in one body; each is run once."""
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.FloorDiv,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


class Mutant(NamedTuple):
    """A body with one mistake."""

    body: str
    """Dedented."""
    kind: str
    """comparison, bound, constant, operator, negation, missing branch, wrong variable, early end."""
    line: int
    """1-based line within the whole function where the mistake is."""
    what: str
    """The edit in words: "`a <= b` in place of `a < b`"."""


class _Edit(NamedTuple):
    """One place in a tree, and what to make of it."""

    kind: str
    node: ast.AST
    change: Callable[[ast.AST], ast.AST]
    """Gives the node to put there; it is given a copy."""


def mutants(stub: Stub, body: str, most: int = MOST) -> tuple[Mutant, ...]:
    """At most so many, every kind of mistake in its turn; () for a body that does not parse."""
    tree = parsed(stub.code(body))
    function = tree.body[0] if tree is not None and tree.body else None
    if tree is None or not isinstance(function, _FUNCTION):
        return ()
    start = 1 if ast.get_docstring(function) is not None else 0
    by_kind: dict[str, list[_Edit]] = defaultdict(list)
    for edit in _edits(function, start):
        by_kind[edit.kind].append(edit)
    order = [edit for row in zip_longest(*by_kind.values()) for edit in row if edit is not None]
    found: list[Mutant] = []
    for edit in order:
        made = _made(function, start, edit)
        if made is None or same_program(stub.code(made.body), stub.code(body)):
            continue
        if all(made.body != other.body for other in found):
            found.append(made)
        if len(found) == most:
            break
    return tuple(found)


def _made(function: _FUNCTION, start: int, edit: _Edit) -> Mutant | None:
    changed = _Put(edit).visit(copy.deepcopy(function))
    assert isinstance(changed, _FUNCTION)
    statements: list[ast.stmt] = changed.body[start:] or [ast.Pass()]
    try:
        body = "\n".join(ast.unparse(ast.fix_missing_locations(statement)) for statement in statements)
        before, after = ast.unparse(edit.node), ast.unparse(edit.change(copy.deepcopy(edit.node)))
    except (RecursionError, ValueError):
        return None
    what = f"`{_one_line(after)}` in place of `{_one_line(before)}`"
    if edit.kind == "missing branch":
        what = f"without `{_one_line(before)}`"
    if edit.kind == "early end":
        what = f"`{_one_line(before)}` ends after its first round"
    return Mutant(body, edit.kind, getattr(edit.node, "lineno", 1), what)


class _Put(ast.NodeTransformer):
    """Puts what an edit says in its place: found again in the copy by kind of node and position."""

    def __init__(self, edit: _Edit) -> None:
        self._edit = edit
        self._mark = _mark(edit.node)

    def visit(self, node: ast.AST) -> ast.AST:
        """The edited node, or the node with its children visited."""
        if _mark(node) == self._mark:
            return ast.copy_location(self._edit.change(node), node)
        return self.generic_visit(node)


def _mark(node: ast.AST) -> tuple[object, ...]:
    places = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    return (type(node), *(getattr(node, place, None) for place in places))


def _one_line(text: str) -> str:
    first = text.split("\n", 1)[0].rstrip(":")
    return first if len(first) <= 60 else first[:59] + "…"


# ---------------------------------------------------------------------------------------------- where, and what


def _edits(function: _FUNCTION, start: int) -> Iterator[_Edit]:
    names = _names(function)
    for statement in function.body[start:]:
        for node in ast.walk(statement):
            yield from _of(node, names)


def _of(node: ast.AST, names: list[str]) -> Iterator[_Edit]:
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in _COMPARED:
            yield _Edit("comparison", node, _other_comparison)
        case ast.BinOp(op=op) if type(op) in _COMPUTED:
            yield _Edit("operator", node, _other_operator)
        case ast.AugAssign(op=op) if type(op) in _COMPUTED:
            yield _Edit("operator", node, _other_operator)
        case ast.BoolOp():
            yield _Edit("operator", node, _other_connective)
        case ast.UnaryOp(op=ast.Not() | ast.USub()) if not isinstance(node.operand, ast.Constant):
            yield _Edit("negation", node, _operand)
        case ast.Constant(value=bool()):
            yield _Edit("constant", node, _turned)
        case ast.Constant(value=int() | float()):
            yield _Edit("constant", node, _one_more)
            yield _Edit("constant", node, _one_less)
        case ast.Slice():
            yield from _of_bounds(node)
        case ast.Call(func=ast.Name(id="range"), args=[*_, _]):
            yield _Edit("bound", node, _longer_range)
        case ast.If() | ast.IfExp() | ast.While():
            yield _Edit("negation", node, _negated)
            if isinstance(node, ast.If):
                yield _Edit("missing branch", node, _without_branch)
        case ast.Name(id=name, ctx=ast.Load()) if name in names and len(names) > 1:
            yield _Edit("wrong variable", node, _renamed(names[(names.index(name) + 1) % len(names)]))
        case _:
            pass
    if isinstance(node, ast.For | ast.While):
        yield _Edit("early end", node, _one_round)


def _of_bounds(node: ast.Slice) -> Iterator[_Edit]:
    for bound in (node.lower, node.upper):
        if bound is not None and not isinstance(bound, ast.Constant):
            yield _Edit("bound", bound, _plus_one)


def _names(function: _FUNCTION) -> list[str]:
    """Parameters and variables of the function, in order; what is called or imported is none."""
    given = function.args
    parameters = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs) if a.arg not in {"self", "cls"}]
    bound = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys([*parameters, *bound]))


def _other_comparison(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.Compare)
    node.ops[0] = _COMPARED[type(node.ops[0])]()
    return node


def _other_operator(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.BinOp | ast.AugAssign)
    node.op = _COMPUTED[type(node.op)]()
    return node


def _other_connective(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.BoolOp)
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return node


def _operand(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.UnaryOp)
    return node.operand


def _turned(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.Constant)
    return ast.Constant(not node.value)


def _one_more(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int | float)
    return ast.Constant(node.value + 1)


def _one_less(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int | float)
    less = node.value - 1
    return ast.Constant(less) if less >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-less))


def _plus_one(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.expr)
    # A copy: the node that is replaced must not come to stand below itself.
    return ast.BinOp(copy.deepcopy(node), ast.Add(), ast.Constant(1))


def _longer_range(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.Call)
    at = 0 if len(node.args) == 1 else 1
    node.args[at] = ast.BinOp(node.args[at], ast.Sub(), ast.Constant(1))
    return node


def _negated(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.If | ast.IfExp | ast.While)
    match node.test:
        case ast.UnaryOp(op=ast.Not(), operand=test):
            node.test = test
        case test:
            node.test = ast.UnaryOp(ast.Not(), test)
    return node


def _without_branch(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.If)
    if not node.orelse:
        return ast.Pass()
    return node.orelse[0] if len(node.orelse) == 1 else ast.If(ast.Constant(True), node.orelse, [])


def _renamed(name: str) -> Callable[[ast.AST], ast.AST]:
    return lambda node: ast.Name(name, ast.Load())


def _one_round(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.For | ast.While)
    node.body.append(ast.Break())
    return node
