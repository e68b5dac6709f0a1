"""The statements of one test, in order: which assert something, and which only prepare for it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import NamedTuple

from . import claims
from .binding import Body, assigned
from .claims import Claim, Dotted, Unusable
from .marks import Constant, written_out

_WHERE: dict[type[ast.stmt], str] = {
    ast.For: "in a loop",
    ast.AsyncFor: "in a loop",
    ast.While: "in a loop",
    ast.If: "within `if`",
    ast.Try: "within `try`",
    ast.TryStar: "within `try`",
    ast.Match: "within `match`",
    ast.With: "within `with`",
    ast.AsyncWith: "within `async with`",
}
MOST_CLAIMS = 60
"""Assertions of one test; those of unrolled loops count each."""
_LONGEST = 20_000
"""Characters of one statement."""
_CAUGHT = ("value", "type", "exception")


class Step(NamedTuple):
    """An assertion and what stands before it."""

    claim: Claim
    line: int
    setup: tuple[str, ...]


class Reading:
    """Reads a body into `steps`; what stands after the last assertion becomes one that it raises nothing."""

    def __init__(
        self,
        dotted: Dotted,
        constant: Constant,
        absolute: Callable[[ast.stmt], ast.stmt | None],
        loaded: frozenset[str] = frozenset(),
    ) -> None:
        """`absolute` gives an import as it can be made from anywhere, None for one that is of no use.

        `loaded` are the names that the test reads anywhere.
        """
        self._dotted = dotted
        self._loaded = loaded
        self._constant = constant
        self._absolute = absolute
        self._setup: list[str] = []
        self._last_line = 0
        self.steps: list[Step] = []
        self.trees: list[ast.AST] = []
        """All that is run."""

    def read(self, body: Sequence[ast.stmt], before: Sequence[ast.stmt] = ()) -> list[Step]:
        """All steps of a body; `before` are statements that come first, such as those of `setUp`.

        Raises:
            Unusable: something in it cannot be run outside pytest.
        """
        for statement in before:
            self._prepare(statement)
        self._take(body)
        if self._setup:
            source = self._setup.pop()
            self._claim([Claim(source, "runs")], self._last_line)
        return self.steps

    def _take(self, body: Sequence[ast.stmt]) -> bool:
        """Read statements; false once one has returned."""
        for statement in body:
            if isinstance(statement, ast.Return):
                if statement.value is not None:
                    self._prepare(ast.copy_location(ast.Expr(statement.value), statement))
                return False
            if not self._statement(statement):
                return False
        return True

    def _statement(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.Assert(test=test):
                self.trees.append(test)
                self._claim(claims.of_assert(test, self._dotted), statement.lineno)
            case ast.With(items=[ast.withitem(context_expr=ast.Call() as call, optional_vars=name)], body=body):
                return self._within(statement, call, name, body)
            case ast.With(items=[first, _, *_], body=body):
                inner = ast.copy_location(ast.With(statement.items[1:], body), statement)
                return self._statement(ast.copy_location(ast.With([first], [inner]), statement))
            case ast.Expr(value=ast.Constant()):
                pass
            case ast.Expr(value=ast.Call() as call) if found := self._called(call):
                self.trees += [*call.args, *(word.value for word in call.keywords)]
                self._claim(found, statement.lineno)
            case ast.For(orelse=[]) if asserts(statement.body):
                return self._unroll(statement)
            case ast.Import() | ast.ImportFrom():
                changed = self._absolute(statement)
                if changed is not None:
                    self._prepare(changed)
            case _:
                self._prepare(statement)
        return True

    def _called(self, call: ast.Call) -> list[Claim]:
        """What a call claims that is a statement of its own; nothing for one that only prepares."""
        method = _method_of_self(call)
        if method in {"assertRaises", "assertRaisesRegex"} or self._dotted(call.func) == "pytest.raises":
            regex = method == "assertRaisesRegex"
            kinds, *rest = call.args or [ast.Constant(None)]
            pattern = rest.pop(0) if regex and rest else None
            if not rest:
                raise Unusable("expects an exception in a way that is not understood")
            body = ast.Call(rest[0], rest[1:], call.keywords)
            return [claims.raising(kinds, pattern, self._written(body))]
        return claims.of_unittest(method, call, self._dotted) if method.startswith("assert") else []

    def _within(self, whole: ast.With, call: ast.Call, name: ast.expr | None, body: list[ast.stmt]) -> bool:
        method = _method_of_self(call)
        if method == "subTest":
            return self._take(body)
        if method in {"assertRaises", "assertRaisesRegex"} or self._dotted(call.func) == "pytest.raises":
            if not call.args or not {word.arg for word in call.keywords} <= {"match", "msg"}:
                raise Unusable("expects an exception in a way that is not understood")
            named = {word.arg: word.value for word in call.keywords}
            pattern = named.get("match") or (call.args[1] if method == "assertRaisesRegex" and call.args[1:] else None)
            text = "\n".join(self._written(statement) for statement in body)
            self.trees.append(call.args[0])
            caught = name.id if isinstance(name, ast.Name) and name.id in self._loaded else ""
            self._claim([claims.raising(call.args[0], pattern, text, caught)], body[0].lineno)
            return True
        if asserts(body):
            raise Unusable(f"asserts within `with {ast.unparse(call)[:60]}`")
        self._prepare(whole)
        return True

    def _unroll(self, loop: ast.For) -> bool:
        """A loop over a table that is written out, as if its rows stood one below the other."""
        table = written_out(loop.iter, self._constant)
        if not isinstance(table, ast.List | ast.Tuple) or any(isinstance(row, ast.Starred) for row in table.elts):
            raise Unusable("asserts in a loop over what is not written out")
        if any(isinstance(node, ast.Break | ast.Continue) for inner in loop.body for node in ast.walk(inner)):
            raise Unusable("asserts in a loop that is left early")
        inner = Body(loop.body).with_constants()
        for row in table.elts:
            body, left = inner.with_values(_unpacked(loop.target, row))
            for statement in assigned(left):
                self._prepare(statement)
            if not self._take(body):
                return False
        return True

    def _prepare(self, statement: ast.stmt) -> None:
        """Note a statement that asserts nothing itself."""
        simple = isinstance(statement, ast.FunctionDef | ast.ClassDef)
        if not simple and asserts([statement]):
            raise Unusable(f"asserts {_WHERE.get(type(statement), 'in a way that is not understood')}")
        self._setup.append(self._written(statement))
        self._last_line = getattr(statement, "lineno", self._last_line)

    def _claim(self, found: list[Claim], line: int) -> None:
        for claim in found:
            if len(self.steps) >= MOST_CLAIMS:
                raise Unusable(f"has more than {MOST_CLAIMS} assertions")
            self.steps.append(Step(claim, line, tuple(self._setup)))
            self._setup.clear()

    def _written(self, node: ast.AST) -> str:
        self.trees.append(node)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom | ast.AsyncFor | ast.AsyncWith):
                raise Unusable("is asynchronous, or a generator")
            if isinstance(inner, ast.Nonlocal | ast.Global):
                raise Unusable("changes variables outside it")
            if isinstance(inner, ast.Call) and _method_of_self(inner).startswith("assert"):
                raise Unusable(f"uses self.{_method_of_self(inner)} within another assertion")
            if isinstance(inner, ast.Name | ast.Attribute) and self._dotted(inner).startswith("pytest."):
                raise Unusable(f"uses {self._dotted(inner)}")
        text = ast.unparse(ast.fix_missing_locations(node))
        if len(text) > _LONGEST:
            raise Unusable("has a statement that is too long")
        return text


def asserts(body: Sequence[ast.stmt]) -> bool:
    """Whether something within these statements asserts anything, functions that they define aside."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            ending = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if _method_of_self(node).startswith("assert") or ending == "raises":
                return True
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def _method_of_self(call: ast.Call) -> str:
    """ "assertEqual" for `self.assertEqual(…)`, "" for any other call."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
        case _:
            return ""


def _unpacked(target: ast.expr, row: ast.expr) -> dict[str, ast.expr]:
    match target, row:
        case ast.Name(id=name), _:
            return {name: row}
        case ast.Tuple(elts=names), (ast.Tuple(elts=values) | ast.List(elts=values)) if len(names) == len(values):
            return {
                name: value
                for inner, part in zip(names, values, strict=True)
                for name, value in _unpacked(inner, part).items()
            }
        case _:
            raise Unusable("asserts in a loop whose rows are not written out")


def looked_into(function: ast.AST) -> str:
    """What of a caught exception a test looks at and cannot be given ("info.match"), "" for nothing."""
    caught = {
        item.optional_vars.id
        for node in ast.walk(function)
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name) and isinstance(item.context_expr, ast.Call)
        if ast.unparse(item.context_expr.func).rpartition(".")[2] in {"raises", "assertRaises", "assertRaisesRegex"}
    }
    allowed = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _CAUGHT
    ]
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in caught and isinstance(node.ctx, ast.Load) and node not in allowed:
            return node.id
    return ""
