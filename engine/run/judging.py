"""Holding a solution against tests that no pipeline sees."""

from __future__ import annotations

from collections.abc import Sequence

from .. import examples
from ..facts import (
    Check,
    Example,
    Report,
    Solution,
    Stub,
)
from ..kit import Kit


async def judged(kit: Kit, stub: Stub, solution: Solution, hidden: Sequence[Example]) -> Report:
    """What the hidden tests say of a solution; a draft that cannot be used fails without running.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    draft = solution.draft
    if draft.problem is not None:
        checks = tuple(Check(example=example, verdict="not run") for example in hidden)
        return Report(draft=draft.id, checks=checks, problem=draft.problem, tier=kit.sandbox.tier)
    steps = [examples.asked(example).source for example in hidden]
    done = await kit.sandbox.run(stub.program(draft.body), steps, kit.limits, path=stub.path)
    return examples.report(draft.id, hidden, done)
