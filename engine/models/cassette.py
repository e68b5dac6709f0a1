"""Model traffic on file, so that a run can be had again exactly and without a network.

A cassette is JSON lines; each is one `Take`: an ask, the model that was asked, how many times it had been asked just
that before, and what came. It holds no key. It is not a run log: it has no times to replay.

    cassette = Cassette(path)
    model = Recording(OpenAIChat(endpoint), cassette)        asks for real, and writes down
    model = Replaying("qwen2.5-coder", Cassette.read(path))  never asks anybody
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from ..errors import ModelError
from ..facts import Fact
from ..regular import read_regular
from .chat import Ask, ChatModel, Piece, Reply, Stream, texts

LARGEST = 1_000_000_000
"""Bytes of a cassette."""


class Failure(Fact, frozen=True):
    """A `ModelError` as it was."""

    message: str
    kind: str = "failed"
    retryable: bool = False


class Take(Fact, frozen=True):
    """One exchange. `reply` is None when nothing came, because entering failed."""

    model: str
    ask: Ask
    occurrence: int = 0
    """How many times this model had been asked the very same before."""
    pieces: tuple[Piece, ...] = ()
    reply: Reply | None = None
    failure: Failure | None = None
    scripted: bool = False
    """Whether a person wrote the answer."""

    @property
    def key(self) -> str:
        """What it is found by."""
        return key(self.model, self.ask, self.occurrence)


def key(model: str, ask: Ask, occurrence: int = 0) -> str:
    """SHA-256 over the model, every part of the ask, and the occurrence; in hexadecimal."""
    text = msgspec.json.encode((model, msgspec.to_builtins(ask), occurrence), order="deterministic")
    return hashlib.sha256(text).hexdigest()


class Cassette:
    """Takes by their key, and the file they are appended to. One cassette serves all models of a run."""

    def __init__(self, path: Path, takes: Iterable[Take] = ()) -> None:
        self.path = path
        self._takes = {take.key: take for take in takes}
        self._asked: Counter[str] = Counter()

    @classmethod
    def read(cls, path: Path) -> Cassette:
        """The cassette in a file. Raises: ModelError when there is none, or a line of it is no take."""
        decoder = msgspec.json.Decoder(Take)
        takes: list[Take] = []
        try:
            takes.extend(map(decoder.decode, read_regular(path, LARGEST).splitlines()))
        except OSError as error:
            what = f"{path}: no cassette can be read there ({error.strerror})"
            raise ModelError(f"{what}; record one", kind="cassette") from None
        except (msgspec.DecodeError, RecursionError) as error:
            what = f"{path}, line {len(takes) + 1}: this is no take of a cassette ({error})"
            raise ModelError(f"{what}; record it again", kind="cassette") from None
        return cls(path, takes)

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models it has answers of, in the order in which they first appear."""
        return tuple(dict.fromkeys(take.model for take in self._takes.values()))

    def is_scripted(self, model: str) -> bool:
        """Whether a person wrote the answers of this model."""
        return any(take.scripted for take in self._takes.values() if take.model == model)

    def __len__(self) -> int:
        return len(self._takes)

    def next_occurrence(self, model: str, ask: Ask) -> int:
        """How many times this was called for the same model and ask before."""
        same = key(model, ask)
        self._asked[same] += 1
        return self._asked[same] - 1

    def find(self, model: str, ask: Ask, occurrence: int) -> Take | None:
        """The take, None when it was never recorded."""
        return self._takes.get(key(model, ask, occurrence))

    def add(self, take: Take) -> None:
        """Append a take to the file; its folder is made if need be."""
        self._takes[take.key] = take
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(take) + b"\n")


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
            failure = Failure(message=str(error), kind=error.kind, retryable=error.retryable)
            raise
        finally:
            if heard is not None or failure is not None:
                self._cassette.add(
                    Take(
                        model=self.name,
                        ask=ask,
                        occurrence=occurrence if heard else self._cassette.next_occurrence(self.name, ask),
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


def _error(failure: Failure) -> ModelError:
    return ModelError(failure.message, kind=failure.kind, retryable=failure.retryable)
