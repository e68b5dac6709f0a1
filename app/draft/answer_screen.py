"""A line in which the user types what a call should do."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ...engine.behaviour.answers import contradicted, typed
from ...engine.facts import Answer, Choice, Stub
from ...widgets.text import shown_line
from ..common.key_names import keys_of


class AnswerScreen(ModalScreen[Answer | None]):
    """Asks for a value or an exception; what is none is said to be, and asked again. Gives None when left."""

    BINDINGS = [Binding("escape", "dismiss", "leave", id="answer.leave")]

    def __init__(self, stub: Stub, choice: Choice) -> None:
        super().__init__()
        self._stub = stub
        self._asked = choice

    def compose(self) -> ComposeResult:
        """The question, the line, and what may be typed."""
        with Vertical(classes="panel") as panel:
            panel.border_title = Content(f"what should {shown_line(self._asked.call)} do?")
            yield Input(placeholder="0, 'text', [1, 2], ValueError", compact=True, id="typed")
            yield Static(id="foot", classes="foot", markup=False)

    def on_mount(self) -> None:
        """Say what may be typed."""
        leaves = keys_of(self)("answer.leave")
        self._say(f"a value as Python spells it, or the name of an exception. enter answers, {leaves} leaves")
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, or say why it is no answer."""
        said = typed(self._asked.call, event.value)
        if isinstance(said, str):
            self._say(said)
        elif own := contradicted(self._stub, said):
            self._say(f"your example at line {own.line} says otherwise: {own.source.strip()}")
        else:
            self.dismiss(said)

    def _say(self, words: str) -> None:
        self.query_one("#foot", Static).update(Content(shown_line(words)))
