"""Assert-style tests (PaT, HumanEval+, MBPP+), judged so that a candidate never shares a process with its judge.

`assert f(args) == literal` is split: the candidate's process evaluates the call, the comparison is made here. Every
other form runs in a judge process, where `f` stands for calls into the candidate's process. Only plain values cross.
"""

from __future__ import annotations

import builtins
import contextlib
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from time import monotonic
from typing import Protocol

from ..facts import Check, Example, Outcome, Report
from ..python.literals import (
    NotPlain,
    parsed,
    same,
    spelling,
)
from .conversation import NOT_RUN, Conversation, Ended
from .runner import DEFAULT, Limits, Sandbox
from .splitting import Split, split

_MOST_DEATHS = 3
"""Processes of one candidate that may die or time out before its other tests are left."""
_MOST_CALLS = 20_000
# No two parts that may follow each other match the same character: else a long line of spaces would take hours.
_IMPORT = re.compile(r"^(?:import|from[ \t]+[\w.]+[ \t]+import)[ \t]+(\w[\w., \t]*)$", re.M)
_BUILT_IN = frozenset(dir(builtins))


class SessionSandbox(Sandbox, Protocol):
    """A sandbox that also keeps a process for statements that are not known beforehand."""

    def session(
        self, program: str, limits: Limits = DEFAULT, *, path: str = "", asks: str = ""
    ) -> contextlib.AbstractAsyncContextManager[Conversation]:
        """A locked-down process with the program loaded. Raises `Ended` on entering when it cannot be loaded."""
        ...


async def run_asserts(
    sandbox: SessionSandbox,
    program: str,
    entry_point: str,
    tests: Sequence[str],
    limits: Limits = DEFAULT,
    *,
    path: str = "",
    helpers: str = "",
    tolerant: bool = False,
) -> Report:
    """Hold a program against tests, each a text of one or more statements; one check a test.

    `helpers` is source of the specification's, not the candidate's, that the tests may use beside the function.
    `tolerant` lets floats differ by 1e-6 where the comparison is made here. `limits.seconds` is the time of one
    process; after a time-out or a crash the remaining tests get a new one, three times.

    Raises:
        SandboxError: the protection promised cannot be had; nothing was run.
    """
    began = monotonic()
    async with AsyncExitStack() as stack:
        candidate = _Candidate(sandbox, program, limits, path)
        stack.push_async_callback(candidate.aclose)
        judge = _Judge(sandbox, program, helpers, entry_point, limits, candidate)
        stack.push_async_callback(judge.aclose)
        checks: list[Check] = []
        for test in tests:
            parts = split(test, entry_point)
            judging = judge.check(test) if parts is None else _check_split(candidate, test, parts, tolerant)
            checks.append(await judging)
        seconds = monotonic() - began
        return Report(draft="", checks=tuple(checks), problem=candidate.problem, tier=sandbox.tier, seconds=seconds)


class _Candidate:
    """The process of the function under test, started when needed and again after it died."""

    def __init__(self, sandbox: SessionSandbox, program: str, limits: Limits, path: str) -> None:
        self._sandbox, self._program, self._limits, self._path = sandbox, program, limits, path
        self._stack = AsyncExitStack()
        self._conversation: Conversation | None = None
        self._deaths = 0
        self.problem = ""
        """Why the program cannot be loaded, "" when it can."""

    async def evaluate(self, source: str) -> Outcome:
        """What one statement does; "not run" when the program cannot be loaded or has died too often."""
        try:
            conversation = await self._ready()
            return await conversation.step(source) if conversation else NOT_RUN
        except Ended as ended:
            self._deaths += 1
            await self.aclose()
            return Outcome(status=ended.status, raised=str(ended))

    async def _ready(self) -> Conversation | None:
        if self._conversation is None and not self.problem and self._deaths < _MOST_DEATHS:
            opening = self._sandbox.session(self._program, self._limits, path=self._path)
            try:
                self._conversation = await self._stack.enter_async_context(opening)
            except Ended as ended:
                self.problem = str(ended)
        return self._conversation

    async def aclose(self) -> None:
        """End the process."""
        self._conversation = None
        await self._stack.aclose()


