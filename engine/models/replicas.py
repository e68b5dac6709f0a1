"""One model on several servers: every ask goes to the least busy that is up, and outlives one that goes down."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeVar

from ..errors import ModelError
from .chat import ONE_EACH, Ask, ChatModel, Part, Sharing, Stream
from .refusals import RefusedError, error
from .retries import Retries
from .survivor import Survivor

if TYPE_CHECKING:
    from collections.abc import Iterator

DOWN = frozenset({"unreachable", "dropped", "broken", "timeout", "crashed"})
"""Kinds of `ModelError` that say that the server itself is in trouble."""
ELSEWHERE = DOWN | {"busy"}
"""Kinds with which another server may still answer. A wrong key or a wrong request is wrong everywhere."""
SHORTEST_REST = 2.0
"""Seconds a server that failed is left alone; doubled with each failure in a row."""
LONGEST_REST = 60.0
TWO_ROUNDS = Retries(attempts=2)
_Got = TypeVar("_Got")
Asking = Callable[[ChatModel], AbstractAsyncContextManager[_Got]]
"""Asks one of the models."""


class Replica:
    """One of the servers, and what is known of how it fares."""

    def __init__(self, model: ChatModel) -> None:
        self.model = model
        self.answering = 0
        """Asks that it has not finished."""
        self.failures = 0
        """In a row."""
        self.rests_until = 0.0
        """By the clock of its `Replicas`; before that it is asked only when nobody else is left."""

    @contextmanager
    def busy(self) -> Iterator[None]:
        """One more ask for the length of the block."""
        self.answering += 1
        try:
            yield
        finally:
            self.answering -= 1

    def answered(self) -> None:
        """It works (again)."""
        self.failures, self.rests_until = 0, 0.0

    def failed(self, now: float) -> None:
        """Leave it alone for a while, longer each time."""
        self.failures += 1
        self.rests_until = now + min(LONGEST_REST, SHORTEST_REST * 2.0 ** (self.failures - 1))


class Replicas:
    """A `ChatModel` over several that are the same. Give each of them one attempt: trying again is done here."""

    def __init__(
        self,
        models: Sequence[ChatModel],
        *,
        retries: Retries = TWO_ROUNDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        luck: Callable[[], float] = random.random,  # noqa: S311  (jitter, no secret)
    ) -> None:
        """`retries.attempts` counts rounds through all servers."""
        self._replicas = [Replica(model) for model in models]
        self._retries = retries
        self._clock, self._sleep, self._luck = clock, sleep, luck

    @property
    def models(self) -> tuple[ChatModel, ...]:
        """The models behind it, in the order given."""
        return tuple(replica.model for replica in self._replicas)

    @property
    def name(self) -> str:
        """The model as people call it: they all serve the same."""
        return self._replicas[0].model.name

    @property
    def scripted(self) -> bool:
        """Whether a person wrote the answers of any of them."""
        return any(model.scripted for model in self.models)

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncGenerator[Stream]:
        """Ask. When the server dies halfway, another goes on where it broke off, if the answer can be continued.

        Raises:
            ModelError: of the server asked last, when none answers.
        """
        async with AsyncExitStack() as connections:
            asked: list[Replica] = []

            async def ask_again(rest: Ask, problem: ModelError) -> Stream:
                if problem.kind not in DOWN:
                    raise problem
                asked[-1].failed(self._clock())
                answer = await self._answer(lambda model: model.stream(rest), connections, asked, but=asked[-1])
                if rest.prefill and not answer.reply.prefilled:
                    # It began anew, and the first half has been read already.
                    raise problem
                return answer

            async def lost(problem: ModelError) -> ModelError:
                if problem.kind in DOWN:
                    asked[-1].failed(self._clock())
                return problem

            first = await self._answer(lambda model: model.stream(ask), connections, asked)
            yield Survivor(ask, first, ask_again=ask_again, lost=lost)

    async def shares(self) -> bool:
        """Whether the first that can be reached may give several answers to one request. Raises: ModelError."""
        problem = error("unreachable", "there is no server to ask")
        for replica in sorted(self._replicas, key=lambda replica: replica.rests_until):
            if not isinstance(replica.model, Sharing):
                return False
            try:
                return await replica.model.shares()
            except ModelError as failure:
                problem = failure
        raise problem

    @asynccontextmanager
    async def stream_all(self, asks: Sequence[Ask]) -> AsyncGenerator[Sequence[Part]]:
        """Ask one of them for all of these in one request. Raises: ModelError, also when it dies halfway."""

        def ask_all(model: ChatModel) -> AbstractAsyncContextManager[Sequence[Part]]:
            if not isinstance(model, Sharing):
                raise error(ONE_EACH, f"{model.name} gives one answer to a request")
            return model.stream_all(asks)

        async with AsyncExitStack() as connections:
            yield await self._answer(ask_all, connections, [])

    async def aclose(self) -> None:
        """Close all connections."""
        await asyncio.gather(*(model.aclose() for model in self.models))

    async def _answer(
        self, ask: Asking[_Got], connections: AsyncExitStack, asked: list[Replica], but: Replica | None = None
    ) -> _Got:
        """The first answer that comes; whoever gives it is put at the end of `asked`."""
        attempt = 1
        while True:
            try:
                return await self._round(ask, connections, asked, but)
            except ModelError as problem:
                told = problem.refusal.retry_after if isinstance(problem, RefusedError) else None
                wait = self._retries.wait(attempt, told, self._luck()) if problem.kind in ELSEWHERE else None
                if wait is None:
                    raise
            await self._sleep(wait)
            attempt += 1
            but = None

    async def _round(
        self, ask: Asking[_Got], connections: AsyncExitStack, asked: list[Replica], but: Replica | None
    ) -> _Got:
        """The answer of the first that gives one; each is asked once."""
        left = [replica for replica in self._replicas if replica is not but] or list(self._replicas)
        problem = error("unreachable", "there is no server to ask")
        while left:
            # Chosen anew each time: others may have asked meanwhile.
            replica = self._best(left)
            left.remove(replica)
            try:
                answer = await self._asked(replica, ask, connections)
            except ModelError as failure:
                problem = failure
                if failure.kind not in ELSEWHERE:
                    raise
                if failure.kind in DOWN:
                    replica.failed(self._clock())
                continue
            asked.append(replica)
            return answer
        raise problem

    async def _asked(self, replica: Replica, ask: Asking[_Got], connections: AsyncExitStack) -> _Got:
        """The answer of this one. Raises: ModelError."""
        async with AsyncExitStack() as attempt:
            attempt.enter_context(replica.busy())
            answer = await attempt.enter_async_context(ask(replica.model))
            replica.answered()
            connections.push_async_exit(attempt.pop_all())
        return answer

    def _best(self, left: Sequence[Replica]) -> Replica:
        """The least busy of those that are up (the first of equals: its cache knows our prompts); else the rested."""
        now = self._clock()
        up = [replica for replica in left if replica.rests_until <= now]
        if up:
            return min(up, key=lambda replica: replica.answering)
        return min(left, key=lambda replica: replica.rests_until)
