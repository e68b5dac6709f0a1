"""Which statements at the top of a test's file its tests need, and whether they can be had in the sandbox."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from .claims import Unusable
from .files import Naming, read_text
from .importing import WITHOUT, Hidden, Imports, in_names_of_their_own
from .loading import Doing, Loading
from .names import Modules, Scope, package_of, scope_of
from .scripts import Script, Statement, script_of
from .surroundings import refuse_mocking

_BUILT_IN = frozenset({*dir(builtins), "__name__", "__doc__"})
_MOST = 200
"""Statements that a test may need."""
_DEEPEST = 4


class Needed(NamedTuple):
    """What a test needs of its file."""

    statements: tuple[str, ...]
    names: frozenset[str]
    """All that it reaches, also through helpers."""


class Undefined(Unusable):
    """A name is read that nothing defines: what does so goes wrong under pytest too."""


_Places = dict[int, set[str]]
"""The names that are wanted of statements, by the byte with which a statement begins."""


class Needs:
    """Gathers what names need, in the order of the file."""

    def __init__(
        self, script: Script, scope: Scope, modules: Modules, home: str, naming: Naming, depth: int = 0
    ) -> None:
        """`depth`: how many files import this one, one after another, that drafts may not read."""
        self._script, self._scope, self._modules, self._home = script, scope, modules, home
        self._naming, self._depth = naming, depth
        self.imports = Imports(script, scope, modules, home)
        self._loading = Loading(scope.known, script.binders, self._is_test, modules.is_ours)
        self._instead: dict[int, tuple[str, ...]] = {}
        """What is run where a file is imported that drafts may not read."""
        self._texts: dict[tuple[int, frozenset[str]], tuple[str, ...]] = {}
        self._found: dict[tuple[frozenset[str], frozenset[str]], Needed] = {}

    def needed(self, names: frozenset[str], own: frozenset[str]) -> Needed:
        """The statements that bind these names, and those that they need themselves; `own` the test binds.

        Raises:
            Unusable: one of them is not to be had.
        """
        if (names, own) in self._found:
            return self._found[names, own]
        places, reached = self._gathered(names, own)
        hidden = sorted(own & reached)
        if hidden:
            raise Unusable(f"has a variable {hidden[0]} of the same name as one of its file")
        for place, wanted in self._at_import.items():
            places.setdefault(place, set()).update(wanted)
        self._found[names, own] = Needed(self._written(places), reached)
        return self._found[names, own]

    def run_at_import(self) -> tuple[str, ...]:
        """The statements that do something while the file is imported, and what they need.

        Raises:
            Unusable: one of them cannot be run.
        """
        return self._written(dict(self._at_import))

    def _is_test(self, name: str) -> bool:
        return self._naming.is_function(name) or self._naming.is_class(name)

    @cached_property
    def _at_import(self) -> _Places:
        """Where those statements stand, and those that they need."""
        places: _Places = {}
        imported = False
        for statement in self._script.statements:
            imported = imported or any(self._modules.is_ours(dotted) for dotted in self._imported_by(statement))
            if not (doing := self._doing(statement)):
                continue
            if doing is Doing.ACTING and not imported and self._acts_elsewhere(statement):
                text = " ".join(statement.raw.decode("utf-8", "replace").split())[:60]
                raise Unusable(f"comes after `{text}`, which runs before the function's module is imported")
            try:
                found = self._needed_by(statement)
            except Unusable as why:
                tree = statement.tree
                plain = not isinstance(tree, ast.If | ast.Try)
                if doing is Doing.ACTING or (isinstance(why, Undefined) and plain):
                    raise Unusable(f"cannot be run without line {statement.line} of its file, which {why}") from why
                continue
            for place, names in found.items():
                places.setdefault(place, set()).update(names)
        return places

    def _doing(self, statement: Statement) -> Doing:
        if statement.kind == "function_definition" and (
            statement.kind == statement.node.type or self._is_test(statement.defined)
        ):
            return Doing.NOTHING
        if statement.kind != "class_definition":
            return self._loading.doing(statement.tree) if statement.tree is not None else Doing.ACTING
        members = self._script.members(statement)
        tests = any(self._is_test(member.defined) for member in members)
        inside = max((self._doing(member) for member in members), default=Doing.NOTHING)
        head = statement.head
        if tests and inside is Doing.ACTING and any(self._acts_openly(member) for member in members):
            raise Unusable(f"is in a file whose class {statement.defined} does something while it is made")
        if not isinstance(head, ast.ClassDef) or tests:
            return Doing.NOTHING
        return max(inside, self._loading.heading(head, holds_tests=tests))

    def _imported_by(self, statement: Statement) -> Iterator[str]:
        if not statement.defined and statement.mentions(b"import"):
            yield from (self._scope.known[name] for name in statement.names if name in self._scope.known)
            scope = Scope(self._scope.package)
            scope.take(statement.inside.imports)
            yield from scope.stars

    def _acts_elsewhere(self, statement: Statement) -> bool:
        """Whether a statement changes what is no part of the project: that may decide how the project is imported."""
        if statement.defined or statement.kind.startswith("import") or statement.value is not None:
            return False
        met = [self._scope.known[name] for name in statement.inside.used if name in self._scope.known]
        return bool(met) and not any(self._modules.is_ours(dotted) for dotted in met)

    def _acts_openly(self, member: Statement) -> bool:
        """Whether a statement in a class does more than give a name of its a value."""
        return self._doing(member) is Doing.ACTING and not member.defined and member.value is None

    def _needed_by(self, statement: Statement) -> _Places:
        """A statement with what it needs."""
        place = statement.node.start_byte
        if statement.kind in {"import_statement", "import_from_statement"}:
            try:
                self._text(statement, statement.names)
            except Hidden as file:
                self._instead[place] = self._run_of(file)
            return {place: set(statement.names)}
        places, _ = self._gathered(self._names_of(statement), frozenset())
        places.setdefault(place, set()).update(statement.names)
        return places

    def _run_of(self, file: Hidden) -> tuple[str, ...]:
        """What another file does while it is imported, in names of its own.

        Raises:
            Unusable: that cannot be run.
        """
        found = read_text(file.path)
        if found is None or self._depth >= _DEEPEST:
            raise Unusable(f"{file}, and which do something")
        script = script_of(found)
        scope = scope_of(package_of(found), script.statements)
        needs = Needs(script, scope, self._modules, self._home, self._naming, self._depth + 1)
        try:
            return in_names_of_their_own(needs.run_at_import(), file.path)
        except Unusable as why:
            raise Unusable(f"{file}; that {why}") from why

    def _gathered(self, names: frozenset[str], own: frozenset[str]) -> tuple[_Places, frozenset[str]]:
        """Where the statements are that bind these names, and all names that are reached."""
        found: _Places = {}
        waiting, seen = [name for name in names if name not in own], set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen or (name in _BUILT_IN and name not in self._script.binders):
                continue
            seen.add(name)
            if name == "__file__":
                raise Unusable("looks for files beside itself, which drafts may not read")
            binding = self._script.binders.get(name, [])
            if not binding and not self._scope.stars:
                raise Undefined(f"uses {name}, which nothing in its file defines")
            for statement in binding or self._stars():
                found.setdefault(statement.node.start_byte, set()).add(name)
                if statement.kind in {"import_statement", "import_from_statement"}:
                    self._text(
                        statement, frozenset({name})
                    )  # Of a file that no draft may read, names are not to be had.
                else:
                    waiting.extend(self._names_of(statement))
        if len(found) > _MOST:
            raise Unusable("needs too much of its file")
        return found, frozenset(seen)

    def _written(self, places: _Places) -> tuple[str, ...]:
        """The statements at these places, in the order of the file."""
        by_place = {statement.node.start_byte: statement for statement in self._script.statements}
        return tuple(
            text
            for place in sorted(places)
            for text in (
                self._instead[place]
                if place in self._instead
                else self._text(by_place[place], frozenset(places[place]))
            )
        )

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
        # What a function, a class or a comprehension binds itself, it does not need from outside.
        names = frozenset(
            name for name in statement.inside.used if name not in statement.inside.bound or name in self._script.binders
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
                trees = self.imports.absolute(tree, names if not statement.mentions(b"*") else None)
            else:
                trees = [self.imports.absolute_within(tree)]
            self._texts[key] = tuple(ast.unparse(ast.fix_missing_locations(piece)) for piece in trees)
        return self._texts[key]
