"""The line in which a person claims a bug: an input, and what should come out."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from ..text import shown_line
from ..text_field import TextField


class ClaimLine(Horizontal):
    """Two fields; enter goes on to the second, and from there sends both."""

    DEFAULT_CSS = """
    ClaimLine {
        height: 1;
        width: 1fr;
        padding: 0 1;
        background: $surface;
        & > Static { width: auto; color: $text-muted; }
        & > Input, & > Input:focus { width: 1fr; background: $surface; background-tint: transparent; border: none; }
        & > #call { width: 3fr; }
        & > #wanted { width: 2fr; }
    }
    """
    BINDINGS = [
        # Before what is typed next is handed out, for that is meant for the other field.
        Binding("enter", "send", "next, send", show=False, id="claim.send", priority=True),
        Binding("tab", "turn", "other field", show=False, id="claim.turn", priority=True),
        Binding("escape", "leave", "done typing", show=False, id="claim.leave"),
    ]

    example: reactive[str] = reactive("", init=False)
    """What a call looks like, shown while nothing is typed."""

    class Claimed(Message):
        """The user says that `call` goes wrong and `wanted` should come out."""

        def __init__(self, call: str, wanted: str) -> None:
            super().__init__()
            self.call = call
            self.wanted = wanted

    class Left(Message):
        """The keys belong to the panes again."""

    def compose(self) -> ComposeResult:
        """Names and fields."""
        yield Static("bug at ", markup=False)
        yield TextField(compact=True, id="call")
        yield Static(" should be ", markup=False)
        yield TextField(compact=True, id="wanted")

    @property
    def typing(self) -> bool:
        """Whether keys are letters now."""
        return self._in("call") or self._in("wanted")

    def _in(self, name: str) -> bool:
        """Whether keys are letters of this field; a field hears of its focus later than the screen."""
        return self.screen.focused is self._field(name)

    def begin(self) -> None:
        """Let the user type."""
        self._go_to("call")

    def action_turn(self) -> None:
        """To the other field."""
        self._go_to("wanted" if self._in("call") else "call")

    @property
    def typed(self) -> tuple[str, str]:
        """What stands in the two fields."""
        return self._field("call").value, self._field("wanted").value

    def show(self, typed: tuple[str, str]) -> None:
        """Put these into the two fields."""
        for name, text in zip(("call", "wanted"), typed, strict=True):
            self._field(name).value = text

    def take(self, text: str) -> None:
        """Begin to type with a text that was pasted, in the first field that is empty."""
        name = "call" if not self.typed[0] or self.typed[1] else "wanted"
        self._go_to(name)
        # Once the field knows that it has the keys: then it selects what stands there.
        self._field(name).call_later(self._field(name).append, text)

    def watch_example(self, example: str) -> None:
        """Show another."""
        self._field("call").placeholder = shown_line(example)

    def action_send(self) -> None:
        """From the first field to the second; from there, send the claim if both are filled."""
        call, wanted = self._field("call"), self._field("wanted")
        if self._in("call"):
            self._go_to("wanted")
            return
        self._go_to("call")
        # Letters that were typed before may still be on their way to the fields.
        call.call_later(wanted.call_later, self._send)

    def _send(self) -> None:
        call, wanted = (text.strip() for text in self.typed)
        if not wanted:
            self._go_to("wanted")
        elif call:
            self.post_message(self.Claimed(call, wanted))

    def action_leave(self) -> None:
        """Stop typing; what was typed stays."""
        self.post_message(self.Left())

    def _go_to(self, name: str) -> None:
        self.screen.set_focus(self._field(name), scroll_visible=False)

    def _field(self, name: str) -> TextField:
        return self.query_one(f"#{name}", TextField)
