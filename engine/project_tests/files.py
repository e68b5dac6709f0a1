"""The test files of a project, kept in memory for as long as neither they nor the folders above them change.

A project is data from outside: only regular files in it are read, bounded in size and number; no link is followed.
"""

from __future__ import annotations

import os
import stat
import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from ..project.declared import Declared, declared_folders
from ..sources.folders import SKIPPED_FOLDERS

LARGEST = 512 * 1024
"""Bytes of one file that is read."""
MOST_BYTES = 24 << 20
MOST_FILES = 3000
MOST_FOLDERS = 4000
_MOST_ENTRIES = 4000
_MOST_PROJECTS = 8
_SETTINGS = ("pyproject.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")

_FIXTURES = f"{os.sep}conftest.py"

Age = tuple[int, int, int]
"""Time of the last change, size and number of a file; the same for as long as it is."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TextFile:
    """A file as it was read; read again, it is another."""

    path: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Naming:
    """By which names pytest knows tests: beginnings, or patterns as a shell has them."""

    functions: tuple[str, ...] = ("test",)
    classes: tuple[str, ...] = ("Test",)
    files: tuple[str, ...] = ("test*.py", "*_test.py")
    """pytest's own two patterns, and unittest's."""
    left_out: tuple[str, ...] = ()
    """Patterns of folders' names and of paths below the project from which nothing is collected."""
    chosen: str = ""
    """The option with which some tests are left out, "" for none."""

    def is_function(self, name: str) -> bool:
        """Whether a function is a test."""
        return _is_named(name, self.functions)

    def is_class(self, name: str) -> bool:
        """Whether a class that is no `unittest.TestCase` holds tests."""
        return _is_named(name, self.classes)

    def is_file(self, name: str) -> bool:
        """Whether pytest collects tests from files of this name."""
        return any(fnmatchcase(name, word) for word in self.files)

    def problem_of(self, path: str) -> str:
        """Why pytest collects no test from a file, or not each, "" when it does; `path` below the project."""
        *folders, name = Path(path).parts
        if not self.is_file(name):
            return f"is in a file that pytest does not collect ({' '.join(self.files)})"
        for word in self.left_out:
            # `--deselect` and `--ignore` name paths, `norecursedirs` names of folders.
            place = word.partition("::")[0].rstrip("/")
            if any(fnmatchcase(folder, word) for folder in folders) or fnmatchcase(path, place):
                return f"is left out by pytest's settings ({word})"
            if path.startswith(place + os.sep):
                return f"is left out by pytest's settings ({word})"
        return f"may be left out by pytest's settings ({self.chosen})" if self.chosen else ""


@dataclass(frozen=True, slots=True)
class Index:
    """What a project holds of tests."""

    files: tuple[TextFile, ...]
    """Test files in the order of their paths."""
    fixtures: tuple[TextFile, ...]
    """Every `conftest.py`."""
    naming: Naming
    declared: Declared
    left_out: tuple[str, ...]
    """Why some were not read, in sentences."""
    ages: dict[str, Age]
    """Of everything that decides: when they are the same, so is the rest."""


_known: OrderedDict[tuple[str, str], Index] = OrderedDict()
_guard = threading.Lock()


def index_of(home: str, towards: str = "") -> Index:
    """The tests in a folder and in all below it.

    `towards` a folder: only in those on the way to it, and in folders called `tests` or `test` beside them.
    """
    with _guard:
        known = _known.get((home, towards))
        if known is None or not is_current(known.ages):
            known = _read(Path(home), known, towards)
            _known[home, towards] = known
        _known.move_to_end((home, towards))
        while len(_known) > _MOST_PROJECTS:
            _known.popitem(last=False)
        return known


def is_current(ages: dict[str, Age]) -> bool:
    """Whether nothing changed since."""
    return all(age_of(path) == age for path, age in ages.items())


