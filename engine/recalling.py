"""Going on with a run that ended too early: what was answered before is read from its log, not asked again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .events import CallEnded, CallStarted, Entry, RunStarted, Steered, TextStreamed
from .facts import Fact
from .models.chat import Piece, Reply, texts


class Answer(Fact, frozen=True):
    """One call of an earlier run."""

    started: CallStarted
    ended: CallEnded
    reply: Reply


class Recall:
    """The answers of an earlier log, each good for the very question it answered.

    With the first question that is another one the memory ends: from there on the run is a new one.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        began = entries[0].event if entries else None
        self.run = began.run if isinstance(began, RunStarted) else ""
        """Name of the earlier run."""
        self._answers = {answer.started.call: answer for answer in _answers(entries)}
        self._wishes = _wishes(entries)
        self._over = False

    def answer(self, question: CallStarted) -> Answer | None:
        """What was answered to this call before, None when it was not asked so; then nothing is recalled any more."""
        found = self._answers.get(question.call)
        if self._over or found is None or not _same(found.started, question):
            self._over = True
            return None
        return found

    def wishes(self, calls: int) -> tuple[Steered, ...]:
        """What the person wished for after that many calls had begun; each wish is given once."""
        return () if self._over else tuple(self._wishes.pop(calls, ()))


def _same(before: CallStarted, now: CallStarted) -> bool:
    """Whether two calls ask the same of the same model; logs of older versions tell the prompt's length only."""
    if (before.role, before.purpose, before.node, before.model) != (now.role, now.purpose, now.node, now.model):
        return False
    return before.asked == now.asked if before.asked else before.prompt_tokens == now.prompt_tokens


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
