"""The embedded models of one redraft share this machine's memory: both stay, or one makes room for the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from ...errors import ModelError
from .memory import Memory, Need, memory_now
from .weights import megabytes

RESERVE = 500 * 10**6
"""Bytes that are left to everything else on the machine."""


class Member(Protocol):
    """A model that may be in memory."""

    @property
    def name(self) -> str:
        """The model as people call it."""
        ...

    @property
    def need(self) -> Need:
        """What it takes while it is loaded."""
        ...

    @property
    def is_loaded(self) -> bool:
        """Whether it takes memory that is ours to free."""
        ...

    @property
    def silent(self) -> asyncio.Event:
        """Set while no answer of it is under way."""
        ...

    async def leave_memory(self) -> None:
        """End its server; the next ask starts it again."""
        ...


class Household:
    """Lets a model be loaded when there is room for it, and makes that room."""

    def __init__(
        self,
        on_notice: Callable[[str], None] = lambda _: None,
        memory: Callable[[], Memory | None] = memory_now,
    ) -> None:
        """`on_notice` gets a sentence when one model makes room for another."""
        self._notice = on_notice
        self._memory = memory
        self._members: list[Member] = []
        self._loading = asyncio.Lock()

    def join(self, member: Member) -> None:
        """Count a model among those that share the memory."""
        self._members.append(member)

    def used(self, member: Member) -> None:
        """Note that a model is asked now: of several, the one that was not asked for longest makes room."""
        self._members.remove(member)
        self._members.append(member)

    def has_room(self, member: Member) -> bool:
        """Whether a model can be loaded beside what is in memory now."""
        memory = self._memory()
        return memory is None or memory.free is None or member.need.total + RESERVE <= memory.free

    @asynccontextmanager
    async def room_for(self, member: Member) -> AsyncGenerator[None, None]:
        """Load a model within this block: one at a time, and with others out of the way as far as that is needed.

        Raises:
            ModelError: it does not fit, whoever leaves ("no memory").
        """
        while True:
            async with self._loading:
                others = [one for one in self._members if one is not member and one.is_loaded]
                idle = next((one for one in others if one.silent.is_set()), None)
                if self.has_room(member) or not others:
                    self._refuse_what_cannot_fit(member)
                    yield
                    return
                if idle is not None:
                    self._notice(
                        f"making room for {member.name}: {idle.name} leaves the memory until it is asked again"
                    )
                    await idle.leave_memory()
                    continue
            # Not while we hold the lock: whoever answers may have to be started again for it.
            await _one_of(others)

    def _refuse_what_cannot_fit(self, member: Member) -> None:
        memory, need = self._memory(), member.need
        if memory is not None and memory.free is not None and memory.free < need.least:
            raise ModelError(
                f"{member.name} takes {megabytes(need.total)} of memory (weights {megabytes(need.weights)}, context "
                f"{megabytes(need.cache)}), and {megabytes(memory.free)} are free; close what is large, lower "
                "embedded.context, or take a smaller model (`redraft model recommend`)",
                kind="no memory",
            )


async def _one_of(members: list[Member]) -> None:
    """Wait until one of them is silent."""
    waits = [asyncio.ensure_future(member.silent.wait()) for member in members]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
