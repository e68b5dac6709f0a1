"""The patterns that draft, review and repair (arXiv 2603.03406, sections 3.2 and 3.3), and our own with evidence."""

from __future__ import annotations

from ..desk import Desk
from ..facts import Draft, Report, Review, Solution, Stub
from ..waits import waiting_words

RETRIES = 3
"""Most repairs after an error of execution (arXiv 2603.03406, 3.3)."""


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
        if not _fails(report):
            break
        draft = await desk.retry(stub, draft, report)
        report = await desk.check(stub, draft)
        if _rank(report) > _rank(best_report):
            best, best_report, why = draft, report, f"retry {attempt} of {RETRIES}"
    return await desk.settle(best, why)


async def review_with_evidence(desk: Desk, stub: Stub) -> Solution:
    """Draft and run the examples; review with what failed; execute the findings; fix what was shown. Ours.

    When the fix does not hold either, one more body is written from the stub alone. Whichever passes most examples is
    kept, the fix before the draft of equals.
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
    if better := await _offered(desk, stub, draft, review, report):
        return await desk.settle(better, "the function as the reviewer wrote it")
    if not _fails(report) and not _shown(review):
        return await desk.settle(draft, _why_no_fix(report, review))
    # What only the project's hidden tests have shown no model is told: all that can be asked for is another body.
    told = _fails(report.told) or _shown(review)
    fix = await (desk.fix(stub, draft, review, report) if told else desk.fix_afresh(stub, draft))
    fixed = await desk.check(stub, fix)
    if _fails(report) and _fails(fixed):
        # A small model often copies its draft when it is asked to repair it; without the draft in sight it cannot.
        another = await desk.fix_afresh(stub, draft)
        passed = await desk.check(stub, another)
        if _rank(passed) > _rank(fixed):
            desk.decide(f"the body written afresh: {_tally(passed)}; the fix: {_tally(fixed)}")
            fix, fixed = another, passed
    await desk.prove(stub, draft, review, fix)
    if fix.problem is None and not fixed.problem and fixed.passes >= report.passes:
        return await desk.settle(fix, f"the fix: {_tally(report)} before, {_tally(fixed)} now")
    desk.decide(f"the fix is not kept: {_tally(report)} before, {_tally(fixed)} with it")
    return await desk.settle(draft, "the draft: the fix was no better")


async def _offered(desk: Desk, stub: Stub, draft: Draft, review: Review, report: Report) -> Draft | None:
    """What a reviewer wrote in place of a report, run as any candidate; None unless it holds every example and more."""
    offered = desk.offered(stub, draft, review)
    if offered is None:
        return None
    checked = await desk.check(stub, offered)
    better = not _fails(checked) and _rank(checked) > _rank(report)
    kept = "it is taken" if better else "the draft stays"
    tallies = f"{_tally(report)} before, {_tally(checked)} with it"
    desk.decide(f"the reviewer wrote the function in place of a report: {tallies}; {kept}")
    return offered if better else None


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


def _fails(report: Report) -> bool:
    return bool(report.problem) or bool(report.failures)


def _rank(report: Report) -> int:
    return -1 if report.problem else report.passes


def _shown(review: Review) -> bool:
    return any(finding.status == "reproduced" for finding in review.findings)


def _tally(report: Report) -> str:
    if report.problem:
        return "it did not run"
    tests, checks = report.tests, report.judged_examples
    held = f"{sum(check.passed for check in checks)} of {len(checks)} examples held"
    own = f"{sum(tests.values())} of {len(tests)} of your tests"
    return f"{held}, {own}" if checks and tests else f"{own} held" if tests else held


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
