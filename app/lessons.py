"""Where lessons come from: those that ship, and any recorded run in which one draft failed and another passed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..engine.errors import SourceError, UsageError
from ..engine.lessons import Lesson, lesson_of
from ..engine.nearest import nearest
from ..engine.recording import SUFFIX, read_log
from ..engine.tasks import load_task
from .tasks import RECORDINGS, TASKS

_LANES = {
    "swap_pairs": "4-review-with-evidence",
    "longest_streak": "4-review-with-evidence",
    "newest_version": "2-review-with-evidence",
    "merge_ranges": "4-review-with-evidence",
    "clock_time": "1-raw-coder",
    "next_workday": "3-review-then-fix",
    "letter_entropy": "4-review-with-evidence",
    "fewest_coins": "4-review-with-evidence",
}
"""The lane of a race that ships whose first draft has the bug, by task; easy ones first."""
SHIPPED = tuple(_LANES)
"""The lessons that ship, by name, in the order in which they are taken."""


def shipped_lesson(name: str) -> Lesson:
    """One lesson that ships: a real draft of the embedded model for a task of ours."""
    entries = read_log(RECORDINGS / name / f"{_LANES[name]}{SUFFIX}")
    lesson = lesson_of(name, entries, load_task(TASKS, name))
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
