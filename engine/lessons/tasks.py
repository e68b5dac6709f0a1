"""Tasks with hidden tests: a stub as a person would write it, and beside it what only the judge may see.

A folder of tasks holds `NAME.py` (one stub with its docstring and doctests) and `hidden/NAME.json`. The second is read
here and nowhere else: a pipeline gets the stub and its visible examples, never the hidden ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from ..errors import SourceError, UsageError
from ..facts import Example, Fact, Stub
from ..sources import find_stubs
from ..sources.reading import LARGEST, decoded
from ..system.nearest import nearest
from ..system.regular import read_regular

Level = Literal["easy", "medium", "hard"]


class HiddenTest(Fact, frozen=True, forbid_unknown_fields=True):
    """One call and what it must do; exactly one of `gives` and `raises` is set."""

    call: str
    gives: str | None = None
    """The expected value as Python spells it."""
    raises: str | None = None
    """Type of the expected exception, such as "ValueError"."""

    @property
    def example(self) -> Example:
        """The same as an example that the sandbox's outcome is held against."""
        if self.raises is not None:
            options = ("IGNORE_EXCEPTION_DETAIL",)
            return Example(source=self.call, raises=self.raises, options=options, origin="hidden")
        return Example(source=self.call, want=self.gives or "", compare="value", origin="hidden")


class HiddenFile(Fact, frozen=True, forbid_unknown_fields=True):
    """What `hidden/NAME.json` holds."""

    level: Level
    about: str
    """One line for people: what makes it easy to get wrong."""
    tests: tuple[HiddenTest, ...]
    solution: tuple[str, ...]
    """A right body, line by line and dedented; our tests hold it against all examples."""


class Task(Fact, frozen=True):
    """One task."""

    name: str
    level: Level
    about: str
    stub: Stub
    hidden: tuple[Example, ...]
    solution: str
    """A right body, dedented."""


def task_names(folder: Path) -> tuple[str, ...]:
    """The tasks of a folder, by name."""
    return tuple(sorted(path.stem for path in folder.glob("*.py")))


def load_task(folder: Path, name: str, *, tokens: int = 400) -> Task:
    """One task; `tokens` bounds what its stub tells of its surroundings, as for any file.

    Raises:
        UsageError: there is no task of that name.
        SourceError: its files are not as they should be.
    """
    path, beside = folder / f"{name}.py", folder / "hidden" / f"{name}.json"
    names = task_names(folder)
    if name not in names:
        raise UsageError(f"there is no task {name!r}{nearest(name, names)}")
    # The stub is named by its file alone: logs of tasks are shipped, and say nothing of the machine they came from.
    source = decoded(path.name, _bytes_of(path))
    stubs = find_stubs(source, tokens=tokens).stubs
    if len(stubs) != 1:
        raise SourceError(f"{path}: a task holds one stub; this file has {len(stubs)}")
    found = _hidden_of(beside)
    return Task(
        name=name,
        level=found.level,
        about=found.about,
        stub=stubs[0],
        hidden=tuple(test.example for test in found.tests),
        solution="\n".join(found.solution) + "\n",
    )


def _hidden_of(path: Path) -> HiddenFile:
    try:
        found = msgspec.json.decode(_bytes_of(path), type=HiddenFile)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise SourceError(f"{path}: {error}; docs/tasks.md tells what belongs there") from error
    if any((test.gives is None) == (test.raises is None) for test in found.tests) or not found.tests:
        raise SourceError(f'{path}: every test needs either "gives" or "raises", and there must be one')
    return found


def _bytes_of(path: Path) -> bytes:
    try:
        return read_regular(path, LARGEST)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from error
