"""All keys by topic, as they are bound now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from .key_names import keys_of
from .keys import Topic

_KEY_WIDTH = 12


class HelpScreen(ModalScreen[None]):
    """What can be pressed. `bound` gives the keys of each binding id."""

    BINDINGS = [
        Binding("escape,q,question_mark,f1", "dismiss", "close", id="close-help"),
        Binding("j,down", "scroll(1)", "down", id="help-down"),
        Binding("k,up", "scroll(-1)", "up", id="help-up"),
    ]

    def __init__(self, topics: Sequence[Topic], bound: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self._topics = tuple(topics)
        self._bound = bound

    def compose(self) -> ComposeResult:
        """One block a topic; blocks flow into as many columns as fit."""
        with VerticalScroll(id="help") as panel:
            panel.border_title = "keys"
            panel.border_subtitle = Content(f"{keys_of(self)('close-help')} closes")
            yield Static(
                "Write a stub in your editor and save: redraft drafts its body, runs the doctests, has it reviewed "
                "and fixed, and shows you both. Nothing is written until you accept.",
                markup=False,
                classes="lead",
            )
            for topic in self._topics:
                yield Static(self._block(topic), classes="topic")
            yield Static(
                Content("Any key can be moved: [interface.keys] in the settings file, by the names on the right."),
                classes="foot",
            )

    def _block(self, topic: Topic) -> Content:
        lines = [Content(topic.title).stylize("bold $accent")]
        for binding in topic.bindings:
            name = binding.id or ""
            keys = " ".join(self._bound.get(name, ()))
            if keys:
                says = f"{binding.description:<32} "
                lines.append(
                    Content(f"{keys:>{_KEY_WIDTH}}  ").stylize("bold $primary")
                    + Content(says)
                    + Content(name).stylize("$text-muted")
                )
        return Content("\n").join(lines)

    def action_scroll(self, lines: int) -> None:
        """Move the text."""
        self.query_one("#help", VerticalScroll).scroll_relative(y=lines, animate=False)
