"""The line at the bottom in which one types what to search for, and reads how often it is there."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from .text_field import TextField

_HINT_FROM = 64
"""Columns from which there is room to say what the keys do."""


class SearchLine(Horizontal):
    """One line: what is sought, "3 of 7", and the keys. It is typed in while it has the focus."""

    DEFAULT_CSS = """
    SearchLine {
        height: 1;
        width: 1fr;
        padding: 0 1;
        background: $surface;
        & > Static { width: auto; }
        & > Input, & > Input:focus { width: 1fr; background: $surface; background-tint: transparent; border: none; }
    }
    """

    tally: reactive[tuple[int, int]] = reactive((0, 0), init=False)
    """Which of how many places is in view."""

    keys: reactive[tuple[str, str, str]] = reactive(("n", "N", "esc"), init=False)
    """What brings the next and the previous place and ends the search, as a person reads it."""

    ways: reactive[tuple[str, str]] = reactive(("", ""), init=False)
    """What enter does, and what the keys do after it, where that is something else than to go from place to place."""

    class Changed(Message):
        """Something else is sought."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Kept(Message):
        """The text is typed: the keys belong to the pane again."""

    def compose(self) -> ComposeResult:
        """The sign, the text and the count."""
        yield Static("/ ", markup=False)
        yield TextField(compact=True)
        yield Static(id="tally", markup=False)

    @property
    def text(self) -> str:
        """What is sought."""
        return self.query_one(TextField).value

    @property
    def typing(self) -> bool:
        """Whether keys are letters now."""
        return self.screen.focused is self.query_one(TextField)

    def focus(self, scroll_visible: bool = True, from_app_focus: bool = False) -> SearchLine:
        """Begin to type; the first letter replaces what was sought before."""
        # At once: the next letter may be there already.
        self.screen.set_focus(self.query_one(TextField), scroll_visible=scroll_visible)
        return self

    def watch_tally(self) -> None:
        """Say how often it is there."""
        self._tell()

    def on_descendant_focus(self) -> None:
        """Say what the keys do."""
        self._tell()

    def on_descendant_blur(self) -> None:
        """Say what the keys do."""
        self._tell()

    def on_resize(self, event: events.Resize) -> None:
        """Say what there is room for."""
        self._tell()

    def on_input_changed(self, event: Input.Changed) -> None:
        """With every letter."""
        event.stop()
        self.post_message(self.Changed(event.value))
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self.post_message(self.Kept())

    def _tell(self) -> None:
        number, count = self.tally
        told = Content("")
        if self.text:
            told = Content(f"  {number} of {count}") if count else Content("  not there").stylize("$text-warning")
        if self.size.width >= _HINT_FROM:
            following, previous, end = self.keys
            enter, then = self.ways
            hint = (enter or "enter keeps it") if self.typing else (then or f"{following} next, {previous} previous")
            told += Content(f"   {hint}, {end} ends it").stylize("$text-muted")
        self.query_one("#tally", Static).update(told)
