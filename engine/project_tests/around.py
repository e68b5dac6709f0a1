"""What pytest loads beside a test's file before any test runs: packages, `conftest.py`, plugins, other test files."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ..project import locate
from .claims import Unusable
from .files import Index, TextFile, is_kept_from_drafts
from .importing import in_names_of_their_own
from .names import Modules, interface_of, package_of, scope_of
from .needs import Needs
from .scripts import Script, Statement, parsed, script_of

_HARMLESS_HOOKS = re.compile(
    "pytest_(?:addoption|addhooks|report_header|terminal_summary|unconfigure|sessionfinish|report_teststatus"
    "|assertrepr_compare|make_parametrize_id|warning_recorded|exception_interact|make_collect_report|plugins)"
)
_CONFIGURES = re.compile(r"\w+\.(?:addinivalue_line|option\.\w+|getoption)\(")
_AUTOUSE = re.compile(rb"autouse\s*=\s*True")
_CHANGING = re.compile(
    rb"^(?:[A-Za-z_]\w*(?:\.\w+|\[[^\]\n]{1,100}\]){1,6}[ \t]*(?:[-+*/|&^%@]|//|\*\*|<<|>>)?=(?!=)"
    rb"|[A-Za-z_][\w.]{0,100}\()[^\n]{0,200}",
    re.M,
)
_MOST = 200
_MARK = re.compile(rb"\bmark\.(\w+)")
_KNOWN_MARKS = re.compile(
    "parametrize|skip|skipif|xfail|usefixtures|filterwarnings"
    "|asyncio|anyio|trio|timeout|benchmark|flaky|django_db|order"
)
"""Marks of pytest itself and of plugins that are often there."""


class Around(NamedTuple):
    """What surrounds the tests of a file."""

    problem: str = ""
    """Why none of them can be run alone, "" when they can."""
    statements: tuple[str, ...] = ()
    """What is run before the statements of the file, as pytest would."""
    filters: tuple[str, ...] = ()
    """What is run after them."""


class Surroundings:
    """Tells what surrounds files, for one look at a project."""

    def __init__(self, index: Index, top: str, modules: Modules) -> None:
        self._index, self._top, self._modules = index, top, modules
        self._loaded: dict[str, Around] = {}
        self._names = list(_same_names(index))

    def of(self, file: TextFile, own: TextFile | None) -> Around:
        """What surrounds the tests of a file; `own` is the file of the function."""
        problem = self._of_settings() or self._of_name(file) or self._of_marks(file) or self._of_others(file, own)
        if problem:
            return Around(problem)
        statements: list[str] = []
        for other in self._before(file):
            found = self._loaded_first(other)
            if found.problem:
                return found
            statements += found.statements
        return Around("", tuple(statements), tuple(filters_of(self._index.declared.filters)))

    # ------------------------------------------------------------------------------------------ what is told of all

    def _of_settings(self) -> str:
        plugins = self._index.declared.plugins
        return f"may be changed by a plugin that pytest's settings name (-p {plugins[0]})" if plugins else ""

    def _of_name(self, file: TextFile) -> str:
        """Two files of one name are one module for pytest, where nothing tells them apart."""
        if self._index.declared.importlib:
            return ""
        for one, other in self._names:
            if file.path in {one, other}:
                told = os.path.relpath(other if file.path == one else one, self._top)
                return f"is in a file of the same name as {told}, and pytest cannot collect both without packages"
        return ""

    def _of_marks(self, file: TextFile) -> str:
        declared = self._index.declared
        if not declared.strict_markers or b"mark." not in file.raw:
            return ""
        told = b" ".join(fixture.raw for fixture in self._index.fixtures)
        for found in _MARK.findall(file.raw):
            name = found.decode()
            if not _KNOWN_MARKS.fullmatch(name) and name not in declared.markers and found not in told:
                return f"is in a file with the mark {name}, which pytest's settings do not know (--strict-markers)"
        return ""

    def _of_others(self, file: TextFile, own: TextFile | None) -> str:
        """Test files are all imported before the first test runs."""
        for other in self._index.files:
            if other.path == file.path or not self._index.naming.is_file(os.path.basename(other.path)):  # noqa: PTH119
                continue
            for line, dotted, text in _changes_of(other):
                ours = self._modules.is_ours(dotted)
                if ours or (own is not None and ("environ" in dotted and b"environ" in own.raw)):
                    shown = os.path.relpath(other.path, self._top)
                    return f"meets what {shown}:{line} does while it is imported ({text[:60]})"
        return ""

    # ------------------------------------------------------------------------------------------ what is loaded

    def _before(self, file: TextFile) -> Iterator[TextFile]:
        """The `conftest.py` and the packages of tests above a file, in the order in which pytest imports them."""
        known = {other.path: other for other in (*self._index.files, *self._index.fixtures)}
        folder, folders = os.path.dirname(file.path), list[str]()  # noqa: PTH120
        while folder.startswith(self._top) and len(folders) < 64:
            folders.append(folder)
            if folder == self._top:
                break
            folder = os.path.dirname(folder)  # noqa: PTH120
        for folder in reversed(folders):
            for name in ("__init__.py", "conftest.py"):
                if (found := known.get(os.path.join(folder, name))) is not None:  # noqa: PTH118
                    yield found

    def _loaded_first(self, file: TextFile) -> Around:
        if file.path not in self._loaded:
            shown = os.path.relpath(file.path, self._top)
            if not shown.endswith("conftest.py") and not is_kept_from_drafts(file.path, self._top):
                # A package of the project that tests lie in is imported like any other.
                self._loaded[file.path] = Around("", (f"__import__({locate(file.path).name!r})",))
                return self._loaded[file.path]
            script = script_of(file)
            problem = problem_of_conftest(script, shown) if shown.endswith("conftest.py") else ""
            statements: tuple[str, ...] = ()
            if not problem:
                scope = scope_of(package_of(file), script.statements)
                needs = Needs(script, scope, self._modules, self._top, self._index.naming)
                try:
                    statements = in_names_of_their_own(needs.run_at_import(), file.path)
                except Unusable as why:
                    problem = f"is below {shown}: a test there {why}"
            self._loaded[file.path] = Around(problem, statements)
        return self._loaded[file.path]


def problem_of_conftest(script: Script, shown: str) -> str:
    """Why no test below a `conftest.py` can be run alone, "" when nothing in it stands against that."""
    for statement in script.statements:
        for name in sorted(statement.names):
            if name.startswith("collect_ignore"):
                return f"may be left out or changed by {shown} ({name})"
            if name == "pytest_plugins" and not (isinstance(value := statement.value, ast.List) and not value.elts):
                return f"may be changed by plugins of {shown}"
            is_hook = name.startswith("pytest_") and not _HARMLESS_HOOKS.fullmatch(name)
            if is_hook and not _only_configures(statement):
                return f"may be left out or changed by {shown} ({name})"
        if _AUTOUSE.search(statement.raw) and not _only_tells(statement):
            return f"may be given a fixture by {shown}"
    return ""


def _only_configures(statement: Statement) -> bool:
    tree = statement.tree
    return isinstance(tree, ast.FunctionDef) and all(
        isinstance(inner, ast.Pass)
        or (isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant))
        or (isinstance(inner, ast.Expr) and _CONFIGURES.match(ast.unparse(inner)))
        for inner in tree.body
    )


def _only_tells(statement: Statement) -> bool:
    """Whether a fixture does nothing that a test outside a docstring meets: it names things or hushes warnings."""
    tree = statement.tree
    if not isinstance(tree, ast.FunctionDef):
        return False
    for inner in tree.body:
        match inner:
            case ast.Pass() | ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant() | ast.Yield(value=None)):
                pass
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="doctest_namespace"))]):
                pass
            case ast.Expr(value=ast.Call(args=[ast.Constant(value="ignore"), *_]) as call) if ast.unparse(
                call.func
            ).rpartition(".")[2] in {"filterwarnings", "simplefilter"}:
                pass
            case _:
                return False
    return True


def filters_of(lines: Iterable[str]) -> Iterator[str]:
    """Statements that set the filters for warnings which pytest's settings name ("error::DeprecationWarning")."""
    for line in lines:
        action, message, kind, module, *_ = [part.strip() for part in line.split(":")] + [""] * 4
        if action not in {"default", "error", "ignore", "always", "module", "once"}:
            continue
        place, _, name = kind.rpartition(".")
        if not all(part.isidentifier() for part in kind.split(".") if kind):
            continue
        found = f"__import__('importlib').import_module({place or 'builtins'!r}).{name}" if name else "Warning"
        where = f"(?:{module})\\Z" if module else ""
        yield f"__import__('warnings').filterwarnings({action!r}, {message!r}, {found}, {where!r})"


