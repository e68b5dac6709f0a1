"""The line in which a person claims a bug: an input, and what should come out."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from .text import shown_line


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
        """The person says that `call` goes wrong and `wanted` should come out."""

        def __init__(self, call: str, wanted: str) -> None:
            super().__init__()
            self.call = call
            self.wanted = wanted

    class Left(Message):
        """The keys belong to the panes again."""

    def compose(self) -> ComposeResult:
        """Names and fields."""
        yield Static("bug at ", markup=False)
        yield _Field(compact=True, id="call")
        yield Static(" should be ", markup=False)
        yield _Field(compact=True, id="wanted")

    @property
    def typing(self) -> bool:
        """Whether keys are letters now."""
        return any(field.has_focus for field in self.query(_Field))

    def begin(self) -> None:
        """Let the person type."""
        self._go_to("call")

    def action_turn(self) -> None:
        """To the other field."""
        self._go_to("wanted" if self._field("call").has_focus else "call")

    def clear(self) -> None:
        """Empty both fields."""
        for field in self.query(_Field):
            field.value = ""

    def watch_example(self, example: str) -> None:
        """Show another."""
        self._field("call").placeholder = shown_line(example)

    def action_send(self) -> None:
        """From the first field to the second; from there, send the claim if both are filled."""
        call, wanted = (self._field(name).value.strip() for name in ("call", "wanted"))
        if self._field("call").has_focus or not wanted:
            self._go_to("wanted")
        else:
            self._go_to("call")
            if call:
                self.post_message(self.Claimed(call, wanted))

    def action_leave(self) -> None:
        """Stop typing; what was typed stays."""
        self.post_message(self.Left())

    def _go_to(self, name: str) -> None:
        self.screen.set_focus(self._field(name), scroll_visible=False)

    def _field(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)


class _Field(Input):
    """An input of text as panes show it: what is pasted may come from strangers."""

    cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Without characters that a terminal would obey."""
        return shown_line(value)
