"""What application and sandboxed process say to each other: strictly in order, against the clock, believing nothing."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Literal, Protocol

from ..facts import Execution, LoadFailure, Outcome
from ..project import NOWHERE
from .child import child_frames as wire
from .failures import failure_of, refusal_of
from .frames import Malformed, Record, RecordReader
from .program import LARGEST, Job
from .runner import Limits

PRINTED = 70_000
"""Most characters of one text that is shown; an honest child keeps to less."""
Reply = Callable[[str, str], Awaitable[tuple[str, str]]]
"""Spelled positional and keyword arguments to ("returned", spelled value) or ("raised", exception line)."""
NOT_RUN = Outcome(status="not run")


class Link(Protocol):
    """The two pipes to one sandboxed process, and the power to end it."""

    async def send(self, record: bytes) -> None:
        """Write a whole record. Raises BrokenPipeError when the process is gone."""
        ...

    async def receive(self) -> bytes:
        """Some more bytes, b"" at the end."""
        ...

    def has_more(self) -> bool:
        """Whether there are bytes that can be had without waiting."""
        ...

    async def how_it_ended(self) -> int | None:
        """Exit status of a process that is gone, negative for a signal; None when it cannot be told."""
        ...


class Ended(Exception):
    """The run is over before its last statement; the text says why."""

    def __init__(self, why: str, status: Literal["crashed", "timeout"] = "crashed") -> None:
        super().__init__(why)
        self.status: Literal["crashed", "timeout"] = status


class NotProtected(Exception):
    """The process is not locked down as was promised; the text says what is missing."""


class Conversation:
    """One program in one process: load it, then run statements one at a time."""

    def __init__(self, link: Link, limits: Limits) -> None:
        self._link = link
        self._limits = limits
        self._reader = RecordReader()
        self._began = monotonic()
        self._steps = 0
        self._ends: float | None = None
        """When importing has to be over, while it is under way."""
        self._location = NOWHERE
        self.import_seconds = 0.0
        """Wall clock that importing the program took."""
        self.failure: LoadFailure | None = None
        """Why the program could not be imported."""
        self.in_force: frozenset[str] = frozenset()
        """The layers that held in the self-test, once it has said so."""

    @property
    def seconds(self) -> float:
        """Wall clock since the run began, without importing."""
        return monotonic() - self._began

    async def layers(self) -> frozenset[str]:
        """The layers that held in the self-test; the first thing an honest process says.

        Raises:
            Ended: it said something else, or nothing.
        """
        self.in_force = frozenset((await self._next(wire.LAYERS, 0, self._limits.seconds)).texts[0].split())
        return self.in_force

    async def load(self, job: Job, asks: str = "") -> str:
        """Load the program; what it printed while loading. `asks` names a function that is asked for outside.

        Raises:
            Ended: it could not be loaded.
        """
        self.check_silence()
        self._location = job.location
        began = monotonic()
        try:
            loaded = await self._loaded(job, asks)
        finally:
            # Importing has a clock of its own: what it takes is not the examples' time.
            self.import_seconds = monotonic() - began
            self._began += self.import_seconds
        printed, raised, file, line, inner, beneath = loaded.texts
        if raised == wire.TOO_LONG:
            at = failure_of(job.location, raised, file, line, "", "")
            raise Ended(self._too_long() + (f"; it stood at {at.file} line {at.line}" if at.file else ""), "timeout")
        if raised:
            self.failure = failure_of(job.location, raised, file, line, inner, beneath)
            raise Ended(self.failure.text)
        return printed

    async def _loaded(self, job: Job, asks: str) -> Record:
        at, seconds = job.location, self._limits.import_seconds
        packages = "\0\0".join(f"{name}\0{folder}" for name, folder in at.packages)
        texts = (at.name, at.path, "1" if at.is_package else "", at.root, "\0".join(at.search), packages)
        self._ends = monotonic() + seconds
        try:
            await self._say(wire.packed(wire.JOB, 0, *texts, job.program, asks, f"{seconds:g}"))
            return await self._next(wire.LOADED, 0, seconds)
        except Ended as ended:
            if ended.status == "timeout":
                raise Ended(self._too_long(), "timeout") from None
            raise
        finally:
            self._ends = None

    def _too_long(self) -> str:
        return f"importing took longer than {self._limits.import_seconds:g} s (sandbox.import_seconds)"

    async def step(self, source: str, reply: Reply | None = None) -> Outcome:
        """Run one statement. `reply` answers calls of the function that the program asks for outside.

        Raises:
            Ended: there is no outcome, because the process ended, was too slow, or wrote nonsense.
        """
        self.check_silence()
        began, number = monotonic(), self._steps
        self._steps += 1
        await self._say(wire.packed(wire.STEP, number, source))
        while reply is not None:
            record = await self._any(self._limits.step_seconds)
            if record.kind == wire.OUTCOME and record.number == number:
                return self._outcome(record, monotonic() - began)
            if record.kind != wire.CALL or record.number != number:
                raise Ended("the process answered out of turn")
            status, text = await reply(*record.texts)
            await self._say(wire.packed(wire.REPLY, number, status, text))
        return self._outcome(await self._next(wire.OUTCOME, number, self._limits.step_seconds), monotonic() - began)

    def _outcome(self, record: Record, seconds: float) -> Outcome:
        printed, has_value, value, kind, raised, notes, beneath = record.texts
        if (
            max(len(printed), len(raised), len(notes), len(beneath)) > PRINTED
            or len(kind) > 1000
            or has_value not in ("0", "1")
        ):
            raise Ended("the process answered with more than it may")
        return Outcome(
            status="raised" if raised else "returned",
            printed=printed,
            value=value if has_value == "1" else None,
            type_name=kind,
            raised=raised,
            notes=notes if raised else "",
            refused=refusal_of(self._location, raised, beneath=beneath) if raised else "",
            seconds=round(seconds, 6),
        )

    def check_silence(self) -> None:
        """Make sure that everything that was said has been asked for.

        Raises:
            Ended: it was not; then what was asked for is not to be believed either.
        """
        if self._reader.has_surplus or self._link.has_more():
            raise Ended("the process answered without being asked")

    async def _say(self, record: bytes) -> None:
        try:
            async with asyncio.timeout_at(self._deadline(self._limits.seconds)):
                await self._link.send(record)
        except TimeoutError:
            raise Ended(_too_slow(self._limits.seconds), "timeout") from None
        except OSError:
            raise Ended(await self._why()) from None

    async def _next(self, kind: int, index: int, seconds: float) -> Record:
        record = await self._any(seconds)
        if (record.kind, record.number) != (kind, index):
            raise Ended("the process answered out of turn")
        return record

    async def _any(self, seconds: float) -> Record:
        try:
            async with asyncio.timeout_at(self._deadline(seconds)):
                record = await self._record()
        except TimeoutError:
            raise Ended(_too_slow(min(seconds, self._limits.seconds)), "timeout") from None
        except Malformed as error:
            raise Ended(f"what the process wrote cannot be read: {error}") from None
        if record is None:
            raise Ended(await self._why())
        return record

    async def _record(self) -> Record | None:
        while (record := self._reader.take()) is None:
            some = await self._link.receive()
            if not some:
                return None
            self._reader.feed(some)
        return record

    def _deadline(self, seconds: float) -> float:
        # The event loop's clock may have another origin than ours.
        now = asyncio.get_running_loop().time()
        left = self._limits.seconds - self.seconds if self._ends is None else self._ends - monotonic()
        return now + max(min(seconds, left), 0)

    async def _why(self) -> str:
        status = await self._link.how_it_ended()
        if status is None or status == 0:
            return "the process ended before it was done"
        if status > 0:
            return f"the process ended with exit status {status} before it was done"
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = str(-status)
        return f"the process was ended by {name}"


async def converse(conversation: Conversation, job: Job, steps: Sequence[str]) -> Execution:
    """A whole run in a process that is locked down: what came out. Nothing that the program does makes this raise."""
    outcomes: list[Outcome] = []
    problem, timed_out = "", False
    try:
        await conversation.load(job)
        for number, source in enumerate(steps):
            began = conversation.seconds
            try:
                outcomes.append(await conversation.step(source))
                conversation.check_silence()
            except Ended as ended:
                died = Outcome(status=ended.status, seconds=conversation.seconds - began)
                outcomes[number:] = [died]
                raise
    except Ended as ended:
        problem, timed_out = str(ended), ended.status == "timeout"
    outcomes += [NOT_RUN] * (len(steps) - len(outcomes))
    return Execution(
        outcomes=tuple(outcomes),
        problem=problem,
        failure=conversation.failure,
        timed_out=timed_out,
        seconds=conversation.seconds,
        import_seconds=round(conversation.import_seconds, 4),
    )


async def protected(conversation: Conversation, required: frozenset[str]) -> None:
    """Wait until the process says that it is locked down.

    Raises:
        NotProtected: it is not, or not as required.
    """
    try:
        missing = required - await conversation.layers()
    except Ended as ended:
        raise NotProtected(str(ended)) from None
    if missing:
        raise NotProtected(f"the self-test failed for {', '.join(sorted(missing))}")


def refused(program: str, steps: Sequence[str]) -> Execution | None:
    """The answer for a program that is not even sent, or None when it may be."""
    size = len(program.encode("utf-8", "replace"))
    if size <= LARGEST and all(len(step) <= LARGEST for step in steps):
        return None
    problem = f"the program is {size // 1024:,} kB; more than {LARGEST // 1024} kB is not run"
    return Execution(outcomes=(NOT_RUN,) * len(steps), problem=problem)


def _too_slow(seconds: float) -> str:
    return f"timed out after {seconds:g} s"
