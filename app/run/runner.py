"""One run on one stub, from the first wait for a model to the last state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime

from msgspec.structs import replace

from ...engine.errors import RedraftError
from ...engine.events import Entry
from ...engine.facts import Stub
from ...engine.kit import Kit
from ...engine.pipelines.catalogue import Pipeline
from ...engine.run.log import (
    Log,
    Recorder,
    run_name,
    running,
)
from ...engine.run.recording import RunFolder
from ...engine.state.run import RunState
from ..common.feed import feed


class Drafting:
    """Runs at most one stub at a time and tells every state of it; the last one is never missing."""

    def __init__(
        self,
        kit: Callable[[], Awaitable[Kit]],
        runs: RunFolder | None,
        on_state: Callable[[Stub, RunState], None],
        complain: Callable[[str], None] = lambda _: None,
        *,
        fault: Callable[[Exception], str],
    ) -> None:
        """`fault` tells of a fault of redraft's own and gives words for it."""
        self._kit = kit
        self._runs = runs
        self._on_state = on_state
        self._told = RunState()
        """The last state."""
        self._complain = complain
        self._fault = fault
        self._log: Log | None = None
        self._opening: asyncio.Future[Kit] | None = None
        self._over = asyncio.Event()
        self._over.set()
        self._cancelled_by = ""
        self.stub: Stub | None = None
        """The stub under way, None between runs."""
        self.heard: dict[str, list[Entry]] = {}
        """By key: the log of the run under way, and of the last run on each stub if it grew a tree, to go back in."""

    async def draft(self, pipeline: Pipeline, stub: Stub) -> None:
        """Run `pipeline` on `stub` until it settles, fails or is cancelled: each is told as a state, none is raised."""
        self.stub, self._cancelled_by = stub, ""
        self._over.clear()
        begun = RunState(status="running", pipeline=pipeline.name, stub=stub)
        try:
            self._tell(stub, begun)
            kit = await self._opened(begun)
            if kit is not None:
                await self._follow(pipeline, kit, stub)
        except Exception as error:  # noqa: BLE001 - it is kept and told; the next stub is worked on
            self._tell(stub, replace(self._told, status="failed", problem=f"not drafted: {self._fault(error)}"))
        finally:
            self.stub = self._log = None
            self._over.set()

    @property
    def log(self) -> Log | None:
        """The log of the run under way, for holding and steering it."""
        return self._log

    async def cancel(self, by: str = "you") -> None:
        """End the run under way; returns when its streams are closed, its processes gone and its last state told."""
        if self.stub is None:
            return
        self._cancelled_by = by
        if self._log is not None:
            await self._log.cancel(by)
        elif self._opening is not None:
            self._opening.cancel()
        await self._over.wait()

    def _tell(self, stub: Stub, state: RunState) -> None:
        self._told = state
        self._on_state(stub, state)

    async def _opened(self, begun: RunState) -> Kit | None:
        """The kit, or None when it cannot be had or was no longer wanted, which has then been told."""
        assert begun.stub is not None
        self._opening = asyncio.ensure_future(self._kit())
        try:
            return await self._opening
        except RedraftError as error:
            self._tell(begun.stub, replace(begun, status="failed", problem=str(error)))
        except asyncio.CancelledError:
            self._opening.cancel()
            if not self._cancelled_by:
                raise
            self._tell(begun.stub, replace(begun, status="cancelled", cancelled_by=self._cancelled_by))
        finally:
            self._opening = None
        return None

    async def _follow(self, pipeline: Pipeline, kit: Kit, stub: Stub) -> None:
        name = run_name(stub, pipeline.name, datetime.now(UTC))
        recording = self._runs.recording(name, self._complain) if self._runs else None
        try:
            heard = Heard(recording)
            self.heard[stub.key] = heard.entries
            state = RunState()
            async with running(pipeline, kit, stub, record=heard, run=name) as log, aclosing(feed(log)) as states:
                self._log = log
                if self._cancelled_by:
                    await log.cancel(self._cancelled_by)
                async for state in states:
                    self._tell(stub, state)
            if not state.tree.nodes:
                self.heard.pop(stub.key, None)
        finally:
            if recording is not None:
                recording.close()


class Heard:
    """Remembers a log as it happens, and has it written down too."""

    def __init__(self, recording: Recorder | None) -> None:
        self.entries: list[Entry] = []
        self._recording = recording

    def keep(self, entry: Entry) -> None:
        """One entry."""
        self.entries.append(entry)
        if self._recording is not None:
            self._recording.keep(entry)
