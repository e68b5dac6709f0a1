"""Folders outside of an environment that it takes packages from, as editable installs and `.pth` files do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from pathlib import Path

from .environment import Environment, environment_age
from .files import small_text
from .location import Location, outermost_folder

_MOST = 64
"""Files of one kind, and lines of one file, that are looked at."""
_LARGEST = 1 << 16
"""Bytes of each file."""
_MAPPING = re.compile(r"^(?:MAPPING|NAMESPACES)[^=\n]*=\s*(\{.*\})", re.M)
_FOLDER = re.compile(r":\s*\[?\s*(?:'([^'\n]+)'|\"([^\"\n]+)\")")


def linked_folders(environment: Environment, location: Location) -> tuple[str, ...]:
    """Folders that a program of a project may read because its environment links to them; the files are only read.

    An environment that came with the project links to nothing outside of what came with it.
    """
    if not location.path:
        return ()
    prefix = Path(environment.shown).parent.parent
    inside = Path(outermost_folder(location))
    found = [Path(folder) for folder in _linked(prefix, environment_age(environment))]
    if prefix.is_relative_to(inside):
        found = [folder for folder in found if folder.is_relative_to(inside)]
    known = [Path(folder) for folder in location.reads]
    return tuple(str(folder) for folder in found if not any(folder.is_relative_to(own) for own in known))


@lru_cache(maxsize=32)
def _linked(prefix: Path, age: int) -> tuple[str, ...]:
    if not (prefix / "pyvenv.cfg").is_file() and not (prefix / "conda-meta").is_dir():
        # A system's interpreter: what its administrator links to is not a project's.
        return ()
    found: dict[str, None] = {}
    for packages in islice(prefix.glob("lib*/python*/site-packages"), 4):
        for file in islice(sorted(packages.glob("*.pth")), _MOST):
            found.update(dict.fromkeys(_folders_named(file, packages)))
        for file in islice(sorted(packages.glob("__editable__*_finder.py")), _MOST):
            found.update(dict.fromkeys(_folders_mapped(file)))
    return tuple(found)


def _folders_named(file: Path, packages: Path) -> list[str]:
    lines = [line.strip() for line in small_text(file, _LARGEST).splitlines()[:_MOST]]
    return _folders(packages / line for line in lines if line and not line.startswith(("#", "import ", "import\t")))


def _folders_mapped(file: Path) -> list[str]:
    pairs = [pair for table in _MAPPING.findall(small_text(file, _LARGEST)) for pair in _FOLDER.findall(table)[:_MOST]]
    return _folders(Path(single or double) for single, double in pairs)


def _folders(places: Iterable[Path]) -> list[str]:
    found: list[str] = []
    for place in places:
        try:
            real = place.resolve()
            if real.is_dir() and real.parent != real:
                found.append(str(real))
        except (OSError, ValueError):
            continue
    return found
