"""The baselines that sample and select (arXiv 2605.07248, 4.1): Standard, Best-of-N, and CodeT in its two forms."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Awaitable, Callable

from ..desk import Desk
from ..desk.questions import Draw
from ..facts import Draft, Example, Report, Solution, Stub
from ..models.sharing import Share

STANDARD_DRAW = Draw(temperature=0.3)
SAMPLES_DRAW = Draw(temperature=0.8)
BEST_OF = 5
CODET_SAMPLES = 11
"""Of the paper's CodeT, which is FunCoder's implementation: ten samples and a draft."""
PUBLISHED_SAMPLES = 100
"""Of CodeT as published (arXiv 2207.10397); at 30 tokens a second that is an hour."""
PUBLISHED_CHECKS = 5
"""Of each of a hundred batches of tests, the first five."""
PUBLISHED_DRAW = Draw(temperature=0.8, top_p=0.95, max_tokens=300)
"""How CodeT as published draws both, samples and tests."""


async def standard(desk: Desk, stub: Stub) -> Solution:
    """One call with few-shot examples, no tests."""
    draft = await desk.sample(stub, {}, nth=0, draw=STANDARD_DRAW, purpose="draft")
    return await desk.settle(draft, "the only draft")


async def best_of_n(desk: Desk, stub: Stub) -> Solution:
    """Five samples; most passing visible examples wins, the first of equals. Without examples it is the first.

    The "provided test suite" can only be the visible one: with hidden tests this would be pass@5.
    """
    if not stub.judged and not desk.deciding_tests(stub):
        why = "the visible examples wait" if stub.examples else "there are no visible examples"
        return await desk.settle((await _samples(desk, stub, BEST_OF))[0], f"{why}: the first sample")
    scores: dict[str, float] = {}

    async def check(draft: Draft) -> None:
        scores[draft.id] = float(_passes(await desk.check(stub, draft)))

    return await _highest(desk, await _samples(desk, stub, BEST_OF, check), scores, "visible examples passed")


async def codet_of_the_paper(desk: Desk, stub: Stub) -> Solution:
    """Eleven samples, each scored by the generated checks it passes; the unwritten stub is a candidate too.

    That is what FunCoder's authors call CodeT, and what the paper ran. Ties go to the earliest where they draw lots.
    """
    checks = await _generated(desk, stub)
    scores: dict[str, float] = {}

    async def judge(draft: Draft) -> None:
        scores[draft.id] = float(_passes(await desk.judge(stub, draft, {}, checks)))

    unwritten = desk.adopt(stub)
    await judge(unwritten)
    drafts = await _samples(desk, stub, CODET_SAMPLES, judge)
    # The stub counts as FunCoder counts it, but it comes last among equals: it is no answer.
    return await _highest(desk, [*drafts, unwritten], scores, "generated checks passed")


async def codet(desk: Desk, stub: Stub) -> Solution:
    """CodeT as published: samples grouped by the very checks they pass; |checks| × √|samples| ranks the groups.

    Equal samples count each, and so do equal checks. Nothing passes: the first sample, where the original draws lots.
    """
    pool = await desk.pool_checks(stub, PUBLISHED_SAMPLES, PUBLISHED_CHECKS, PUBLISHED_DRAW)
    checks = tuple(pool)
    groups: dict[frozenset[int], list[Draft]] = defaultdict(list)

    async def judge(draft: Draft) -> None:
        report = await desk.judge(stub, draft, {}, checks)
        groups[frozenset(n for n, check in enumerate(report.checks) if check.passed)].append(draft)

    drafts = await _samples(desk, stub, PUBLISHED_SAMPLES, judge, PUBLISHED_DRAW)
    weight = {passed: sum(pool[checks[n]] for n in passed) for passed in groups}
    scores = {draft.id: weight[p] * math.sqrt(len(group)) for p, group in groups.items() for draft in group}
    return await _highest(desk, drafts, scores, "checks passed × √samples that agree")


async def _generated(desk: Desk, stub: Stub) -> tuple[Example, ...]:
    return tuple(check for check in await desk.invent_checks(stub) if check.origin == "generated")


async def _samples(
    desk: Desk,
    stub: Stub,
    number: int,
    judge: Callable[[Draft], Awaitable[None]] | None = None,
    draw: Draw = SAMPLES_DRAW,
) -> list[Draft]:
    """So many samples; each is judged as it comes."""

    async def sample(nth: int, share: Share | None) -> Draft:
        return await desk.sample(stub, {}, nth=nth, draw=draw, share=share)

    return await desk.at_once("coder", sample, range(number), "samples", each=judge)


async def _highest(desk: Desk, drafts: list[Draft], scores: dict[str, float], by: str) -> Solution:
    chosen = max(drafts, key=lambda draft: scores[draft.id])
    desk.rank(scores, chosen.id, by)
    return await desk.settle(chosen, f"{scores[chosen.id]:.4g} {by}")


def _passes(report: Report) -> int:
    return -1 if report.problem else report.passes
