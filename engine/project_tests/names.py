"""What a name in a test stands for, followed through imports and re-exports: this function, or another of its name."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from weakref import WeakKeyDictionary

from ..project import Location, locate
from ..python.parsing import parsed
from .files import Age, TextFile, age_of, read_text
from .scripts import Statement

_DEEPEST = 8
"""Re-exports that are followed one after another."""
_MOST_LOOKED_UP = 400


@dataclass
class Scope:
    """What the names of one file stand for."""

    package: str
    """Dotted name of the package that relative imports start from."""
    known: dict[str, str] = field(default_factory=dict[str, str])
    """Dotted names by name."""
    stars: list[str] = field(default_factory=list[str])
    """Modules of which everything is imported."""

    def take(self, imports: Iterable[ast.Import | ast.ImportFrom]) -> None:
        """Learn from imports."""
        for node in imports:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    self.known[alias.asname or top] = alias.name if alias.asname else top
            elif base := self._base(node):
                for alias in node.names:
                    if alias.name == "*":
                        self.stars.append(base)
                    else:
                        self.known[alias.asname or alias.name] = f"{base}.{alias.name}"

    def dotted(self, node: ast.expr) -> str:
        """What `total`, `p.total` or `shop.pricing.total` stands for; "" for anything that no import made."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.known:
            return ""
        return ".".join([self.known[node.id], *reversed(parts)])

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".") if self.package else []
        if node.level > len(parts):
            return ""
        return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])


def scope_of(package: str, statements: Iterable[Statement]) -> Scope:
    """What the imports at the top of a file make known, also those under `if` and `try`."""
    scope = Scope(package)
    for statement in statements:
        if not statement.defined and statement.mentions(b"import") and statement.tree is not None:
            scope.take(statement.inside.imports)
    return scope


