"""More bodies for a stub whose run is over, drawn one by one, so that there is something to compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..behaviour.answers import answered
from ..behaviour.standing import compare_candidates
from ..desk import Desk
from ..desk.questions import Draw
from ..desk.steering import Steering
from ..events import (
    AnyEvent,
    CallQueued,
    CheckStarted,
    Compared,
    TextStreamed,
)
from ..kit import Kit
from ..state.run import RunState

MOST = 5
"""Bodies drawn unasked."""
SAMPLES_DRAW = Draw(temperature=0.8)

_LIVE = (TextStreamed, CallQueued, CheckStarted)
"""What is of interest only while it happens."""

Told = Callable[[Sequence[AnyEvent]], RunState]
"""Puts what happened at the end of a run, and gives the run as it is then."""


async def draw(kit: Kit, state: RunState, tell: Told, most: int = MOST) -> None:
    """Draw so many bodies, with what the user answered in their prompt, and compare all candidates.

    Each body is told when it is complete and was run; leaving early tells nothing of the one that is under way.

    Raises:
        ModelError: the coder's model cannot be reached.
        SandboxError: code cannot be run here as safely as was promised.
    """
    assert state.stub is not None
    stub = answered(state.stub, state.answers)
    for _ in range(most):
        happened: list[AnyEvent] = []
        desk = Desk(kit, stub, happened.append, _goes_on, Steering(happened.append))
        desk.go_on(len(state.drafts), len(state.calls))
        drawn = sum(draft.purpose == "sample" for draft in state.drafts)
        draft = await desk.sample(stub, {}, nth=drawn, draw=SAMPLES_DRAW, purpose="sample")
        await desk.check(stub, draft)
        state = tell([event for event in happened if not isinstance(event, _LIVE)])
    await compare(kit, state, tell)


async def compare(kit: Kit, state: RunState, tell: Told) -> None:
    """Run all candidates on the same inputs, where there are two.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    behaviours = await compare_candidates(kit, state)
    if behaviours is not None:
        tell([Compared(behaviours=behaviours)])


async def _goes_on(node: str) -> None:
    """Nobody pauses or steers what nobody waits for."""
