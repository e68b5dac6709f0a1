"""The verbs of asking by example: candidates compared by what they do, and the user asked. Ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..behaviour.observing import observe
from ..events import Answered, Compared
from ..facts import Answer, Behaviours, Choice, Draft, Stub
from .base import Base


class Consulting(Base):
    """What candidates do, and what the user says that they should."""

    async def compare(
        self, stub: Stub, drafts: Sequence[Draft], extra: Iterable[str] = (), node: str = ""
    ) -> Behaviours:
        """What the drafts do with the same inputs: which of them do the same. `extra` are inputs of somebody else.

        Raises:
            SandboxError: code cannot be run here as safely as was promised.
        """
        kit = self.kit
        behaviours = await observe(kit.sandbox, kit.limits, stub, drafts, extra=extra, seed=kit.seed)
        self._emit(Compared(behaviours=behaviours, node=node))
        return behaviours

    def take(self, answer: Answer, by: str = "you") -> None:
        """Tell the log what the user said."""
        self._emit(Answered(answer=answer, by=by))

    async def consult(self, stub: Stub, choice: Choice) -> Answer | None:
        """What the user says that a call should do; None when nobody answers."""
        person = self.kit.person
        answer = await person.answer(stub, choice) if person is not None else None
        if person is not None and answer is not None:
            self.take(answer, person.name)
        return answer

    def specify(self, stub: Stub) -> None:
        """Settle from now on by this stub, which says more than the one that the run began with."""
        self.stub = stub
