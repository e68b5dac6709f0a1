"""The patterns that draft, review and repair (arXiv 2603.03406, sections 3.2 and 3.3), and our own with evidence."""

from __future__ import annotations

from ..desk import Desk
from ..facts import Draft, Report, Review, Solution, Stub
from ..waits import waiting_words
from .repairing import Candidate, fails, rank, repair, shown, tally

RETRIES = 3
"""Most repairs after an error of execution (arXiv 2603.03406, 3.2)."""


async def review_then_fix(desk: Desk, stub: Stub) -> Solution:
    """Draft, review blind, and repair once if the reviewer reports bugs. Two or three calls, no execution."""
    draft, why = await reviewed(desk, stub)
    return await desk.settle(draft, why)


async def review_then_fix_with_retry(desk: Desk, stub: Stub) -> Solution:
    """The same, then up to three repairs from the errors of the visible examples; stops at the first pass.

    The paper leaves open what happens after the third failure. We keep the attempt with most passing examples, ties to
    the earliest, so that it is never worse than the reviewed code.
    """
    draft, why = await reviewed(desk, stub)
    best, best_report = draft, await desk.check(stub, draft)
    report = best_report
    for attempt in range(1, RETRIES + 1):
        if not fails(report):
            break
        draft = await desk.retry(stub, draft, report)
        report = await desk.check(stub, draft)
        if rank(report) > rank(best_report):
            best, best_report, why = draft, report, f"retry {attempt} of {RETRIES}"
    return await desk.settle(best, why)


async def review_with_evidence(desk: Desk, stub: Stub) -> Solution:
    """Draft and run the examples; review with what failed; execute the findings; repair what was shown. Ours.

    A draft that fails an example is followed by attempts until one holds them all; see `repairing`.
    """
    return await _with_evidence(desk, stub, await desk.draft(stub))


async def review_and_fix(desk: Desk, stub: Stub) -> Solution:
    """Review with evidence of the body that is already there, and a fix for what was shown. Ours."""
    return await _with_evidence(desk, stub, desk.adopt(stub))


async def review_only(desk: Desk, stub: Stub) -> Solution:
    """Review with evidence of the body that is already there; nothing is repaired. One call. Ours."""
    draft = desk.adopt(stub)
    report = await desk.check(stub, draft)
    review = await desk.prove(stub, draft, await desk.review(stub, draft, report))
    await _offered(desk, stub, draft, review, report)
    found = len(review.findings)
    why = f"{found} finding{'' if found == 1 else 's'}" if found else _no_finding(review)
    return await desk.settle(draft, why)


async def _with_evidence(desk: Desk, stub: Stub, draft: Draft) -> Solution:
    report = await desk.check(stub, draft)
    review = await desk.prove(stub, draft, await desk.review(stub, draft, report))
    offered = await _offered(desk, stub, draft, review, report)
    if offered is not None and offered.holds and rank(offered.report) > rank(report):
        desk.drop(draft, f"{tally(report)}; {tally(offered.report)} with the function that the reviewer wrote")
        return await desk.settle(offered.draft, "the function as the reviewer wrote it")
    if fails(report) or shown(review):
        others = () if offered is None else (offered,)
        return await repair(desk, stub, Candidate(draft, report), review, others)
    if offered is not None:
        desk.drop(offered.draft, f"{tally(offered.report)}; the draft is as good")
    return await desk.settle(draft, _why_no_fix(report, review))


async def _offered(desk: Desk, stub: Stub, draft: Draft, review: Review, report: Report) -> Candidate | None:
    """What a reviewer wrote in place of a report, run as any candidate; None for a reviewer that wrote no function."""
    offered = desk.offered(stub, draft, review)
    if offered is None:
        return None
    candidate = Candidate(offered, await desk.check(stub, offered))
    kept = "it is taken" if candidate.holds and rank(candidate.report) > rank(report) else "the draft stays"
    tallies = f"{tally(report)} before, {tally(candidate.report)} with it"
    desk.decide(f"the reviewer wrote the function in place of a report: {tallies}; {kept}")
    return candidate


async def reviewed(desk: Desk, stub: Stub) -> tuple[Draft, str]:
    """A draft, reviewed blind and repaired if the report says so; and why it is this one."""
    draft = await desk.draft(stub)
    review = await desk.review(stub, draft)
    if review.verdict != "bugs":
        return draft, why_not_repaired(review)
    return await desk.fix(stub, draft, review), "repaired from the report"


def why_not_repaired(review: Review) -> str:
    """Why a review led to no fix."""
    if review.happened:
        return "the reviewer found nothing"
    return "the report could not be read" if review.verdict == "unreadable" else "no report came"


def _why_no_fix(report: Report, review: Review) -> str:
    held = "every example holds" if report.judged_examples else "every test holds" if report.judged else ""
    held = held or waiting_words(report) or "there are no examples"
    if not review.happened:
        return f"{held}; {why_not_repaired(review)}"
    if review.verdict == "bugs" and not review.findings:
        return f"{held}; what the reviewer wrote was no better"
    return f"{held}; no finding was reproduced" if review.findings else f"{held}; the reviewer found nothing"


def _no_finding(review: Review) -> str:
    return "no findings" if review.happened else why_not_repaired(review)
