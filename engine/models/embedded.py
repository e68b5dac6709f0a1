"""The embedded model: `OpenAIChat` over a llama.cpp server that is started when first needed and outlived by us."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec

from ..errors import ModelError
from ..facts import Usage
from . import weights
from .chat import Ask, Message, Piece, Reply, Sampling, Stream
from .embedded_host import DEFAULT_TUNING, Address, Host
from .embedded_server import Tuning
from .openai import Endpoint, OpenAIChat, Retries, Secret

LONGEST_SILENCE = 300.0
"""Seconds: a prompt that fills the context takes minutes on a small CPU before the first token comes."""
BROKEN = frozenset({"unreachable", "dropped", "broken", "timeout"})
"""Kinds of `ModelError` behind which the end of the server may stand."""


class EmbeddedModel:
    """A coder model on this machine's CPU. Nothing is started, read or imported before the first ask."""

    def __init__(
        self,
        environ: Mapping[str, str],
        state_folder: Path,
        *,
        tuning: Tuning = DEFAULT_TUNING,
        on_notice: Callable[[str], None] = lambda _: None,
        file: weights.Weights = weights.CODER,
        program: Sequence[str] = (),
    ) -> None:
        """`on_notice` gets one sentence when the server crashed and was started again; the rest is as for `Host`."""
        self._name = f"{file.name} (embedded)"
        self._alias = file.name
        self._notice = on_notice
        self._host = Host(environ, state_folder, tuning=tuning, file=file, program=program)
        self._chat: OpenAIChat | None = None
        self._address: Address | None = None
        self._warming: _Warming | None = None

    @property
    def name(self) -> str:
        """The model as people call it."""
        return self._name

    @property
    def scripted(self) -> bool:
        """Whether the answers were written by a person: they were not."""
        return False

    @property
    def log_path(self) -> Path:
        """Where the server's own log is."""
        return self._host.log_path

    async def start(self) -> None:
        """Have the server ready before the first ask. Raises: ModelError."""
        await self._connected()

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncGenerator[Stream, None]:
        """Ask; a server that dies is started again, once, and goes on with the answer where it broke off.

        Raises:
            ModelError: "no weights", "no engine", "not started", "crashed", or what `OpenAIChat` raises.
        """
        await self._make_way(ask)
        async with AsyncExitStack() as connections:
            try:
                answer = await connections.enter_async_context((await self._connected()).stream(ask))
            except ModelError as problem:
                answer = await self.ask_again(ask, problem, connections)
            yield _Survivor(self, ask, answer, connections)

    async def warm(self, messages: Sequence[Message], prefill: str = "") -> None:
        """Have the server read the beginning of a coming prompt, so that its first token comes at once.

        It may be cancelled at any time. An ask that begins otherwise ends it early; one that begins so waits for it.
        Only the newest one is worth its time, so that it ends the one before.
        """
        ask = Ask(messages=tuple(messages), prefill=prefill, sampling=Sampling(max_tokens=1))
        await self._make_way(ask)
        warming = self._warming = _Warming(ask)
        try:
            async with warming:
                async with (await self._connected()).stream(ask) as answer:
                    async for _ in answer:
                        pass
        except ModelError as problem:
            # Nobody waits for this answer; whoever asks next meets the trouble and reports it.
            if problem.kind not in BROKEN:
                raise
        finally:
            if self._warming is warming:
                self._warming = None

    async def aclose(self) -> None:
        """Close the connections, and end the server if it is ours."""
        if self._warming:
            await self._warming.end()
        await self._disconnect()
        await self._host.stop()

    async def _make_way(self, ask: Ask) -> None:
        """Let a warming finish that is the beginning of this ask, and end any other: they would share the cores."""
        warming = self._warming
        if warming is None:
            return
        if _begins(ask, warming.ask):
            await warming.over.wait()
        else:
            await warming.end()

    async def _connected(self) -> OpenAIChat:
        address = await self._host.address()
        if self._chat is None or address != self._address:
            await self._disconnect()
            endpoint = Endpoint(
                base_url=f"{address.url}/v1",
                api_key=Secret(address.key),
                model=self._alias,
                label=self._name,
                kind="llama.cpp",
                timeout=LONGEST_SILENCE,
            )
            httpx2 = await asyncio.to_thread(importlib.import_module, "httpx2")
            # llama.cpp closes a connection after a stream, though it promises to keep it: never use one twice.
            transport = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))
            # One attempt: trying again is our business, because the server may have to be started for it.
            self._chat = OpenAIChat(endpoint, retries=Retries(attempts=1), transport=transport)
            self._address = address
        return self._chat

    async def _disconnect(self) -> None:
        chat, self._chat, self._address = self._chat, None, None
        if chat is not None:
            await chat.aclose()

    async def ask_again(self, ask: Ask, problem: ModelError, connections: AsyncExitStack) -> Stream:
        """The answer of a server started anew, if its end was the problem; else the problem is raised.

        Raises:
            ModelError: `problem`, or "crashed" when it died a second time.
        """
        if problem.kind not in BROKEN or not await self._host.is_gone():
            raise problem
        how = self._host.how_it_ended() or "went away"
        chat = await self._connected()
        self._notice(f"the embedded model's server {how}; it was started again")
        try:
            return await connections.enter_async_context(chat.stream(ask))
        except ModelError as again:
            raise await self.lost(again) from again

    async def lost(self, problem: ModelError) -> ModelError:
        """What to say when an answer is lost for good."""
        if problem.kind not in BROKEN or not await self._host.is_gone():
            return problem
        how = self._host.how_it_ended() or "went away"
        return ModelError(
            f"the embedded model's server {how} again while it answered; its log is {self.log_path}. "
            "Ask again, or choose another model (`redraft models`)",
            kind="crashed",
            retryable=True,
        )


