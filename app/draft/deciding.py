"""What is done with a run's candidates while nobody waits: compared, measured, and more of them drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from ...engine.behaviour.answers import answered, contradicted
from ...engine.behaviour.observing import runs_anything
from ...engine.behaviour.questions import leading, remaining
from ...engine.behaviour.standing import candidates, open_question
from ...engine.behaviour.strength import Strength, strength
from ...engine.errors import RedraftError
from ...engine.events import Answered, AnyEvent, Settled
from ...engine.facts import (
    Answer,
    Choice,
    Draft,
    Solution,
    Stub,
)
from ...engine.kit import Kit
from ...engine.run.drawing import MOST, compare, draw
from ...engine.state.run import IN_FILE, RunState
from .queue import Following
from .rechecking import Tell
from .stubs import Card

Stage = Literal["", "comparing", "measuring", "drawing"]


class Deciding:
    """Works on the stub in front, until a run begins. `keep` is for a worker; what it finds is told as events."""

    def __init__(
        self,
        following: Following,
        kit: Callable[[], Kit | None],
        tell: Tell,
        *,
        draws: Callable[[], bool],
        changed: Callable[[], None],
        fault: Callable[[Exception], str],
    ) -> None:
        """`kit` gives the open kit, or None; `draws`: whether bodies may be drawn unasked; `changed` shows news.

        `fault` tells of a fault of redraft's own, once, and gives words for it.
        """
        self._following = following
        self._kit = kit
        self._tell = tell
        self._draws = draws
        self._changed = changed
        self._fault = fault
        self._wanted = asyncio.Event()
        self._doing: asyncio.Task[None] | None = None
        self._strengths: dict[tuple[Stub, str], Strength] = {}
        self._asked: set[str] = set()
        """Keys of stubs for which the user wants more bodies now."""
        self._drawn: set[tuple[str, int]] = set()
        """Runs, with the number of answers, for which bodies were drawn."""
        self._question: tuple[object, Choice | None] = (None, None)
        self.stage: Stage = ""
        """What goes on now."""
        self.trouble = ""
        """Why it ended early the last time, "" for nothing."""

    # ------------------------------------------------------------------------------------ what is known

    def question(self, card: Card | None) -> Choice | None:
        """What the user is to be asked about this stub; None for nothing, or while it cannot be answered."""
        state = card.state if card is not None else None
        if card is None or state is None or state.status != "settled" or not card.in_file:
            return None
        known = (state.run, state.behaviours, state.answers, len(state.drafts), len(state.reports))
        if self._question[0] != known:
            self._question = (known, open_question(state))
        return self._question[1]

    def strength(self, card: Card | None) -> Strength | None:
        """How strong the examples are, on the body that is proposed; None before it was measured."""
        measured = _measured(card)
        return self._strengths.get(measured) if measured is not None else None

    def note(self, card: Card | None, key: str) -> str:
        """What goes on, or how to get more to compare; `key` draws."""
        state = card.state if card is not None else None
        if card is None or state is None or state.status != "settled" or not card.in_file:
            return ""
        if self.stage == "drawing":
            return f"drawing more drafts to compare: {_samples(state)} so far"
        if self.stage == "comparing":
            return "running all drafts on the same calls…"
        why = f"{self.trouble}. " if self.trouble else ""
        return f"{why}{key} draws {MOST} more drafts to compare" if _can_be_compared(state) else ""

    # ------------------------------------------------------------------------------------ what the user says

    def answer(self, card: Card, answer: Answer) -> str:
        """Take an answer: candidates that contradict it fall away. Gives a sentence when it cannot be taken."""
        state = card.state
        if state is None or state.stub is None:
            return ""
        if own := contradicted(state.stub, answer):
            return f"your example at line {own.line} says otherwise: {own.source.strip()}"
        self._tell(card.stub.key, state.run, (Answered(answer=answer),))
        self._settle_anew(card.stub.key)
        return ""

    def draw(self, card: Card) -> None:
        """Draw more bodies for this stub, whether it may be done unasked or not."""
        self._asked.add(card.stub.key)
        self._wanted.set()

    def _settle_anew(self, key: str) -> None:
        """Propose a candidate that obeys every answer, where what is proposed does not."""
        card = self._following.shelf.get(key)
        state = card.state if card is not None else None
        if card is None or state is None or state.behaviours is None or state.solution is None:
            return
        groups = remaining(state.behaviours, state.answers, leading(state.drafts, state.reports))
        obeying = [name for group in groups for name in group.drafts]
        if not groups:
            self._asked.add(key)  # Nobody obeys: the answer is an example of the bodies that are drawn next.
        elif state.solution.draft.id not in obeying:
            draft = next(d for d in state.drafts if d.id == groups[0].drafts[0])
            why = "it does what you answered"
            settled = Settled(solution=Solution(draft=draft, report=state.reports.get(draft.id), why=why))
            self._tell(key, state.run, (settled,))
        self._wanted.set()

    # ------------------------------------------------------------------------------------ for a worker

    def look(self) -> None:
        """Something may be worth doing now."""
        self._wanted.set()

    async def stop(self) -> None:
        """End what goes on: somebody needs the model, or everything ends. Returns once it has ended."""
        doing = self._doing
        if doing is not None and not doing.done():
            doing.cancel()
            await asyncio.wait([doing])

    async def keep(self) -> None:
        """Do what there is to do, whenever there is something, until cancelled."""
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                self._doing = asyncio.ensure_future(self._do_all())
                await asyncio.wait([self._doing])
                self._enter("")
                if not self._doing.cancelled():
                    self._doing.result()
        finally:
            await self.stop()

    async def _do_all(self) -> None:
        self.trouble = ""
        try:
            while (step := self._next()) is not None:
                await step()
        except RedraftError as error:
            self.trouble = str(error)
        except Exception as error:  # noqa: BLE001 - it is kept and told; the next stub is looked at
            self.trouble = self._fault(error)

    def _next(self) -> Callable[[], Awaitable[None]] | None:
        """What is to be done for the stub in front, None for nothing."""
        card, kit = self._following.shelf.card, self._kit()
        state = card.state if card is not None else None
        if card is None or state is None or kit is None or kit.mode == "paper" or not card.in_file:
            return None
        if self._following.drafting.stub is not None or not _can_be_compared(state):
            return None
        if not runs_anything(kit.sandbox):
            return None
        compared = {d for group in state.behaviours.groups for d in group.drafts} if state.behaviours else set[str]()
        uncompared = {draft.id for draft in candidates(state)} - compared
        if uncompared and len(candidates(state)) > 1:
            return lambda: self._compare(kit, card.stub.key, state)
        if (measured := _measured(card)) is not None and measured not in self._strengths:
            return lambda: self._measure(kit, measured)
        wants = card.stub.key in self._asked or (self._draws() and (state.run, 0) not in self._drawn)
        return (lambda: self._draw(kit, card.stub.key, state)) if wants else None

    async def _compare(self, kit: Kit, key: str, state: RunState) -> None:
        self._enter("comparing")
        await compare(kit, state, lambda happened: self._told(key, state, happened))
        if (now := self._following.shelf.get(key)) is not None and now.state == state:
            self._drawn.add((state.run, 0))  # Nothing came of it: not again and again.

    async def _measure(self, kit: Kit, measured: tuple[Stub, str]) -> None:
        self._enter("measuring")
        self._strengths[measured] = await strength(kit.sandbox, kit.limits, *measured)
        self._changed()

    async def _draw(self, kit: Kit, key: str, state: RunState) -> None:
        self._enter("drawing")
        self._asked.discard(key)
        self._drawn.add((state.run, 0))
        await draw(kit, state, lambda happened: self._told(key, state, happened))
        self._settle_anew(key)

    def _told(self, key: str, before: RunState, happened: Sequence[AnyEvent]) -> RunState:
        """Put what happened on the shelf, and give the run as it is then."""
        self._tell(key, before.run, tuple(happened))
        card = self._following.shelf.get(key)
        return card.state if card is not None and card.state is not None else before

    def _enter(self, stage: Stage) -> None:
        if stage != self.stage:
            self.stage = stage
            self._changed()


def _can_be_compared(state: RunState) -> bool:
    """Whether a run is over, made no tree, and its stub still waits."""
    is_written = state.standing is not None and state.standing.draft.id == IN_FILE
    return state.status == "settled" and state.stub is not None and not state.tree.nodes and not is_written


def _measured(card: Card | None) -> tuple[Stub, str] | None:
    """The stub with its answers, and the body that holds its examples; None where there is none."""
    state = card.state if card is not None else None
    if state is None or state.stub is None or state.verdict != "verified" or state.solution is None:
        return None
    draft: Draft = state.standing.draft if state.standing is not None else state.solution.draft
    return answered(state.stub, state.answers), draft.body


def _samples(state: RunState) -> int:
    return sum(draft.purpose == "sample" for draft in state.drafts)
