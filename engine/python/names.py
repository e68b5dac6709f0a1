"""Names that a function uses and nobody defines (7 of the 15 regressions in arXiv 2603.03406 are missing imports)."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import symtable
import sys
from collections.abc import Iterator

from . import parsing

_KNOWN = frozenset(dir(builtins)) | {
    "__file__", "__path__", "__class__", "__annotations__", "__builtins__", "__module__", "__qualname__", "__dict__",
}  # fmt: skip
_HOMES = (
    "collections", "collections.abc", "typing", "functools", "itertools", "math", "dataclasses", "heapq", "enum", "abc",
    "contextlib", "operator", "bisect", "copy", "string", "random", "statistics", "decimal", "fractions", "datetime",
    "pathlib", "re", "types", "json", "time", "textwrap", "hashlib", "os.path",
)  # fmt: skip
"""Standard modules whose names people use bare, in the order in which a name is looked for."""
_SCOPES = (
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef,
)  # fmt: skip


def undefined(program_text: str, function_qualname: str, begins: range = range(0)) -> tuple[tuple[str, int], ...]:
    """(name, 1-based line of its first use) of what a function of a program uses although nothing defines it.

    `function_qualname` is as in `Stack.push` or `outer.inner`. Of several of that name the one counts whose 1-based
    line is in `begins`, else the last. Nothing is reported for a program that does not parse, lacks the function, or
    imports `*`.
    """
    try:
        tree, module = parsing.module(program_text), parsing.symbols(program_text)
    except parsing.UNREADABLE:
        return ()
    path = function_qualname.split(".")
    table, node = _table(module, path, begins), _definition(tree, path, begins)
    if table is None or node is None or _imports_everything(tree):
        return ()
    missing = _global_reads(table) - _module_names(module) - _KNOWN
    uses = ((name.id, name.lineno) for name in _reads(node) if name.id in missing)
    first: dict[str, int] = {}
    for name, line in sorted(uses, key=lambda use: use[1]):
        first.setdefault(name, line)
    return tuple(first.items())


def importable(name: str) -> str | None:
    """The import statement of the standard library that gives a bare name, None when there is none.

    A module's own name wins over a member's: `datetime` is `import datetime`.
    """
    if name in sys.stdlib_module_names and not name.startswith("_"):
        return f"import {name}"
    home = _homes().get(name)
    return f"from {home} import {name}" if home else None


@functools.cache
def _homes() -> dict[str, str]:
    found: dict[str, str] = {}
    for home in _HOMES:
        module = importlib.import_module(home)
        names: list[str] = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
        for name in names:
            if name not in sys.stdlib_module_names:
                found.setdefault(name, home)
    return found


# ------------------------------------------------------------------------------------------------- symbol tables


def _table(module: symtable.SymbolTable, path: list[str], begins: range) -> symtable.SymbolTable | None:
    """The table of the function, following the last definition of each name, or that which begins in those lines."""
    found: symtable.SymbolTable | None = module
    for name in path:
        children = [child for child in _children(found) if child.get_name() == name]
        meant = [child for child in children if child.get_lineno() in begins]
        found = next(reversed(meant or children), None)
        if found is None:
            return None
    return found


def _children(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    """Tables right below one; the scopes of type parameters (PEP 695) are looked through."""
    found: list[symtable.SymbolTable] = []
    for child in table.get_children():
        plain = str(child.get_type()).rpartition(".")[2].lower() in {"function", "class", "module"}
        found += [child] if plain else _children(child)
    return found


def _global_reads(table: symtable.SymbolTable) -> set[str]:
    """Names that a function and what is nested in it read from the module or from the built-in names."""
    found: set[str] = set()
    todo = [table]
    while todo:
        scope = todo.pop()
        todo += scope.get_children()
        # What a function called "top" binds is told as global too: that is what symtable calls a module.
        names = [s for s in scope.get_symbols() if s.is_global() and not s.is_local()]
        found |= {s.get_name() for s in names if s.is_referenced()}
    return found


def _module_names(module: symtable.SymbolTable) -> set[str]:
    """Names the module binds: at its top, or through `global` in any function."""
    found = {s.get_name() for s in module.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    todo = list(module.get_children())
    while todo:
        scope = todo.pop()
        todo += scope.get_children()
        found |= {s.get_name() for s in scope.get_symbols() if s.is_declared_global() and s.is_assigned()}
    return found


# ------------------------------------------------------------------------------------------------- syntax trees


def _definition(tree: ast.AST, path: list[str], begins: range) -> ast.AST | None:
    found: ast.AST | None = tree
    for name in path:
        named = [node for node in _defined_in(found) if node.name == name]
        found = next(reversed([node for node in named if node.lineno in begins] or named), None)
        if found is None:
            return None
    return found


def _defined_in(node: ast.AST | None) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Functions and classes of a scope, also those under an `if` or a `try`."""
    todo = list(ast.iter_child_nodes(node)) if node else []
    while todo:
        child = todo.pop(0)
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child
        elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            todo += ast.iter_child_nodes(child)


def _reads(node: ast.AST) -> Iterator[ast.Name]:
    """Every name a function's body reads from outside the comprehension or inner function that it stands in.

    Its own decorators, defaults and annotations belong to the scope around it.
    """
    body = node.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
    todo: list[tuple[ast.AST, frozenset[str]]] = [(statement, frozenset[str]()) for statement in body]
    while todo:
        child, bound = todo.pop()
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load) and child.id not in bound:
            yield child
        if isinstance(child, _SCOPES):
            bound |= _binds(child)
        todo += [(inner, bound) for inner in ast.iter_child_nodes(child)]


def _binds(scope: ast.AST) -> frozenset[str]:
    stored = (n.id for n in ast.walk(scope) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))
    return frozenset(stored) | {n.arg for n in ast.walk(scope) if isinstance(n, ast.arg)}


def _imports_everything(tree: ast.Module) -> bool:
    return any(isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names) for n in ast.walk(tree))
