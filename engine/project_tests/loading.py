"""What a statement at the top of a file does while the file is imported, beside binding names."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from enum import IntEnum

from .changes import OF_PROCESS
from .claims import is_literal

_WITHOUT = {"pytest", "_pytest", "unittest", "__future__", "typing", "typing_extensions"}
"""Modules that are not imported for what they do."""
_SEARCH = ("sys.path.", "site.", "pytest.", "os.path.", "warnings.")
"""Calls that only say where things are found, and how tests are told of."""
_ACTING = frozenset({"setattr", "delattr", "exec", "eval", "__import__", "next", "globals", "vars", "locals", "print"})
_HARMLESS = ("functools.", "contextlib.", "dataclasses.", "abc.", "enum.", "typing.", "pytest.", "unittest.", "attr.")
_BUILT_IN = frozenset(dir(builtins)) - _ACTING


class Doing(IntEnum):
    """How much of an import a statement is."""

    NOTHING = 0
    """It binds names, and whoever needs none of them need not know of it."""
    COMPUTING = 1
    """The same, but it may go wrong, and then the file cannot be imported."""
    ACTING = 2
    """It may change what a function meets that is called later."""


class Loading:
    """Tells what the statements of one file do."""

    def __init__(
        self,
        known: Mapping[str, str],
        defined: Container[str],
        is_test: Callable[[str], bool],
        is_ours: Callable[[str], bool],
    ) -> None:
        """`known`: dotted names by what imports bind to them. `defined`: the names that the file binds.

        `is_ours`: whether a dotted name leads into the project.
        """
        self._known, self._defined, self._is_test, self._is_ours = known, defined, is_test, is_ours

    def doing(self, statement: ast.stmt) -> Doing:
        """What a statement does at the top of its file, or in a class there."""
        match statement:
            case ast.Import(names=names):
                return self._importing([alias.name for alias in names])
            case ast.ImportFrom(module=module, level=level):
                return Doing.ACTING if level else self._importing([module or ""])
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._defining(statement)
            case ast.ClassDef():
                return self._class(statement)
            case ast.Assign(targets=targets, value=value):
                return max(self._assigning(targets), self._value(value))
            case ast.AnnAssign(target=target, value=value):
                return max(self._assigning([target]), self._value(value) if value else Doing.NOTHING)
            case ast.AugAssign(target=target, value=value):
                return max(self._assigning([target]), self._value(value), Doing.COMPUTING)
            case ast.Expr(value=value):
                return self._expression(value)
            case ast.Delete(targets=targets):
                return self._assigning(targets)
            case ast.Pass() | ast.Global():
                return Doing.NOTHING
            case _:
                return self._compound(statement)

    def heading(self, tree: ast.ClassDef, *, holds_tests: bool) -> Doing:
        """What a class does, apart from the statements in it, by what it derives from and by its decorators."""
        bases = {self._dotted(base) for base in tree.bases}
        if holds_tests or self._is_test(tree.name) or any(name.startswith("unittest.") for name in bases):
            return Doing.NOTHING
        strange = tree.keywords or any(name not in _BUILT_IN and not name.startswith(_HARMLESS) for name in bases)
        return max(
            Doing.ACTING if strange else Doing.NOTHING, *map(self._decorating, tree.decorator_list), Doing.NOTHING
        )

    def _most(self, statements: Iterable[ast.stmt]) -> Doing:
        return max((self.doing(statement) for statement in statements), default=Doing.NOTHING)

    # ------------------------------------------------------------------------------------------ kinds of statements

    def _importing(self, modules: Sequence[str]) -> Doing:
        tops = {module.partition(".")[0] for module in modules}
        return Doing.NOTHING if tops <= _WITHOUT | sys.stdlib_module_names else Doing.ACTING

    def _defining(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Doing:
        if self._is_test(function.name):
            return Doing.NOTHING
        defaults = [*function.args.defaults, *(value for value in function.args.kw_defaults if value)]
        return max(
            [*map(self._decorating, function.decorator_list), *map(self._value, defaults)], default=Doing.NOTHING
        )

    def _decorating(self, decorator: ast.expr) -> Doing:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = self._dotted(called)
        quiet = name.startswith(_HARMLESS) or name in _BUILT_IN or "fixture" in name.rpartition(".")[2]
        return Doing.NOTHING if quiet else Doing.ACTING

    def _class(self, tree: ast.ClassDef) -> Doing:
        tests = any(isinstance(member, ast.FunctionDef) and self._is_test(member.name) for member in tree.body)
        return max(self._most(tree.body), self.heading(tree, holds_tests=tests))

    def _assigning(self, targets: Iterable[ast.expr]) -> Doing:
        for target in targets:
            match target:
                case ast.Name():
                    pass
                case ast.Tuple(elts=parts) | ast.List(elts=parts):
                    if self._assigning(parts):
                        return Doing.ACTING
                case ast.Starred(value=inner):
                    if self._assigning([inner]):
                        return Doing.ACTING
                case ast.Attribute(value=ast.Name(id=name)) if self._is_test(name):
                    pass
                case _:
                    return Doing.ACTING
        return Doing.NOTHING

    def _expression(self, value: ast.expr) -> Doing:
        match value:
            case ast.Constant() | ast.Name():
                return self._value(value)
            case ast.Call(func=called) if self._dotted(called).startswith(_SEARCH):
                return Doing.COMPUTING if self._dotted(called).startswith("warnings.") else Doing.NOTHING
            case _:
                return Doing.ACTING

    def _compound(self, statement: ast.stmt) -> Doing:
        match statement:
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__")), orelse=[]):
                return Doing.NOTHING
            case ast.If(test=test) if self._dotted(test).endswith("TYPE_CHECKING"):
                return self._most(statement.orelse)
            case ast.If(test=test, body=body, orelse=other):
                return max(self._value(test), self._most([*body, *other]), Doing.COMPUTING)
            case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last):
                caught = [inner for handler in handlers for inner in handler.body if not isinstance(inner, ast.Raise)]
                return max(self._most([*body, *caught, *other, *last]), Doing.COMPUTING)
            case ast.For(iter=values, target=target, body=body, orelse=other):
                return max(self._value(values), self._assigning([target]), self._most([*body, *other]), Doing.COMPUTING)
            case _:
                return Doing.ACTING

    # ------------------------------------------------------------------------------------------ expressions

    def _value(self, value: ast.expr) -> Doing:
        if is_literal(value) or isinstance(value, ast.Lambda):
            return Doing.NOTHING
        most = Doing.COMPUTING
        waiting: list[ast.AST] = [value]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Lambda):
                continue
            if isinstance(node, ast.NamedExpr):
                most = Doing.ACTING
            elif isinstance(node, ast.Call):
                most = max(most, self._calling(node.func))
            elif isinstance(node, ast.Name | ast.Attribute) and self._dotted(node).partition(".")[0] == "pytest":
                return Doing.NOTHING  # What only pytest can work out binds a name, and nothing more.
            waiting.extend(ast.iter_child_nodes(node))
        return most

    def _calling(self, called: ast.expr) -> Doing:
        root = called
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return Doing.COMPUTING  # A method of what an expression gives: that is looked at for itself.
        name = self._dotted(called)
        if root.id in self._known:
            acts = self._is_ours(name) or name in OF_PROCESS or "environ" in name
        else:
            acts = root.id not in self._defined and name not in _BUILT_IN
        return Doing.ACTING if acts else Doing.COMPUTING

    def _dotted(self, node: ast.expr) -> str:
        """What a name stands for, or as it is written where no import made it; "" for other expressions."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self._known.get(node.id, node.id), *reversed(parts)])
