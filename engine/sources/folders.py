"""Finding the stubs of several files and folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import SourceError
from .reading import read
from .stubs import NEIGHBOUR_TOKENS, Found, find_stubs

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages", "venv", "env", "build", "dist"})
"""Folders whose Python nobody edits by hand; those whose name begins with a dot are skipped too."""

_SCRATCH = re.compile(r".*~|\.#.*|#.*#|.*\.sw[a-px]|4913|sed[A-Za-z0-9]{6}|\..*\.redraft-tmp")
"""What vim, Emacs, sed and we write beside a file while saving it."""


def find(paths: Iterable[str | os.PathLike[str]], *, tokens: int = NEIGHBOUR_TOKENS) -> tuple[Found, ...]:
    """What these files and folders offer, in the order given, folders in alphabetical order.

    A file inside a folder that cannot be read is a `Found` that says why; a file that was named is an error.

    Raises:
        SourceError: a named file cannot be read, or a folder has no Python in it.
    """
    found: list[Found] = []
    for path in map(Path, paths):
        if path.is_dir():
            found.extend(_find_below(path, tokens))
        else:
            found.append(find_stubs(read(path), tokens=tokens))
    return tuple(found)


def python_files(folder: Path) -> Iterator[Path]:
    """The Python files below a folder that a person may have written, in alphabetical order."""
    for inside in source_folders(folder):
        yield from sorted(Path(entry.path) for entry in _entries(inside) if entry.is_file() and is_python(entry.name))


def source_folders(folder: Path) -> Iterator[Path]:
    """The folder and those below it, without hidden ones, environments and caches; links are not followed."""
    yield folder
    for entry in sorted(_entries(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False) and not _is_skipped(Path(entry.path)):
            yield from source_folders(Path(entry.path))


def is_python(name: str) -> bool:
    """Whether a file of this name, found in a folder, is Python that a person edits."""
    return name.endswith(".py") and not name.startswith(".") and not is_scratch(name)


def is_scratch(name: str) -> bool:
    """Whether an editor, or we, made this file only while saving another."""
    return _SCRATCH.fullmatch(name) is not None


def _find_below(folder: Path, tokens: int) -> Iterator[Found]:
    files = list(python_files(folder))
    if not files:
        raise SourceError(
            f"{folder}: there is no Python file in this folder; name one, or write a stub and save it here"
        )
    for path in files:
        try:
            yield find_stubs(read(path), tokens=tokens)
        except SourceError as error:
            yield Found(path=str(path), problem=str(error))


def _is_skipped(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in SKIPPED_FOLDERS or (folder / "pyvenv.cfg").exists()


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []  # gone or not ours to read: there is nothing to offer
