"""What several tests of a file have in common and change: alone, each would meet it as no run of all tests does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from .changes import MAY_CHANGE, changed_for_all, changes_in
from .claims import Unusable
from .scripts import Script, Statement

_SELF = "self."
_OWN_CLASS = {"self.__class__", "cls"}
_NOT_STATE = ("cache", "memo", "log")
"""Parts of names of what changes without changing any result."""


class Sharing:
    """The functions of one file, and what each leaves changed for those that come after it."""

    def __init__(
        self, script: Script, known: Mapping[str, str], is_test: Callable[[str], bool], stateful: Mapping[str, str]
    ) -> None:
        """`known`: what names of the file stand for, dotted.

        `stateful`: functions of the module under test, dotted, that change a variable of it, and which.
        """
        self._script, self._known, self._is_test, self._stateful = script, known, is_test, stateful

    def refuse(self, names: Iterable[str], test: Statement, rows: int) -> None:
        """Refuse a test that uses these names of its file, if other tests change what it meets there or anywhere.

        Raises:
            Unusable: an object, a module or the process is not as it would be in a run of all tests.
        """
        if self._seeded:
            raise Unusable(f"is in a file that calls {self._seeded}() once, for all tests that come after")
        used = set(names)
        for changer, changed in self._lasting.items():
            for name, how in changed.items():
                if (changer is not test or rows > 1) and (name in used or self._is_met_by_all(name)):
                    raise Unusable(f"shares {name} with other tests, and {how} changes it")

    def _is_met_by_all(self, name: str) -> bool:
        """Whether a name stands for something that the function under test may meet too."""
        return not any(
            statement.defined or not statement.kind.startswith("import")
            for statement in self._script.binders.get(name, ())
        )

    @cached_property
    def _seeded(self) -> str:
        """What the file itself calls for all tests, while it is imported."""
        trees = (statement.tree for statement in self._script.statements if statement.kind == "expression_statement")
        return next((called for tree in trees if tree and (called := changed_for_all(tree, self._known))), "")

    @cached_property
    def _lasting(self) -> dict[Statement, dict[str, str]]:
        """For each test what it changes, itself or by a function that it names, with the one that does it."""
        own = {function: self._changes(function, holder) for function, holder in self._functions()}
        helpers = {one.defined: changed for one, changed in own.items() if changed and not self._is_test(one.defined)}
        found: dict[Statement, dict[str, str]] = {}
        for test, changed in own.items():
            if self._is_test(test.defined):
                through = [helpers[name] for name in helpers if test.mentions(name.encode())]
                whole = {name: how for one in (*through, changed) for name, how in one.items()}
                found |= {test: whole} if whole else {}
        return found

    def _changes(self, function: Statement, holder: str) -> dict[str, str]:
        if function.tree is None or not (self._stateful or function.mentions(MAY_CHANGE)):
            return {}
        told = f"{function.defined}()"
        imported = {name for statement in function.inside.imports for name in _names_of(statement)}
        found: dict[str, str] = {}
        for name, certain in changes_in(function.tree):
            root = holder if name in _OWN_CLASS else name
            if root in imported or root in self._script.binders:
                found |= {root: told} if certain or not (root in imported or self._is_met_by_all(root)) else {}
        if called := changed_for_all(function.tree, self._known):
            found[called.rpartition(".")[0]] = told
        for dotted in self._stateful.keys() & set(self._dotted_names_in(function)):
            found[self._stateful[dotted]] = f"{dotted.rpartition('.')[2]}(), which {told} calls,"
        return found

    def _dotted_names_in(self, function: Statement) -> Iterator[str]:
        """The dotted names that a function reads, also through the module that they are in."""
        for node in function.inside.nodes:
            if isinstance(node, ast.Name):
                yield self._known.get(node.id, "")
            elif isinstance(node.value, ast.Name):
                yield f"{self._known.get(node.value.id, node.value.id)}.{node.attr}"

    def _functions(self) -> Iterator[tuple[Statement, str]]:
        """Each function, with the class that it is in."""
        for statement in self._script.statements:
            is_class = statement.kind == "class_definition"
            for member in self._script.members(statement) if is_class else [statement]:
                if member.kind == "function_definition":
                    yield member, statement.defined if is_class else ""


def refuse_shared_attributes(methods: Iterable[Statement], names: Iterable[str]) -> None:
    """Refuse a test that uses attributes of its class which methods change that other tests run too.

    Raises:
        Unusable: one of the attributes is such.
    """
    for method in methods:
        if method.kind == "function_definition" and method.tree is not None:
            changed = {change.root for change in changes_in(method.tree)}
            for name in sorted(names):
                if f"{_SELF}{name}" in changed:
                    raise Unusable(f"shares {_SELF}{name} with other tests, and {method.defined}() changes it")


def stateful_in(script: Script, module: str, under_test: str) -> dict[str, str]:
    """Functions and classes of a module, dotted, that change a variable of it, and which; not the one under test."""
    variables = {
        name
        for name, binding in script.binders.items()
        if not any(statement.defined or statement.kind.startswith("import") for statement in binding)
    }
    found: dict[str, str] = {}
    for statement in script.statements:
        if not statement.defined or statement.defined == under_test or not statement.mentions(MAY_CHANGE):
            continue
        if statement.tree is None:
            continue
        changed = {change.root for change in changes_in(statement.tree)}
        for name in sorted(changed & (variables | {statement.defined})):
            if not any(part in name.lower() for part in _NOT_STATE):
                found[f"{module}.{statement.defined}"] = f"{module}.{name}"
    return found


def _names_of(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    return (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
