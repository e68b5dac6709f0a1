"""Functions of the project that change a variable of their module: what calls one leaves it changed for other tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from weakref import WeakKeyDictionary

from .changes import MAY_CHANGE, changes_in
from .files import TextFile, read_text
from .names import Modules
from .scripts import Script, Statement, script_of

_NOT_STATE = ("cache", "memo", "log")
"""Parts of names of what changes without changing any result."""
_DEEPEST = 4
"""Functions that call one another, at the end of which one changes a variable."""


class Stateful:
    """Looks them up in every module of the project that tests call."""

    def __init__(self, modules: Modules, under_test: str) -> None:
        """`under_test`: dotted name of the function, or of its class, of which nothing is said."""
        self._modules, self._under_test = modules, under_test

    def variable(self, dotted: str) -> str:
        """What a function or class of this dotted name changes, dotted too; "" for nothing."""
        if not dotted or not self._modules.is_ours(dotted):
            return ""
        parts = self._modules.real(dotted).split(".")
        for size in range(len(parts) - 1, 0, -1):
            module = ".".join(parts[:size])
            if path := self._modules.file_of(module):
                if f"{module}.{parts[size]}" == self._under_test:
                    return ""
                file = _read(path)
                name = _changed_in(file).get(parts[size], "") if file is not None else ""
                return f"{module}.{name}" if name else ""
        return ""


_files: dict[str, TextFile] = {}
_known: WeakKeyDictionary[TextFile, Mapping[str, str]] = WeakKeyDictionary()
_MOST_FILES = 64


def _read(path: str) -> TextFile | None:
    """A file; the same object for as long as its text is, so that what is known of it holds."""
    found = read_text(path)
    if found is None:
        return None
    if path in _files and _files[path].raw == found.raw:
        return _files[path]
    if len(_files) >= _MOST_FILES:
        _files.clear()
    _files[path] = found
    return found


def _changed_in(file: TextFile) -> Mapping[str, str]:
    if file not in _known:
        _known[file] = dict(_changing(script_of(file)))
    return _known[file]


def _changing(script: Script) -> Iterator[tuple[str, str]]:
    """Functions and classes of a module that change a variable of it, themselves or by others; and which."""
    variables = {
        name
        for name, binding in script.binders.items()
        if not any(statement.defined or statement.kind.startswith("import") for statement in binding)
    }
    defined = [statement for statement in script.statements if statement.defined]
    found = {statement.defined: name for statement in defined for name in _changed_by(statement, variables)}
    for _ in range(_DEEPEST):
        words = {name.encode() for name in found}
        callers = [one for one in defined if one.defined not in found and any(one.mentions(word) for word in words)]
        more = {one.defined: found[name] for one in callers for name in one.inside.used & found.keys()}
        if not more:
            break
        found |= more
    yield from found.items()


def _changed_by(statement: Statement, variables: Iterable[str]) -> Iterator[str]:
    if statement.mentions(MAY_CHANGE) and statement.tree is not None:
        changed = {change.root for change in changes_in(statement.tree)}
        for name in sorted(changed & {*variables, statement.defined}):
            if not any(part in name.lower() for part in _NOT_STATE):
                yield name
