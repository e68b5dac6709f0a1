"""From a pipeline to one log: the only place where a queue, a task and a clock live."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ..desk import Desk
from ..desk.preflight import check_imports
from ..desk.resume import Recall
from ..desk.steering import Steering
from ..errors import ModelError, first_of_ours
from ..events import (
    AnyEvent,
    CallStarted,
    Decided,
    Entry,
    Judged,
    Paused,
    RunCancelled,
    RunEnded,
    RunFailed,
    RunStarted,
    Steered,
)
from ..facts import Example, Stub
from ..kit import Budget, Kit
from ..pipelines.catalogue import Pipeline
from ..project import locate
from ..project_tests import with_tests
from ..system.version import VERSION
from .budget import Allowance
from .judging import judged
from .recording import without_keys

_SOON = 0.5
"""Seconds of importing after which it is told."""


class Recorder(Protocol):
    """Keeps each entry of a log as it happens."""

    def keep(self, entry: Entry) -> None:
        """Write one entry down."""
        ...


class Log:
    """One run's entries, in order, as they happen. Iterate it once."""

    def __init__(
        self, clock: Callable[[], float], record: Recorder | None, budget: Budget, recall: Recall | None = None
    ) -> None:
        self._clock = clock
        self._record = record
        self._began = clock()
        self._entries: asyncio.Queue[Entry | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._cancelled_by = ""
        self._driven = False
        self._may_go = asyncio.Event()
        self._may_go.set()
        self._recall = recall
        self._calls = 0
        self._steering = Steering(self.emit, self._remembered)
        self._allowance = Allowance(budget)

    def __aiter__(self) -> AsyncIterator[Entry]:
        return self._iterate()

    async def _iterate(self) -> AsyncIterator[Entry]:
        while (entry := await self._entries.get()) is not None:
            yield entry

    def emit(self, event: AnyEvent) -> None:
        """Add what has just happened."""
        self._allowance.count(event)
        self._calls += isinstance(event, CallStarted)
        entry = without_keys(Entry(at=round(self._clock() - self._began, 4), event=event))
        if self._record is not None:
            self._record.keep(entry)
        self._entries.put_nowait(entry)

    @property
    def paused(self) -> bool:
        """Whether the run waits before its next model call."""
        return not self._may_go.is_set()

    def pause(self) -> None:
        """Hold the run before its next model call; a call under way goes on."""
        if not self.paused:
            self._may_go.clear()
            self.emit(Paused())

    def resume(self) -> None:
        """Let a paused run go on."""
        if self.paused:
            self._may_go.set()
            self.emit(Paused(again=True))

    def steer(self, wish: Steered) -> None:
        """Do otherwise at a node of the tree, from the next model call on."""
        self._steering.wish(wish)

    async def turn(self, node: str) -> None:
        """Wait while the run is paused.

        Raises:
            SteeredError: the user wants something else of this node.
            BudgetSpent: the run may make no more calls.
        """
        await self._may_go.wait()
        self._steering.interrupt(node)
        self._allowance.check(self._clock() - self._began)

    def _remembered(self) -> tuple[Steered, ...]:
        return () if self._recall is None else self._recall.wishes(self._calls)

    async def cancel(self, by: str = "you") -> None:
        """End the run; returns once its streams are closed and its processes gone."""
        if self._task is not None and not self._task.done():
            self._cancelled_by = self._cancelled_by or by
            self._task.cancel()
            await asyncio.wait([self._task])
            if not self._driven:
                # A task that is cancelled before its first step never runs: the log still ends as all do.
                self.emit(RunCancelled(by=self._cancelled_by))
                self._end()

    async def ended(self) -> None:
        """Return once the run is over, however it ends."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def drive(self, pipeline: Pipeline, kit: Kit, stub: Stub, hidden: Sequence[Example]) -> None:
        """Run the pipeline to its end, whatever the end is, and judge what it settled on by the hidden tests."""
        self._driven = True
        try:
            desk = Desk(kit, stub, self.emit, self.turn, self._steering, self._recall, self._clock)
            desk.cannot_run = await self._imported(kit, stub)
            solution = await pipeline.run(desk, stub)
            if hidden:
                self.emit(Judged(report=await judged(kit, stub, solution, hidden)))
        except asyncio.CancelledError:
            self.emit(RunCancelled(by=self._cancelled_by or "you"))
            if not self._cancelled_by:
                raise
        except BaseException as error:  # Whatever ends a run, its log says so; what is no error of ours goes on.
            fault = first_of_ours(error)
            if fault is None:
                self.emit(RunFailed(problem=f"a fault in redraft itself: {error!r}", kind="bug"))
                raise
            cause = fault.kind if isinstance(fault, ModelError) else ""
            self.emit(RunFailed(problem=str(fault), kind=type(fault).__name__, cause=cause))
        finally:
            self._end()

    async def _imported(self, kit: Kit, stub: Stub) -> str:
        """What `check_imports` gives; that it goes on is told when it takes longer than a moment."""
        name = locate(stub.path).name

        def tell() -> None:
            self.emit(Decided(what=f"importing {name}…"))

        telling = asyncio.get_running_loop().call_later(_SOON, tell)
        try:
            return await check_imports(kit, stub)
        finally:
            telling.cancel()

    def _end(self) -> None:
        self.emit(RunEnded(seconds=round(self._clock() - self._began, 4)))
        self._entries.put_nowait(None)

    def start(
        self, pipeline: Pipeline, kit: Kit, stub: Stub, started: RunStarted, hidden: Sequence[Example] = ()
    ) -> asyncio.Task[None]:
        """Begin to drive, in a task that `running` owns."""
        self.emit(started)
        self._task = asyncio.create_task(self.drive(pipeline, kit, stub, hidden), name=f"run {started.run}")
        return self._task


@asynccontextmanager
async def running(
    pipeline: Pipeline,
    kit: Kit,
    stub: Stub,
    *,
    hidden: Sequence[Example] = (),
    record: Recorder | None = None,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    run: str = "",
    recall: Recall | None = None,
) -> AsyncIterator[Log]:
    """The log of `pipeline` at work on `stub`. Leaving the block cancels what still runs, and waits for it.

    `recall` goes on with an earlier run: what its log answers is not asked again.
    `hidden` are tests that the pipeline never sees; what it settles on is held against them when it is over.
    A fault of our own world ends the log with `RunFailed`; a bug does too, and is raised when the block is left.
    """
    if not hidden and kit.tests_told != "off":
        # A task brings its own tests; a stub of a project is held against those that the project has.
        stub = await asyncio.to_thread(with_tests, stub, kit.tests_told)
    began = now()
    log = Log(clock, record, kit.budget, recall)
    started = RunStarted(
        run=run or run_name(stub, pipeline.name, began),
        pipeline=pipeline.name,
        stub=stub,
        models={role: name for role, name in kit.models.items() if role in pipeline.roles},
        scripted=kit.scripted,
        seed=kit.seed,
        began_at=began.isoformat(timespec="seconds"),
        version=VERSION,
        mode=kit.mode,
        bound=pipeline.most_calls(kit.mode, kit.repair.attempts),
        resumed=recall.run if recall else "",
        folder="" if Path(stub.path).is_absolute() else str(Path.cwd()),
    )
    task = log.start(pipeline, kit, stub, started, hidden)
    try:
        yield log
    finally:
        await log.cancel()
        if not task.cancelled():
            task.result()


def run_name(stub: Stub, pipeline: str, began: datetime) -> str:
    """A name that sorts by time and says what was run."""
    where = "".join(c if c.isalnum() else "-" for c in stub.name)
    return f"{began:%Y%m%dT%H%M%S}.{began.microsecond // 1000:03d}-{where}-{pipeline}"
