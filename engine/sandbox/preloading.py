"""Which modules a zygote may import beforehand: what a program and its package import, but never the project's own."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ..project import Location

_IMPORT = re.compile(
    r"^(?:from[ \t]+(\.*[A-Za-z_][\w.]*|\.+)[ \t]+import\b[ \t]*\(?[ \t]*([\w, \t]*)"
    r"|import[ \t]+([A-Za-z_][\w.]*(?:[ \t]*,[ \t]*[A-Za-z_][\w.]*)*))",
    re.M,
)
_MOST = 40
_LONGEST = 60
"""Most characters of a name: with four bytes each, still no more than a file's name may have."""
_MOST_FILES = 60
"""Files of the project that are looked through for what they import."""
_READ = 1 << 16
"""Bytes of each of them."""
_NEVER = frozenset(
    {"__future__", "__main__", "antigravity", "this", "idlelib", "turtledemo", "test", "tkinter", "turtle"}
)
"""Modules that do something when they are imported, or that need a screen."""


def preloadable(program: str, location: Location) -> tuple[str, ...]:
    """Names of modules worth importing before the fork, sorted. Goes by lines at column 0 and parses nothing.

    The project's own modules change while redraft runs, so they are imported by each run anew; what they import in
    their turn belongs to the names.
    """
    names = _imported(program, location.name, location.is_package)
    package = location.name if location.is_package else location.name.rpartition(".")[0]
    parents = [package.rsplit(".", depth)[0] for depth in range(package.count(".") + 1)] if package else []
    waiting, seen = [*parents, *sorted(names)], set[str]()
    while waiting and len(seen) < _MOST_FILES:
        name = waiting.pop(0)
        sane = name not in seen and all(0 < len(part) <= _LONGEST for part in name.split("."))
        file = _file_of(name, location) if sane else None
        seen.add(name)
        if file is not None and str(file) != location.path:
            found = _imports_of(str(file), name, _age(file))
            names |= found
            waiting += sorted(found - seen)
    wanted = (name for name in sorted(names) if len(name) <= _LONGEST and not _is_own(name, location))
    # Each is looked for on the disk: no more than are taken.
    return tuple(islice(wanted, _MOST))


def _imported(text: str, name: str, is_package: bool) -> set[str]:
    """Dotted names that a module of this name imports at its top."""
    home = name.split(".") if is_package else name.split(".")[:-1]
    found: set[str] = set()
    for source, members, plain in _IMPORT.findall(text):
        found.update(part.strip() for part in plain.split(",") if part.strip())
        dots = len(source) - len(source.lstrip("."))
        if not source:
            continue
        above = home[: len(home) - dots + 1] if dots else []
        base = ".".join([*above, *filter(None, [source.lstrip(".")])])
        found.add(base)
        if dots:
            found.update(f"{base}.{member.split()[0]}" for member in members.split(",") if member.strip())
    return {name for name in found if name}


@lru_cache(maxsize=512)
def _imports_of(file: str, name: str, age: int) -> frozenset[str]:
    try:
        with Path(file).open("rb") as opened:
            text = opened.read(_READ).decode("utf-8", "replace")
    except OSError:
        return frozenset()
    return frozenset(_imported(text, name, file.endswith("__init__.py")))


def _file_of(name: str, location: Location) -> Path | None:
    """The project's file of a dotted name, None when it is none of the project's."""
    parts = name.split(".")
    for package, folder in location.packages:
        if name == package or name.startswith(package + "."):
            return _module_in(Path(folder), parts[package.count(".") + 1 :])
    for root in location.search:
        if (found := _module_in(Path(root), parts)) is not None:
            return found
    return None


def _module_in(root: Path, parts: list[str]) -> Path | None:
    place = root.joinpath(*parts)
    for file in (place / "__init__.py", place.parent / f"{place.name}.py"):
        if file.is_file():
            return file
    return None


def _is_own(name: str, location: Location) -> bool:
    top = name.partition(".")[0]
    if top in _NEVER or top == location.top:
        return True
    if "site-packages" in location.root or "dist-packages" in location.root:
        # Everything lies beside an installed package; only its own modules are the project's.
        return False
    roots = [Path(root) for root in location.search]
    named = any(package.partition(".")[0] == top for package, _ in location.packages)
    return named or any((root / top).exists() or (root / f"{top}.py").exists() for root in roots)


def _age(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
