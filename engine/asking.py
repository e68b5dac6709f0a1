"""One model call inside a run: asked, streamed into the log, counted, and cut when it has said enough."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal

import msgspec
from msgspec.structs import replace

from .bounds import AnswerWatch
from .cost import cost
from .errors import ModelError
from .events import AnyEvent, CallEnded, CallFailed, CallQueued, CallStarted, Decided, TextStreamed
from .facts import Fact, Role
from .kit import Kit, Voice
from .models.chat import Ask, Message, Reply
from .models.thinkers import hides_thoughts, never_thinks
from .models.tokens import estimate
from .recalling import Answer, Recall
from .surrogates import whole

Emit = Callable[[AnyEvent], None]
Turn = Callable[[str], Awaitable[None]]
"""Awaited with the node before each call: it waits while the run is paused, and raises when the person steers."""
SaidEnough = Callable[[str], bool]
"""Told each piece of a prefilled answer as it comes; true once the rest is not needed."""
Listener = Callable[[], SaidEnough]
"""Makes one for each time the question is asked."""

MORE_ROOM = 4
"""An answer that was cut before it began is asked for once more with so many times the room."""


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
    """A tighter bound than the role's for an answer that no thought comes before; what a person sets beats it."""
    thinking: Literal["yes", "no", "never"] = "no"
    """Whether it is thought about. "no" leaves the last word to the role's setting, "never" to nobody."""
    more_room: bool = False
    """Whether it is asked once more, because the answer was cut before it began."""
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
        self._thinkers: set[str] = set()
        """Models that were cut while they thought, although some of them were not asked to think."""

    async def ask(self, question: Question, listener: Listener | None = None) -> tuple[str, Reply]:
        """The call's id and its reply; `Reply.problem` says why there is no answer in it.

        The question is asked once more when the model's server ends meanwhile, and, with four times the room, when the
        answer was cut before it began.

        Raises:
            ModelError: there is no reply; the log knows.
        """
        call, reply = await self._surely(question, listener)
        if not said_nothing(question, reply):
            return call, reply
        if reply.finish == "length" and not reply.full:
            again = f"the {question.purpose} is asked once more with four times the room"
            self._emit(Decided(what=f"the {question.role} {_spent(reply)}: {again}", node=question.node))
            question = replace(question, more_room=True)
            call, reply = await self._surely(question, listener)
            self._thinkers.add(self._kit.voices[question.role].model.name)
            if not said_nothing(question, reply):
                return call, reply
        return call, replace(reply, problem=self._problem(question, reply))

    async def _surely(self, question: Question, listener: Listener | None) -> tuple[str, Reply]:
        """A reply also when the model's server ends once meanwhile."""
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
            reply = await self._listen(call, question, listener)
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
                full=reply.full,
            )
        )
        return reply

    def _worded(self, question: Question) -> Ask:
        voice = self._kit.voices[question.role]
        thinks = _thinks(question, voice)
        own = voice.thoughtful if thinks and self._kit.mode == "evidence" else voice.sampling
        max_tokens, thinking_tokens = self._room(question, voice)
        return Ask(
            messages=tuple(replace(message, content=whole(message.content)) for message in question.messages),
            sampling=replace(
                own,
                temperature=own.temperature if question.temperature is None else question.temperature,
                max_tokens=max_tokens,
                seed=own.seed if question.seed is None else question.seed,
                stop=question.stop,
            ),
            prefill=whole(question.prefill),
            schema=question.schema,
            thinking=thinks,
            thinking_tokens=thinking_tokens,
            effort=voice.effort if thinks else None,
        )

    def _room(self, question: Question, voice: Voice) -> tuple[int, int]:
        """Most tokens of the answer, and of the thoughts before it."""
        thinks = _thinks(question, voice) or voice.model.name in self._thinkers
        usual = voice.sampling.max_tokens
        answer = voice.max_tokens or (usual if thinks or question.more_room else question.max_tokens or usual)
        thoughts = voice.thought_room if thinks else 0
        more = max(MORE_ROOM * (answer + thoughts), answer + (voice.thinking_tokens or 0)) - answer
        return answer, more if question.more_room else thoughts

    def _problem(self, question: Question, reply: Reply) -> str:
        """Why there is no answer, and which setting may help."""
        role, voice = question.role, self._kit.voices[question.role]
        asked = _thinks(question, voice)
        instead = f'set roles.{role}.thinking = "off"' if asked else "take a model that does not think"
        spent = _spent(reply) if asked else f"{_spent(reply)}, though it was not to think"
        if reply.full:
            return f"{spent}; the model's context is full: serve it with a larger one, or {instead}"
        if reply.finish == "length":
            return f"{spent}: raise roles.{role}.thinking_tokens, or {instead}"
        return f"{spent}: {instead}"

    def _answer_bound(self, question: Question, ask: Ask) -> int:
        """Most tokens of an answer before which no thought came."""
        voice = self._kit.voices[question.role]
        if question.more_room:
            return ask.room
        if voice.max_tokens or question.max_tokens is None or hides_thoughts(voice.model.name):
            return ask.sampling.max_tokens
        return question.max_tokens

    async def _listen(self, call: str, question: Question, listener: Listener | None) -> Reply:
        ask = self._worded(question)
        said_enough, watch = listener and listener(), AnswerWatch(ask, self._answer_bound(question, ask))
        async with self._kit.voices[question.role].model.stream(ask) as stream:
            async for piece in stream:
                self._emit(
                    TextStreamed(call=call, text=piece.text, thinking=piece.thinking, taken_back=piece.taken_back)
                )
                # Only an answer that continues our own beginning is known to be code from its first character.
                if said_enough and not piece.thinking and stream.reply.prefilled and said_enough(piece.text):
                    break
                if watch.ends_with(piece):
                    return watch.told(stream.reply)
        return stream.reply


def said_nothing(question: Question, reply: Reply) -> bool:
    """Whether a reply ended before its answer began: thoughts alone, or words where JSON was asked for."""
    if not reply.text.strip():
        return True
    return reply.finish == "length" and question.schema is not None and "{" not in reply.text


def _thinks(question: Question, voice: Voice) -> bool:
    """Whether the model is to think before it answers."""
    if voice.thinking == "off" or question.thinking == "never":
        return False
    return voice.thinking == "on" or (question.thinking == "yes" and not never_thinks(voice.model.name))


def _spent(reply: Reply) -> str:
    spent = reply.usage.completion_tokens
    about = "about " if reply.usage.estimated else ""
    return f"spent {about}{spent:,} token{'' if spent == 1 else 's'} thinking and said nothing"
