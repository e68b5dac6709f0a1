"""What several tests of a file have in common and change: alone, each would meet it as no run of all tests does."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from weakref import WeakKeyDictionary

from .changes import MAY_CHANGE, MAY_CHANGE_PROCESS, Change, changed_for_all, changes_in
from .claims import Unusable
from .names import Scope
from .scripts import Script, Statement
from .stateful import Stateful

_SELF = "self."
_OWN_CLASS = {"self.__class__", "cls"}
_ITS_FILE, _MODULES = "globals()", "sys.modules"
_WRITES = re.compile(
    rb"\bopen\([^)\n]*,\s*(?:mode\s*=\s*)?[\"'][rbt]*[wax+]|\bwrite_(?:text|bytes)\(|\b(?:mkdir|makedirs|touch|unlink|remove"
    rb"|rename|replace|rmtree|symlink_to|copyfile|copytree)\(|\bopen\([\"'][wax]"
)
_READS = re.compile(
    rb"\bopen\(|\bread_(?:text|bytes)\("
    rb"|\b(?:exists|isfile|isdir|is_file|is_dir|listdir|iterdir|r?glob|scandir)\("
)
_FOR_ITSELF = re.compile(rb"\bTemporaryDirectory\(|\bmkdtemp\(|\bmkstemp\(|\bNamedTemporaryFile\(")
_FOR_ALL = {"os", "decimal", "locale"}
"""Modules with a state that a function may meet without a word of them in its own module."""
_KEEPS = re.compile(rb"^[ \t]*@[\w.]*\b(?:lru_)?cache\b", re.M)
_ONCE = {"iter", "map", "filter", "zip", "reversed", "enumerate", "open"}
"""Built-in functions whose results can be gone through once."""


class Sharing:
    """The functions of one file, and what each leaves changed for those that come after it."""

    def __init__(
        self,
        script: Script,
        known: Mapping[str, str],
        is_test: Callable[[str], bool],
        is_ours: Callable[[str], bool],
        stateful: Stateful,
        own: bytes,
    ) -> None:
        """`known`: what names of the file stand for, dotted. `is_ours`: whether such a name leads into the project.

        `own`: the text of the module under test.
        """
        self._script, self._known, self._is_test, self._is_ours = script, known, is_test, is_ours
        self._stateful, self._own = stateful, own
        self._for_all = set[str]()
        """What the function under test may meet, whatever a test names."""
        self._of_process = set[str]()
        """Modules of Python's own, or installed ones, in which something is changed."""

    def refuse(self, names: Iterable[str], test: Statement, rows: int) -> None:
        """Refuse a test that uses these names of its file, if other tests change what it meets there or anywhere.

        Raises:
            Unusable: an object, a module or the process is not as it would be in a run of all tests.
        """
        used = set(names)
        if self._seeded and self._meets(self._seeded.rpartition(".")[0], used):
            raise Unusable(f"is in a file that calls {self._seeded}() once, for all tests that come after")
        for changer, changed in self._lasting.items():
            for name, how in changed.items():
                if (changer is not test or rows > 1) and self._meets(name, used):
                    raise Unusable(f"shares {name} with other tests, and {how} changes it")
        if self._for_all and _KEEPS.search(self._own):
            raise Unusable("may meet what a function kept from the call of another test")
        if (writer := self._writer(test)) and _READS.search(test.raw) and not _FOR_ITSELF.search(test.raw):
            raise Unusable(f"reads files, and {writer} writes some")

    def _meets(self, name: str, used: set[str]) -> bool:
        """Whether a test that uses these names of its file meets a change of this."""
        if name in self._for_all:
            return True
        if name not in self._of_process:
            return name in used or (name in self._script.binders and self._is_met_by_all(name))
        if any(f"{self._known[one]}.".startswith(f"{name}.") for one in used & self._known.keys()):
            return True
        if name.partition(".")[0] in _FOR_ALL:
            return True
        # What is random anyhow, no function gives the same of twice.
        word = rb"\b" + re.escape(name.rpartition(".")[2].encode()) + rb"\b"
        return name != "random" and re.search(word, self._own) is not None

    def _is_met_by_all(self, name: str) -> bool:
        """Whether a name stands for something that the function under test may meet too."""
        return not any(
            statement.defined or not statement.kind.startswith("import")
            for statement in self._script.binders.get(name, ())
        )

    def _writer(self, test: Statement) -> str:
        """Another test of the file that writes files."""
        others = ((one, holder) for one, holder in self._functions() if one is not test and _WRITES.search(one.raw))
        return next((_told(one, holder) for one, holder in others), "")

    @cached_property
    def _seeded(self) -> str:
        """What the file itself calls for all tests, while it is imported."""
        trees = (statement.tree for statement in self._script.statements if statement.kind == "expression_statement")
        called = next((called for tree in trees if tree and (called := changed_for_all(tree, self._known))), "")
        self._of_process.add(called.rpartition(".")[0])
        return called

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

    @cached_property
    def _once(self) -> frozenset[str]:
        """Names of what can be gone through once."""
        return frozenset(
            name
            for name, binding in self._script.binders.items()
            for value in [binding[0].value]
            if isinstance(value, ast.GeneratorExp)
            or (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _ONCE)
            or (isinstance(value, ast.Call) and ast.unparse(value.func).startswith("itertools."))
        )

    def _changes(self, function: Statement, holder: str) -> dict[str, str]:
        if function.tree is None:
            return {}
        told = _told(function, holder)
        known = {**self._known, **self._imported_in(function)}
        found = dict.fromkeys(function.inside.used & self._once, told)
        for name, certain in _changes_of(function):
            root = holder if name in _OWN_CLASS else name
            if root in {_ITS_FILE, _MODULES}:
                self._for_all.add(root)
                found[root] = told
            elif root in known and certain:
                found[self._module_of(root, known)] = told
            elif root in self._script.binders and (certain or not self._is_met_by_all(root)):
                found[root] = told
        changes_process = function.mentions(MAY_CHANGE_PROCESS)
        if changes_process and (called := changed_for_all(function.tree, known)):
            self._of_process.add(module := called.rpartition(".")[0])
            found[module] = told
        for dotted in self._dotted_names_in(function, known):
            if variable := self._stateful.variable(dotted):
                self._for_all.add(variable)
                found[variable] = f"{dotted.rpartition('.')[2]}(), which {told} calls,"
        return found

    def _module_of(self, root: str, known: Mapping[str, str]) -> str:
        """What is changed where a name that an import made is: for all tests, or for those that use its module."""
        if self._is_ours(known[root]):
            self._for_all.add(root)
            return root
        self._of_process.add(known[root])
        return known[root]

    def _imported_in(self, function: Statement) -> dict[str, str]:
        scope = Scope("")
        scope.take(function.inside.imports)
        return scope.known

    def _dotted_names_in(self, function: Statement, known: Mapping[str, str]) -> set[str]:
        """The dotted names that a function reads, also through the module that they are in."""
        names = (node for node in function.inside.nodes if isinstance(node, ast.Name))
        attributes = (node for node in function.inside.nodes if isinstance(node, ast.Attribute))
        whole = Scope("", dict(known))
        return {known[node.id] for node in names if node.id in known} | {whole.dotted(node) for node in attributes}

    def _functions(self) -> Iterator[tuple[Statement, str]]:
        """Each function, with the class that it is in."""
        for statement in self._script.statements:
            is_class = statement.kind == "class_definition"
            for member in self._script.members(statement) if is_class else [statement]:
                if member.kind == "function_definition":
                    yield member, statement.defined if is_class else ""


_known: WeakKeyDictionary[Statement, frozenset[Change]] = WeakKeyDictionary()


def _changes_of(function: Statement) -> frozenset[Change]:
    """What a function of a file changes; looked at once for all that is asked of the file."""
    if function not in _known:
        may = function.tree is not None and function.mentions(MAY_CHANGE)
        _known[function] = frozenset(changes_in(function.tree) if may and function.tree is not None else ())
    return _known[function]


def refuse_shared_attributes(methods: Iterable[Statement], names: Iterable[str]) -> None:
    """Refuse a test that uses attributes of its class which methods change that other tests run too.

    Raises:
        Unusable: one of the attributes is such.
    """
    for method in methods:
        if method.kind == "function_definition" and method.tree is not None:
            changed = {change.root for change in _changes_of(method)}
            for name in sorted(names):
                if f"{_SELF}{name}" in changed:
                    raise Unusable(f"shares {_SELF}{name} with other tests, and {method.defined}() changes it")


def _told(function: Statement, holder: str) -> str:
    return f"{holder}.{function.defined}()" if holder else f"{function.defined}()"
