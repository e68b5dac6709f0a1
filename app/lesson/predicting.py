"""Predict, then see: where the mistake is and of what kind, said before the answer and held against it afterwards."""

from __future__ import annotations

from typing import Any, get_args

from textual.screen import Screen

from ...engine.lessons.files import Kind
from ...engine.lessons.lesson import Lesson
from ...widgets.signs import counted
from ...widgets.text import shown_line
from ..common.picker import Offer, Picker
from .attempts import Attempt, Prediction

_MEANS: dict[Kind, str] = {
    "bound": "one too many or too few, at an end or a limit",
    "missing case": "some inputs were not thought of",
    "wrong operator": "it computes or compares otherwise than it should",
    "wrong order": "the right things in the wrong order, or the wrong one of several",
    "mutation": "something is changed, or shared, that should not be",
    "type": "values of another type than was thought of",
    "other": "none of these",
}


async def ask_prediction(screen: Screen[Any], lesson: Lesson, before: Prediction | None) -> Prediction | None:
    """Where and what the user says it is; None when they leave it."""
    lines = lesson.stub.code(lesson.wrong.body).rstrip("\n").split("\n")
    first = lesson.stub.header.rstrip("\n").count("\n") + 1
    places = [
        Offer(str(n), f"{n:>3}  {shown_line(line)}", chosen=before is not None and before.line == n)
        for n, line in enumerate(lines, start=1)
        if n > first and line.strip()
    ]
    line = await screen.app.push_screen_wait(Picker("in which line is the mistake?", places))
    if line is None:
        return None
    kinds = [Offer(kind, kind, _MEANS[kind], before is not None and before.kind == kind) for kind in get_args(Kind)]
    kind = await screen.app.push_screen_wait(Picker("of what kind is it?", kinds))
    return None if kind is None else Prediction(int(line), kind)


def judged(said: Prediction | None, lesson: Lesson) -> str:
    """What a prediction was worth, in words; "" where none was made."""
    if said is None:
        return ""
    where = "the line is right" if said.line in lesson.lines else f"it is {_lines(lesson)}, not line {said.line}"
    if not lesson.kind:
        return f"you said line {said.line}: {where}"
    what = "the kind too" if said.kind == lesson.kind else f"and of the kind “{lesson.kind}”, not “{said.kind}”"
    return f"{where}, {what}"


def side_by_side(attempt: Attempt, lesson: Lesson) -> str:
    """What the user found beside what the reviewer did."""
    false = sum(verdict.result in {"no bug", "not so"} for verdict in attempt.verdicts)
    you = f"you: {'found' if attempt.found else 'not found'}, {counted(false, 'false alarm')}, {attempt.seconds:.0f} s"
    if attempt.hints:
        you += f", {counted(attempt.hints, 'hint')}"
    if lesson.review is None:
        return you
    statuses = [finding.status for finding in lesson.review.findings]
    alarms = sum(status == "refuted" for status in statuses)
    found = "found" if "reproduced" in statuses else "not found"
    return f"{you} · the reviewer: {found}, {counted(alarms, 'false alarm')}"


def _lines(lesson: Lesson) -> str:
    numbers = lesson.lines
    return f"line {numbers[0]}" if len(numbers) == 1 else f"lines {numbers[0]} to {numbers[-1]}"
