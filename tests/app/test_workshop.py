"""A kit is opened once, when it is needed, and closed in the task that opened it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from redraft.app.draft.kits import Workshop
from redraft.engine.errors import ModelError
from redraft.engine.kit import Kit

KIT = cast("Kit", object())


class Opening:
    """Counts, and remembers in which task it was entered and left."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.entered: list[asyncio.Task[object] | None] = []
        self.left: list[asyncio.Task[object] | None] = []

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Kit]:
        self.entered.append(asyncio.current_task())
        if self.failures:
            raise self.failures.pop(0)
        try:
            yield KIT
        finally:
            self.left.append(asyncio.current_task())


async def test_nothing_is_opened_before_it_is_asked_for() -> None:
    opening = Opening()
    workshop = Workshop(opening)
    async with asyncio.TaskGroup() as group:
        group.create_task(workshop.hold())
        await asyncio.sleep(0)
        workshop.close()
    assert opening.entered == []


async def test_many_who_ask_get_one_kit() -> None:
    opening = Opening()
    workshop = Workshop(opening)
    async with asyncio.TaskGroup() as group:
        holding = group.create_task(workshop.hold())
        kits = await asyncio.gather(workshop.kit(), workshop.kit(), workshop.kit())
        workshop.close()
    assert kits == [KIT, KIT, KIT]
    assert opening.entered == opening.left == [holding]


async def test_a_kit_that_could_not_be_opened_is_tried_again_when_asked_for_again() -> None:
    workshop = Workshop(Opening(ModelError("no server at 127.0.0.1:1; start one")))
    async with asyncio.TaskGroup() as group:
        group.create_task(workshop.hold())
        with pytest.raises(ModelError, match="no server"):
            await workshop.kit()
        assert workshop.opened is None
        assert await workshop.kit() is KIT
        assert workshop.opened is KIT
        workshop.close()


async def test_who_gives_up_waiting_does_not_take_the_kit_from_others() -> None:
    workshop = Workshop(Opening())
    async with asyncio.TaskGroup() as group:
        impatient = group.create_task(workshop.kit())
        await asyncio.sleep(0)
        impatient.cancel()
        group.create_task(workshop.hold())
        assert await workshop.kit() is KIT
        workshop.close()
