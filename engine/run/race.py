"""A race: the same stub through several patterns at once, each a lane with its own log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import msgspec

from ..errors import UsageError
from ..facts import Example, Stub
from ..kit import Kit
from ..pipelines.catalogue import Pipeline
from .log import (
    Log,
    Recorder,
    run_name,
    running,
)

FEWEST, MOST = 2, 5
"""Lanes of a race."""


class Entrant(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern and what it works with."""

    pipeline: Pipeline
    kit: Kit
    name: str
    """What the lane is called: the pipeline, and the model where lanes differ in it."""


class Lane:
    """One entrant on its way. Iterate its log once."""

    def __init__(self, entrant: Entrant, log: Log, run: str) -> None:
        self.name = entrant.name
        self.pipeline = entrant.pipeline
        self.kit = entrant.kit
        self.log = log
        self.run = run
        """Name of the run, as in the log."""

    async def cancel(self) -> None:
        """End this lane; the others go on. Returns once its streams are closed and its processes gone."""
        await self.log.cancel("you")


class Race:
    """Lanes that run at once and know nothing of each other."""

    def __init__(self, lanes: Sequence[Lane], faults: Sequence[Exception], *, in_turn: bool = False) -> None:
        self.lanes = tuple(lanes)
        self._begun = 1 if in_turn else len(self.lanes)
        """How many lanes may go on, from the first."""
        self.paused = False
        self.faults = faults
        """Faults of redraft's own that ended a lane; complete once the block is left."""

    def pause(self) -> None:
        """Hold every lane before its next model call; calls under way go on."""
        self.paused = True
        for lane in self.lanes:
            lane.log.pause()

    def resume(self) -> None:
        """Let all lanes go on whose turn has come."""
        self.paused = False
        for lane in self.lanes[: self._begun]:
            lane.log.resume()

    async def take_turns(self) -> None:
        """Let each lane begin once the one before it is over."""
        while self._begun < len(self.lanes):
            await self.lanes[self._begun - 1].log.ended()
            self._begun += 1
            if not self.paused:
                self.lanes[self._begun - 1].log.resume()

    async def cancel(self) -> None:
        """End all lanes; returns when they have ended."""
        async with asyncio.TaskGroup() as group:
            for lane in self.lanes:
                group.create_task(lane.cancel())


Recording = Callable[[int, Entrant, str], Recorder | None]
"""Given a lane's number (from 1), its entrant and the name of its run: where its log is kept."""


@asynccontextmanager
async def racing(
    entrants: Sequence[Entrant],
    stub: Stub,
    *,
    hidden: Sequence[Example] = (),
    record: Recording = lambda _number, _entrant, _run: None,
    in_turn: bool = False,
) -> AsyncIterator[Race]:
    """A race on `stub`, all lanes begun. Leaving the block cancels what still runs, and waits for it.

    `in_turn`: a lane is held before its first call until the one before it is over, so that none waits for a model.

    A lane that fails ends its own log and no other, also when the fault is ours: then it is in `Race.faults`. What
    the pipelines settle on is held against the `hidden` tests.

    Raises:
        UsageError: there are too few or too many entrants.
    """
    check_number(len(entrants))
    async with AsyncExitStack() as stack:
        lanes, faults = list[Lane](), list[Exception]()
        for number, entrant in enumerate(entrants, start=1):
            run = f"{run_name(stub, entrant.pipeline.name, datetime.now(UTC))}-{number}"
            recorder = record(number, entrant, run)
            opened = running(entrant.pipeline, entrant.kit, stub, hidden=hidden, record=recorder, run=run)
            lanes.append(Lane(entrant, await opened.__aenter__(), run))
            if in_turn and number > 1:
                lanes[-1].log.pause()
            stack.push_async_callback(_leave, opened, faults)
        race = Race(lanes, faults, in_turn=in_turn)
        turns = asyncio.create_task(race.take_turns(), name="turns of a race")
        try:
            yield race
        finally:
            turns.cancel()


async def _leave(lane: AbstractAsyncContextManager[Log], faults: list[Exception]) -> None:
    """End a lane, and note the fault that it ended with, so that the others are ended as well."""
    try:
        await lane.__aexit__(None, None, None)
    except Exception as fault:  # noqa: BLE001 - whoever holds the race tells of it
        faults.append(fault)


def check_number(lanes: int) -> None:
    """Raises UsageError unless a race of so many lanes can be run."""
    if not FEWEST <= lanes <= MOST:
        raise UsageError(f"a race has {FEWEST} to {MOST} lanes, not {lanes}; name as many pipelines, or fewer models")


def entrants(pipelines: Sequence[Pipeline], kits: Sequence[tuple[str, Kit]]) -> tuple[Entrant, ...]:
    """Every pipeline with every kit (with its model's name), pipelines outside."""
    names = iter(names_of(pipelines, [name for name, _ in kits]))
    return tuple(Entrant(pipeline=pipeline, kit=kit, name=next(names)) for pipeline in pipelines for _, kit in kits)


def names_of(pipelines: Sequence[Pipeline], models: Sequence[str]) -> tuple[str, ...]:
    """What the lanes of every pipeline with every model are called, in their order."""
    if len(models) < 2:
        return tuple(pipeline.name for pipeline in pipelines)
    return tuple(f"{pipeline.name} · {model}" for pipeline in pipelines for model in models)
