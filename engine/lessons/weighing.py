"""What is weak in a lesson: whether it can be found, by thought alone, and what is said of it is true."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from ..facts import Check, Fact, Report
from ..sandbox.runner import Limits, Sandbox
from .claims import Claim, tried
from .lesson import Lesson, held

FEWEST_TESTS = 3
"""Tests kept apart below which a lucky body passes for right."""


class Weakness(Fact, frozen=True):
    """One thing to mend."""

    what: str
    grave: bool = False
    """Whether the lesson cannot be used as it is."""


async def weaknesses(sandbox: Sandbox, limits: Limits, lesson: Lesson) -> tuple[Weakness, ...]:
    """What is weak in a lesson, the grave things first; () when nothing is.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    right, again, wrong = await asyncio.gather(
        *(held(sandbox, limits, lesson, body) for body in (lesson.right, lesson.right, lesson.wrong.body))
    )
    found = [*_of_right(right, again), *_of_wrong(wrong)]
    if not any(weakness.grave for weakness in found):
        found += await _of_claims(sandbox, limits, lesson, wrong)
    found += _of_words(lesson)
    return tuple(sorted(found, key=lambda weakness: not weakness.grave))


def _of_right(report: Report, again: Report) -> Iterator[Weakness]:
    if report.problem:
        yield Weakness(what=f"the right body cannot be run: {report.problem}", grave=True)
    for check in report.failures:
        told = f"the right body gives {_told(check)} for {check.example.source.strip()}"
        yield Weakness(
            what=f"{told}, and should give {(check.example.raises or check.example.want).strip()}", grave=True
        )
    same = all(one.got == two.got for one, two in zip(report.checks, again.checks, strict=False))
    if not same:
        yield Weakness(what="the right body gives something else each time it is run", grave=True)


def _of_wrong(report: Report) -> Iterator[Weakness]:
    failing = [check for check in report.failures if check.example.origin == "visible"]
    for check in failing:
        call = check.example.source.strip()
        yield Weakness(what=f"an example that is shown gives the mistake away: {call} gives {_told(check)}", grave=True)
    hidden = [check for check in report.checks if check.example.origin == "hidden"]
    if hidden and not any(not check.passed for check in hidden):
        yield Weakness(what="the wrong body holds every hidden test: nothing proves it wrong", grave=True)
    if len(hidden) < FEWEST_TESTS:
        yield Weakness(what=f"{len(hidden)} hidden tests are few; {FEWEST_TESTS} or more tell right from lucky")


async def _of_claims(sandbox: Sandbox, limits: Limits, lesson: Lesson, wrong: Report) -> list[Weakness]:
    """Whether what proves the mistake is worth something as a student's claim."""
    shown = [check for check in wrong.failures if check.example.origin == "hidden"]
    claims = [
        Claim(call=c.example.source.strip(), should_be=(c.example.raises or c.example.want).strip()) for c in shown
    ]
    worth = [(await tried(sandbox, limits, lesson, claim)) for claim in claims]
    if any(verdict.result == "bug" for verdict in worth):
        return []
    return [Weakness(what=f"nobody can claim it: {worth[0].claim.call} is worth “{worth[0].result}”", grave=True)]


def _of_words(lesson: Lesson) -> Iterator[Weakness]:
    if not lesson.hints:
        yield Weakness(what="there are no hints for whoever is stuck")
    calls = {test.source.strip() for test in lesson.hidden}
    if any(call in hint for call in calls for hint in lesson.hints):
        yield Weakness(what="a hint names an input that is kept apart: it gives the mistake away")
    if not lesson.about:
        yield Weakness(what="nothing says afterwards what the mistake was (about)")
    if not lesson.stub.examples:
        yield Weakness(what="the docstring shows no example: what is right is a matter of opinion", grave=True)


def _told(check: Check) -> str:
    return check.got.strip() or check.verdict
