"""The embedded model: `OpenAIChat` over a llama.cpp server that is started when first needed and leaves with us."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from ...errors import ModelError
from ...settings import EmbeddedSettings
from ..chat import (
    Ask,
    Message,
    Sampling,
    Stream,
)
from ..openai import (
    Endpoint,
    OpenAIChat,
    Retries,
    Secret,
)
from ..survivor import Survivor
from .address import Address
from .casting import tuning_for
from .host import Host
from .household import Household
from .memory import needed
from .server import Tuning
from .warming import Warming
from .weights import Weights

LONGEST_SILENCE = 300.0
"""Seconds: a prompt that fills the context takes minutes on a small CPU before the first token comes."""
BROKEN = frozenset({"unreachable", "dropped", "broken", "timeout"})
"""Kinds of `ModelError` behind which the end of the server may stand."""


class EmbeddedModel:
    """A model on this machine. Nothing is started, read or imported before the first ask."""

    def __init__(
        self,
        environ: Mapping[str, str],
        state_folder: Path,
        *,
        file: Weights,
        tuning: Tuning | None = None,
        household: Household | None = None,
        on_notice: Callable[[str], None] = lambda _: None,
        program: Sequence[str] = (),
    ) -> None:
        """`on_notice` gets one sentence when the server crashed and was started again; the rest is as for `Host`.

        `household` are the models that this one shares the memory with; None: it is alone.
        """
        self._name = f"{file.name} (embedded)"
        self._alias = file.name
        self._notice = on_notice
        tuning = tuning or tuning_for(file, EmbeddedSettings())
        self.need = needed(file, tuning)
        self._household = household or Household(on_notice)
        self._household.join(self)
        self._host = Host(
            environ,
            state_folder,
            file=file,
            tuning=tuning,
            room=lambda: self._household.room_for(self),
            program=program,
        )
        self._connecting = asyncio.Lock()
        self._chat: OpenAIChat | None = None
        self._address: Address | None = None
        self._warming: Warming | None = None
        self._answering = 0
        self.silent = asyncio.Event()
        """Set while no answer is under way."""
        self.silent.set()
        self._closings = 0

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

    @property
    def is_loaded(self) -> bool:
        """Whether a server of ours has it in memory."""
        return self._host.owns_server

    async def leave_memory(self) -> None:
        """End the server if it is ours; the next ask starts it again."""
        if self._warming:
            await self._warming.end()
        async with self._connecting:
            await self._disconnect()
            await self._host.stop()

    async def start(self) -> None:
        """Have the server ready before the first ask. Raises: ModelError."""
        await self._connected()

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncGenerator[Stream, None]:
        """Ask; a server that dies is started again, once, and goes on with the answer where it broke off.

        Raises:
            ModelError: "no weights", "no engine", "not started", "crashed", or what `OpenAIChat` raises.
        """
        async with self._answer_under_way(ask), AsyncExitStack() as connections:
            address, chat = await self._connected()
            closings = self._closings

            async def ask_again(rest: Ask, problem: ModelError) -> Stream:
                if closings != self._closings or not await self._died(address, problem):
                    raise problem
                return await self._second_try(rest, connections)

            async def lost(problem: ModelError) -> ModelError:
                return await self._loss(self._address or address, problem)

            try:
                answer = await connections.enter_async_context(chat.stream(ask))
            except ModelError as problem:
                answer = await ask_again(ask, problem)
            yield Survivor(ask, answer, ask_again=ask_again, lost=lost)

    async def warm(self, messages: Sequence[Message], prefill: str = "") -> None:
        """Have the server read the beginning of a coming prompt, so that its first token comes at once.

        Where another model would have to leave the memory for that, nothing is read.
        It starts when no answer is under way, and may be cancelled at any time. An ask that begins otherwise, or a
        newer `warm`, ends it early; an ask that begins so waits for it.

        Raises:
            ModelError: as for `stream`, but for a server that goes away meanwhile: whoever asks next reports that.
        """
        ask = Ask(messages=tuple(messages), prefill=prefill, sampling=Sampling(max_tokens=1))
        older, newer = self._warming, Warming(ask)
        self._warming = newer
        async with newer.running():
            if older:
                await older.end()
            await self.silent.wait()
            if not self.is_loaded and not self._household.has_room(self):
                return
            _, chat = await self._connected()
            try:
                async with chat.stream(ask) as answer:
                    async for _ in answer:
                        pass
            except ModelError as problem:
                if problem.kind not in BROKEN:
                    raise

    async def aclose(self) -> None:
        """Close the connections, and end the server if it is ours."""
        self._closings += 1
        await self.leave_memory()

    @asynccontextmanager
    async def _answer_under_way(self, ask: Ask) -> AsyncGenerator[None, None]:
        """Keep warming out of the way of this ask, and let it help where it can."""
        if self._warming:
            await self._warming.make_way_for(ask)
        self._answering += 1
        self.silent.clear()
        self._household.used(self)
        try:
            yield
        finally:
            self._answering -= 1
            if not self._answering:
                self.silent.set()

    async def _connected(self) -> tuple[Address, OpenAIChat]:
        async with self._connecting:
            address = await self._host.address()
            if self._chat is None or address != self._address:
                await self._disconnect()
                self._chat, self._address = await self._open(address), address
            return address, self._chat

    async def _open(self, address: Address) -> OpenAIChat:
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
        return OpenAIChat(endpoint, retries=Retries(attempts=1), transport=transport)

    async def _disconnect(self) -> None:
        chat, self._chat, self._address = self._chat, None, None
        if chat is not None:
            await chat.aclose()

    async def _died(self, address: Address, problem: ModelError) -> bool:
        """Whether the end of the server at `address` is behind a problem."""
        return problem.kind in BROKEN and await self._host.is_gone(address)

    async def _second_try(self, ask: Ask, connections: AsyncExitStack) -> Stream:
        """The answer of a server started anew. Raises: ModelError."""
        how = self._host.how_it_ended() or "went away"
        address, chat = await self._connected()
        self._notice(f"the server of {self._alias} {how}; another one took over")
        try:
            return await connections.enter_async_context(chat.stream(ask))
        except ModelError as problem:
            raise await self._loss(address, problem) from problem

    async def _loss(self, address: Address, problem: ModelError) -> ModelError:
        """What to say when an answer is lost for good."""
        if not await self._died(address, problem):
            return problem
        how = self._host.how_it_ended() or "went away"
        return ModelError(
            f"the server of {self._alias} {how} while it answered; its log is {self.log_path}. "
            "Ask again, or choose another model (`redraft models`)",
            kind="crashed",
            retryable=True,
        )