class _Judge:
    """A process for tests that cannot be split."""

    def __init__(
        self,
        sandbox: SessionSandbox,
        program: str,
        helpers: str,
        entry_point: str,
        limits: Limits,
        candidate: _Candidate,
    ) -> None:
        self._sandbox, self._limits, self._candidate, self._entry_point = sandbox, limits, candidate, entry_point
        # Run in the judge's process: what an import raises, the tests that need it will tell, and no others.
        imports = "".join(
            f"try:\n    {line}\nexcept Exception:\n    pass\n" for line in plain_imports(program, entry_point)
        )
        self._program = f"{imports}{helpers}\n"
        self._stack = AsyncExitStack()
        self._conversation: Conversation | None = None
        self._calls = 0
        self._fault = ""

    async def check(self, test: str) -> Check:
        """Run one test here, its calls there."""
        example = _example(test)
        began = monotonic()
        self._calls, self._fault = 0, ""
        # A namespace of its own for each test, with the imports of the program.
        source = f"exec(compile({test!r}, '<test>', 'exec'), {{**globals()}})"
        try:
            if self._conversation is None:
                opening = self._sandbox.session(self._program, self._limits, asks=self._entry_point)
                self._conversation = await self._stack.enter_async_context(opening)
            outcome = await self._conversation.step(source, self._call)
        except Ended as ended:
            await self.aclose()
            outcome = Outcome(status=ended.status, raised=str(ended))
        return _judged(example, outcome, self._fault, monotonic() - began)

    async def _call(self, positional: str, named: str) -> tuple[str, str]:
        """Answer one call: both texts are read as literals and written anew, so no code crosses."""
        self._calls += 1
        try:
            arguments, keywords = parsed(positional), parsed(named)
        except NotPlain as error:
            return "raised", f"TypeError: arguments that cannot be read: {error}"
        if self._calls > _MOST_CALLS:
            return "raised", "RuntimeError: too many calls in one test"
        outcome = await self._candidate.evaluate(f"{self._entry_point}(*{spelling(arguments)}, **{spelling(keywords)})")
        if outcome.status == "returned":
            return self._crossing(outcome)
        if outcome.status != "raised":
            self._fault = self._fault or outcome.status
        return "raised", outcome.raised or f"RuntimeError: {outcome.status}"

    def _crossing(self, outcome: Outcome) -> tuple[str, str]:
        try:
            return "returned", spelling(_value(outcome))
        except NotPlain as error:
            return "raised", f"TypeError: {error}"

    async def aclose(self) -> None:
        """End the process."""
        self._conversation = None
        await self._stack.aclose()


async def _check_split(candidate: _Candidate, test: str, parts: Split, tolerant: bool) -> Check:
    outcome = await candidate.evaluate(parts.call)
    example = _example(test)
    if outcome.status != "returned":
        return _judged(example, outcome, "", outcome.seconds)
    try:
        holds = _holds(parts, _value(outcome), tolerant)
    except NotPlain as error:
        return Check(example=example, verdict="failed", got=str(error), seconds=outcome.seconds)
    got = "None" if outcome.value is None else outcome.value
    return Check(example=example, verdict="passed" if holds else "failed", got=got, seconds=outcome.seconds)


def _holds(parts: Split, got: object, tolerant: bool) -> bool:
    if parts.relation in ("true", "false"):
        return bool(got) == (parts.relation == "true")
    want = parsed(parts.want)
    if parts.relation in ("is", "is not"):
        return (type(got) is type(want) and same(want, got)) == (parts.relation == "is")
    return same(want, got, tolerant=tolerant) == (parts.relation == "==")


def _value(outcome: Outcome) -> object:
    if outcome.value is None:
        if outcome.type_name in ("builtins.NoneType", ""):
            return None
        raise NotPlain(f"a result of type {outcome.type_name}, which is not made of plain values")
    return parsed(outcome.value)


def _judged(example: Example, outcome: Outcome, fault: str, seconds: float) -> Check:
    match fault or outcome.status:
        case "returned":
            return Check(example=example, verdict="passed", seconds=seconds)
        case "raised" if outcome.raised.startswith("AssertionError"):
            return Check(example=example, verdict="failed", got=outcome.raised, seconds=seconds)
        case "raised":
            return Check(example=example, verdict="raised", got=outcome.raised, seconds=seconds)
        case "timeout":
            return Check(example=example, verdict="timeout", got=outcome.raised, seconds=seconds)
        case "not run":
            return Check(example=example, verdict="not run", seconds=seconds)
        case _:
            return Check(example=example, verdict="crashed", got=outcome.raised, seconds=seconds)


def plain_imports(program: str, entry_point: str) -> list[str]:
    """The imports of a program that tests may use: none of them gives a thing another name, or takes a name that is
    taken. `from operator import neg as abs` is the candidate's way to judge itself."""
    found: list[str] = []
    for line in _IMPORT.finditer(program):
        names = [name.strip() for name in line[1].split(",")]
        bound = {name.partition(".")[0] for name in names}
        if all(name.isidentifier() for name in bound) and not bound & {entry_point, *_BUILT_IN}:
            found.append(line[0])
    return found


def _example(test: str) -> Example:
    return Example(source=test, compare="truth", origin="generated")
