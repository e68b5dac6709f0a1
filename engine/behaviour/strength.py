"""How strong examples are: how many mistakes, made on purpose in a body that holds them, they would catch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from .. import examples
from ..examples import asked, awaited
from ..examples.calls import spelling
from ..facts import Answer, Example, Execution, Fact, Outcome, Stub
from ..sandbox.runner import Limits, Sandbox
from .answers import doctest_of
from .inputs import inputs, own_calls
from .mutants import Mutant, mutants
from .observing import AT_ONCE, Watched, read_done, watch
from .outcomes import Done, result_of, same_done
from .questions import answer_to

INPUTS = 32
"""Calls that a mistake is tried on beside the examples, the shortest."""
SECONDS = 1.0
STEP_SECONDS = 0.25
_NOT_RUN = Outcome(status="not run")


class Mistake(Fact, frozen=True):
    """A mistake made on purpose, and whether an example fails by it."""

    kind: str
    line: int
    """1-based line within the whole function."""
    what: str
    caught: bool


class Strength(Fact, frozen=True):
    """How many of the mistakes the examples catch, and the example that would catch most of the others.

    An edit that changes nothing on any input counts as no mistake.
    """

    mistakes: tuple[Mistake, ...] = ()
    offer: Answer | None = None
    """What the body does with the call that would catch most; None where none was found."""
    would_catch: int = 0
    """How many more it would catch."""
    why_none: str = ""
    """Why nothing can be said, "" when something can."""

    @property
    def caught(self) -> int:
        """How many are caught."""
        return sum(mistake.caught for mistake in self.mistakes)

    @property
    def told(self) -> str:
        """One sentence: "the examples catch 9 of 14 mistakes; `median([2, 1])` would catch 3 more"."""
        if self.why_none or not self.mistakes:
            return self.why_none or "no mistake could be made in it that changes what it does"
        told = f"the examples catch {self.caught} of {len(self.mistakes)} mistakes"
        return told + (f"; {self.offer.call} would catch {self.would_catch} more" if self.offer else "")


def strength_facts(found: Strength) -> dict[str, object]:
    """The same for JSON: numbers, the mistakes, and the offer as an example and as lines of a docstring."""
    offer = found.offer
    return {
        "caught": found.caught,
        "of": len(found.mistakes),
        "mistakes": found.mistakes,
        "offer": None
        if offer is None
        else {"call": offer.call, "would_catch": found.would_catch, "doctest": "\n".join(doctest_of(offer))},
        "why_none": found.why_none,
    }


class Ran(NamedTuple):
    """What one body did: whether its examples hold, and what it did with the inputs that it came to."""

    holds: bool
    done: list[Done]


async def strength(sandbox: Sandbox, limits: Limits, stub: Stub, body: str, *, seed: int = 0) -> Strength:
    """How strong the stub's examples are, measured on a body that holds them.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    chosen, made = await asyncio.to_thread(lambda: (inputs(stub, seed=seed), mutants(stub, body)))
    own = own_calls(stub)
    calls = [call for call in chosen.calls if spelling(call) not in own][:INPUTS]
    trial = Trial(sandbox, limits, stub, [watch(stub, call) for call in calls])
    right, again = await asyncio.gather(trial.run(body), trial.run(body))
    if not right.holds:
        return Strength(why_none="the body does not hold its examples: they catch it already")
    if not made:
        return Strength(why_none="the body leaves no room for a mistake")
    steady = [n for n, both in enumerate(zip(right.done, again.done, strict=False)) if same_done(*both)]
    ran = await trial.run_all(made)
    wrong = [differs(one, right, steady) for one in ran]
    mistakes = [n for n, one in enumerate(ran) if not one.holds or wrong[n]]
    missed = [wrong[n] for n in mistakes if ran[n].holds]
    best = _best(calls, right, steady, missed)
    return Strength(
        mistakes=tuple(
            Mistake(kind=made[n].kind, line=made[n].line, what=made[n].what, caught=not ran[n].holds) for n in mistakes
        ),
        offer=None if best is None else answer_to(calls[best], result_of(right.done[best])),
        would_catch=0 if best is None else sum(best in differs for differs in missed),
    )


class Trial:
    """Runs bodies on the examples and then on the inputs, each time in one process."""

    def __init__(self, sandbox: Sandbox, limits: Limits, stub: Stub, watched: Sequence[Watched]) -> None:
        self._sandbox, self._stub, self._watched = sandbox, stub, watched
        self._limits = replace(
            limits, seconds=min(limits.seconds, SECONDS), step_seconds=min(limits.step_seconds, STEP_SECONDS)
        )
        self._seats = asyncio.Semaphore(AT_ONCE)
        self._examples, self._steps, self._places = _session(stub.judged)

    async def run(self, body: str) -> Ran:
        """What a body does. A body that fails an example is not called any further: it is caught."""
        came = await self._in_sandbox(body, self._steps)
        shown = Execution(outcomes=tuple(came[n] for n in self._places))
        if examples.report("", self._examples, shown).failures:
            return Ran(False, [])
        steps = [step for watched in self._watched for step in watched.steps]
        return Ran(True, read_done(self._watched, await self._in_sandbox(body, steps)))

    async def _in_sandbox(self, body: str, steps: Sequence[str]) -> list[Outcome]:
        if not steps:
            return []
        async with self._seats:
            came = await self._sandbox.run(self._stub.program(body), steps, self._limits, path=self._stub.path)
        return [*came.outcomes, *[_NOT_RUN] * (len(steps) - len(came.outcomes))]

    async def run_all(self, made: Sequence[Mutant]) -> list[Ran]:
        """What each of them does."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.run(mutant.body)) for mutant in made]
        return [task.result() for task in tasks]


def _session(judged: Sequence[Example]) -> tuple[tuple[Example, ...], list[str], list[int]]:
    """The examples, the statements that run them with what comes before each, and which statement is whose."""
    steps: list[str] = []
    places: list[int] = []
    for example in judged:
        steps += map(awaited, example.before)
        places.append(len(steps))
        steps.append(asked(example).source)
    return tuple(judged), steps, places


def differs(one: Ran, right: Ran, steady: Sequence[int]) -> set[int]:
    """The inputs on which a body does something else; it ends at the first that it hangs on."""
    return {n for n in steady if n < len(one.done) and not same_done(one.done[n], right.done[n])}


def _best(calls: Sequence[str], right: Ran, steady: Sequence[int], missed: Sequence[set[int]]) -> int | None:
    """The input that catches most of what is missed; of equals one that gives a value, then the shortest."""
    worth = {
        n: (sum(n in differs for differs in missed), right.done[n].outcome.status == "returned", -len(calls[n]))
        for n in steady
        if _can_be_shown(right.done[n])
    }
    best = max(worth, key=lambda n: worth[n], default=None)
    return best if best is not None and worth[best][0] else None


def _can_be_shown(done: Done) -> bool:
    result = result_of(done)
    return result.kind in {"value", "raised"} and not result.cut
