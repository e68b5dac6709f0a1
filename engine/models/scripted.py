"""A model whose answers were written by a person: the demo and the tests ask it as they ask any other.

    Scripted(["first answer", "second answer"])                     in this order, whatever is asked
    Scripted({"sort": "return sorted(xs)", "sum": "return 0"})      by a word of the last message
    Scripted(lambda ask: "{}" if ask.schema else "return 1")        by anything in the ask

In place of a text, a `Line` says how the answer comes: with thoughts, cut by length, hanging, or failing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Literal

import msgspec

from ..errors import ModelError
from ..facts import Usage
from . import tokens
from .chat import Ask, Piece, Reply, Stream

_WORDS = re.compile(r"\s*\S+|\s+\Z")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, and how it comes."""

    text: str = ""
    thinking: str = ""
    """Said before the text, if the ask wants thoughts."""
    finish: Literal["stop", "length", "broken off"] = "stop"
    fails: ModelError | None = None
    """Raised after all pieces have come; on entering when there are none."""
    hangs: bool = False
    """Whether it falls silent after its pieces, until it is cancelled or left."""
    warning: str = ""
    logprobs: Mapping[str, float] = {}
    """What it tells of its first token, if the ask wants that."""


Answers = Sequence[str | Line] | Mapping[str, str | Line] | Callable[[Ask], str | Line]


class Scripted:
    """A `ChatModel` that says what it was told to say."""

    def __init__(
        self,
        answers: Answers,
        *,
        name: str = "scripted",
        prefill: bool = True,
        pace: float = 0.0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`pace` is seconds between pieces (a piece is a word); with 0 nothing sleeps. `prefill`: whether it continues
        the prefill of an ask. Then an answer that begins with the prefill is said from where the prefill ends."""
        self._answers = answers
        self._name = name
        self._prefills = prefill
        self._pace = pace
        self._sleep = sleep
        self.asks: list[Ask] = []
        """All that it was asked, in order."""
        self.open_streams = 0
        """How many answers are being listened to now: 0 after a run that was truly cancelled."""

    @property
    def name(self) -> str:
        """The model as people call it."""
        return self._name

    @property
    def scripted(self) -> bool:
        """Whether the answers were written by a person: they were."""
        return True

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncGenerator[Stream]:
        """Ask. Raises: ModelError when the script ends before, or tells it to fail."""
        self.asks.append(ask)
        answer = _Spoken(ask, self._line(ask), prefilled=self._prefills and bool(ask.prefill), pause=self._pause)
        self.open_streams += 1
        try:
            await answer.start()
            yield answer
        finally:
            self.open_streams -= 1

    async def aclose(self) -> None:
        """Nothing to close."""

    async def _pause(self) -> None:
        if self._pace:
            await self._sleep(self._pace)

    def _line(self, ask: Ask) -> Line:
        said = self._chosen(ask)
        return Line(text=said) if isinstance(said, str) else said

    def _chosen(self, ask: Ask) -> str | Line:
        if callable(self._answers):
            return self._answers(ask)
        last = ask.messages[-1].content if ask.messages else ""
        if isinstance(self._answers, Mapping):
            for word, answer in self._answers.items():
                if word in last:
                    return answer
            raise ModelError(f"{self._name} has no line for {last[:60]!r}; add one to its script", kind="script")
        if len(self.asks) > len(self._answers):
            script = f"{self._name} has {len(self._answers)} lines and was asked {len(self.asks)} times"
            raise ModelError(f"{script}; add lines to its script", kind="script")
        return self._answers[len(self.asks) - 1]


class _Spoken:
    """One scripted answer while it is said."""

    def __init__(self, ask: Ask, line: Line, *, prefilled: bool, pause: Callable[[], Awaitable[None]]) -> None:
        self._ask, self._line, self._prefilled, self._pause = ask, line, prefilled, pause
        text = line.text.removeprefix(ask.prefill) if prefilled else line.text
        thoughts = [Piece(text=word, thinking=True) for word in _WORDS.findall(line.thinking) if ask.thinking]
        self._left = [*thoughts, *(Piece(text=word) for word in _WORDS.findall(text))]
        self._left.reverse()
        self._said: list[Piece] = []
        self._ended = False

    async def start(self) -> None:
        """Fail or hang at once if there is nothing to say before."""
        if not self._left:
            await self._trouble()

    def __aiter__(self) -> AsyncIterator[Piece]:
        return self

    async def __anext__(self) -> Piece:
        if not self._left:
            await self._trouble()
            self._ended = True
            raise StopAsyncIteration
        await self._pause()
        self._said.append(self._left.pop())
        return self._said[-1]

    @property
    def reply(self) -> Reply:
        """What was said so far."""
        text = "".join(piece.text for piece in self._said if not piece.thinking)
        thinking = "".join(piece.text for piece in self._said if piece.thinking)
        return Reply(
            text=text,
            thinking=thinking,
            finish=self._line.finish if self._ended else "cut",
            prefilled=self._prefilled,
            usage=Usage(
                prompt_tokens=tokens.estimate(self._ask.messages, self._ask.prefill if self._prefilled else ""),
                completion_tokens=tokens.count(text) + tokens.count(thinking),
                estimated=True,
            ),
            warning=self._line.warning,
            logprobs=dict(self._line.logprobs) if self._ask.top_logprobs else {},
        )

    async def _trouble(self) -> None:
        if self._line.hangs:
            await asyncio.Event().wait()
        if self._line.fails is not None:
            raise self._line.fails