class _Survivor:
    """One answer. When the server dies in the middle of it, the one started anew goes on where it broke off, once."""

    def __init__(self, model: EmbeddedModel, ask: Ask, answer: Stream, connections: AsyncExitStack) -> None:
        self._model = model
        self._ask = ask
        self._answer = answer
        self._connections = connections
        self._broken_off: Reply | None = None

    @property
    def reply(self) -> Reply:
        """What has come so far."""
        return _joined(self._broken_off, self._answer.reply) if self._broken_off else self._answer.reply

    async def __aiter__(self) -> AsyncIterator[Piece]:
        """Pieces as they come. Raises: ModelError."""
        try:
            async for piece in self._answer:
                yield piece
            return
        except ModelError as problem:
            said = self._answer.reply
            rest = _rest(self._ask, said)
            if rest is None:
                raise await self._model.lost(problem) from problem
            self._answer = await self._model.ask_again(rest, problem, self._connections)
            self._broken_off = said
        try:
            async for piece in self._answer:
                yield piece
        except ModelError as problem:
            raise await self._model.lost(problem) from problem


def _rest(ask: Ask, said: Reply) -> Ask | None:
    """What to ask for the rest of a broken answer; None when it cannot be continued (a grammar would begin anew)."""
    left = ask.sampling.max_tokens - said.usage.completion_tokens
    if ask.schema is not None or ask.thinking or left <= 0:
        return None
    sampling = msgspec.structs.replace(ask.sampling, max_tokens=left)
    beginning = ask.prefill if said.prefilled or not ask.prefill else ""
    return msgspec.structs.replace(ask, prefill=beginning + said.text, sampling=sampling)


def _joined(first: Reply, second: Reply) -> Reply:
    """Both halves of an answer as one."""
    usage = Usage(
        prompt_tokens=first.usage.prompt_tokens,
        completion_tokens=first.usage.completion_tokens + second.usage.completion_tokens,
        cached_tokens=first.usage.cached_tokens,
        estimated=True,
    )
    return msgspec.structs.replace(
        first,
        text=first.text + second.text,
        finish=second.finish,
        usage=usage,
        seconds=first.seconds + second.seconds,
        warning="; ".join(filter(None, (first.warning, second.warning, "the server died halfway; another went on"))),
    )


class _Warming:
    """A running `warm`, which others may wait for or end without cancelling whoever called it."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.over = asyncio.Event()
        self._limit = asyncio.timeout(None)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> None:
        await self._stack.__aenter__()
        self._stack.callback(self.over.set)
        # The "time-out" is the one way to end a block from outside that does not look like a cancellation to its task.
        self._stack.enter_context(contextlib.suppress(TimeoutError))
        await self._stack.enter_async_context(self._limit)

    async def __aexit__(self, *failure: object) -> bool | None:
        return await self._stack.__aexit__(*failure)  # type: ignore[arg-type]

    async def end(self) -> None:
        """End it and wait until its connection is closed."""
        if not self.over.is_set():
            self._limit.reschedule(asyncio.get_running_loop().time())
            await self.over.wait()


def _begins(ask: Ask, warmed: Ask) -> bool:
    """Whether reading `warmed` is part of reading `ask`."""
    if warmed.prefill:
        return ask.messages == warmed.messages and ask.prefill.startswith(warmed.prefill)
    return ask.messages[: len(warmed.messages)] == warmed.messages
