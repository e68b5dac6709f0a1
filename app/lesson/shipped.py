"""Where lessons come from: those that ship, and any recorded run in which one draft failed and another passed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ...engine.errors import SourceError, UsageError
from ...engine.lessons.lesson import Lesson, lesson_of
from ...engine.lessons.tasks import load_task
from ...engine.run.recording import SUFFIX, read_log
from ...engine.system.nearest import nearest
from ..common.tasks import RECORDINGS, TASKS


class _Source(NamedTuple):
    """Where a lesson that ships comes from."""

    lane: str
    """The lane of the task's race whose first draft has the bug."""
    about: str
    """What the bug is, in a line of a small terminal."""


_SOURCES = {
    "swap_pairs": _Source(
        "4-review-with-evidence",
        "all second items come before all first ones: wrong from four items on",
    ),
    "longest_streak": _Source(
        "4-review-with-evidence", "letters are compared as they are, but W and w should be the same"
    ),
    "newest_version": _Source(
        "2-review-with-evidence", "versions are no decimal numbers: 1.10 becomes 1.1, 2.0rc1 becomes 2.01"
    ),
    "merge_ranges": _Source(
        "4-review-with-evidence",
        "ranges without a gap stay apart, and a pair cannot be changed in place",
    ),
    "clock_time": _Source("1-raw-coder", "% binds closer than the comma: a format for two numbers is given one"),
    "next_workday": _Source("3-review-then-fix", "it begins on the day itself, and a holiday far ahead pulls it along"),
    "letter_entropy": _Source(
        "4-review-with-evidence",
        "counts cannot be divided all at once, and what is no letter counts too",
    ),
    "fewest_coins": _Source(
        "4-review-with-evidence", "amounts are worked out again and again: large ones are never done"
    ),
}
"""By task; easy ones first."""
SHIPPED = tuple(_SOURCES)
"""The lessons that ship, by name, in the order in which they are taken."""


def shipped_lesson(name: str) -> Lesson:
    """One lesson that ships: a real draft of the embedded model for a task of ours."""
    source = _SOURCES[name]
    entries = read_log(RECORDINGS / name / f"{source.lane}{SUFFIX}")
    lesson = lesson_of(name, entries, load_task(TASKS, name), source.about)
    assert lesson is not None, name
    return lesson


def lessons_in(named: Sequence[str]) -> tuple[Lesson, ...]:
    """The lessons that these names, logs or folders of logs hold; without any, all that ship.

    Raises:
        UsageError: nothing of that name is there, or nothing there is a lesson.
        SourceError: a file that was named is no log.
    """
    found = [lesson for name in named or SHIPPED for lesson in _at(name)]
    if not found:
        raise UsageError(
            f"{', '.join(named)}: no lesson is in there; that takes a run in which one draft fails and another passes"
        )
    return tuple(found)


def _at(name: str) -> list[Lesson]:
    path = Path(name)
    if not path.exists():
        if name in SHIPPED:
            return [shipped_lesson(name)]
        raise UsageError(f"{name}: there is no such lesson, log or folder{nearest(name, SHIPPED)}")
    if not path.is_dir():
        return _lessons(path)
    found: list[Lesson] = []
    for log in sorted(path.glob(f"*{SUFFIX}")):
        try:
            found += _lessons(log)
        except SourceError:  # A folder may hold results and other lines of JSON.
            continue
    return found


def _lessons(path: Path) -> list[Lesson]:
    lesson = lesson_of(path.stem, read_log(path))
    return [] if lesson is None else [lesson]
