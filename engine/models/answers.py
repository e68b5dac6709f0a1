"""All answers to one request while they come: which chunk belongs to which, and what each of them used.

What was used is told so that it adds up, for the prompt was read once: every answer tells what it wrote where the
server counts them apart, and the last one tells the rest: the prompt, and what nobody has told. No network here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from msgspec.structs import replace

from ..errors import ModelError
from ..facts import Usage
from . import tokens
from .answer import Answer, Chunk, Counts
from .chat import Piece, Reply

BELIEVED = 0.6
"""A server that counts less than this share of our estimate has counted one answer for all (llama.cpp does)."""
LONG_COPY = 64
"""Tokens that answers must have in common, letter by letter, before they are taken for copies."""


class Answers:
    """The answers to one request, one as a rule."""

    def __init__(self, each: Sequence[Answer], *, counted_apart: bool = False) -> None:
        """`counted_apart`: whether a count that comes with a piece of an answer is of that answer alone."""
        self.each = tuple(each)
        self._counted_apart = counted_apart
        self._ready = [deque[Piece]() for _ in each]
        self._open = set(range(len(each)))
        self._places: dict[int, int] = {}
        """The answer of each choice that the server has named."""
        self._failures: dict[int, ModelError] = {}
        self._total = Counts()
        self._own: dict[int, int] = {}
        """Tokens of each answer, as the server counts them."""
        self._used: dict[int, Usage] = {}
        """What those that are over have told."""
        self._ended = False

    # ------------------------------------------------------------------------------------------ what is asked of them

    @property
    def over(self) -> bool:
        """Whether nothing more is waited for."""
        return self._ended or not self._open

    @property
    def finished(self) -> bool:
        """Whether the server has said of each how it ended."""
        return all(answer.finished for answer in self.each)

    @property
    def begun(self) -> bool:
        """Whether there is anything to read."""
        return any(self._ready)

    @property
    def only_one_came(self) -> bool:
        """Whether the server gave one answer where several were asked for."""
        return self._ended and len(self.each) > 1 and len(self._places) == 1

    @property
    def are_copies(self) -> bool:
        """Whether all are the same long text, as a server gives that draws each of them with the same seed."""
        texts = {answer.reply.text for answer in self.each}
        return self._ended and len(self._places) > 2 and len(texts) == 1 and tokens.count(texts.pop()) >= LONG_COPY

    def refuse_none(self) -> None:
        """Make sure that there is an answer, or may still be. Raises: ModelError."""
        if self._failures and not self.begun and set(self._places.values()) <= set(self._failures):
            raise next(iter(self._failures.values()))

    def is_missing(self, nth: int) -> bool:
        """Whether the request is over, and this one was not in it."""
        return self._ended and nth not in self._places.values()

    def piece(self, nth: int) -> Piece | None:
        """The next piece of an answer, None when there is none yet, or no more. Raises: ModelError."""
        if self._ready[nth]:
            return self._ready[nth].popleft()
        if nth in self._failures:
            raise self._failures[nth]
        return None

    def is_ready(self, nth: int) -> bool:
        """Whether there is something to read of this one."""
        return bool(self._ready[nth])

    def is_over(self, nth: int) -> bool:
        """Whether no more of this one will come."""
        return self._ended or nth not in self._open

    def reply(self, nth: int) -> Reply:
        """All that has come so far of one."""
        reply = self.each[nth].reply
        if len(self.each) == 1:
            return reply
        usage = self._used.get(nth) or Usage(completion_tokens=self._own.get(nth, 0))
        return replace(reply, usage=usage, shared=len(self._places) > 1)

    # ------------------------------------------------------------------------------------------ what comes

    def take(self, chunk: Chunk, at: float) -> None:
        """Give a chunk to the answer that it is about."""
        nth = self._place(chunk.choice)
        if len(self.each) > 1:
            self._count(chunk, nth)
            chunk = replace(chunk, counts=None)
        if nth is None or nth not in self._open:
            return
        answer = self.each[nth]
        self._ready[nth].extend(answer.take(chunk, at))
        if answer.is_runaway:
            self._ready[nth].extend(answer.stop_runaway())
            self._close(nth)
        elif answer.finished and len(self._open) > 1 and len(self._places) == len(self.each):
            # While the others go on, nobody needs to wait for them; the last one waits for the count.
            self._ready[nth].extend(answer.end())
            self._close(nth)

    def end(self) -> None:
        """The server has ended the stream."""
        if not self._places:
            self._places[0] = 0  # Whoever asked hears that nothing came.
        self._ended = True
        for nth in sorted(self._open.intersection(self._places.values())):
            self._ready[nth].extend(self.each[nth].end())
            self._close(nth)

    def fail(self, problem: ModelError) -> None:
        """Nothing more will come of those that are not over."""
        self._failures |= dict.fromkeys(sorted(self._open), problem)
        self._open.clear()

    def give_up(self, nth: int, problem: ModelError) -> None:
        """One of them is no answer."""
        self._failures[nth] = problem

    def leave(self, nth: int) -> None:
        """Nobody listens to this one any longer."""
        self._ready[nth].clear()
        self._close(nth)

    def _close(self, nth: int) -> None:
        if nth in self._open:
            self._open.discard(nth)
            self._used[nth] = self._usage(nth)

    def _place(self, choice: int | None) -> int | None:
        """Which answer a choice is; some servers number them from 1."""
        if len(self.each) == 1:
            return self._places.setdefault(0, 0)
        if choice is None:
            return None
        if choice not in self._places:
            free = [nth for nth in range(len(self.each)) if nth not in self._places.values()]
            if not free:
                return None
            self._places[choice] = choice if choice in free else free[0]
        return self._places[choice]

    # ------------------------------------------------------------------------------------------ what they used

    def _count(self, chunk: Chunk, nth: int | None) -> None:
        counts = chunk.counts
        if counts is None:
            return
        if nth is not None and self._counted_apart:
            if counts.completion is not None:
                self._own[nth] = counts.completion
            self._total = replace(self._total, prompt=counts.prompt, cached=counts.cached)
        else:
            self._total = counts
        for each, answer in enumerate(self.each):
            answer.count(Counts(prompt=self._total.prompt, completion=self._own.get(each), cached=self._total.cached))

    def _usage(self, nth: int) -> Usage:
        """What this answer tells of what was used: its own, and the rest if it is the last."""
        came = set(self._places.values())
        pooled = not came <= set(self._own)
        if self._open & came or nth not in came:
            return Usage(completion_tokens=self._own.get(nth, 0), pooled=pooled)
        used = [self.each[each].reply.usage for each in sorted(came)]
        guess = sum(usage.completion_tokens for usage in used)
        counted = self._total.completion
        if counted is None and not pooled:
            counted = guess
        believed = counted is not None and counted >= BELIEVED * guess
        told = list(self._used.values())
        return Usage(
            prompt_tokens=0 if any(usage.prompt_tokens for usage in told) else used[0].prompt_tokens,
            completion_tokens=max(0, (counted or 0 if believed else guess) - sum(t.completion_tokens for t in told)),
            cached_tokens=0 if any(usage.prompt_tokens for usage in told) else used[0].cached_tokens,
            estimated=not believed or self._total.prompt is None,
            pooled=pooled,
        )
