"""Which modules a zygote may import beforehand: what a program imports at its top, but never the project's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

_IMPORT = re.compile(
    r"^(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import\b|import[ \t]+([A-Za-z_][\w.]*(?:[ \t]*,[ \t]*[A-Za-z_][\w.]*)*))",
    re.M,
)
_MOST = 40
_LONGEST = 60
"""Most characters of a name: with four bytes each, still no more than a file's name may have."""
_NEVER = frozenset(
    {"__future__", "__main__", "antigravity", "this", "idlelib", "turtledemo", "test", "tkinter", "turtle"}
)
"""Modules that do something when they are imported, or that need a screen."""


def preloadable(program: str, roots: Sequence[str]) -> tuple[str, ...]:
    """Names of modules worth importing before the fork, sorted. Goes by lines at column 0 and parses nothing.

    The project's own modules change while redraft runs, so they are imported by each run anew.
    """
    names: set[str] = set()
    for single, several in _IMPORT.findall(program):
        names.update(name.strip() for name in (single or several).split(","))
    wanted = (name for name in sorted(names) if len(name) <= _LONGEST and not _is_ours(name.partition(".")[0], roots))
    # Each is looked for on the disk: no more than are taken.
    return tuple(islice(wanted, _MOST))


def _is_ours(name: str, roots: Sequence[str]) -> bool:
    return name in _NEVER or any((Path(root) / name).exists() or (Path(root) / f"{name}.py").exists() for root in roots)
