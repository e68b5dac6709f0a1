"""A stand-in for the user in benchmarks: what a right program does is what should come out."""

from __future__ import annotations

from ..facts import Answer, Choice, Stub
from ..sandbox.runner import Limits, Sandbox
from .inputs import Inputs
from .observing import observe_programs
from .questions import answer_to

CANONICAL = "the canonical solution"


class Simulated:
    """Answers every question by running a program that is known to be right."""

    def __init__(self, sandbox: Sandbox, limits: Limits, program: str, questions: int) -> None:
        """`program` is a whole module that holds the right function; `questions`: how many are answered."""
        self._sandbox, self._limits, self._program = sandbox, limits, program
        self._left = questions

    @property
    def name(self) -> str:
        """Who answers, as every table says."""
        return CANONICAL

    async def answer(self, stub: Stub, choice: Choice) -> Answer | None:
        """What the right program does; where that cannot be told, that it does not matter.

        Raises:
            SandboxError: code cannot be run here as safely as was promised.
        """
        if self._left <= 0:
            return None
        self._left -= 1
        call = Inputs((choice.call,))
        done = await observe_programs(self._sandbox, self._limits, stub, {CANONICAL: self._program}, call)
        if not done.inputs:
            return Answer(call=choice.call)
        return answer_to(choice.call, done.result(done.groups[0], 0))
