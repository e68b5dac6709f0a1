"""One model call inside a run: asked, streamed into the log, counted, and cut when it has said enough."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
from msgspec.structs import replace

from .cost import cost
from .errors import ModelError
from .events import AnyEvent, CallEnded, CallFailed, CallQueued, CallStarted, Decided, TextStreamed
from .facts import Fact, Role
from .kit import Kit
from .models.chat import Ask, Message, Piece, Reply
from .models.tokens import count, estimate
from .recalling import Answer, Recall
from .surrogates import whole

Emit = Callable[[AnyEvent], None]
Turn = Callable[[str], Awaitable[None]]
"""Awaited with the node before each call: it waits while the run is paused, and raises when the person steers."""
SaidEnough = Callable[[str], bool]
"""Told each piece of a prefilled answer as it comes; true once the rest is not needed."""
Listener = Callable[[], SaidEnough]
"""Makes one for each time the question is asked."""

PIECES_TOO_MANY, TOKENS_TOO_MANY = 1.2, 2.0
"""An answer of so many times `max_tokens` pieces, or estimated tokens, comes from a server that ignores the limit.
A piece is at least one token; an estimate can be twice the truth (`models.tokens`)."""
SLACK = 16
"""Pieces, or tokens, that are always allowed: a limit of one token is not worth a quarrel."""


class Question(Fact, frozen=True):
    """What a verb wants to know, before a role's own sampling is laid over it."""

    role: Role
    purpose: str
    messages: tuple[Message, ...]
    prefill: str = ""
    schema: dict[str, object] | None = None
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    """None: the role's own."""
    max_tokens: int | None = None
    seed: int | None = None
    node: str = ""


class Asker:
    """Puts questions to the roles of a kit and tells the log."""

    def __init__(self, kit: Kit, emit: Emit, turn: Turn, recall: Recall | None = None) -> None:
        """`recall`: answers of an earlier run; what it knows is not asked again."""
        self._kit = kit
        self._emit = emit
        self._turn = turn
        self._recall = recall
        self._ids = (f"c{n}" for n in itertools.count(1))

    async def ask(self, question: Question, listener: Listener | None = None) -> tuple[str, Reply]:
        """The call's id and its reply. When the model's server ends meanwhile, the question is asked once more.

        Raises:
            ModelError: there is no answer; the log knows.
        """
        try:
            return await self._ask(question, listener)
        except ModelError as error:
            # Another redraft may have quit, and its server with it: for the next question there is a new one.
            if not (error.retryable and error.kind == "crashed"):
                raise
        again = f"the model's server ended while it answered: the {question.purpose} is asked once more"
        self._emit(Decided(what=again, node=question.node))
        return await self._ask(question, listener)

    async def _ask(self, question: Question, listener: Listener | None) -> tuple[str, Reply]:
        await self._turn(question.node)
        call = next(self._ids)
        started = self._started(call, question)
        if self._recall is not None and (known := self._recall.answer(started)) is not None:
            return call, self._recalled(known, started)
        async with self._seat(call, question):
            return call, await self._answered(started, question, listener)

    @asynccontextmanager
    async def _seat(self, call: str, question: Question) -> AsyncGenerator[None]:
        """A seat at the model; when there is none free, the log is told that the call waits."""
        voice = self._kit.voices[question.role]
        if voice.room is None:
            yield
            return
        if voice.room.full:
            ahead = voice.room.waiting + 1
            name, role, node = voice.model.name, question.role, question.node
            self._emit(CallQueued(call=call, role=role, purpose=question.purpose, model=name, node=node, ahead=ahead))
        async with voice.room.seat():
            yield

    def _started(self, call: str, question: Question) -> CallStarted:
        asked = msgspec.json.encode(self._worded(question))
        return CallStarted(
            call=call,
            role=question.role,
            purpose=question.purpose,
            model=self._kit.voices[question.role].model.name,
            node=question.node,
            prompt_tokens=estimate(question.messages, question.prefill),
            asked=hashlib.sha256(asked).hexdigest()[:16],
        )

    def _recalled(self, known: Answer, started: CallStarted) -> Reply:
        """The same events as when it was asked, without the waiting."""
        self._emit(replace(started, recalled=True))
        for text, thinking in ((known.reply.thinking, True), (known.reply.text, False)):
            if text:
                self._emit(TextStreamed(call=started.call, text=text, thinking=thinking))
        self._emit(known.ended)
        return known.reply

    async def _answered(self, started: CallStarted, question: Question, listener: Listener | None) -> Reply:
        voice = self._kit.voices[question.role]
        call = started.call
        self._emit(started)
        try:
            reply = await self._listen(call, self._worded(question), question.role, listener)
        except ModelError as error:
            self._emit(CallFailed(call=call, problem=str(error)))
            raise
        except asyncio.CancelledError:
            self._emit(CallFailed(call=call, problem="cancelled", cancelled=True))
            raise
        self._emit(
            CallEnded(
                call=call,
                finish=reply.finish,
                usage=reply.usage,
                seconds=reply.seconds,
                first_seconds=reply.first_seconds,
                cost=cost(reply.usage, voice.price),
                prefilled=reply.prefilled,
                warning=reply.warning,
            )
        )
        return reply

    def _worded(self, question: Question) -> Ask:
        voice = self._kit.voices[question.role]
        own = voice.sampling
        return Ask(
            messages=tuple(replace(message, content=whole(message.content)) for message in question.messages),
            sampling=replace(
                own,
                temperature=own.temperature if question.temperature is None else question.temperature,
                max_tokens=question.max_tokens or own.max_tokens,
                seed=own.seed if question.seed is None else question.seed,
                stop=question.stop,
            ),
            prefill=whole(question.prefill),
            schema=question.schema,
            thinking=voice.thinking,
        )

    async def _listen(self, call: str, ask: Ask, role: Role, listener: Listener | None) -> Reply:
        said_enough, limit = listener and listener(), _Limit(ask.sampling.max_tokens)
        async with self._kit.voices[role].model.stream(ask) as stream:
            async for piece in stream:
                self._emit(TextStreamed(call=call, text=piece.text, thinking=piece.thinking))
                # Only an answer that continues our own beginning is known to be code from its first character.
                if said_enough and not piece.thinking and stream.reply.prefilled and said_enough(piece.text):
                    break
                if limit.is_passed_with(piece):
                    return limit.told(stream.reply)
        return stream.reply


class _Limit:
    """Our own watch on `max_tokens`, which servers may ignore."""

    def __init__(self, max_tokens: int) -> None:
        self._max_tokens = max_tokens
        self._pieces = self._tokens = 0

    def is_passed_with(self, piece: Piece) -> bool:
        """Whether far more has come than was asked for, this piece included."""
        self._pieces += 1
        self._tokens += count(piece.text)
        pieces, tokens = PIECES_TOO_MANY * self._max_tokens, TOKENS_TOO_MANY * self._max_tokens
        return self._pieces > pieces + SLACK or self._tokens > tokens + SLACK

    def told(self, reply: Reply) -> Reply:
        """What has come, with the reason why no more was listened to."""
        said = f"the server did not keep to max_tokens={self._max_tokens}; redraft stopped listening"
        return replace(reply, finish="length", warning="; ".join(filter(None, (reply.warning, said))))
