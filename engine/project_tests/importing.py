"""Imports of a test's file, made so that they can be made from anywhere, and those that no draft may make."""

from __future__ import annotations

import ast
import os

from ..python import parsing
from .claims import Unusable
from .files import is_kept_from_drafts
from .names import Modules, Scope
from .scripts import Script

WITHOUT = "pytest"
"""The module whose part in a test is understood here; it is not imported for it."""


class Hidden(Unusable):
    """A file is imported that no draft may read; `path` is where it lies."""

    def __init__(self, why: str, path: str) -> None:
        super().__init__(why)
        self.path = path


class Imports:
    """Those of one file."""

    def __init__(self, script: Script, scope: Scope, modules: Modules, home: str) -> None:
        self._path, self._scope, self._modules, self._home = script.path, scope, modules, home

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

    def absolute_within(self, tree: ast.stmt) -> ast.stmt:
        """A statement with the imports in it as they can be made from anywhere."""
        return _Absolute(self).visit(tree)  # type: ignore[no-any-return]

    def _refuse_hidden(self, *modules: str) -> None:
        for module in modules:
            beside = os.path.join(os.path.dirname(self._path), module.partition(".")[0])  # noqa: PTH118, PTH120
            paths = [self._modules.file_of(module), f"{beside}.py", os.path.join(beside, "__init__.py")]  # noqa: PTH118
            for path in paths:
                if path and os.path.isfile(path) and is_kept_from_drafts(path, self._home):  # noqa: PTH113
                    told = os.path.relpath(path, self._home)
                    raise Hidden(f"imports {told}, which drafts may not read", path)
        if any(module == "conftest" or module.endswith(".conftest") for module in modules):
            raise Unusable("imports conftest.py, which drafts may not read")


def in_names_of_their_own(texts: tuple[str, ...], path: str) -> tuple[str, ...]:
    """One statement that runs these as the module of a file that is imported."""
    name = os.path.basename(path).removesuffix(".py")  # noqa: PTH119 - many times a save
    whole = "\n".join(texts)
    return (f"__import__('builtins').exec({whole!r}, {{'__name__': {name!r}}})",) if texts else ()


class _Absolute(ast.NodeTransformer):
    """Makes the imports within a statement absolute."""

    def __init__(self, imports: Imports) -> None:
        self._imports = imports

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | list[ast.stmt]:
        return self._imports.absolute(node) or ast.Pass()


def _imported(alias: ast.alias) -> list[ast.stmt]:
    """`import a.b`, and `a.b` made known to `a` where the program that is running is `a.b` itself."""
    statement: ast.stmt = ast.Import([alias])
    if alias.asname or "." not in alias.name:
        return [statement]
    package, _, last = alias.name.rpartition(".")
    modules = "__import__('sys').modules"
    known = f"vars({modules}[{package!r}]).setdefault({last!r}, {modules}[{alias.name!r}])"
    return [statement, *parsing.module(known).body]
