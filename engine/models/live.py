"""A request in flight: reads chunks as they come, watches the clock, and closes the connection when it is left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from ..errors import ModelError
from .answer import Answer
from .answers import Answers
from .chat import Piece, Reply
from .endpoint import Endpoint
from .refusals import error, quoted

if TYPE_CHECKING:
    from .http.wire import Chunks

GRACE = 5.0
"""Seconds a server has, after it said how the answer ended, to send the usage and close."""

COUNTING = 2.0
"""Seconds that the count of a long prompt is waited for."""


class LiveRequest:
    """One connection, and the answers that come over it. Whoever listens reads on for all."""

    def __init__(
        self,
        answers: Answers,
        endpoint: Endpoint,
        model: str,
        *,
        clock: Callable[[], float],
        began: float,
        trouble: Callable[[Exception], ModelError],
    ) -> None:
        self.answers = answers
        self.streams = [LiveAnswer(self, nth) for nth in range(len(answers.each))]
        self._endpoint, self._model = endpoint, model
        self._clock, self._began = clock, began
        self._trouble = trouble
        self._chunks: Chunks | None = None
        self._reading = asyncio.Lock()
        self._ended = False

    async def next(self, nth: int) -> Piece | None:
        """The next piece of one of the answers, None when there is no more. Raises: ModelError."""
        while (piece := self.answers.piece(nth)) is None and not self.answers.is_over(nth):
            async with self._reading:
                if not (self.answers.is_ready(nth) or self.answers.is_over(nth)):
                    await self._read()
        return piece

    async def opened(self, ask: Callable[[], Awaitable[Chunks]]) -> LiveRequest:
        """Itself, once the first piece or the end has come. Raises: ModelError, with the connection closed."""
        from .http import wire

        try:
            async with asyncio.timeout(self._left()):
                self._chunks = await ask()
            while not (self.answers.begun or self.answers.over):
                await self._read()
            self.answers.refuse_none()
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
        for nth in range(len(self.answers.each)):
            self.answers.leave(nth)
        if self._chunks is not None:
            await self._chunks.aclose()

    async def hear_count(self) -> None:
        """Listen on, for the count alone, in an answer that has said enough: some servers count only at its end."""
        from .http import wire

        assert self._chunks is not None
        with contextlib.suppress(TimeoutError, *wire.FAILURES):
            async with asyncio.timeout(COUNTING):
                while not self._ended and (chunk := await self._chunks.next()) is not None:
                    if chunk.counts is not None:
                        self.answers.each[0].count(chunk.counts)
                        return

    async def _read(self) -> None:
        """Take in one chunk, or the end."""
        from .http import wire

        assert self._chunks is not None
        finished = self.answers.finished
        try:
            async with asyncio.timeout(min(GRACE, self._left()) if finished else self._left()):
                chunk = await self._chunks.next()
        except wire.FAILURES as failure:
            if not finished:
                self.answers.fail(self._trouble(failure))
                return
            chunk = None
        except TimeoutError:
            if not finished:
                self.answers.fail(self._too_long())
                return
            chunk = None
        if chunk is None:
            await self._end()
            return
        self.answers.take(chunk, self._clock() - self._began)
        self._refuse_empty()
        if self.answers.over:
            self._ended = True
            await self._chunks.aclose()

    async def _end(self) -> None:
        self._ended = True
        assert self._chunks is not None
        await self._chunks.aclose()
        kind, each = self._chunks.content_type, self.answers.each
        if not any(answer.began or answer.finished for answer in each) and "event-stream" not in kind:
            self.answers.fail(
                error("nonsense", f"{self._endpoint.shown_url} sent {kind} in place of a stream; check `base_url`")
            )
            return
        self.answers.end()
        self._refuse_empty()

    def _refuse_empty(self) -> None:
        """An answer that ended without a word is none."""
        for nth, answer in enumerate(self.answers.each):
            if answer.is_empty:
                self.answers.give_up(nth, self._no_answer(answer))

    def _no_answer(self, answer: Answer) -> ModelError:
        """What to say of an answer without a word."""
        who = f"{self._model} at {self._endpoint.shown_url}"
        if answer.refusal:
            return error("refused", f"{who} refuses to answer: {quoted(answer.refusal)}")
        if answer.is_broken_off:
            word = quoted(answer.finish_word)
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


class LiveAnswer:
    """One answer of a request; a `Part`, and where it is the only one a `Stream`."""

    def __init__(self, request: LiveRequest, nth: int) -> None:
        self._request, self._nth = request, nth

    @property
    def reply(self) -> Reply:
        """What has come so far; whole once the iteration has ended."""
        return self._request.answers.reply(self._nth)

    @property
    def missing(self) -> bool:
        """Whether the request is over, and this answer was not in it."""
        return self._request.answers.is_missing(self._nth)

    def leave(self) -> None:
        """Listen to it no longer; the others go on."""
        self._request.answers.leave(self._nth)

    def __aiter__(self) -> AsyncIterator[Piece]:
        return self

    async def __anext__(self) -> Piece:
        piece = await self._request.next(self._nth)
        if piece is None:
            raise StopAsyncIteration
        return piece