class Interface:
    """What a module makes known at its top, found by looking at its lines: to parse it whole would take too long."""

    def __init__(self, package: str, raw: bytes) -> None:
        self.scope = Scope(package)
        for found in islice(_IMPORTS.finditer(raw), _MOST_IMPORTS):
            tree = parsed(found[0].strip().decode("utf-8", "replace"))
            if tree is not None:
                self.scope.take(node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
        self.defined = {name.decode() for found in _DEFINED.finditer(raw) for name in found.groups() if name}
        told = _ALL.search(raw)
        self.told = {name.decode() for name in re.findall(rb"[\"'](\w+)[\"']", told[1])} if told else None
        """The names in `__all__`, None without one."""

    def gives(self, name: str) -> bool:
        """Whether `import *` brings this name, if it is known there at all."""
        return name in self.told if self.told is not None else not name.startswith("_")


_IMPORTS = re.compile(
    rb"^[ \t]*(?:from[ \t]+[\w.]+[ \t]+import\b|import\b)[^\n(\\]*(?:\([^)]{0,20000}\)|(?:\\\r?\n[^\n\\]*){0,99})", re.M
)
_DEFINED = re.compile(rb"^(?:async[ \t]+def|def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]{1,200})?=(?!=)", re.M)
_ALL = re.compile(rb"^__all__[^=\n]{0,40}=[ \t]*[\[(]([^\])]{0,100000})", re.M)
_MOST_IMPORTS = 1000


_interfaces: WeakKeyDictionary[TextFile, Interface] = WeakKeyDictionary()


def interface_of(file: TextFile, package: str) -> Interface:
    """The interface of a file, kept for as long as the file is."""
    found = _interfaces.get(file)
    if found is None or found.scope.package != package:
        found = _interfaces[file] = Interface(package, file.raw)
    return found


def package_of(file: TextFile) -> str:
    """The package that a file's relative imports start from; looked for only where it has any."""
    if b"from ." not in file.raw:
        return ""
    found = locate(file.path)
    return found.name if found.is_package else found.name.rpartition(".")[0]


class Modules:
    """The modules of a project, as far as names are followed through them; nothing is imported."""

    def __init__(self, home: Location) -> None:
        self._home = home
        self._scopes: dict[str, Interface | None] = {}
        self._real: dict[str, str] = {}
        self._stars: dict[str, dict[str, str]] = {}
        self._ours: dict[str, bool] = {}
        self.ages: dict[str, Age] = {}
        """Of every file that was looked at, or looked for."""

    def real(self, dotted: str, depth: int = 0) -> str:
        """The dotted name under which something is defined: `shop.total` is `shop.pricing.total`.

        What no file of the project says anything about is given back as it is.
        """
        if dotted not in self._real:
            self._real[dotted] = dotted  # Two modules that import from each other end here.
            self._real[dotted] = self._followed(dotted, depth)
        return self._real[dotted]

    def _followed(self, dotted: str, depth: int) -> str:
        parts = dotted.split(".")
        if depth >= _DEEPEST or dotted.startswith(self._home.name + "."):
            return dotted
        for size in range(len(parts) - 1, 0, -1):
            module, rest = ".".join(parts[:size]), parts[size:]
            if module == self._home.name or (looked := self._looked_up(module)) is None:
                continue
            if rest[0] in looked.scope.known:
                return self.real(".".join([looked.scope.known[rest[0]], *rest[1:]]), depth + 1)
            if rest[0] in looked.defined:
                return dotted
            return self._starred(looked.scope.stars, rest, depth) or dotted
        return dotted

    def _starred(self, stars: list[str], rest: list[str], depth: int) -> str:
        """What a name is that one of the modules has given with `import *`; the last that does so counts."""
        for module in reversed(stars):
            if found := self._given(module).get(rest[0]):
                return self.real(".".join([found, *rest[1:]]), depth + 1)
        return ""

    def _given(self, module: str) -> dict[str, str]:
        """What `from module import *` brings: dotted names by name. Looked up once for each module."""
        if module not in self._stars:
            self._stars[module] = {}  # Two modules that import everything from each other end here.
            looked = self._looked_up(module)
            if looked is not None:
                found = {name: dotted for star in looked.scope.stars for name, dotted in self._given(star).items()}
                found |= {name: f"{module}.{name}" for name in looked.defined}
                found |= looked.scope.known
                self._stars[module] = {name: dotted for name, dotted in found.items() if looked.gives(name)}
        return self._stars[module]

    def reaches(self, file: TextFile, top: str) -> bool:
        """Whether a file imports anything by which it could get at `top` of our module."""
        scope = interface_of(file, package_of(file)).scope
        wanted, last = f"{self._home.name}.{top}", self._home.name.rpartition(".")[2].encode()
        for dotted in {*scope.known.values(), *scope.stars}:
            if dotted == self._home.name or self._home.name.startswith(dotted + "."):
                if last in file.raw or self.real(f"{dotted}.{top}") == wanted:
                    return True
            elif self.is_ours(dotted) and (
                self.real(dotted) == wanted or (self._may_be_module(dotted) and self.real(f"{dotted}.{top}") == wanted)
            ):
                return True
        return False

    def _may_be_module(self, dotted: str) -> bool:
        """Whether nothing in the module above says that it is something else."""
        above, _, last = dotted.rpartition(".")
        looked = self._looked_up(above) if above else None
        return looked is None or (last not in looked.defined and last not in looked.scope.known)

    def is_ours(self, dotted: str) -> bool:
        """Whether a name begins with a module of the project."""
        first = dotted.partition(".")[0]
        if first not in self._ours:
            folders = [folder for folder in self._places(first) if age_of(folder) != (0, 0, 0)]
            # A package whose folder has another name may have none for what is above it.
            named = any(f"{name}.".startswith(f"{first}.") for name, _ in self._home.packages)
            self._ours[first] = bool(self.file_of(first) or folders or named)
        return self._ours[first]

    def file_of(self, module: str) -> str:
        """The file of the project that is imported by this name, "" when there is none."""
        for folder in self._places(module):
            for path in (folder + ".py", os.path.join(folder, "__init__.py")):  # noqa: PTH118 - many times a save
                if path not in self.ages:
                    self.ages[path] = age_of(path)
                if self.ages[path] != (0, 0, 0):
                    return path
        return ""

    def _places(self, module: str) -> Iterable[str]:
        tail = module.replace(".", os.sep)
        for name, folder in self._home.packages:
            if module == name or module.startswith(name + "."):
                yield str(Path(folder) / module[len(name) + 1 :].replace(".", os.sep)).rstrip(os.sep)
        for folder in self._home.search:
            yield f"{folder}{os.sep}{tail}"

    def _looked_up(self, module: str) -> Interface | None:
        if module not in self._scopes:
            path = self.file_of(module) if len(self._scopes) < _MOST_LOOKED_UP else ""
            file = read_text(path) if path and self._is_inside(path) else None
            self._scopes[module] = self._read(module, file) if file else None
        return self._scopes[module]

    @staticmethod
    def _read(module: str, file: TextFile) -> Interface:
        is_package = file.path.endswith("__init__.py")
        return interface_of(file, module if is_package else module.rpartition(".")[0])

    def _is_inside(self, path: str) -> bool:
        """Whether a file lies in the user's project, links followed."""
        real = os.path.realpath(path)
        return any(real.startswith(folder.rstrip(os.sep) + os.sep) for folder in self._home.reads)
