"""Adversarial debate: two drafts, examples as the judge, a reviewer when they cannot decide (arXiv 2603.03406, 3.3)."""

from __future__ import annotations

import asyncio

from ..desk import Desk
from ..facts import Draft, Report, Solution, Stub
from ..python.shape import same_program


async def debate(desk: Desk, stub: Stub) -> Solution:
    """Coder and planner draft at once. One passes: it. Both: the reviewer chooses. None: both reviewed, and a third.

    Two calls, three, or four to five. Where the paper is silent: the chooser is skipped when both are the same program,
    and the third draft gives way to a parent that passes more examples.
    """
    async with asyncio.TaskGroup() as both:
        first_task = both.create_task(desk.draft(stub))
        second_task = both.create_task(desk.draft(stub, role="planner"))
    first, second = first_task.result(), second_task.result()
    reports = {draft.id: await desk.check(stub, draft) for draft in (first, second)}
    passing = [draft for draft in (first, second) if _passes(reports[draft.id])]
    if not stub.judged and not desk.deciding_tests(stub) and passing:
        why = "the visible examples wait" if stub.examples else "there are no visible examples"
        desk.decide(f"{why}: what runs passes vacuously")
    if len(passing) == 1:
        return await desk.settle(passing[0], f"only the {passing[0].role}'s draft passes")
    if same_program(stub.code(first.body), stub.code(second.body)):
        desk.decide("both drafts are the same program")
        if passing:
            return await desk.settle(first, "both drafts are the same program")
    elif passing:
        return await desk.settle(await desk.choose(stub, first, second), "the reviewer chose")
    return await _third(desk, stub, first, second, reports)


async def _third(desk: Desk, stub: Stub, first: Draft, second: Draft, reports: dict[str, Report]) -> Solution:
    reviews = [await desk.review(stub, first)]
    if not same_program(stub.code(first.body), stub.code(second.body)):
        reviews.append(await desk.review(stub, second))
    third = await desk.synthesise(stub, (first, second), reports, tuple(reviews))
    report = await desk.check(stub, third)
    better = max((first, second), key=lambda draft: _rank(reports[draft.id]))
    if _rank(report) >= _rank(reports[better.id]):
        return await desk.settle(third, "written from both drafts and both reviews")
    desk.decide("the third draft passes fewer examples than one of its parents")
    return await desk.settle(better, "it passes more examples than the third draft")


def _passes(report: Report) -> bool:
    return not report.problem and not report.failures


def _rank(report: Report) -> int:
    return -1 if report.problem else report.passes
