"""The frame around our panes: a round border that tells where the keys go, and a title in it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from .text import shown_line


def frame_css(selector: str, when: str) -> str:
    """The style sheet of a frame; `when` is the state in which the keys go there, as in `focus`."""
    return f"""
    {selector} {{
        border: round $border-blurred;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:{when} {{ border: round $border; border-title-color: $text-primary; }}
    }}
    """


def entitle(widget: Widget, title: str, subtitle: str = "") -> None:
    """Write into a widget's border; the text may come from strangers."""
    widget.border_title, widget.border_subtitle = Content(shown_line(title)), Content(shown_line(subtitle))
