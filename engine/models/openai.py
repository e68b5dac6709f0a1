"""`ChatModel` over the OpenAI Chat Completions API: vLLM, llama.cpp, Ollama, LM Studio, OpenAI and their like."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal, TypeVar

from ..errors import ModelError
from . import dialects, refusals, servers
from .answer import Answer
from .answers import Answers
from .chat import ONE_EACH, Ask, Part, Stream
from .dialects import Feature
from .endpoint import Endpoint, Secret, ServerKind
from .features import refused_feature
from .live import LiveRequest
from .refusals import Refusal, RefusedError, error, explain
from .retries import Retries
from .servers import Server
from .thinkers import obeys_no_think
from .tokens import estimate

if TYPE_CHECKING:
    import httpx2

    from .http.wire import Wire

__all__ = ["Endpoint", "OpenAIChat", "Retries", "Secret", "Server", "ServerKind"]

PROMPT_AT_MOST, MARGIN = 1.15, 64
"""A prompt is taken for so many times our estimate, and so many tokens more, when the room for thoughts is measured."""
LONGER = 1.25
"""A prompt of so many times the longest that was counted may be cut although that was not."""
RESTARTS = 2
"""After this many answers in a row that began the prefill again, the server is no longer asked to continue one."""
FOUR_ATTEMPTS = Retries()
_PREFILL: frozenset[Feature] = frozenset({"prefill"})

Got = TypeVar("Got")


class OpenAIChat:
    """One model behind one endpoint. Knows nothing of the server until the first ask, and then remembers."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        retries: Retries = FOUR_ATTEMPTS,
        prefill: Literal["auto", "on", "off"] = "auto",
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        luck: Callable[[], float] = random.random,  # noqa: S311  (jitter, no secret)
        clock: Callable[[], float] = time.monotonic,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """`prefill`: "auto" begins answers where the server is known to continue them, "on" always, "off" never."""
        self.endpoint = endpoint
        self._insisted = prefill == "on"
        self._retries = retries
        self._sleep, self._luck, self._clock = sleep, luck, clock
        self._transport = transport
        self._meeting = asyncio.Lock()
        self._wire: Wire | None = None
        self._server: Server | None = None
        self._refused: frozenset[Feature] = _PREFILL if prefill == "off" else frozenset()
        self._restarts = 0
        self._counted = 0
        """Tokens of the longest prompt of which the count was waited for."""
        self._context: int | None = None
        self._most: int | None = None
        self._reasoning_is_answer = False

    @property
    def name(self) -> str:
        """The model as people call it; before the first contact "the model at URL" when no name was set."""
        listed = self._server.models if self._server else ()
        known = self.endpoint.label or self.endpoint.model or (listed[0] if listed else "")
        return known or f"the model at {self.endpoint.shown_url}"

    @property
    def scripted(self) -> bool:
        """Whether the answers were written by a person: they were not."""
        return False

    @property
    def refused(self) -> frozenset[Feature]:
        """The parts of a request this server has refused so far; they are no longer sent."""
        return self._refused

    async def ready(self) -> Server:
        """What serves the model and which models it has; asked once. Raises: ModelError."""
        async with self._meeting:
            if self._server is None:
                self._server = await self._meet()
            return self._server

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncGenerator[Stream]:
        """Ask. Entering waits for the first piece; leaving closes the connection."""
        live = await self._begin([ask])
        (answer,) = live.answers.each
        try:
            yield live.streams[0]
            if answer.may_be_cut > LONGER * self._counted:
                # Whether prompts of this length are cut is worth knowing once.
                self._counted = answer.may_be_cut
                await live.hear_count()
        finally:
            await live.aclose()
            self._learn_from(live.answers)

    async def shares(self) -> bool:
        """Whether it may give several answers to one request. Raises: ModelError."""
        return dialects.gives_many((await self.ready()).kind, self._refused)

    @asynccontextmanager
    async def stream_all(self, asks: Sequence[Ask]) -> AsyncGenerator[Sequence[Part]]:
        """Ask for all of these in one request, drawn with the seed of the first and those that follow it.

        Raises:
            ModelError: also of the kind `ONE_EACH`, when the server turns out to give one answer for each request.
        """
        live = await self._begin(asks)
        try:
            yield live.streams
        finally:
            await live.aclose()
            self._learn_from(live.answers)

    async def aclose(self) -> None:
        """Close the connections; a later ask opens new ones."""
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.aclose()

    async def _connected(self) -> Wire:
        if self._wire is None:
            wired = await asyncio.to_thread(self._wired)
            self._wire = self._wire or wired
        return self._wire

    def _wired(self) -> Wire:
        """New connections. In a thread: imports and certificates take most of a second, in which a screen must live."""
        from .http import wire

        try:
            return wire.Wire(self.endpoint, self._transport)
        except wire.FAILURES as failure:
            raise wire.trouble(failure, self.endpoint, self.endpoint.model, (), now=time.time()) from None

    async def _meet(self) -> Server:
        endpoint = self.endpoint
        known: ServerKind = endpoint.kind or servers.HOSTS.get(endpoint.host, "")
        if known and endpoint.model:
            return Server(kind=known)
        server = await self._persist(self._models)
        if not (endpoint.model or server.models):
            raise error("no model", f"{endpoint.shown_url} lists no model; load one there, or set `model`")
        return server

    async def _models(self) -> Server:
        wire = await self._connected()
        from .http import wire as failures

        try:
            answer = await wire.get("/models")
            if answer.status_code == 200:
                return await servers.identify(wire.http, self.endpoint, answer)
        except failures.FAILURES as failure:
            raise failures.trouble(failure, self.endpoint, self.endpoint.model, (), now=time.time()) from None
        if answer.status_code in {404, 405, 501} and self.endpoint.model:
            return Server(kind=self.endpoint.kind)
        raise failures.refused(answer, self.endpoint, self.endpoint.model, now=time.time())

    async def _begin(self, asks: Sequence[Ask]) -> LiveRequest:
        """The answers from the first piece on, asked for with all that the server does not refuse."""
        began = self._clock()
        server, ask = await self.ready(), asks[0]
        while True:
            if len(asks) > 1 and not dialects.gives_many(server.kind, self._refused):
                raise error(ONE_EACH, f"{self.endpoint.shown_url} gives one answer to a request")
            try:
                return await self._persist(lambda: self._request(asks, server, began))
            except RefusedError as problem:
                if self._makes_do(ask, server, problem):
                    continue
                if problem.feature is None:
                    raise await self._about_models(problem) from None
                self._refused = self._refused.union([problem.feature])

    def _makes_do(self, ask: Ask, server: Server, problem: RefusedError) -> bool:
        """Whether the same can be asked with less room for thoughts; how much less is remembered."""
        room = self._room(ask, server)
        left = refusals.room_left(problem.refusal, room)
        if left is None or room <= ask.sampling.max_tokens:
            return False
        if refusals.is_context_overflow(problem.refusal):
            self._context = left + self._prompt_of(ask)
        else:
            self._most = left
        return self._room(ask, server) < room

    def _room(self, ask: Ask, server: Server) -> int:
        """Most tokens that may come: what is asked for, less what context and model do not allow for thoughts."""
        context = min(filter(None, (self._context, server.context)), default=None)
        left = [ask.room, *([self._most] if self._most else []), *([context - self._prompt_of(ask)] if context else [])]
        return max(min(left), ask.sampling.max_tokens)

    @staticmethod
    def _prompt_of(ask: Ask) -> int:
        """Tokens of the prompt, counted so that there are rather fewer."""
        return math.ceil(PROMPT_AT_MOST * estimate(ask.messages, ask.prefill)) + MARGIN

    async def _request(self, asks: Sequence[Ask], server: Server, began: float) -> LiveRequest:
        wire = await self._connected()
        from .http import wire as failures

        refused, ask = self._refused, asks[0]
        prefilled = dialects.prefills(ask, server.kind, refused, insisted=self._insisted)
        room = self._room(ask, server)
        fields = dialects.body(ask, server.kind, refused, insisted=self._insisted, room=room, many=len(asks))
        model = self.endpoint.model or server.models[0]
        no_think = not (ask.thinking or dialects.has_switch(server.kind, refused)) and obeys_no_think(model)
        sent = dialects.messages(ask, prefilled, no_think=no_think, refused=refused)

        def trouble(failure: Exception) -> ModelError:
            problem = failures.trouble(failure, self.endpoint, model, server.models, now=time.time())
            if isinstance(problem, RefusedError):
                feature = refused_feature(problem.refusal, fields, [message["role"] for message in sent])
                if feature is not None and feature not in refused:
                    # Without that part it will not be the same request again: no need to wait.
                    problem.feature, problem.retryable = feature, False
            return problem

        odd = self._reasoning_is_answer
        answers = Answers(
            [Answer(each, prefilled=prefilled, reasoning_is_answer=odd, room=room, model=model) for each in asks],
            counted_apart=dialects.DIALECTS[server.kind].counted_apart,
        )
        live = LiveRequest(answers, self.endpoint, model, clock=self._clock, began=began, trouble=trouble)
        return await live.opened(lambda: wire.ask(model, sent, fields))

    async def _about_models(self, problem: RefusedError) -> ModelError:
        """The same problem; when the model is not there, with the names of those that are."""
        if problem.kind != "no model":
            return problem
        if not self.endpoint.model:
            # What was first in the list once is gone: the next ask looks again.
            self._server = None
            return problem
        try:
            listed = (await self._models()).models
        except ModelError:
            return problem
        return explain(problem.refusal, self.endpoint, self.endpoint.model, listed)

    def _learn_from(self, answers: Answers) -> None:
        """Remember how this server treats prefills, where it puts answers, and whether it gives several at a time."""
        for answer in answers.each:
            if answer.prefilled and answer.began:
                self._restarts = self._restarts + 1 if answer.restarted else 0
            if answer.really_thought:
                self._reasoning_is_answer = False
            elif answer.had_misplaced_answer:
                self._reasoning_is_answer = True
        learnt: dict[Feature, bool] = {
            "prefill": self._restarts >= RESTARTS,
            "many": answers.only_one_came,
            # Of servers that are known it is known that each answer has a seed of its own.
            "seed of many": answers.are_copies and not (self._server and self._server.kind),
        }
        self._refused = self._refused.union(feature for feature, is_so in learnt.items() if is_so)

    async def _persist(self, request: Callable[[], Awaitable[Got]]) -> Got:
        """What `request` gives, after as many attempts as are allowed. Raises: ModelError of the last one."""
        attempt = 1
        while True:
            try:
                return await request()
            except ModelError as problem:
                refusal = problem.refusal if isinstance(problem, RefusedError) else Refusal()
                wait = self._retries.wait(attempt, refusal.retry_after, self._luck()) if problem.retryable else None
                if wait is None:
                    raise
            await self._sleep(wait)
            attempt += 1
