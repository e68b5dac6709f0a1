"""Samples are asked for together where the model has room, and one after another where it answers one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from redraft.engine.errors import ModelError
from redraft.engine.events import CallEnded, CallFailed, CallStarted, Decided, Drafted, Settled
from redraft.engine.facts import Role
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.chat import Ask, Stream
from redraft.engine.models.queueing import Room
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.sandbox.runner import Limits
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.sources import find_stubs
from redraft.engine.sources.reading import decoded

STUB = 'def area(w, h):\n    """Area.\n\n    >>> area(2, 3)\n    6\n    """\n    ...\n'
Event = TypeVar("Event")
ROLES: tuple[Role, ...] = ("coder", "reviewer", "planner", "tester")


class Busy(Scripted):
    """Answers with the seed it was asked with, the later ones sooner, and counts how many wait at the same time."""

    def __init__(self, fails: int = -1) -> None:
        super().__init__([])
        self.waiting = self.most = 0
        self._fails = fails
        self.asked: list[int] = []

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncGenerator[Stream]:
        seed, number = ask.sampling.seed or 0, len(self.asked)
        self.asked.append(seed)
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        try:
            for _ in range(40 - seed % 20):
                await asyncio.sleep(0)
            if number == self._fails:
                raise ModelError("it is broken")
            async with Scripted([f"    return w * h + {seed} * 0\n"]).stream(ask) as stream:
                yield stream
        finally:
            self.waiting -= 1


async def run(model: Busy, pipeline: str, room: Room | None = None, mode: str = "paper") -> list[object]:
    voices = {role: Voice(model=model, room=room) for role in ROLES}
    sandbox = ScriptedSandbox({"": {"area(2, 3)": "6"}})
    kit = Kit(voices=voices, prompts=Prompts(None), sandbox=sandbox, limits=Limits(), mode=mode)  # type: ignore[arg-type]
    (stub,) = find_stubs(decoded("own.py", STUB.encode())).stubs
    async with running(CATALOGUE[pipeline], kit, stub) as log:
        return [entry.event async for entry in log]


def of(events: list[object], kind: type[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize(("pipeline", "number"), [("best-of-n", 5), ("pat", 5)])
async def test_a_server_is_asked_for_all_samples_at_once_and_the_log_says_so(pipeline: str, number: int) -> None:
    model = Busy()
    events = await run(model, pipeline)
    assert model.most == number
    assert any(f"{number} " in event.what and "at once" in event.what for event in of(events, Decided))
    samples = [event for event in of(events, CallStarted) if event.purpose == "trial"]
    assert len(samples) == number
    assert {event.call for event in samples} <= {event.call for event in of(events, CallEnded)}


async def test_drafts_stand_in_the_order_of_their_seeds_whichever_comes_first() -> None:
    at_once, in_a_row = Busy(), Busy()
    together = await run(at_once, "best-of-n")
    one_by_one = await run(in_a_row, "best-of-n", Room())
    assert (in_a_row.most, at_once.asked) == (1, in_a_row.asked)
    assert not [event for event in of(one_by_one, Decided) if "at once" in event.what]
    found = [{event.draft.id: event.draft.body for event in of(events, Drafted)} for events in (together, one_by_one)]
    assert found[0] == found[1]
    assert [event.solution.draft.id for events in (together, one_by_one) for event in of(events, Settled)] == ["d1"] * 2


async def test_no_server_is_asked_more_than_it_can_bear() -> None:
    model = Busy()
    await run(model, "codet")
    assert model.most == 10


async def test_one_that_fails_ends_the_run_as_it_would_alone_and_the_others_with_it() -> None:
    model = Busy(fails=2)
    events = await run(model, "best-of-n")
    assert (model.waiting, [type(event).__name__ for event in events[-2:]]) == (0, ["RunFailed", "RunEnded"])
    calls = [event.call for event in of(events, CallStarted)]
    assert sorted(calls) == sorted(event.call for event in [*of(events, CallEnded), *of(events, CallFailed)])
