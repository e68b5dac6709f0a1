"""Base and plus of EvalPlus, judged outside: inputs go into the sandbox, outputs come back and are compared here.

A batch of inputs that is done within the time of one needs no more looking at. One that is not is run again, input by
input, each against its own limit, so that the verdicts are those of EvalPlus's timer per input.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

from ..python.literals import NotPlain, parsed
from ..sandbox.asserts import SessionSandbox
from ..sandbox.conversation import Conversation, Ended
from ..sandbox.runner import Limits
from . import speaking
from .agreement import disagreement
from .statements import asserted
from .suites.problems import Inputs, Problem
from .suites.published import inputs_of
from .verdicts import FEWEST_SECONDS, MEMORY_MB, NO_CODE, Measured, Status, Verdict

BATCH_TEXT = 60_000
"""Characters of inputs in one batch."""
BATCH_SECONDS = 1.0
"""Time of one batch, by the canonical solution's measure."""
GENEROUS = 600.0
"""Seconds a canonical solution may take while it is measured on a busy machine."""

_TOLD = re.compile(r"\d+\.\d+ [=~#!]")


async def judge(sandbox: SessionSandbox, problem: Problem, program: str, measured: Measured) -> Verdict:
    """Hold a program against a problem's tests.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    if problem.asserts is not None:
        return await asserted(sandbox, problem, program, problem.asserts)
    inputs = inputs_of(problem)
    return await _Trial(sandbox, program, problem.stub.entry_point, inputs, measured).run()


async def measure(sandbox: SessionSandbox, problem: Problem) -> Measured:
    """Run the reference (if there is one) and the canonical solution, and time each input."""
    begin = Measured(verdict=NO_CODE, fewest=problem.limit or FEWEST_SECONDS)
    if not problem.canonical:
        return begin
    if problem.asserts is not None:
        return Measured(verdict=await judge(sandbox, problem, problem.canonical, begin))
    inputs = inputs_of(problem)
    if inputs.reference:
        reference = _Trial(sandbox, inputs.reference, "ref_func", inputs, begin, keep=True, seconds=GENEROUS)
        try:
            told = await reference.told()
        except Ended as ended:
            why = f"the reference: {ended}"
            return Measured(verdict=Verdict(base=False, plus=False, status="crashed", why=why))
        begin = Measured(verdict=NO_CODE, expected=tuple(line[1:] if line[0] == "=" else line for line in told))
    trial = _Trial(sandbox, problem.canonical, problem.stub.entry_point, inputs, begin, keep=True, seconds=GENEROUS)
    verdict = await trial.run()
    return Measured(
        verdict=verdict,
        slow={n: round(spent, 3) for n, spent in enumerate(trial.spent) if spent >= 0.1},
        total=round(sum(trial.spent), 3),
        expected=begin.expected,
    )


class _Trial:
    """One program on all inputs of a problem."""

    def __init__(
        self,
        sandbox: SessionSandbox,
        program: str,
        entry: str,
        inputs: Inputs,
        measured: Measured,
        *,
        keep: bool = False,
        seconds: float = 0.0,
    ) -> None:
        self._sandbox, self._program, self._entry = sandbox, program, entry
        self._inputs, self._measured = inputs, measured
        self._expected = measured.expected or inputs.expected
        self._seconds = seconds
        self._keep = keep
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self.spent: list[float] = []
        self.lines: list[str] = []

    async def run(self) -> Verdict:
        """Judge until the first input that fails."""
        done = 0
        try:
            async with self._process() as process:
                for batch in self._batches():
                    answered = await self._batch(process, batch)
                    if answered is None:
                        break
                    if wrong := self._wrong(batch, answered):
                        return wrong
                    done = batch[-1] + 1
            # What is left did not fit into the time of one: each input gets a time of its own.
            while done < self._count:
                done, wrong = await self._one_by_one(done)
                if wrong is not None:
                    return wrong
        except Ended as ended:
            status = "timeout" if ended.status == "timeout" else "crashed"
            return self._verdict(done, status, str(ended))
        return Verdict(base=True, plus=True, status="passed", tests=self._count, seconds=self._elapsed())

    async def told(self) -> list[str]:
        """All outputs, of a program that is trusted to give them. Raises: Ended."""
        async with self._process() as process:
            for batch in self._batches():
                if await self._batch(process, batch) is None:
                    raise Ended("the reference is too slow", "timeout")
        return self.lines

    async def _one_by_one(self, begin: int) -> tuple[int, Verdict | None]:
        """Inputs of the batch that was too slow, in a fresh process; where it ends, and the verdict that ends it."""
        batch = next(batch for batch in self._batches(begin))
        async with self._process() as process:
            for number in batch:
                answered = await self._batch(process, range(number, number + 1))
                if answered is None:
                    limit = self._limit(number)
                    return number, self._verdict(number, "timeout", f"input {number}: no output after {limit:g} s")
                if wrong := self._wrong(range(number, number + 1), answered):
                    return number, wrong
        return batch[-1] + 1, None

    @asynccontextmanager
    async def _process(self) -> AsyncIterator[Conversation]:
        left = (self._seconds or self._measured.whole) - self._elapsed()
        if left <= 0:
            raise Ended(f"timed out after {self._elapsed():.0f} s", "timeout")
        limits = Limits(seconds=left, step_seconds=left, memory_mb=MEMORY_MB)
        async with self._sandbox.session(self._program, limits) as process:
            for source in (f"redraft_function = {self._entry}", _helper()):
                outcome = await process.step(source)
                if outcome.status != "returned":
                    raise Ended(f"the function {self._entry} cannot be called ({outcome.raised})")
            yield process

    async def _batch(self, process: Conversation, batch: range) -> list[str] | None:
        """What each input gave, as sign and text; None when the time of one input was over before."""
        lines: list[str] = []
        limit = min(self._limit(number) for number in batch)
        try:
            async with asyncio.timeout(limit):
                while len(lines) < len(batch):
                    texts = [self._inputs.calls[number] for number in batch[len(lines) :]]
                    asked = f"redraft_beside['redraft_outputs'](redraft_function, {texts!r}, {self._inputs.rule!r})"
                    outcome = await process.step(asked)
                    lines += _lines(outcome.value, len(texts))
        except TimeoutError:
            return None
        spent, said = zip(*(line.split(" ", 1) for line in lines), strict=True)
        if self._keep:
            self.spent += [float(one) for one in spent]
            self.lines += said
        return list(said)

    def _batches(self, begin: int = 0) -> list[range]:
        """Inputs that are asked for at once: not too much text, not too much time."""
        batches: list[range] = []
        first, size, seconds = begin, 0, 0.0
        for number in range(begin, self._count):
            text = len(self._inputs.calls[number])
            if self._expected:
                text += len(self._expected[number])
            slow = self._measured.slow.get(number, 0.0)
            full = size + text > BATCH_TEXT or seconds + slow > BATCH_SECONDS
            # Base and plus never share a batch: when a process dies, its batch says which of the two has failed.
            if number > first and (full or number == self._inputs.base):
                batches.append(range(first, number))
                first, size, seconds = number, 0, 0.0
            size, seconds = size + text, seconds + slow
        if first < self._count:
            batches.append(range(first, self._count))
        return batches

    def _wrong(self, batch: range, said: Sequence[str]) -> Verdict | None:
        if not self._expected and self._inputs.rule != "root":
            return None
        for number, text in zip(batch, said, strict=True):
            expected = self._expected[number] if self._expected else ""
            why = disagreement(text, expected, self._inputs.calls[number], self._inputs.rule, self._inputs.atol)
            if why:
                return self._verdict(number, "raised" if text[0] == "!" else "wrong", f"input {number}: {why}")
        return None

    def _verdict(self, number: int, status: Status, why: str) -> Verdict:
        """Of a program that fails at an input: its base passes if that input is one of those EvalPlus added."""
        base = number >= self._inputs.base
        return Verdict(base=base, plus=False, status=status, why=why, tests=number + 1, seconds=self._elapsed())

    def _limit(self, number: int) -> float:
        return self._seconds or self._measured.limit(number)

    def _elapsed(self) -> float:
        return round(self._loop.time() - self._began, 3)

    @property
    def _count(self) -> int:
        return len(self._inputs.calls)


@lru_cache(maxsize=1)
def _helper() -> str:
    """A statement that defines what runs beside the function, in its own namespace: a draft may shadow `list`."""
    text = Path(speaking.__file__).read_text(encoding="utf-8")
    return f"redraft_beside = {{}}; __import__('builtins').exec({text!r}, redraft_beside)"


def _lines(value: str | None, most: int) -> list[str]:
    """The lines that came back. Raises: Ended when they are not what an honest process writes."""
    try:
        text = parsed(value or "")
    except NotPlain:
        text = None
    lines = text.split("\n") if isinstance(text, str) else []
    if not 0 < len(lines) <= most or any(not _TOLD.match(line) for line in lines):
        raise Ended("the process answered otherwise than it was asked")
    return lines
