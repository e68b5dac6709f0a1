"""Several answers to one question: in one request where the server can, at once where it has room, else in a row."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import nullcontext
from typing import Any, TypeVar

from ..errors import BudgetSpent
from ..facts import Role
from ..models.sharing import Share
from .asking import MOST_AT_ONCE
from .base import Base

_Got = TypeVar("_Got")


class Drawing(Base):
    """Samples."""

    def has_room(self, *roles: Role) -> bool:
        """Whether the models of these roles answer several questions at once."""
        return all(self.kit.voices[role].room is None for role in roles)

    async def at_once(
        self,
        role: Role,
        ask: Callable[[int, Share | None], Awaitable[_Got]],
        nths: Iterable[int],
        what: str,
        *,
        node: str = "",
        each: Callable[[_Got], Awaitable[object]] | None = None,
    ) -> list[_Got]:
        """What `ask` gives for each number, in their order; the log says in which way they were asked for.

        `ask` also gets a place in a request for several answers, where there is one. `each` is done with every answer,
        in their order, while others may still come.

        Raises:
            BudgetSpent: not all may be asked for; `each` was done with those that were.
            Exception: the first that `ask` or `each` raises; what else was asked for is cancelled.
        """
        numbers = list(nths)
        got: list[_Got] = []

        async def asked(nth: int, share: Share | None = None) -> _Got | BudgetSpent:
            try:
                return await ask(nth, share)
            except BudgetSpent as spent:
                return spent  # Those that could be asked for before are worth waiting for.
            finally:
                if share is not None:
                    share.leave()

        async def take(answer: _Got | BudgetSpent) -> None:
            if isinstance(answer, BudgetSpent):
                raise answer
            got.append(answer)
            if each is not None:
                await each(answer)

        together = len(numbers) > 1 and self.has_room(role)
        if len(numbers) > 1:
            await self._tell_way(role, f"{len(numbers)} {what} are asked for", together=together, node=node)
        while together and numbers:
            sharing = len(numbers) > 1 and await self._asker.shares(role)
            batch = numbers[:MOST_AT_ONCE] if sharing else numbers
            numbers = numbers[len(batch) :]
            async with self._asker.sharing(role, len(batch), node) if sharing else nullcontext() as request:
                shares = request.shares if request else [None] * len(batch)
                await _all([asked(nth, share) for nth, share in zip(batch, shares, strict=True)], take)
        for nth in numbers:
            await take(await asked(nth))
        return got

    async def _tell_way(self, role: Role, what: str, *, together: bool, node: str) -> None:
        if not together:
            self.decide(f"{what} one after another: the model answers one question at a time", node)
        elif await self._asker.shares(role):
            self.decide(f"{what} in one request, for {MOST_AT_ONCE} at a time at most", node)
        else:
            self.decide(f"{what} at once, {MOST_AT_ONCE} at a time at most", node)


async def _all(asking: list[Coroutine[Any, Any, _Got]], take: Callable[[_Got], Awaitable[object]]) -> None:
    """Await all together, and take what they give in their order as soon as it is there."""
    try:
        async with asyncio.TaskGroup() as group:
            for task in [group.create_task(one) for one in asking]:
                await take(await task)
    except BaseExceptionGroup as several:
        # Whoever asks for many meets what whoever asks for one does; the others were cancelled by it.
        raise several.exceptions[0] from None
