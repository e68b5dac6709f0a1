"""Samples that are put into one request: it is sent once everyone who is coming has come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType

from msgspec.structs import replace

from ..errors import ModelError
from .chat import ONE_EACH, Ask, ChatModel, Part, Piece, Reply, Sharing, Stream
from .queueing import Room


class SharedRequest:
    """One request for several answers. Leaving the block closes its connection."""

    def __init__(self, model: ChatModel, number: int, seats: Room, tell: Callable[[str], None]) -> None:
        """`number`: how many shares it has. `seats`: how many answers the model is asked for at a time.

        `tell` gets a sentence when answers are asked for one by one after all.
        """
        self.shares = [Share(self, nth) for nth in range(number)]
        self._model, self._seats, self._tell = model, seats, tell
        self._asks: dict[int, tuple[Ask, str]] = {}
        self._awaited = set(range(number))
        self._complete = asyncio.Event()
        self._opening = asyncio.Lock()
        self._parts: dict[int, Part] | None = None
        self._failure: ModelError | None = None
        self._first = ""
        self._connection = AsyncExitStack()
        self._listened: set[int] = set()
        self._told = False

    async def __aenter__(self) -> SharedRequest:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.aclose()

    @property
    def first_call(self) -> str:
        """Id of the first call whose answer was asked for in it."""
        return self._first

    async def part(self, nth: int, ask: Ask, call: str) -> Part | None:
        """This share's answer; None when it has to be asked for alone, as what is asked later. Raises: ModelError."""
        self._asks[nth] = (ask, call)
        self.expect_no_more(nth)
        await self._complete.wait()
        async with self._opening:
            if self._failure is not None:
                raise self._failure
            if self._parts is None:
                self._parts = await self._opened()
        return self._parts.pop(nth, None)

    def expect_no_more(self, nth: int) -> None:
        """This share has come, or will not."""
        self._awaited.discard(nth)
        if not self._awaited:
            self._complete.set()

    async def leave(self, nth: int, part: Part) -> None:
        """Nobody listens to this part any longer; with the last one the connection is closed."""
        part.leave()
        self._listened.discard(nth)
        if not self._listened:
            await self._connection.aclose()

    @asynccontextmanager
    async def alone(self, ask: Ask) -> AsyncGenerator[Stream]:
        """An answer to a request of its own."""
        async with self._seats.seat(), self._model.stream(ask) as stream:
            yield stream

    async def instead(self, ask: Ask, connection: AsyncExitStack) -> Stream:
        """An answer in place of one that did not come with the others; it has their seat."""
        self._say("the server gave fewer answers than it was asked for: the others are asked for at once")
        return await connection.enter_async_context(self._model.stream(ask))

    async def _opened(self) -> dict[int, Part]:
        """The parts of those whose asks are the same but for their seeds, if there are several."""
        come = sorted(self._asks)
        first, self._first = self._asks[come[0]]
        alike = [nth for nth in come if _unseeded(self._asks[nth][0]) == _unseeded(first)]
        if len(alike) < 2 or not first.sampling.temperature or not isinstance(self._model, Sharing):
            return {}
        try:
            await self._connection.enter_async_context(self._seats.seat(len(alike)))
            asks = [self._asks[nth][0] for nth in alike]
            parts = await self._connection.enter_async_context(self._model.stream_all(asks))
        except ModelError as problem:
            await self._connection.aclose()
            if problem.kind != ONE_EACH:
                self._failure = problem
                raise
            self._say("the server gives one answer to a request: they are asked for at once")
            return {}
        self._listened = set(alike)
        return dict(zip(alike, parts, strict=True))

    def _say(self, what: str) -> None:
        if not self._told:
            self._told = True
            self._tell(what)


class Share:
    """A place in such a request."""

    def __init__(self, request: SharedRequest, nth: int) -> None:
        self._request, self._nth = request, nth

    @property
    def first_call(self) -> str:
        """Id of the first call whose answer was asked for in the same request."""
        return self._request.first_call

    def leave(self) -> None:
        """Make nobody wait any longer for a share that asks for nothing."""
        self._request.expect_no_more(self._nth)

    @asynccontextmanager
    async def stream(self, ask: Ask, call: str) -> AsyncGenerator[Stream]:
        """As `ChatModel.stream`; `call` is the id of the call that asks."""
        part = await self._request.part(self._nth, ask, call)
        if part is None:
            async with self._request.alone(ask) as stream:
                yield stream
            return
        async with AsyncExitStack() as connection:
            try:
                yield _Refilled(part, lambda: self._request.instead(ask, connection))
            finally:
                await self._request.leave(self._nth, part)


class _Refilled:
    """An answer that comes with others, or in place of one that should have."""

    def __init__(self, part: Part, instead: Callable[[], Awaitable[Stream]]) -> None:
        self._part, self._instead = part, instead
        self._answer: Stream = part

    @property
    def reply(self) -> Reply:
        """What has come so far."""
        return self._answer.reply

    async def __aiter__(self) -> AsyncIterator[Piece]:
        """Pieces as they come. Raises: ModelError."""
        async for piece in self._part:
            yield piece
        if self._part.missing:
            self._answer = await self._instead()
            async for piece in self._answer:
                yield piece


def _unseeded(ask: Ask) -> Ask:
    return replace(ask, sampling=replace(ask.sampling, seed=None))
