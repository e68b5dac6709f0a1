"""The one seam to a language model: `ChatModel.stream`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Literal, Protocol, runtime_checkable

from ..facts import Fact, Usage

Effort = Literal["low", "medium", "high"]


class Message(Fact, frozen=True):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Sampling(Fact, frozen=True):
    """How tokens are drawn. Everything is sent explicitly, because servers differ in their defaults."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int | None = None
    """None or 0: no limit. Sent only to servers that know it."""
    min_p: float = 0.0
    max_tokens: int = 1024
    """Of the answer alone; `Ask.thinking_tokens` come on top."""
    seed: int | None = None
    stop: tuple[str, ...] = ()
    """OpenAI allows four."""


class Ask(Fact, frozen=True):
    """One request: what is sent, whoever answers it. Two equal asks are the same question (a cassette's key)."""

    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()
    prefill: str = ""
    """Text the answer should continue; `Reply.prefilled` tells whether it did.

    Where the server cannot continue an answer, the last message asks for one that begins so, and stops are not sent.
    """
    schema: dict[str, object] | None = None
    """JSON schema the answer should follow; a hint."""
    thinking: bool = False
    """Whether a model that can think should."""
    thinking_tokens: int = 0
    """How many tokens its thoughts may take, beside those of the answer."""
    effort: Effort | None = None
    """How hard it should think; None leaves that to the server."""
    top_logprobs: int = 0
    """Of how many of the likeliest first tokens the log-probability is wanted, 0 to 20; a hint."""

    @property
    def room(self) -> int:
        """Most tokens that may come, thoughts and answer together: the one number that servers know."""
        return self.sampling.max_tokens + self.thinking_tokens


class Piece(Fact, frozen=True):
    """Some text of a stream, in order."""

    text: str
    thinking: bool = False
    taken_back: bool = False
    """Whether all that came before as answer was a thought, as its closing tag tells; the piece has no text."""


def texts(pieces: Iterable[Piece]) -> tuple[str, str]:
    """The answer and the thoughts that some pieces come to."""
    said: list[str] = []
    thought: list[str] = []
    for piece in pieces:
        if piece.taken_back:
            thought += said
            said = []
        (thought if piece.thinking else said).append(piece.text)
    return "".join(said), "".join(thought)


class Reply(Fact, frozen=True):
    """All that came of one ask. `text` never includes the prefill."""

    text: str
    thinking: str = ""
    finish: Literal["stop", "length", "cut", "broken off"] = "stop"
    """stop: the model ended or met a stop string; length: it ran into `max_tokens`; cut: we stopped listening;
    broken off: the server ended it before the model did, so that it is no whole answer."""
    prefilled: bool = False
    usage: Usage = Usage(estimated=True)
    seconds: float = 0.0
    """From the request to the last piece."""
    first_seconds: float | None = None
    """From the request to the first piece, None when nothing came."""
    warning: str = ""
    """What a person should know, such as "the server cut the prompt"; else ""."""
    full: bool = False
    """Whether the model's context left less room than was asked for: more cannot be had."""
    logprobs: dict[str, float] = {}
    """Natural log-probability of the likeliest first tokens by their text; empty where the server tells none."""
    model: str = ""
    """What the server calls the model that answered, "" when it does not say, or says what it was asked for."""
    problem: str = ""
    """Why there is no whole answer in it, such as "spent 2,048 tokens thinking and said nothing"; else ""."""
    shared: bool = False
    """Whether it came in one request with others; then the usage of all adds up to what that request used."""


class Stream(Protocol):
    """One answer while it comes. Iterate it inside `async with`; leaving the block closes the connection."""

    def __aiter__(self) -> AsyncIterator[Piece]:
        """Pieces as they come."""
        ...

    @property
    def reply(self) -> Reply:
        """What has come so far; whole once the iteration has ended. Usage is estimated if the stream was left early."""
        ...


class ChatModel(Protocol):
    """Anything that answers an `Ask`."""

    @property
    def name(self) -> str:
        """The model as people call it; recorded in every log."""
        ...

    @property
    def scripted(self) -> bool:
        """Whether the answers were written by a person: then every screen says so."""
        ...

    def stream(self, ask: Ask) -> AbstractAsyncContextManager[Stream]:
        """Ask. `ModelError` is raised on entering or while iterating."""
        ...

    async def aclose(self) -> None:
        """Close connections and stop what was started for this model."""
        ...


class Part(Stream, Protocol):
    """One of several answers to one request."""

    @property
    def missing(self) -> bool:
        """Whether the request is over, and the server gave fewer answers than it was asked for."""
        ...

    def leave(self) -> None:
        """Listen to it no longer; the others go on."""
        ...


ONE_EACH: Final = "one each"
"""`ModelError.kind` of a request for several answers where the server gives one for each request."""


@runtime_checkable
class Sharing(Protocol):
    """A model that may give several answers to one request, so that its prompt is read, and paid, once."""

    async def shares(self) -> bool:
        """Whether it does, as far as is known. Raises: ModelError when it cannot be reached."""
        ...

    def stream_all(self, asks: Sequence[Ask]) -> AbstractAsyncContextManager[Sequence[Part]]:
        """Ask for all of these, which differ in nothing but their seeds; the parts are in their order.

        Raises:
            ModelError: on entering or while iterating; of the kind `ONE_EACH` when they must be asked one by one.
        """
        ...
