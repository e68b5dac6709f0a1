"""Checks that a model invented: `assert f(2) == 4` lines, read one statement at a time (FunCoder; arXiv 2605.07248)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..examples import values
from ..facts import Example
from ..python.parsing import parsed
from . import fences
from .lines import LineScanner

CHECKS = 10
"""Generated checks that are kept (our choice; the papers' average is 6.7 with the visible ones)."""
_LONGEST = 4000


class Enough:
    """Fed with the pieces of an answer that begins with an assert, says when it holds as many as are kept.

    Small models go on and on with asserts that differ in nothing.
    """

    def __init__(self) -> None:
        self._text = ""

    def feed(self, piece: str) -> bool:
        """Take in the next piece; whether no more is needed."""
        self._text += piece
        return self._text.count("\nassert ") >= CHECKS or "\n```" in self._text


def checks(text: str, entry_point: str, *, awaited: str = "{}") -> tuple[Example, ...]:
    """The usable checks of a reply: each compiles alone, starts with the function, and contradicts no other.

    `entry_point` may be qualified (`Stack.push`); only its first name need be called then. `awaited` is how a call is
    spelled so that it gives a value: "asyncio.run({})" for an async function.
    """
    root = entry_point.partition(".")[0]
    found: dict[str, Example | None] = {}
    for block in fences.blocks(text) or [text]:
        for statement in _asserts(block):
            example = _check(statement, root, awaited)
            if example is None:
                continue
            earlier = found.get(example.source, example)
            # Two answers to one question: neither is worth believing.
            found[example.source] = example if earlier == example else None
    return tuple(example for example in found.values() if example is not None)[:CHECKS]


def _asserts(block: str) -> Iterator[str]:
    """The logical lines that begin with `assert`, wherever they stand."""
    scanner = LineScanner()
    statement: list[str] = []
    for line in block.split("\n"):
        if scanner.fresh or line.lstrip().startswith("assert "):
            scanner = scanner if scanner.fresh else LineScanner()
            statement = [line.lstrip()]
        else:
            statement.append(line)
        scanner.read(line)
        if scanner.fresh and statement[0].startswith("assert") and sum(map(len, statement)) < _LONGEST:
            yield "\n".join(statement)


def _check(statement: str, root: str, awaited: str) -> Example | None:
    tree = parsed(statement)
    test = tree.body[0].test if tree and len(tree.body) == 1 and isinstance(tree.body[0], ast.Assert) else None
    if test is None:
        return None
    if awaited != "{}":
        test = _without_waiting(test)
    if _first_name(test) != root or values.free_names(test) - {root}:
        return None
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is):
        value = values.spelled(ast.unparse(test.comparators[0]))
        if value is not None:
            source = awaited.format(ast.unparse(test.left))
            return Example(source=source, want=value, compare="value", origin="generated")
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    if awaited == "{}":
        return Example(source=ast.unparse(test), compare="truth", origin="generated")
    if negated or isinstance(test, ast.Call):
        source = awaited.format(ast.unparse(test.operand if isinstance(test, ast.UnaryOp) else test))
        return Example(source=f"not {source}" if negated else source, compare="truth", origin="generated")
    return None


def _without_waiting(test: ast.expr) -> ast.expr:
    """A claim about an async function as if it were an ordinary one: no `await`, no `asyncio.run`."""
    return ast.fix_missing_locations(_Unwaited().visit(test))


class _Unwaited(ast.NodeTransformer):
    def visit_Await(self, node: ast.Await) -> ast.expr:
        return self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if ast.unparse(node.func) == "asyncio.run" and len(node.args) == 1:
            return self.visit(node.args[0])
        return self.generic_visit(node)


def _first_name(test: ast.expr) -> str:
    """The name that a claim's first call begins with, "" when the claim does not begin with a call."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test = test.operand
    if isinstance(test, ast.Compare):
        test = test.left
    called = False
    while isinstance(test, ast.Call | ast.Attribute | ast.Subscript):
        called = called or isinstance(test, ast.Call)
        test = test.func if isinstance(test, ast.Call) else test.value
    return test.id if called and isinstance(test, ast.Name) else ""
