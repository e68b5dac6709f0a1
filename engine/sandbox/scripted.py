"""A sandbox that runs nothing: it says what it was told each program gives. For demos and tests of pipelines."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence

from ..errors import SandboxError
from ..facts import Execution, Outcome
from .runner import DEFAULT, Limits

Told = Mapping[str, Mapping[str, str]]
"""By a fragment of the program, what each statement gives: a value, or "!" and an exception line."""


class ScriptedSandbox:
    """A `Sandbox` that says what it was told to say.

        ScriptedSandbox({"return x + 1": {"f(1)": "2"}, "return 1 / x": {"f(1)": "1.0", "f(0)": "!ZeroDivisionError"}})

    Of the fragments that the program contains, the first that tells of a statement counts.
    """

    tier = "A"

    def __init__(self, told: Told) -> None:
        self._told = told
        self.programs: list[str] = []
        """All that it was asked to run, in order."""

    async def run(self, program: str, steps: Sequence[str], limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """What was told of the program. Raises: SandboxError when nothing was."""
        self.programs.append(program)
        told = [answers for fragment, answers in self._told.items() if fragment in program]
        if not told:
            raise SandboxError(f"the script of this sandbox has no line for {program[-60:]!r}; add one")
        answers = ChainMap(*map(dict, told))
        return Execution(outcomes=tuple(_outcome(answers.get(step.strip())) for step in steps), tier=self.tier)

    async def load(self, program: str, limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """Every program can be imported here; it is not counted among `programs`."""
        return Execution(outcomes=(), tier=self.tier)

    async def aclose(self) -> None:
        """Nothing to end."""


def _outcome(told: str | None) -> Outcome:
    if told is None:
        return Outcome(status="returned")
    if told.startswith("!"):
        return Outcome(status="raised", raised=told[1:])
    return Outcome(status="returned", printed=told + "\n", value=told)
