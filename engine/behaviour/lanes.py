"""Which of several solutions of one stub do the same: the lanes of a race, compared by what they do."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ..facts import Behaviours, Stub
from ..kit import Kit
from ..state.run import RunState
from .clustering import differing
from .observing import observe, runs_anything

_TOLD = 2
"""Calls that are told of each difference."""


async def compare_lanes(kit: Kit, stub: Stub, lanes: Sequence[tuple[str, RunState]]) -> Behaviours:
    """What the solutions of lanes do with the same inputs, by name of the lane; nothing where fewer than two settled.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    drafts = [replace(state.solution.draft, id=name) for name, state in lanes if state.solution is not None]
    if len(drafts) < 2 or not runs_anything(kit.sandbox):
        return Behaviours()
    return await observe(kit.sandbox, kit.limits, stub, drafts, seed=kit.seed)


def told_alike(found: Behaviours) -> tuple[str, ...]:
    """Which lanes do the same, and with which calls the others do something else, a sentence each."""
    if not found.groups or not found.inputs:
        return ()
    first, *others = found.groups
    calls = f"{len(found.inputs)} calls"
    if not others:
        return (f"all that settled do the same with {calls}",) if first.weight > 1 else ()
    told = [f"{', '.join(group.drafts)}: the same with {calls}" for group in found.groups if group.weight > 1]
    for group in others:
        numbers = differing(found, first.drafts[0], group.drafts[0])
        shown = ", ".join(
            f"{found.inputs[n]} is {found.result(group, n).brief} and not {found.result(first, n).brief}"
            for n in numbers[:_TOLD]
        )
        names = ", ".join(group.drafts)
        told.append(f"{names}: not as {first.drafts[0]} with {len(numbers)} of {calls} ({shown})")
    return tuple(told)
