"""Models that write a cassette, and models that say it again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from ..errors import ModelError
from .cassette import Cassette, Failure, Take
from .chat import ONE_EACH, Ask, ChatModel, Part, Piece, Reply, Sharing, Stream, texts


class Recording:
    """A `ChatModel` that asks another one and writes down what came, also when the stream was left early."""

    def __init__(self, model: ChatModel, cassette: Cassette) -> None:
        self._model = model
        self._cassette = cassette

    @property
    def name(self) -> str:
        """The recorded model's name."""
        return self._model.name

    @property
    def scripted(self) -> bool:
        """Whether the recorded model is scripted."""
        return self._model.scripted

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncGenerator[Stream]:
        """Ask the model. Raises: ModelError, which is written down as well."""
        heard: _Heard | None = None
        occurrence = 0
        failure: Failure | None = None
        try:
            async with self._model.stream(ask) as stream:
                # Not before: a model without a set name learns it on the first contact.
                occurrence = self._cassette.next_occurrence(self.name, ask)
                heard = _Heard(stream)
                yield heard
        except ModelError as error:
            failure = _failure(error)
            raise
        finally:
            if heard is not None or failure is not None:
                self._keep(ask, occurrence if heard else self._cassette.next_occurrence(self.name, ask), heard, failure)

    async def shares(self) -> bool:
        """Whether the model that is recorded may give several answers to one request. Raises: ModelError."""
        return isinstance(self._model, Sharing) and await self._model.shares()

    @asynccontextmanager
    async def stream_all(self, asks: Sequence[Ask]) -> AsyncGenerator[Sequence[Part]]:
        """Ask the model for all; every answer is written down as one to a question of its own. Raises: ModelError."""
        if not isinstance(self._model, Sharing):
            raise ModelError(f"{self.name} gives one answer to a request", kind=ONE_EACH)
        heard: list[_HeardPart] = []
        failure: Failure | None = None
        try:
            async with self._model.stream_all(asks) as parts:
                heard = [_HeardPart(part) for part in parts]
                yield heard
        except ModelError as error:
            failure = None if error.kind == ONE_EACH else _failure(error)
            raise
        finally:
            # One that did not come is asked for alone, and written down then.
            came = [(ask, part, part.failure) for ask, part in zip(asks, heard, strict=False) if not part.missing]
            for ask, part, why in came or ([(ask, None, failure) for ask in asks] if failure else []):
                self._keep(ask, self._cassette.next_occurrence(self.name, ask), part, why)

    def _keep(self, ask: Ask, occurrence: int, heard: _Heard | None, failure: Failure | None) -> None:
        self._cassette.add(
            Take(
                model=self.name,
                ask=ask,
                occurrence=occurrence,
                pieces=tuple(heard.pieces) if heard else (),
                reply=heard.reply if heard else None,
                failure=failure,
                scripted=self.scripted,
            )
        )

    async def aclose(self) -> None:
        """Close the model that is recorded."""
        await self._model.aclose()


class Replaying:
    """A `ChatModel` that answers from a cassette, and has no way to reach anything else."""

    def __init__(self, name: str, cassette: Cassette) -> None:
        self._name = name
        self._cassette = cassette

    @property
    def name(self) -> str:
        """The name of the model that was recorded."""
        return self._name

    @property
    def scripted(self) -> bool:
        """Whether a person wrote the answers of the model that was recorded."""
        return self._cassette.is_scripted(self._name)

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncGenerator[Stream]:
        """The recorded answer. Raises: ModelError as it was recorded, or of kind "miss" when nothing was."""
        occurrence = self._cassette.next_occurrence(self._name, ask)
        take = self._cassette.find(self._name, ask, occurrence)
        if take is None:
            raise self._miss(ask, occurrence)
        if take.reply is None and take.failure is not None:
            raise _error(take.failure)
        yield _Replayed(take)

    async def aclose(self) -> None:
        """Nothing to close."""

    def _miss(self, ask: Ask, occurrence: int) -> ModelError:
        last = " ".join(ask.messages[-1].content.split())[:60] if ask.messages else ""
        times = f" for time number {occurrence + 1}" if occurrence else ""
        which = f"{self._cassette.path} has no answer of {self._name} to {last!r}{times}"
        held = ", ".join(self._cassette.models) or "no model at all"
        return ModelError(f"{which} (it has answers of {held}); record it again", kind="miss")


class _Heard:
    """A stream that remembers its pieces."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pieces = aiter(stream)
        self.pieces: list[Piece] = []

    def __aiter__(self) -> AsyncIterator[Piece]:
        return self

    async def __anext__(self) -> Piece:
        self.pieces.append(await anext(self._pieces))
        return self.pieces[-1]

    @property
    def reply(self) -> Reply:
        """What has come so far."""
        return self._stream.reply


class _HeardPart(_Heard):
    """The same of one of several answers."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self._part = part
        self.failure: Failure | None = None
        """Why it broke off, None when it did not."""

    async def __anext__(self) -> Piece:
        try:
            return await super().__anext__()
        except ModelError as error:
            self.failure = _failure(error)
            raise

    @property
    def missing(self) -> bool:
        """Whether the server gave fewer answers than it was asked for."""
        return self._part.missing

    def leave(self) -> None:
        """Listen to it no longer."""
        self._part.leave()


class _Replayed:
    """A recorded answer while it is said again."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._said = 0

    def __aiter__(self) -> AsyncIterator[Piece]:
        return self

    async def __anext__(self) -> Piece:
        if self._said < len(self._take.pieces):
            self._said += 1
            return self._take.pieces[self._said - 1]
        if self._take.failure is not None:
            raise _error(self._take.failure)
        raise StopAsyncIteration

    @property
    def reply(self) -> Reply:
        """The recorded reply, or as much of it as was said when the stream is left earlier than it was then."""
        reply = self._take.reply or Reply(text="")
        if self._said == len(self._take.pieces):
            return reply
        text, thinking = texts(self._take.pieces[: self._said])
        return msgspec.structs.replace(
            reply,
            text=text,
            thinking=thinking,
            finish="cut",
        )


def _failure(error: ModelError) -> Failure:
    return Failure(message=str(error), kind=error.kind, retryable=error.retryable)


def _error(failure: Failure) -> ModelError:
    return ModelError(failure.message, kind=failure.kind, retryable=failure.retryable)
