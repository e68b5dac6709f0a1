"""The patterns that draft without a reviewer (arXiv 2603.03406, section 3.1)."""

from __future__ import annotations

from ..desk import Desk
from ..facts import Solution, Stub


async def raw_coder(desk: Desk, stub: Stub) -> Solution:
    """One call to the coder; the baseline of every comparison."""
    return await desk.settle(await desk.draft(stub), "the only draft")


async def raw_planner(desk: Desk, stub: Stub) -> Solution:
    """One call to the planner's model, asked for code, thinking off."""
    return await desk.settle(await desk.draft(stub, role="planner"), "the only draft")


async def plan_then_code(desk: Desk, stub: Stub) -> Solution:
    """The planner writes algorithm, edge cases and complexity; the coder follows it. Two calls."""
    plan = await desk.plan(stub)
    return await desk.settle(await desk.draft(stub, plan), "written from the plan")
