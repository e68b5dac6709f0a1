"""Lessons from races that ship: real drafts that fail an example of their docstring."""

from __future__ import annotations

from redraft.app.common.tasks import RECORDINGS, TASKS
from redraft.engine.lessons.lesson import Lesson, lesson_of
from redraft.engine.lessons.tasks import load_task
from redraft.engine.run.recording import SUFFIX, read_log

_LANES = {
    "swap_pairs": ("4-review-with-evidence", "all second items come before all first ones: wrong from four items on"),
    "clock_time": ("1-raw-coder", "% binds closer than the comma: a format for two numbers is given one"),
}


def recorded_lesson(name: str) -> Lesson:
    """The lesson in the recorded race of a task."""
    lane, about = _LANES[name]
    lesson = lesson_of(name, read_log(RECORDINGS / name / f"{lane}{SUFFIX}"), load_task(TASKS, name), about)
    assert lesson is not None
    return lesson
