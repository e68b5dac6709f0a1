"""Reviews that look at the specification first (arXiv 2603.03406, 4.2 and 6). The paper finds that the gate loses."""

from __future__ import annotations

from ..desk import Desk
from ..examples.richness import GATE, richness
from ..facts import Solution, Stub
from .reviewing import reviewed, why_not_repaired


async def spec_gated_review(desk: Desk, stub: Stub) -> Solution:
    """Review only what is richly specified: one call on a lean stub, else as review-then-fix."""
    found = richness(stub)
    if found.is_lean:
        desk.decide(f"the specification is lean ({found.score} points, {GATE} needed): no review")
        return await desk.settle(await desk.draft(stub), "a lean specification: not reviewed")
    desk.decide(f"the specification is rich ({found.score} points, {GATE} needed): it is reviewed")
    draft, why = await reviewed(desk, stub)
    return await desk.settle(draft, why)


async def enrich_only(desk: Desk, stub: Stub) -> Solution:
    """The planner's additions alone, for a person to accept or leave; the body stays as it is. One call."""
    draft = desk.adopt(stub)
    await desk.enrich(stub)
    return Solution(draft=draft, why="only the specification was asked about")


async def spec_enriched_review(desk: Desk, stub: Stub) -> Solution:
    """The planner adds examples, types and edge cases; the draft is reviewed against that; the coder repairs.

    Three calls, or four when bugs are reported.
    """
    draft = await desk.draft(stub)
    enrichment = await desk.enrich(stub)
    review = await desk.review(stub, draft, enrichment=enrichment)
    if review.verdict != "bugs":
        return await desk.settle(draft, why_not_repaired(review))
    return await desk.settle(await desk.fix(stub, draft, review), "repaired from the report")
