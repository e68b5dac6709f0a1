"""The files that a file imports from its own folders, with their ages: when these are the same, it runs as it did."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tree_sitter import Node

from ..errors import SourceError
from .module import module_of
from .reading import read
from .sisters import LARGEST_SISTER, module_file
from .syntax import field_text, text_of

_MOST = 200
"""Files that are followed; of a larger project those that are imported first."""

Age = tuple[int, int, int]


def reached(*paths: str) -> dict[str, Age]:
    """By path, the age of each file that some files import, directly or through others; not their own."""
    homes = [Path(path).absolute() for path in paths]
    found: dict[Path, Age] = {}
    waiting = list(homes)
    while waiting and len(found) < _MOST:
        file = waiting.pop(0)
        for other in _imported_by(file):
            age = _age(other)
            if age is not None and other not in homes and other not in found:
                found[other] = age
                waiting.append(other)
    return {str(file): age for file, age in found.items()}


def _imported_by(file: Path) -> Iterator[Path]:
    """The files that run when a file is imported: what it imports, and the packages around these and itself."""
    age = _age(file)
    yield from _packages(file)
    for module in _imports(str(file), age) if age is not None else ():
        if (other := module_file(file, module)) is not None:
            yield from _packages(other)
            yield other


def _packages(file: Path) -> Iterator[Path]:
    for folder in file.parents:
        if not (folder / "__init__.py").is_file():
            return
        yield folder / "__init__.py"


@lru_cache(maxsize=512)
def _imports(path: str, age: Age) -> tuple[str, ...]:
    """Every module that a text names in an import, and every member that may be one; `age` keeps the answer fresh."""
    if age[1] > LARGEST_SISTER:
        return ()
    try:
        root = module_of(read(path).text).root
    except SourceError:
        return ()
    return tuple(dict.fromkeys(_named(root)))


def _named(root: Node) -> Iterator[str]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type not in {"import_statement", "import_from_statement"}:
            waiting.extend(node.named_children)
            continue
        module = field_text(node, "module_name")
        if module:
            yield module
        for child in node.children_by_field_name("name"):
            inner = child.child_by_field_name("name") if child.type == "aliased_import" else child
            name = text_of(inner) if inner is not None else ""
            yield f"{module}{'' if not module or module.endswith('.') else '.'}{name}"


def _age(file: Path) -> Age | None:
    """What changes when a file does; None for what is no regular file."""
    try:
        seen = os.stat(file)  # noqa: PTH116 - of every file on every look
    except (OSError, ValueError):
        return None
    return (seen.st_mtime_ns, seen.st_size, seen.st_ino) if stat.S_ISREG(seen.st_mode) else None
