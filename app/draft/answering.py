"""What the user answers about a call, from the pane's keys or typed, handed on to what decides by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.behaviour.questions import answer_of
from ...engine.facts import Answer
from ..common.key_names import Key
from ..run.asked import Asked
from .answer_screen import AnswerScreen
from .stubs import Card

if TYPE_CHECKING:
    from .controller import Work
    from .deciding import Deciding
    from .screen import DraftScreen


def asked_of(deciding: Deciding, card: Card | None, key: Key) -> Asked:
    """What the user is asked about this stub; `key` gives the keys in force."""
    strong = deciding.strength(card)
    note = deciding.note(card, key("behaviour.draw"))
    return Asked(deciding.question(card), note, strong.told if strong is not None else "")


class Answering:
    """Acts on the question in front of `screen`."""

    def __init__(self, screen: DraftScreen, work: Work) -> None:
        self._screen = screen
        self._work = work

    def choose(self, number: int | None) -> None:
        """Take an option of the question, by its number from 0; None: it does not matter."""
        choice = self._screen.view.asked.choice
        if choice is not None:
            self._take(Answer(call=choice.call) if number is None else answer_of(choice, choice.options[number]))

    def type(self) -> None:
        """Ask for a value or an exception."""
        self._screen.run_worker(self._typed(), group="deeds", exit_on_error=False)

    def draw(self) -> None:
        """Draw more drafts to compare, and show what they do."""
        if (card := self._screen.card) is not None:
            self._work.deciding.draw(card)
            self._screen.view.action_bring("behaviour")

    async def _typed(self) -> None:
        card, choice = self._screen.card, self._screen.view.asked.choice
        if card is None or choice is None:
            return
        answer = await self._screen.app.push_screen_wait(AnswerScreen(card.stub, choice))
        if answer is not None:
            self._take(answer)

    def _take(self, answer: Answer) -> None:
        if (card := self._screen.card) is not None and (why := self._work.deciding.answer(card, answer)):
            self._screen.say(why, "warning")
