"""One model call inside a run: asked, streamed into the log, counted, and cut when it has said enough."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext

import msgspec
from msgspec.structs import replace

from ..errors import ModelError
from ..events import (
    AnyEvent,
    CallEnded,
    CallFailed,
    CallQueued,
    CallStarted,
    Decided,
    TextStreamed,
)
from ..facts import Role
from ..kit import Kit, Voice
from ..models.chat import (
    Ask,
    Piece,
    Reply,
    Sharing,
    Stream,
)
from ..models.queueing import Room
from ..models.sharing import Share, SharedRequest
from ..models.tokens import estimate
from ..state.cost import charged
from ..surrogates import whole
from .bounds import AnswerWatch
from .questions import Question, answer_bound, is_thought_about, room, said_nothing, spent, why_half, why_silent
from .resume import Answer, Recall

MOST_AT_ONCE = 10
"""Answers that one run asks a server for at a time: what rate limits and small servers bear."""
Emit = Callable[[AnyEvent], None]
Turn = Callable[[str], Awaitable[None]]
"""Awaited with the node before each call: it waits while the run is paused, and raises when the user steers."""
SaidEnough = Callable[[str], bool]
"""Told each piece of a prefilled answer as it comes; true once the rest is not needed."""
IsHalf = Callable[[Reply], bool]
"""Told an answer that ran into its limit, says whether what is wanted of it is not all there."""
Listener = Callable[[], SaidEnough]
"""Makes one for each time the question is asked."""


class Asker:
    """Puts questions to the roles of a kit and tells the log."""

    def __init__(self, kit: Kit, emit: Emit, turn: Turn, recall: Recall | None = None) -> None:
        """`recall`: answers of an earlier run; what it knows is not asked again."""
        self._kit = kit
        self._emit = emit
        self._turn = turn
        self._recall = recall
        self._ids = (f"c{n}" for n in itertools.count(1))
        self._seats: dict[str, Room] = {}
        """By model, where it has no room of its own: how many answers one run asks a server for at a time."""
        self._renamed: dict[str, str] = {}
        """Of requests for several answers that are recalled: the first call, by what it was called."""
        self._thinkers: set[str] = set()
        """Models that were cut while they thought, although some of them were not asked to think."""

    def go_on(self, calls: int) -> None:
        """Count calls on from those that a run has already."""
        self._ids = (f"c{n}" for n in itertools.count(calls + 1))

    async def shares(self, role: Role) -> bool:
        """Whether the role's model may give several answers to one request."""
        model = self._kit.voices[role].model
        try:
            return isinstance(model, Sharing) and await model.shares()
        except ModelError:
            return False  # Whoever asks first hears why.

    def sharing(self, role: Role, number: int, node: str) -> SharedRequest:
        """A request to the role's model that so many calls share."""

        def tell(what: str) -> None:
            self._emit(Decided(what=what, node=node))

        voice = self._kit.voices[role]
        return SharedRequest(voice.model, number, self._crowd(voice), tell)

    async def ask(
        self,
        question: Question,
        listener: Listener | None = None,
        is_half: IsHalf = lambda _: False,
        share: Share | None = None,
    ) -> tuple[str, Reply]:
        """The call's id and its reply; `Reply.problem` says why there is no whole answer in it.

        `share`: its place in a request for several answers.

        The question is asked once more when the model's server ends meanwhile or breaks the answer off, and, with four
        times the room, when the answer ran into its limit before it began, or as half of one: `is_half` is told an
        answer that did, and says whether what is wanted of it is missing.

        Raises:
            ModelError: there is no reply; the log knows.
        """
        call, reply = await self._surely(question, listener, share)
        silent = said_nothing(question, reply)
        if reply.finish == "length" and not reply.full and (silent or is_half(reply)):
            again = f"the {question.purpose} is asked once more with four times the room"
            what = spent(reply) if silent else "ran into the limit of its answer"
            self._emit(Decided(what=f"the {question.role} {what}: {again}", node=question.node))
            thought = silent or bool(reply.thinking)
            question = replace(question, more_room=True)
            call, reply = await self._surely(question, listener, None)
            if thought:
                self._thinkers.add(self._voice(question).model.name)
        if reply.finish == "broken off":
            return call, replace(reply, problem=f"was broken off twice: {reply.warning}")
        if said_nothing(question, reply):
            return call, replace(reply, problem=why_silent(question, self._voice(question), reply))
        if reply.finish == "length" and is_half(reply):
            return call, replace(reply, problem=why_half(question, reply))
        return call, reply

    async def _surely(self, question: Question, listener: Listener | None, share: Share | None) -> tuple[str, Reply]:
        """A reply also when its server ends once meanwhile, or breaks one answer off."""
        try:
            call, reply = await self._ask(question, listener, share)
            if reply.finish != "broken off":
                return call, reply
            what = "the answer was broken off"
        except ModelError as error:
            # Another redraft may have quit, and its server with it: for the next question there is a new one.
            if not (error.retryable and (error.kind == "crashed" or error.halfway)):
                raise
            what = "the model's server ended while it answered"
        self._emit(Decided(what=f"{what}: the {question.purpose} is asked once more", node=question.node))
        return await self._ask(question, listener, None)

    async def _ask(self, question: Question, listener: Listener | None, share: Share | None) -> tuple[str, Reply]:
        voice = self._voice(question)
        alone = voice.room is None and share is None
        async with self._crowd(voice).seat() if alone else nullcontext():
            await self._turn(question.node)
            call = next(self._ids)
            started = self._started(call, question)
            if self._recall is not None and (known := self._recall.answer(started)) is not None:
                return call, self._recalled(known, started)
            async with self._seat(call, question):
                return call, await self._answered(started, question, listener, share)

    def _crowd(self, voice: Voice) -> Room:
        """The seats of this run at a model that answers many at once."""
        return self._seats.setdefault(voice.model.name, Room(MOST_AT_ONCE))

    @asynccontextmanager
    async def _seat(self, call: str, question: Question) -> AsyncGenerator[None]:
        """A seat at the model; when there is none free, the log is told that the call waits."""
        voice = self._voice(question)
        if voice.room is None:
            yield
            return
        if voice.room.full:
            ahead = voice.room.waiting + 1
            name, role, node = voice.model.name, question.role, question.node
            self._emit(CallQueued(call=call, role=role, purpose=question.purpose, model=name, node=node, ahead=ahead))
        async with voice.room.seat():
            yield

    def _voice(self, question: Question) -> Voice:
        return self._kit.voices[question.role]

    def _started(self, call: str, question: Question) -> CallStarted:
        asked = msgspec.json.encode(self._worded(question))
        return CallStarted(
            call=call,
            role=question.role,
            purpose=question.purpose,
            model=self._voice(question).model.name,
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
        # Calls that were under way at the same time may have other names now; the first of a request names it.
        first = known.ended.request and self._renamed.setdefault(known.ended.request, started.call)
        self._emit(replace(known.ended, call=started.call, request=first))
        return known.reply

    async def _answered(
        self, started: CallStarted, question: Question, listener: Listener | None, share: Share | None
    ) -> Reply:
        voice = self._voice(question)
        call = started.call
        self._emit(started)
        try:
            reply = await self._listen(call, question, listener, share)
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
                cost=charged(reply.usage, voice.price),
                prefilled=reply.prefilled,
                warning=reply.warning,
                full=reply.full,
                logprobs=reply.logprobs,
                answered=reply.model,
                request=share.first_call if share and reply.shared else "",
            )
        )
        return reply

    def _worded(self, question: Question) -> Ask:
        voice = self._voice(question)
        thinks = is_thought_about(question, voice)
        own = voice.thoughtful if thinks and self._kit.mode == "evidence" else voice.sampling
        max_tokens, thinking_tokens = room(question, voice, thinks=thinks or voice.model.name in self._thinkers)
        return Ask(
            messages=tuple(replace(message, content=whole(message.content)) for message in question.messages),
            sampling=replace(
                own,
                temperature=own.temperature if question.temperature is None else question.temperature,
                top_p=own.top_p if question.top_p is None else question.top_p,
                max_tokens=max_tokens,
                seed=own.seed if question.seed is None else question.seed,
                stop=question.stop,
            ),
            prefill=whole(question.prefill),
            schema=question.schema,
            thinking=thinks,
            thinking_tokens=thinking_tokens,
            effort=voice.effort if thinks else None,
            top_logprobs=question.top_logprobs,
        )

    async def _listen(self, call: str, question: Question, listener: Listener | None, share: Share | None) -> Reply:
        ask = self._worded(question)
        voice = self._voice(question)
        said_enough, watch = listener and listener(), AnswerWatch(ask, answer_bound(question, voice, ask))
        async with share.stream(ask, call) if share else voice.model.stream(ask) as stream:
            async for piece in _until_lost(stream):
                self._emit(
                    TextStreamed(call=call, text=piece.text, thinking=piece.thinking, taken_back=piece.taken_back)
                )
                # Only an answer that continues our own beginning is known to be code from its first character.
                if said_enough and not piece.thinking and stream.reply.prefilled and said_enough(piece.text):
                    break
                if watch.ends_with(piece):
                    return watch.told(stream.reply)
        return stream.reply


async def _until_lost(stream: Stream) -> AsyncIterator[Piece]:
    """The pieces of a stream. Raises: ModelError, which then knows that it came halfway."""
    began = False
    try:
        async for piece in stream:
            began = True
            yield piece
    except ModelError as error:
        error.halfway = began
        raise
