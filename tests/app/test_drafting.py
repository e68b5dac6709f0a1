"""A run without a screen: every end it can have is told as a state, and the last state is never missing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from redraft.app.run.runner import Drafting
from redraft.engine.errors import ModelError
from redraft.engine.facts import Stub
from redraft.engine.kit import Kit
from redraft.engine.models.scripted import Answers, Line
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.run.recording import RunFolder, read_log
from redraft.engine.settings import Settings
from redraft.engine.sources import find_stubs
from redraft.engine.sources.reading import decoded
from redraft.engine.state.run import RunState, state_of
from scenes import RUNS_OF_LETTERS, answer, scripted_kit

PIPELINE = CATALOGUE["review-with-evidence"]
(STUB,) = find_stubs(decoded("a.py", RUNS_OF_LETTERS.encode())).stubs


class Told:
    """A drafting, and the states it told."""

    def __init__(self, answers: Answers = answer, *, runs: RunFolder | None = None, kit: object = None) -> None:
        self.states: list[RunState] = []
        self.answering = asyncio.Event()
        self._answers = answers
        self._given = kit
        self.drafting = Drafting(self._kit, runs, self._take, fault=repr)

    async def _kit(self) -> Kit:
        if isinstance(self._given, Exception):
            raise self._given
        if isinstance(self._given, asyncio.Event):
            await self._given.wait()
        async with scripted_kit(self._answers)(Settings()) as kit:
            return kit

    def _take(self, stub: Stub, state: RunState) -> None:
        self.states.append(state)
        if state.live_call is not None:
            self.answering.set()


async def test_a_run_is_told_from_its_beginning_to_its_solution() -> None:
    told = Told()
    await told.drafting.draft(PIPELINE, STUB)
    assert [told.states[0].status, told.states[-1].status] == ["running", "settled"]
    assert told.drafting.stub is None


async def test_a_run_is_recorded_as_it_was_told(tmp_path: Path) -> None:
    told = Told(runs=RunFolder(tmp_path))
    await told.drafting.draft(PIPELINE, STUB)
    (path,) = RunFolder(tmp_path).logs()
    assert state_of(read_log(path)) == told.states[-1]


async def test_a_kit_that_cannot_be_opened_is_a_run_that_failed() -> None:
    told = Told(kit=ModelError("no server; start one"))
    await told.drafting.draft(PIPELINE, STUB)
    assert (told.states[-1].status, told.states[-1].problem) == ("failed", "no server; start one")


async def test_a_run_can_be_cancelled_while_its_kit_is_being_opened() -> None:
    told = Told(kit=asyncio.Event())
    async with asyncio.TaskGroup() as group:
        group.create_task(told.drafting.draft(PIPELINE, STUB))
        await asyncio.sleep(0)
        await told.drafting.cancel("save")
        assert told.drafting.stub is None
    assert (told.states[-1].status, told.states[-1].cancelled_by) == ("cancelled", "save")


async def test_cancel_returns_when_the_last_state_has_been_told() -> None:
    told = Told(lambda _: Line(text="    return", hangs=True))
    async with asyncio.TaskGroup() as group:
        group.create_task(told.drafting.draft(PIPELINE, STUB))
        await told.answering.wait()
        await told.drafting.cancel("you")
        assert told.states[-1].status == "cancelled"
        assert told.states[-1].calls[0].status == "cancelled"


async def test_cancelling_when_nothing_runs_is_nothing() -> None:
    told = Told()
    await told.drafting.cancel("you")
    assert told.states == []


async def test_a_fault_of_ours_ends_the_run_that_it_is_met_in_and_not_who_drafts() -> None:
    told = Told(kit=SystemError("AST constructor recursion depth mismatch"))
    await told.drafting.draft(PIPELINE, STUB)
    assert told.states[-1].status == "failed"
    assert told.states[-1].problem.startswith("not drafted: SystemError(")
    assert told.drafting.stub is None
