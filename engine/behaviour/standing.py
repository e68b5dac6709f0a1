"""What a run's candidates do, and what is still to be decided between them: read from its state."""

from __future__ import annotations

from ..facts import Behaviours, Choice, Draft
from ..kit import Kit
from ..state.run import RunState
from .observing import observe
from .questions import leading, question, remaining


def candidates(state: RunState) -> tuple[Draft, ...]:
    """The drafts of the stub itself that can be compared."""
    return tuple(draft for draft in state.drafts if draft.problem is None and not draft.recites)


def open_question(state: RunState) -> Choice | None:
    """What the user could be asked; None where the candidates that pass most do the same, or were not compared."""
    if state.behaviours is None:
        return None
    return question(state.behaviours, state.answers, leading(state.drafts, state.reports))


def contradicting(state: RunState) -> frozenset[str]:
    """Ids of the drafts that do something else than the user answered."""
    found = state.behaviours
    if found is None or not state.answers:
        return frozenset()
    obeying = {name for group in remaining(found, state.answers) for name in group.drafts}
    return frozenset(name for group in found.groups for name in group.drafts if name not in obeying)


async def compare_candidates(kit: Kit, state: RunState) -> Behaviours | None:
    """What a run's candidates do with the same inputs; None where there are not two of them.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    drafts = candidates(state)
    if state.stub is None or len(drafts) < 2:
        return None
    calls = [finding.call for review in state.reviews.values() for finding in review.findings if finding.call]
    return await observe(kit.sandbox, kit.limits, state.stub, drafts, extra=calls, seed=kit.seed)
