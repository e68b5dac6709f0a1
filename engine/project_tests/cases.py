"""From one test function to the examples that it gives, one for each assertion of each row of its parameters."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..facts import Asserted, Example, UnusedTest
from ..project import Location
from ..python.parsing import UNREADABLE
from .around import Around
from .binding import Body, assigned
from .bodies import Reading, Step, looked_into
from .claims import Unusable
from .collecting import problem_of_collecting
from .files import Naming, is_kept_from_drafts
from .functions import bases_of, defaults_of, refuse_fixtures, returns_early
from .importing import WITHOUT
from .marks import MOST_ROWS, CaseRow, rows_of
from .names import Scope, package_of, scope_of
from .needs import Needs
from .scripts import Method, NamesIn, Script, names_in
from .sharing import Sharing
from .stand_ins import preparations, preparing
from .stateful import Stateful
from .steps import ANOTHER
from .surroundings import is_case, problem_of_file, raises_skip, refuse_mocking, refuse_setups
from .target import Target

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class _Test:
    """What the rows of one test have in common."""

    method: Method
    function: ast.FunctionDef
    own: Scope
    before: list[ast.stmt]
    body: Body
    inside: NamesIn
    rows: int


class CaseReader:
    """Reads the tests of one file that speak of a function."""

    def __init__(
        self,
        script: Script,
        home: Location,
        target: Target,
        others: Sequence[Target],
        top: str,
        naming: Naming,
        *,
        around: Around,
        own: bytes,
    ) -> None:
        """`others` wait for their bodies too; `top`: the folder that paths are shown from.

        `around`: what pytest loads before the file. `own`: the text of the module under test.
        """
        self._others, self._naming = others, naming
        self._script, self._home, self._target, self._top = script, home, target, top
        self._inside = script.path == home.path
        self._shown = os.path.relpath(script.path, top)
        self._scope = scope_of(package_of(script.file), script.statements)
        if self._inside:
            for name in script.binders:
                self._scope.known.setdefault(name, f"{home.name}.{name}")
        modules, stateful = target.modules, Stateful(target.modules, f"{target.module}.{target.top}")
        self._needs = Needs(script, self._scope, target.modules, top, naming)
        self._sharing = Sharing(script, self._scope.known, naming.is_function, modules.is_ours, stateful, own)
        self._carriers = self._carrying()
        self._around = around
        below = "" if self._inside else naming.problem_of(self._shown)
        self._problem = below or problem_of_file(script, self._scope.dotted)

    def read(self) -> Iterator[Example | UnusedTest]:
        """What each test that speaks of the function comes to, in the order of the file."""
        word = self._target.word
        renamed = {name for name, dotted in self._scope.known.items() if self._target.has_name(dotted)}
        carried = [name.encode() for name in self._carriers | renamed - {self._target.name}]
        for method in self._script.functions(self._naming):
            if method.statement.mentions(word) or any(method.statement.mentions(name) for name in carried):
                try:
                    yield from self._examples(method)
                except Unusable as why:
                    yield UnusedTest(where=f"{self._shown}:{method.statement.line}", why=str(why))
                except UNREADABLE:
                    yield UnusedTest(where=f"{self._shown}:{method.statement.line}", why="cannot be read")
        yield from self._inherited()

    @cached_property
    def _problem_of_collecting(self) -> str:
        return problem_of_collecting(self._script, self._naming, self._scope.dotted)

    def _inherited(self) -> Iterator[UnusedTest]:
        """What classes inherit of such tests: pytest runs it once more for each of them."""
        for statement in self._script.statements:
            for base in bases_of(statement):
                for holder in self._script.binders.get(base, ()):
                    members = self._script.members(holder) if holder.kind == "class_definition" else []
                    tests = [m for m in members if m.defined.startswith("test") and m.mentions(self._target.word)]
                    if tests:
                        why = f"inherits {base}.{tests[0].defined}(); tests that a class inherits are not run"
                        yield UnusedTest(where=self._where(statement.line), why=why)

    # ------------------------------------------------------------------------------------------ one test

    def _examples(self, method: Method) -> Iterator[Example | UnusedTest]:
        function = method.statement.tree
        if function is None or not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            raise Unusable("cannot be read")
        inside = method.statement.inside
        own = self._own_scope(inside, function.name)
        before = [] if not method.classes else preparations(self._script, method)
        found = self._target.is_found_in(function, inside, own.dotted, before)
        if not found and not inside.used & self._carriers:
            if self._target.may_be_meant_in(inside, own.dotted):
                raise Unusable(f"calls .{self._target.bare}() of something whose class cannot be told")
            return
        if problem := self._problem or self._problem_of_collecting or self._around.problem:
            raise Unusable(problem)
        if isinstance(function, ast.AsyncFunctionDef):
            raise Unusable("is asynchronous")
        if kept := self._target.kept_in(inside, own.dotted):
            raise Unusable(f"looks at {kept}, which calls by other tests may change")
        decorators = self._decorators(method, function)
        if decorators is None:
            return
        if not self._inside and not is_kept_from_drafts(self._script.path, self._top):
            raise Unusable("is in a file that drafts could read; call it test_….py")
        for other in self._others:
            if other.is_found_in(function, inside, own.dotted, before):
                raise Unusable(f"calls {other.name}, which is not written yet")
        if returns_early(function):
            raise Unusable("may return before its end")
        refuse_mocking(inside, own.dotted)
        if raises_skip(inside):
            raise Unusable("may skip itself")
        rows, more = rows_of(decorators, self._scope.dotted, self._constant)
        around = {holder.defined for holder in method.classes}
        self._sharing.refuse(inside.used | inside.bound | around, method.statement, len(rows))
        refuse_fixtures(function, rows, method)
        if name := looked_into(function):
            raise Unusable(f"looks into {name} in a way that is not understood")
        refuse_setups(self._script, method)
        before = preparing(self._script, method, function)
        fixed, _ = Body(function.body).with_values(self._fixed(function, inside))
        test = _Test(method, function, own, before, Body(fixed).with_constants(), inside, len(rows))
        for number, row in enumerate(rows):
            yield from self._of_row(test, row, number)
        if more:
            yield UnusedTest(
                where=self._where(method.statement.line), why=f"has more rows than the {MOST_ROWS} that are run"
            )

    def _of_row(self, test: _Test, row: CaseRow, number: int) -> Iterator[Example | UnusedTest]:
        if row.problem:
            yield UnusedTest(where=self._where(test.method.statement.line), why=f"{row.problem} for {row.name}")
            return
        given = {**defaults_of(test.function), **row.values}
        body, left = test.body.with_values(given)
        reading = Reading(test.own.dotted, self._constant, self._absolute, test.inside.used)
        steps = reading.read(body, [*test.before, *assigned(left)])
        name = f"{self._shown}::{test.method.name}"
        if row.name or row.values:
            long = len(row.name) > _LONGEST_NAME
            name += f"[{row.name[:_LONGEST_NAME]}…{number}]" if long else f"[{row.name}]"
        imports = self._imports(test, reading, given)
        yield from (self._example(step, name, imports) for step in steps)

    def _example(self, step: Step, name: str, imports: tuple[str, ...]) -> Example:
        claim = step.claim
        test = Asserted(
            where=self._where(step.line),
            name=name,
            relation=claim.relation,
            tolerance=claim.tolerance,
            match=claim.match,
            caught=claim.caught,
            imports=imports,
            setup=step.setup,
            inside=self._inside,
        )
        raises, source = claim.raises or None, claim.source
        compare = "truth" if not claim.want and raises is None and claim.relation == "==" else "value"
        return Example(source=source, want=claim.want, compare=compare, raises=raises, origin="test", test=test)

    def _imports(self, test: _Test, reading: Reading, given: dict[str, ast.expr]) -> tuple[str, ...]:
        """Statements of the file that the steps need, and at last one that makes sure that the draft is meant."""
        names = names_in(*reading.trees)
        bound = names.bound | {step.claim.caught for step in reading.steps}
        used = {name for name in names.used if self._scope.known.get(name, "").partition(".")[0] != WITHOUT}
        if "self" in used - bound and not test.before:
            raise Unusable("uses self")
        if self._inside:
            return (*self._around.statements, *self._around.filters)
        own = frozenset(test.inside.bound | given.keys() | {"self"})
        needed, reached = self._needs.needed(frozenset(used - bound - {"self"}), frozenset(own & bound))
        self._sharing.refuse(reached, test.method.statement, test.rows)
        way = self._target.way(names, test.own.dotted, self._scope.known)
        same = f"assert {way} is __draft__[{self._target.top!r}], '{way} {ANOTHER}'"
        return (*self._around.statements, *needed, *([same] if way else []), *self._around.filters)

    # ------------------------------------------------------------------------------------------ its names

    def _own_scope(self, names: NamesIn, own: str) -> Scope:
        """What names stand for within a function, where its own variables hide those of the file."""
        inner = Scope(self._scope.package)
        inner.take(names.imports)
        hidden = names.bound - inner.known.keys() - {own}
        known = {name: dotted for name, dotted in self._scope.known.items() if name not in hidden}
        scope = Scope(self._scope.package, {**known, **inner.known}, [*self._scope.stars, *inner.stars])
        if scope.stars and self._target.top in names.used - hidden - scope.known.keys() - self._script.binders.keys():
            through = next((module for module in scope.stars if self._is_starred(module)), "")
            scope.known |= {self._target.top: f"{through}.{self._target.top}"} if through else {}
        return scope

    def _is_starred(self, module: str) -> bool:
        """Whether everything that is imported from a module has the function, or its class, with it."""
        top, modules = self._target.top, self._target.modules
        return module == self._target.module or modules.real(f"{module}.{top}") == f"{self._target.module}.{top}"

    def _carrying(self) -> frozenset[str]:
        """Names of the file that stand for something which uses the function: helpers, tables of cases."""
        found: set[str] = set()
        for statement in self._script.statements:
            named = self._naming.is_function(statement.defined) or self._naming.is_class(statement.defined)
            if (statement.defined and named) or statement.kind.startswith("import"):
                continue
            if statement.kind == "class_definition" and statement.mentions(b"def test"):
                continue
            if self._inside and statement.defined == self._target.top:
                continue
            if statement.mentions(self._target.word) and statement.tree is not None:
                scope = self._own_scope(statement.inside, statement.defined)
                if self._target.is_found_in(statement.tree, statement.inside, scope.dotted):
                    found |= statement.names
        return frozenset(found)

    def _constant(self, name: str) -> ast.expr | None:
        binding = self._script.binders.get(name, ())
        return binding[0].value if len(binding) == 1 else None

    def _fixed(self, function: ast.FunctionDef, inside: NamesIn) -> dict[str, ast.expr]:
        """The plain values that names of the file have throughout a test."""
        names = (names_in(*function.body).used - inside.bound) & self._script.binders.keys()
        known = {name: self._constant(name) for name in names}
        return {name: value for name, value in known.items() if value is not None}

    def _absolute(self, statement: ast.stmt) -> ast.stmt | None:
        found = self._needs.imports.absolute(statement)
        return ast.Module(found, []) if len(found) > 1 else next(iter(found), None)  # type: ignore[return-value]

    def _decorators(self, method: Method, function: ast.FunctionDef) -> list[ast.expr] | None:
        """Those of the test and of its classes; None for what pytest takes for no test."""
        found: list[ast.expr] = []
        for holder in method.classes:
            cased = is_case(holder, self._scope.dotted)
            members = self._script.members(holder)
            named = self._naming.is_class(holder.defined) and self._naming.is_function(method.statement.defined)
            if cased and not method.statement.defined.startswith("test"):
                return None
            if not cased and any(member.defined == "__init__" for member in members):
                return None
            if not cased and not named:
                if self._naming.is_function(method.statement.defined):
                    raise Unusable(f"is in {holder.defined}, which pytest collects only where a class derives from it")
                return None
            if isinstance(holder.head, ast.ClassDef):
                found += holder.head.decorator_list
        return [*found, *function.decorator_list]

    def _where(self, line: int) -> str:
        return f"{self._shown}:{line}"
