"""A class's claims marked: each run again on both bodies, whatever its line says came of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..examples.calls import spelling
from ..facts import Fact
from ..sandbox.runner import Limits, Sandbox
from .claims import Verdict, tried
from .lesson import Lesson
from .records import Record

AT_ONCE = 4
"""Claims in the sandbox together."""
SECONDS, STEP_SECONDS = 1.5, 0.5
"""What one claim may take: a function on a small input takes a millisecond."""
FULL, HINT, LEAST = 10, 3, 1
"""Points of a lesson: for a find, what each hint takes away, and what is left of a find in any case."""


class Mark(Fact, frozen=True):
    """What one student made of one lesson."""

    student: str
    lesson: str
    found: bool = False
    points: int = 0
    claims: int = 0
    """Those that say something: an input of which nothing can be said is none."""
    false_alarms: int = 0
    """Claims where the draft does what it should, or where what is claimed is not right either."""
    told: int = 0
    """Claims that repeat an example."""
    hints: int = 0
    seconds: float = 0.0
    """From the first look to the find, or to the last claim."""


class Marked(Fact, frozen=True):
    """A class, marked."""

    marks: tuple[Mark, ...] = ()
    """By student, and in the order of the lessons."""
    unseen: tuple[str, ...] = ()
    """Lessons that somebody tried and nobody solved."""
    troubles: tuple[str, ...] = ()
    """What could not be marked, in words."""


async def mark_claims(sandbox: Sandbox, limits: Limits, lessons: Sequence[Lesson], records: Sequence[Record]) -> Marked:
    """All claims, run in the one sandbox; claims about one lesson that differ in spaces and quotes alone are run once.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    by_name = {lesson.name: lesson for lesson in lessons}
    known = [record for record in records if record.lesson in by_name]
    strange = sorted({record.lesson for record in records} - by_name.keys())
    worth = await _worth(sandbox, limits, by_name, known)
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in known:
        groups[record.student, record.lesson].append(record)
    order = {name: n for n, name in enumerate(by_name)}
    keys = sorted(groups, key=lambda key: (key[0].casefold(), key[0], order[key[1]]))
    marks = tuple(_mark(student, lesson, groups[student, lesson], worth) for student, lesson in keys)
    tried_ones = {mark.lesson for mark in marks if mark.claims}
    solved = {mark.lesson for mark in marks if mark.found}
    return Marked(
        marks=marks,
        unseen=tuple(name for name in by_name if name in tried_ones - solved),
        troubles=tuple(f"there is no lesson {name[:80]!r}: its claims are not marked" for name in strange[:20]),
    )


_Key = tuple[str, str, str]
"""Lesson, the input in one spelling, and what should come out: what makes two claims the same."""
_Worth = Mapping[_Key, Verdict]


def _key(record: Record) -> _Key:
    return (record.lesson, spelling(record.call), record.should_be.strip())


async def _worth(
    sandbox: Sandbox, limits: Limits, lessons: Mapping[str, Lesson], records: Sequence[Record]
) -> dict[_Key, Verdict]:
    short = Limits(
        seconds=min(limits.seconds, SECONDS),
        import_seconds=limits.import_seconds,
        step_seconds=min(limits.step_seconds, STEP_SECONDS),
        memory_mb=limits.memory_mb,
    )
    wanted = {_key(record): record for record in records if record.call}
    seats = asyncio.Semaphore(AT_ONCE)

    async def run(record: Record) -> Verdict:
        async with seats:
            return await tried(sandbox, short, lessons[record.lesson], record.claim)

    async with asyncio.TaskGroup() as group:
        tasks = {key: group.create_task(run(record)) for key, record in wanted.items()}
    return {key: task.result() for key, task in tasks.items()}


def _mark(student: str, lesson: str, records: Sequence[Record], worth: _Worth) -> Mark:
    """What came of one lesson: only what was claimed up to the find counts."""
    claims = false = told = hints = 0
    seconds, found = 0.0, False
    for record in records:
        hints, seconds = max(hints, record.hints), max(seconds, record.seconds)
        if not record.call:
            continue
        result = worth[_key(record)].result
        claims += result != "outside"
        told += result == "told"
        false += result in {"no bug", "not so"}
        if result == "bug":
            found = True
            break
    points = max(LEAST, FULL - HINT * max(0, hints)) if found else 0
    return Mark(
        student=student,
        lesson=lesson,
        found=found,
        points=points,
        claims=claims,
        false_alarms=false,
        told=told,
        hints=hints,
        seconds=round(seconds, 1),
    )