def age_of(path: str) -> Age:
    """The age of a file or folder; zeros when there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - of hundreds of files on every save
    except (OSError, ValueError):
        return (0, 0, 0)
    # A folder's size and number say nothing more than its time.
    return (found.st_mtime_ns, 0 if stat.S_ISDIR(found.st_mode) else found.st_size, found.st_ino)


def read_text(path: str) -> TextFile | None:
    """A regular file of bounded size that is no link, else None."""
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        return None
    with os.fdopen(opened, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            return None
        raw = file.read(LARGEST + 1)
    return TextFile(path, raw) if len(raw) <= LARGEST else None


def is_kept_from_drafts(path: str, home: str) -> bool:
    """Whether the sandbox hides a file of the project because it is a test, by the rule of `child_reading`."""
    *folders, name = Path(os.path.relpath(path, home)).parts
    return not {"tests", "test"}.isdisjoint(folders) or _is_test_name(name)


def _is_test_name(name: str) -> bool:
    return name.endswith("_test.py") or (name.startswith("test_") and name.endswith(".py"))


def _read(home: Path, before: Index | None, towards: str) -> Index:
    """Look through the folders; what is known of files that are as they were is not read again."""
    ages = {str(home / name): age_of(str(home / name)) for name in _SETTINGS}
    declared = declared_folders(home)
    told = frozenset[str]() if towards else frozenset(declared.tests)
    usual = Naming()
    naming = Naming(
        functions=declared.test_functions or usual.functions,
        classes=declared.test_classes or usual.classes,
        files=declared.test_files or usual.files,
        left_out=declared.no_tests,
        chosen=declared.chosen,
    )
    old = {file.path: file for file in (*before.files, *before.fixtures)} if before else {}
    found: list[TextFile] = []
    left: list[str] = []
    room = MOST_BYTES
    for path in _walk(home, told, ages, left, towards):
        ages[path] = age_of(path)
        same = before is not None and path in old and before.ages.get(path) == ages[path]
        file = old[path] if same else read_text(path)
        if file is None:
            left.append(f"{os.path.relpath(path, home)} is too large to be looked at, or cannot be read")
        elif len(file.raw) > room or len(found) >= MOST_FILES:
            left.append(f"more than {MOST_FILES:,} files or {MOST_BYTES >> 20} MB of tests: the rest was not looked at")
            break
        else:
            room -= len(file.raw)
            found.append(file)
    found.sort(key=lambda file: file.path)
    return Index(
        files=tuple(file for file in found if not file.path.endswith(_FIXTURES)),
        fixtures=tuple(file for file in found if file.path.endswith(_FIXTURES)),
        naming=naming,
        declared=declared,
        left_out=tuple(left),
        ages=ages,
    )


def _walk(home: Path, told: frozenset[str], ages: dict[str, Age], left: list[str], towards: str) -> Iterator[str]:
    """Paths of what may hold tests, those nearest to the top first; the folders' ages are noted on the way."""
    waiting = deque([(str(home), False)])
    seen = 0
    while waiting:
        folder, in_tests = waiting.popleft()
        seen += 1
        if seen > MOST_FOLDERS:
            left.append(f"more than {MOST_FOLDERS:,} folders: the rest was not looked at")
            return
        in_tests = in_tests or folder in told
        ages[folder] = age_of(folder)
        for entry in _entries(folder):
            if entry.is_dir(follow_symlinks=False):
                is_tests = entry.name in {"tests", "test"}
                on_the_way = (towards + os.sep).startswith(entry.path + os.sep)
                if not _is_skipped(entry) and (not towards or on_the_way or in_tests or is_tests):
                    waiting.append((entry.path, in_tests or is_tests))
            elif _may_hold_tests(entry.name, in_tests=in_tests) and entry.is_file(follow_symlinks=False):
                yield entry.path


def _is_named(name: str, wanted: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, word) if any(c in "*?[" for c in word) else name.startswith(word) for word in wanted)


def _may_hold_tests(name: str, *, in_tests: bool) -> bool:
    return name.endswith(".py") and (in_tests or _is_test_name(name) or name in {"conftest.py", "tests.py"})


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            # What cannot be shown on one line, no module is called.
            return [entry for entry in islice(found, _MOST_ENTRIES) if entry.name.isprintable()]
    except OSError:
        return []


def _is_skipped(entry: os.DirEntry[str]) -> bool:
    return (
        entry.name.startswith(".")
        or entry.name in SKIPPED_FOLDERS
        or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - asked of every folder
    )
