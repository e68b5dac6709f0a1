"""Which statements at the top of a test's file its tests need, and whether they can be had in the sandbox."""

from __future__ import annotations

import ast
import builtins
import os
from typing import NamedTuple

from ..python import parsing
from .claims import Unusable
from .files import is_kept_from_drafts
from .names import Modules, Scope
from .scripts import Script, Statement
from .surroundings import refuse_mocking

_BUILT_IN = frozenset({*dir(builtins), "__name__", "__doc__"})
_MOST = 200
"""Statements that a test may need."""
WITHOUT = "pytest"
"""The module whose part in a test is understood here; it is not imported for it."""


class Needed(NamedTuple):
    """What a test needs of its file."""

    statements: tuple[str, ...]
    names: frozenset[str]
    """All that it reaches, also through helpers."""


class Needs:
    """Gathers what names need, in the order of the file."""

    def __init__(self, script: Script, scope: Scope, modules: Modules, home: str) -> None:
        self._script, self._scope, self._modules, self._home = script, scope, modules, home
        self._texts: dict[tuple[int, frozenset[str]], tuple[str, ...]] = {}
        self._found: dict[tuple[frozenset[str], frozenset[str]], Needed] = {}

    def needed(self, names: frozenset[str], own: frozenset[str]) -> Needed:
        """The statements that bind these names, and those that they need themselves; `own` the test binds.

        Raises:
            Unusable: one of them is not to be had.
        """
        if (names, own) in self._found:
            return self._found[names, own]
        found: dict[int, set[str]] = {}
        waiting, seen = [name for name in names if name not in own], set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen or (name in _BUILT_IN and name not in self._script.binders):
                continue
            seen.add(name)
            if name == "__file__":
                raise Unusable("looks for files beside itself, which drafts may not read")
            binding = [s for s in self._script.statements if name in s.names] if name in self._script.binders else []
            if not binding and not self._scope.stars:
                raise Unusable(f"uses {name}, which nothing in its file defines")
            for statement in binding or self._stars():
                found.setdefault(statement.node.start_byte, set()).add(name)
                if statement.kind not in {"import_statement", "import_from_statement"}:
                    waiting.extend(self._names_of(statement))
        hidden = sorted(own & seen)
        if hidden:
            raise Unusable(f"has a variable {hidden[0]} of the same name as one of its file")
        if len(found) > _MOST:
            raise Unusable("needs too much of its file")
        by_place = {statement.node.start_byte: statement for statement in self._script.statements}
        texts = tuple(text for place in sorted(found) for text in self._text(by_place[place], frozenset(found[place])))
        self._found[names, own] = Needed(texts, frozenset(seen))
        return self._found[names, own]

    def absolute(self, tree: ast.stmt, names: frozenset[str] | None = None) -> list[ast.stmt]:
        """An import as it can be made from anywhere, without names that are not asked for.

        Raises:
            Unusable: it is of a file that no draft may read.
        """
        if isinstance(tree, ast.Import):
            kept = [
                alias
                for alias in tree.names
                if names is None or (alias.asname or alias.name.partition(".")[0]) in names
            ]
            for alias in kept:
                self._refuse_hidden(alias.name)
            kept = [alias for alias in kept if alias.name.partition(".")[0] != WITHOUT]
            return [piece for alias in kept for piece in _imported(alias)]
        if not isinstance(tree, ast.ImportFrom):
            return [tree]
        base = Scope(self._scope.package)
        base.take([tree])
        module = next(iter(base.stars), "") or next(iter(base.known.values()), "").rpartition(".")[0]
        if module.partition(".")[0] == WITHOUT or module == "__future__":
            return []
        kept = [
            alias for alias in tree.names if names is None or alias.name == "*" or (alias.asname or alias.name) in names
        ]
        self._refuse_hidden(module, *(f"{module}.{alias.name}" for alias in kept))
        return [ast.ImportFrom(module, kept, 0)] if kept else []

    def _stars(self) -> list[Statement]:
        return [s for s in self._script.statements if s.kind == "import_from_statement" and s.mentions(b"*")]

    def _names_of(self, statement: Statement) -> frozenset[str]:
        tree = statement.tree
        if tree is None:
            raise Unusable(f"needs line {statement.line} of its file, which cannot be read")
        if isinstance(tree, ast.AsyncFunctionDef):
            raise Unusable(f"needs {tree.name}(), which is asynchronous")
        if isinstance(tree, ast.FunctionDef) and any("fixture" in ast.unparse(d) for d in tree.decorator_list):
            raise Unusable(f"needs the fixture {tree.name}")
        refuse_mocking(statement.inside, self._scope.dotted)
        names = statement.inside.used
        if isinstance(tree, ast.FunctionDef | ast.ClassDef):
            # What a function binds itself, it does not need from outside.
            names = frozenset(
                name for name in names if name not in statement.inside.bound or name in self._script.binders
            )
        for name in names & self._scope.known.keys():
            if self._scope.known[name].partition(".")[0] == WITHOUT:
                raise Unusable(f"needs {self._scope.known[name]}")
        return names

    def _text(self, statement: Statement, names: frozenset[str]) -> tuple[str, ...]:
        key = (statement.node.start_byte, names)
        if key not in self._texts:
            tree = statement.tree
            if tree is None:
                raise Unusable(f"needs line {statement.line} of its file, which cannot be read")
            if isinstance(tree, ast.Import | ast.ImportFrom):
                trees = self.absolute(tree, names if not statement.mentions(b"*") else None)
            else:
                trees = [_Absolute(self).visit(tree)]
            self._texts[key] = tuple(ast.unparse(ast.fix_missing_locations(piece)) for piece in trees)
        return self._texts[key]

    def _refuse_hidden(self, *modules: str) -> None:
        for module in modules:
            beside = os.path.join(os.path.dirname(self._script.path), module.partition(".")[0])  # noqa: PTH118, PTH120
            paths = [self._modules.file_of(module), f"{beside}.py", os.path.join(beside, "__init__.py")]  # noqa: PTH118
            for path in paths:
                if path and os.path.isfile(path) and is_kept_from_drafts(path, self._home):  # noqa: PTH113
                    told = os.path.relpath(path, self._home)
                    raise Unusable(f"imports {told}, which drafts may not read")
        if any(module == "conftest" or module.endswith(".conftest") for module in modules):
            raise Unusable("imports conftest.py, which drafts may not read")


class _Absolute(ast.NodeTransformer):
    """Makes the imports within a statement absolute."""

    def __init__(self, needs: Needs) -> None:
        self._needs = needs

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | list[ast.stmt]:
        return self._needs.absolute(node) or ast.Pass()


def _imported(alias: ast.alias) -> list[ast.stmt]:
    """`import a.b`, and `a.b` made known to `a` where the program that is running is `a.b` itself."""
    statement: ast.stmt = ast.Import([alias])
    if alias.asname or "." not in alias.name:
        return [statement]
    package, _, last = alias.name.rpartition(".")
    modules = "__import__('sys').modules"
    known = f"setattr({modules}[{package!r}], {last!r}, {modules}[{alias.name!r}])"
    return [statement, *parsing.module(known).body]
