"""An answer that outlives the server it came from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from ..errors import ModelError
from ..facts import Usage
from .chat import Ask, Piece, Reply, Stream


class Survivor:
    """One answer. When the server dies in the middle of it, another goes on where it broke off, once."""

    def __init__(
        self,
        ask: Ask,
        answer: Stream,
        *,
        ask_again: Callable[[Ask, ModelError], Awaitable[Stream]],
        lost: Callable[[ModelError], Awaitable[ModelError]],
    ) -> None:
        """`ask_again` gives the answer of a new server or raises; `lost` says what to raise when that is no way out."""
        self._ask = ask
        self._answer = answer
        self._ask_again, self._lost = ask_again, lost
        self._broken_off: Reply | None = None

    @property
    def reply(self) -> Reply:
        """What has come so far."""
        return joined(self._broken_off, self._answer.reply) if self._broken_off else self._answer.reply

    async def __aiter__(self) -> AsyncIterator[Piece]:
        """Pieces as they come. Raises: ModelError."""
        try:
            async for piece in self._answer:
                yield piece
            return
        except ModelError as problem:
            said = self._answer.reply
            rest = rest_of(self._ask, said)
            if rest is None:
                raise await self._lost(problem) from problem
            self._answer = await self._ask_again(rest, problem)
            self._broken_off = said
        try:
            async for piece in self._answer:
                yield piece
        except ModelError as problem:
            raise await self._lost(problem) from problem


def rest_of(ask: Ask, said: Reply) -> Ask | None:
    """What to ask for the rest of a broken answer; None when it cannot be continued (a grammar would begin anew)."""
    left = ask.sampling.max_tokens - said.usage.completion_tokens
    if ask.schema is not None or ask.thinking or left <= 0:
        return None
    sampling = msgspec.structs.replace(ask.sampling, max_tokens=left)
    beginning = ask.prefill if said.prefilled else ""
    return msgspec.structs.replace(ask, prefill=beginning + said.text, sampling=sampling)


def joined(first: Reply, second: Reply) -> Reply:
    """Both halves of an answer as one; what the prompt cost is what the first half says."""
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
        warning="; ".join(filter(None, ("the server died halfway and another went on", second.warning))),
    )
