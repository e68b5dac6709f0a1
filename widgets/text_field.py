"""A line to type in."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from .text import shown_line


class TextField(Input):
    """An input of text as panes show it: what is pasted may come from strangers, and in several lines."""

    cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Without characters that a terminal would obey."""
        return shown_line(value)

    def on_paste(self, event: events.Paste) -> None:
        """Take in all lines as one; Textual takes the first and drops the others."""
        event.prevent_default()
        event.stop()
        self.take(event.text)

    def take(self, text: str) -> None:
        """Put a text where the cursor is, in place of what is selected."""
        line = in_one_line(text)
        if self.selection.is_empty:
            self.insert_text_at_cursor(line)
        else:
            self.replace(line, *self.selection)

    def append(self, text: str) -> None:
        """Put a text behind what stands here."""
        self.cursor_position = len(self.value)
        self.take(text)


def in_one_line(text: str) -> str:
    """The lines of a text as one.

    >>> in_one_line("f([1,\\n   2])\\n")
    'f([1, 2])'
    """
    return " ".join(part.strip() for part in text.splitlines() if part.strip())
