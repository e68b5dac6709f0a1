"""A stream in flight: reads chunks as they come, watches the clock, and closes the connection when it is left."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from ..errors import ModelError
from .answer import Answer
from .chat import Piece, Reply
from .endpoint import Endpoint
from .refusals import error, quoted

if TYPE_CHECKING:
    from .wire import Chunks

GRACE = 5.0
"""Seconds a server has, after it said how the answer ended, to send the usage and close."""

COUNTING = 2.0
"""Seconds that the count of a long prompt is waited for."""


class LiveAnswer:
    """One answer on one connection; a `Stream`."""

    def __init__(
        self,
        answer: Answer,
        endpoint: Endpoint,
        model: str,
        *,
        clock: Callable[[], float],
        began: float,
        trouble: Callable[[Exception], ModelError],
    ) -> None:
        self.answer = answer
        self._endpoint, self._model = endpoint, model
        self._clock, self._began = clock, began
        self._trouble = trouble
        self._chunks: Chunks | None = None
        self._ready: deque[Piece] = deque()
        self._ended = False

    @property
    def reply(self) -> Reply:
        """What has come so far; whole once the iteration has ended."""
        return self.answer.reply

    def __aiter__(self) -> AsyncIterator[Piece]:
        return self

    async def __anext__(self) -> Piece:
        while not self._ready:
            if self._ended:
                raise StopAsyncIteration
            await self._read()
        return self._ready.popleft()

    async def opened(self, ask: Callable[[], Awaitable[Chunks]]) -> LiveAnswer:
        """Itself, once the first piece or the end has come. Raises: ModelError, with the connection closed."""
        from . import wire

        try:
            async with asyncio.timeout(self._left()):
                self._chunks = await ask()
            while not (self._ready or self._ended):
                await self._read()
        except BaseException as failure:
            await self.aclose()
            if isinstance(failure, wire.FAILURES):
                raise self._trouble(failure) from None
            if isinstance(failure, TimeoutError):
                raise self._too_long() from None
            raise
        return self

    async def aclose(self) -> None:
        """Close the connection; the server sees it at once and can stop."""
        self._ended = True
        self._ready.clear()
        if self._chunks is not None:
            await self._chunks.aclose()

    async def hear_count(self) -> None:
        """Listen on, for the count alone, in an answer that has said enough: some servers count only at its end."""
        from . import wire

        assert self._chunks is not None
        with contextlib.suppress(TimeoutError, *wire.FAILURES):
            async with asyncio.timeout(COUNTING):
                while not self._ended and (chunk := await self._chunks.next()) is not None:
                    if chunk.counts is not None:
                        self.answer.count(chunk.counts)
                        return

    async def _read(self) -> None:
        """Take in one chunk, or the end."""
        from . import wire

        assert self._chunks is not None
        finished = self.answer.finished
        try:
            async with asyncio.timeout(min(GRACE, self._left()) if finished else self._left()):
                chunk = await self._chunks.next()
        except wire.FAILURES as failure:
            if not finished:
                raise self._trouble(failure) from None
            chunk = None
        except TimeoutError:
            if not finished:
                raise self._too_long() from None
            chunk = None
        if chunk is None:
            await self._end()
            return
        self._ready.extend(self.answer.take(chunk, self._clock() - self._began))
        if self.answer.is_runaway:
            self._ready.extend(self.answer.stop_runaway())
            self._ended = True
            await self._chunks.aclose()

    async def _end(self) -> None:
        self._ended = True
        assert self._chunks is not None
        await self._chunks.aclose()
        kind = self._chunks.content_type
        if not self.answer.began and not self.answer.finished and "event-stream" not in kind:
            raise error("nonsense", f"{self._endpoint.shown_url} sent {kind} in place of a stream; check `base_url`")
        self._ready.extend(self.answer.end())
        if self.answer.is_empty:
            raise self._no_answer()

    def _no_answer(self) -> ModelError:
        """What to say of an answer without a word."""
        who = f"{self._model} at {self._endpoint.shown_url}"
        if self.answer.refusal:
            return error("refused", f"{who} refuses to answer: {quoted(self.answer.refusal)}")
        if self.answer.is_broken_off:
            word = quoted(self.answer.finish_word)
            told = f" ({word})" if word else ""
            return error("dropped", f"{who} ended the stream before its answer began{told}", retryable=True)
        return error("empty", f"{who} gave an empty answer; try again, or take another model")

    def _left(self) -> float:
        """Seconds until this answer has taken too long in all."""
        return max(0.0, self._endpoint.longest - (self._clock() - self._began))

    def _too_long(self) -> ModelError:
        who = f"{self._model} at {self._endpoint.shown_url}"
        return error(
            "timeout", f"{who} was not done after {self._endpoint.longest:g} s; `longest` sets how long it may take"
        )
