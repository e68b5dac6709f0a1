"""From a name to its definition, through imports and re-exports."""

from __future__ import annotations

from dataclasses import dataclass, field

from .bindings import Defined, Imported
from .modules import ModuleFile, Modules

MOST_HOPS = 8
"""Files that a name may be passed on by, one after another."""
MOST_FILES = 300
"""Files that are asked for one name, most of them behind `import *`."""
_MOST_PARTS = 6


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, class, alias or constant of the project."""

    file: ModuleFile
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is told apart by."""
        return self.file.path, self.name


Found = Definition | str | None
"""A definition, the dotted name of a module, or nothing."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How a name was followed so far; who was asked already is not asked again, so that circles end."""

    visited: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    hops: int = 0

    def further(self) -> _Way:
        """One module further on."""
        return _Way(self.visited, self.hops + 1)


class Resolver:
    """Looks names up in the modules of a project. Each answer is kept as long as it lives."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._kept: dict[tuple[str, str], Found] = {}

    def imported(self, binding: Imported, package: str) -> Found:
        """What an import in a module of this package gives."""
        return self._imported(binding, package, _Way())

    def member(self, found: Found, parts: list[str]) -> Definition | None:
        """What `found.a.b` is: a definition as soon as one is met, whatever of it is asked for."""
        for part in parts[:_MOST_PARTS]:
            if not isinstance(found, str):
                break
            found = self.named(found, part)
        return found if isinstance(found, Definition) else None

    def named(self, module: str, name: str) -> Found:
        """What a module has under a name: its own or passed on, else the submodule of that name."""
        if (module, name) not in self._kept:
            self._kept[module, name] = self._named(module, name, _Way())
        return self._kept[module, name]

    def in_file(self, file: ModuleFile, chain: str) -> Definition | None:
        """What a dotted name means inside a module."""
        first, *rest = chain.split(".")
        return self.member(self._in_file(file, first, _Way()), rest)

    def starred(self, binding: Imported, package: str, name: str) -> Definition | None:
        """What `import *` gives under a name."""
        found = self._starred(binding, package, name, _Way())
        return found if isinstance(found, Definition) else None

    def module(self, binding: Imported, package: str) -> str:
        """The dotted name of the module that an import names, "" when that is above the top."""
        if not binding.level:
            return binding.module
        parts = package.split(".") if package else []
        if binding.level - 1 > len(parts):
            return ""
        kept = parts[: len(parts) - binding.level + 1]
        return ".".join([*kept, binding.module] if binding.module else kept)

    def _named(self, module: str, name: str, way: _Way) -> Found:
        file = self._modules.find(module)
        if file is not None and (found := self._in_file(file, name, way)) is not None:
            return found
        inner = f"{module}.{name}"
        return inner if self._modules.exists(inner) else None

    def _in_file(self, file: ModuleFile, name: str, way: _Way) -> Found:
        if way.hops > MOST_HOPS or len(way.visited) > MOST_FILES or (file.path, name) in way.visited:
            return None
        way.visited.add((file.path, name))
        binding = file.binding(name) if self._modules.may_ask(file, name) else None
        if isinstance(binding, Defined):
            return Definition(file, name)
        if binding is not None:
            return self._imported(binding, file.package, way)
        stars = (self._starred(star, file.package, name, way) for star in file.stars)
        return next((found for found in stars if found is not None), None)

    def _imported(self, binding: Imported, package: str, way: _Way) -> Found:
        module = self.module(binding, package)
        if not module:
            return None
        if not binding.name:
            return module if self._modules.exists(module) else None
        return self._named(module, binding.name, way.further())

    def _starred(self, binding: Imported, package: str, name: str, way: _Way) -> Found:
        module = self.module(binding, package)
        file = self._modules.find(module) if module else None
        return self._in_file(file, name, way.further()) if file is not None and file.exports(name) else None
