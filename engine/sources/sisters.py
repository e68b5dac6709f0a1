"""Functions without a body in the other modules that a file imports from, as far as they lie in its own folders."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import SourceError
from .functions import may_lack_a_body
from .mentions import imported
from .module import module_of
from .places import place_of
from .reading import read

_NAME = re.compile(r"(\.*)((?:[^\W\d]\w*(?:\.(?=\w))?)*)\Z")
LARGEST_SISTER = 256 * 1024
"""Bytes of a module that is looked into."""
_UP = 6
"""Folders above the file in which an absolute import is looked for."""
_HOPS = 4
"""Modules that a name is followed through (`from .words import camelize` in an `__init__.py`)."""


class Sisters:
    """The modules beside one file, each read once and only when a name from it matters."""

    def __init__(self, path: str) -> None:
        self._home = Path(path).absolute() if path else None
        self._read: dict[Path, tuple[frozenset[str], dict[str, tuple[str, str]]]] = {}

    def has(self, module: str) -> bool:
        """Whether a module that the file imports from is one of these."""
        file = module_file(self._home, module) if self._home else None
        return file is not None and file != self._home

    def unwritten(self, module: str, member: str) -> tuple[str, ...]:
        """`("words.camelize",)` when `from module import member` gives a function that has no body yet, else ()."""
        file, label = self._home, module
        for _ in range(_HOPS):
            file = module_file(file, module) if file else None
            if file is None or file == self._home:
                return ()
            without_body, imports = self._in(file)
            if member in without_body:
                return (f"{label.lstrip('.') or file.parent.name}.{member}",)
            if member not in imports or not imports[member][1]:
                return ()
            module, member = imports[member]
        return ()

    def _in(self, file: Path) -> tuple[frozenset[str], dict[str, tuple[str, str]]]:
        """The functions at the top of a module that have no body, and what it imports."""
        if file not in self._read:
            self._read[file] = _looked_into(file)
        return self._read[file]


def _looked_into(file: Path) -> tuple[frozenset[str], dict[str, tuple[str, str]]]:
    try:
        if file.stat().st_size > LARGEST_SISTER:
            return frozenset(), {}
        module = module_of(read(str(file)).text)
    except (OSError, SourceError):
        return frozenset(), {}
    found = (f for f in module.functions() if not f.enclosing and not may_lack_a_body(f))
    without_body = frozenset(f.name for f in found if place_of(module.raw, f.node))
    return without_body, {name: place for node in module.root.named_children for name, place in imported(node)}


def module_file(home: Path, module: str) -> Path | None:
    """The file of a module as a file at `home` imports it; None when it is not in its own folders."""
    match = _NAME.match(module)
    if match is None:
        return None
    dots, name = len(match[1]), match[2]
    folders = list(home.parents)[dots - 1 : dots] if dots else list(home.parents)[:_UP]
    for folder in folders:
        place = folder.joinpath(*name.split(".")) if name else folder
        for file in (place / "__init__.py", place.with_name(place.name + ".py")):
            try:
                if file.is_file():
                    return file
            except OSError:
                return None
    return None
