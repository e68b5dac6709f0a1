"""Where lessons come from: those that ship, files of one's own, and runs where one draft failed and another passed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...engine.errors import SourceError, UsageError
from ...engine.lessons.files import SUFFIX, is_lesson, read_lesson
from ...engine.lessons.lesson import Lesson, lesson_of
from ...engine.run.recording import SUFFIX as LOG_SUFFIX
from ...engine.run.recording import read_log
from ...engine.system.nearest import nearest
from ..common.tasks import EXAMPLES

LESSONS = EXAMPLES / "lessons"
SHIPPED = (
    "chunked", "clock_time", "second_largest", "swap_pairs", "longest_streak",
    "compact_numbers", "merge_ranges", "first_wrong_bracket", "wrap_words", "letter_entropy", "running_median",
    "initials",
    "next_workday", "newest_version", "plain_path", "read_duration", "split_fields", "basket_add",
    "most_common", "fewest_coins", "grid_blank",
)  # fmt: skip
"""The lessons that ship, by name, in the order in which they are taken: easy ones first."""


def shipped_lesson(name: str) -> Lesson:
    """One lesson that ships: a body that holds every example it shows, and is wrong."""
    return read_lesson(LESSONS / f"{name}{SUFFIX}")


def lessons_in(named: Sequence[str]) -> tuple[Lesson, ...]:
    """The lessons that these names, lessons' files, logs or folders of them hold; without any, all that ship.

    Raises:
        UsageError: nothing of that name is there, or nothing there is a lesson.
        SourceError: a file that was named is neither a lesson nor a log.
    """
    found = [lesson for name in named or SHIPPED for lesson in _at(name)]
    if not found:
        raise UsageError(
            f"{', '.join(named)}: no lesson is in there; that takes a lesson's file, "
            "or a run in which one draft fails and another passes"
        )
    return tuple(found)


def _at(name: str) -> list[Lesson]:
    path = Path(name)
    if not path.exists():
        if name in SHIPPED:
            return [shipped_lesson(name)]
        raise UsageError(f"{name}: there is no such lesson, file, log or folder{nearest(name, SHIPPED)}")
    if not path.is_dir():
        return _lessons(path)
    found: list[Lesson] = []
    found += [read_lesson(file) for file in sorted(path.glob(f"*{SUFFIX}"))]
    for log in sorted(path.glob(f"*{LOG_SUFFIX}")):
        try:
            found += _lessons(log)
        except SourceError:  # A folder may hold results and other lines of JSON.
            continue
    return found


def _lessons(path: Path) -> list[Lesson]:
    if is_lesson(path):
        return [read_lesson(path)]
    lesson = lesson_of(path.stem, read_log(path))
    return [] if lesson is None else [lesson]
