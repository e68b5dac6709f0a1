"""Going on with a run that ended too early: what was answered before is read from its log, not asked again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from ..events import (
    CallEnded,
    CallStarted,
    Entry,
    RunStarted,
    Steered,
    TextStreamed,
)
from ..facts import Fact
from ..models.chat import Piece, Reply, texts
from .steering import line_to


class Answer(Fact, frozen=True):
    """One call of an earlier run."""

    started: CallStarted
    ended: CallEnded
    reply: Reply


_Key = tuple[str | int, ...]


class Recall:
    """The answers of an earlier log, each good for the very question it answered, whenever that is asked.

    With the first question that is another one the memory of its function ends, and of all below that in a tree: from
    there on the run is a new one.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        began = entries[0].event if entries else None
        self.run = began.run if isinstance(began, RunStarted) else ""
        """Name of the earlier run."""
        started = [entry.event for entry in entries if isinstance(entry.event, CallStarted)]
        self._by_text = any(event.asked for event in started)
        """Whether it knows what was asked; logs of older versions tell the prompt's length only."""
        self._asked = set(map(self._key, started))
        self._answers: dict[_Key, deque[Answer]] = {}
        for answer in _answers(entries):
            self._answers.setdefault(self._key(answer.started), deque()).append(answer)
        self._wishes = _wishes(entries)
        self._over: set[str] = set()

    def answer(self, question: CallStarted) -> Answer | None:
        """What was answered to this question before; None when nothing was, or another one was asked in its place."""
        key = self._key(question)
        if self._over.intersection(line_to(question.node)):
            return None
        if key not in self._asked:
            self._over.add(question.node)
            return None
        left = self._answers.get(key)
        return left.popleft() if left else None

    def wishes(self, calls: int) -> tuple[Steered, ...]:
        """What the user wished for after that many calls had begun; each wish is given once."""
        return () if self._over else tuple(self._wishes.pop(calls, ()))

    def _key(self, call: CallStarted) -> _Key:
        """What is the same for two calls that ask the same of the same model."""
        what = call.asked if self._by_text else call.prompt_tokens
        return (call.role, call.purpose, call.node, call.model, what)


def _answers(entries: Iterable[Entry]) -> list[Answer]:
    begun: dict[str, CallStarted] = {}
    pieces: dict[str, list[Piece]] = {}
    found: list[Answer] = []
    for entry in entries:
        event = entry.event
        if isinstance(event, CallStarted):
            begun[event.call] = event
        elif isinstance(event, TextStreamed):
            piece = Piece(text=event.text, thinking=event.thinking, taken_back=event.taken_back)
            pieces.setdefault(event.call, []).append(piece)
        elif isinstance(event, CallEnded) and event.call in begun:
            text, thinking = texts(pieces.get(event.call, ()))
            found.append(Answer(started=begun[event.call], ended=event, reply=_reply(event, text, thinking)))
    return found


def _reply(ended: CallEnded, text: str, thinking: str) -> Reply:
    return Reply(
        text=text,
        thinking=thinking,
        finish=ended.finish,
        prefilled=ended.prefilled,
        usage=ended.usage,
        seconds=ended.seconds,
        first_seconds=ended.first_seconds,
        warning=ended.warning,
        full=ended.full,
        logprobs=ended.logprobs,
        model=ended.answered,
    )


def _wishes(entries: Iterable[Entry]) -> dict[int, list[Steered]]:
    """The wishes by how many calls had begun before them."""
    calls = 0
    found: dict[int, list[Steered]] = {}
    for entry in entries:
        if isinstance(entry.event, CallStarted):
            calls += 1
        elif isinstance(entry.event, Steered):
            found.setdefault(calls, []).append(entry.event)
    return found
