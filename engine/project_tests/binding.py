"""Putting values that are written out in the place of the names that stand for them, where that changes nothing."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence

from .claims import is_literal

Values = Mapping[str, ast.expr]
_SCOPES = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Body:
    """Statements, and how they use names: looked at once for all rows of a table."""

    def __init__(self, statements: Sequence[ast.stmt]) -> None:
        self.statements = list(statements)
        self._uses = _Uses(statements)

    def with_values(self, values: Values) -> tuple[list[ast.stmt], dict[str, ast.expr]]:
        """The statements with what can be put in its place there, and the values for which that would change something.

        A list that is named twice is one list; only where it is merely compared do copies do as well.
        """
        fitting = {name: value for name, value in values.items() if self._uses.allow(name, value)}
        left = {name: value for name, value in values.items() if name not in fitting and self._uses.loads[name]}
        return replaced(self.statements, fitting), left

    def with_constants(self) -> Body:
        """The same without `expected = [1, 2]`, where the value can stand in the name's place."""
        fitting: dict[str, ast.expr] = {}
        kept: list[ast.stmt] = []
        for statement in self.statements:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if self._uses.allow(name, value, stored=1):
                    fitting[name] = value
                case _:
                    kept.append(statement)
        return Body(replaced(kept, fitting)) if fitting else self


def assigned(values: Values) -> list[ast.stmt]:
    """The values bound to their names."""
    return [
        ast.fix_missing_locations(ast.Assign([ast.Name(name, ast.Store())], value)) for name, value in values.items()
    ]


def replaced(body: Sequence[ast.stmt], values: Values) -> list[ast.stmt]:
    """The statements with values for names; what has none of the names is not copied."""
    if not values:
        return list(body)
    found: list[ast.stmt] = []
    for statement in body:
        changed = _with(statement, values)
        assert isinstance(changed, ast.stmt)
        found.append(changed)
    return found


def _with(node: ast.AST, values: Values) -> ast.AST:
    if isinstance(node, ast.Name):
        return values.get(node.id, node) if isinstance(node.ctx, ast.Load) else node
    changed: dict[str, object] = {}
    for name, old in ast.iter_fields(node):
        if isinstance(old, ast.AST):
            new: object = _with(old, values)
            if new is not old:
                changed[name] = new
        elif isinstance(old, list) and any(isinstance(part, ast.AST) for part in old):  # pyright: ignore[reportUnknownVariableType]
            parts: list[object] = old  # pyright: ignore[reportUnknownVariableType]
            new_parts = [_with(part, values) if isinstance(part, ast.AST) else part for part in parts]
            if any(a is not b for a, b in zip(parts, new_parts, strict=True)):
                changed[name] = new_parts
    if not changed:
        return node
    fields = {name: changed.get(name, old) for name, old in ast.iter_fields(node)}
    return ast.copy_location(type(node)(**fields), node)


class _Uses(ast.NodeVisitor):
    """How often names are read and bound, and where."""

    def __init__(self, body: Sequence[ast.stmt]) -> None:
        self.loads: Counter[str] = Counter()
        self.stores: Counter[str] = Counter()
        self._compared: Counter[str] = Counter()
        self._repeated: set[str] = set()
        """Read where it may be evaluated more than once, or later."""
        self._depth = 0
        for statement in body:
            self.visit(statement)

    def allow(self, name: str, value: ast.expr, *, stored: int = 0) -> bool:
        """Whether the value may stand in the place of the name."""
        if self.stores[name] != stored or not is_literal(value):
            return False
        once = self.loads[name] == 1 and name not in self._repeated
        return once or self.loads[name] == self._compared[name] or _is_immutable(value)

    def visit(self, node: ast.AST) -> None:
        inner = isinstance(node, (*_SCOPES, ast.For, ast.While))
        self._depth += inner
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                self.loads[name] += 1
                if self._depth:
                    self._repeated.add(name)
            case ast.Name(id=name):
                self.stores[name] += 1
            case ast.arg(arg=name) | ast.ExceptHandler(name=str() as name):
                self.stores[name] += 1
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.stores[name] += 1
            case ast.alias(name=name, asname=asname):
                self.stores[asname or name.partition(".")[0]] += 1
            case ast.Assert(test=ast.Compare(left=left, comparators=others)):
                self._compared.update(side.id for side in (left, *others) if isinstance(side, ast.Name))
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=method), args=given):
                if method.startswith("assert"):
                    self._compared.update(side.id for side in given if isinstance(side, ast.Name))
            case _:
                pass
        if not (isinstance(node, ast.withitem) and _names_a_part(node)):  # What a part is called decides nothing.
            self.generic_visit(node)
        self._depth -= inner


def _names_a_part(item: ast.withitem) -> bool:
    match item.context_expr:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr="subTest")):
            return True
        case _:
            return False


def _is_immutable(value: ast.expr) -> bool:
    return not any(isinstance(node, ast.List | ast.Dict | ast.Set | ast.Call | ast.Starred) for node in ast.walk(value))