_changes: WeakKeyDictionary[TextFile, tuple[tuple[int, str, str], ...]] = WeakKeyDictionary()


def _changes_of(file: TextFile) -> tuple[tuple[int, str, str], ...]:
    """What of other modules a file changes at its top: line, dotted name of what is changed or called, text."""
    if file not in _changes:
        known = interface_of(file, package_of(file)).scope.known
        found: list[tuple[int, str, str]] = []
        for match in list(_CHANGING.finditer(file.raw))[:_MOST]:
            text = match[0].decode("utf-8", "replace").strip()
            root, _, rest = re.split(r"[(\[=\s]", text, maxsplit=1)[0].partition(".")
            tree = parsed(text) or parsed(text + ")")
            binds = tree is not None and isinstance(tree.body[0], ast.Expr | ast.Assign | ast.AugAssign)
            if root in known and (binds or tree is None):
                dotted = f"{known[root]}.{rest}" if rest else known[root]
                found.append((file.raw.count(b"\n", 0, match.start()) + 1, dotted, text))
        _changes[file] = tuple(found)
    return _changes[file]


def _same_names(index: Index) -> Iterator[tuple[str, str]]:
    """Pairs of test files that pytest would import by one name."""
    told = index.declared.tests
    first: dict[str, str] = {}
    for file in index.files:
        folder, name = os.path.split(file.path)
        if not index.naming.is_file(name) or os.path.join(folder, "__init__.py") in index.ages:  # noqa: PTH118
            continue
        if told and not any(folder == one or folder.startswith(one + os.sep) for one in told):
            continue
        if os.path.isfile(os.path.join(folder, "__init__.py")):  # noqa: PTH113, PTH118
            continue
        if name in first:
            yield first[name], file.path
        first.setdefault(name, file.path)
