"""The last line of a screen: the keys that do something now. As many as fit, the most needed first."""

from __future__ import annotations

from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from .keys import ALWAYS_ON_THE_BAR, ON_THE_BAR

_GAP = 2


class KeyHint(NamedTuple):
    """One key as the bar shows it."""

    key: str
    shown: str
    says: str

    @property
    def width(self) -> int:
        """Columns it takes, without the gap behind it."""
        return len(self.shown) + 1 + len(self.says)


class KeyBar(Widget):
    """One line of keys that can also be clicked."""

    DEFAULT_CSS = """
    KeyBar { height: 1; dock: bottom; background: $footer-background; color: $footer-description-foreground; }
    """
    COMPONENT_CLASSES = {"key-bar--key"}
    ALLOW_SELECT = False

    hints: reactive[tuple[tuple[KeyHint, ...], tuple[KeyHint, ...]]] = reactive(((), ()))
    """What may be left out, and what is always there."""

    def on_mount(self) -> None:
        """Follow the keys as they come and go."""
        self.screen.bindings_updated_signal.subscribe(self, self._look_again)

    def _look_again(self, screen: Screen[object]) -> None:
        if screen is not self.screen:
            return
        first: dict[str, KeyHint] = {}
        for key, active in screen.active_bindings.items():
            binding = active.binding
            if binding.id and active.enabled and binding.id not in first:
                first[binding.id] = KeyHint(key, self.app.get_key_display(binding), binding.description)
        self.hints = (
            tuple(first[name] for name in ON_THE_BAR if name in first),
            tuple(first[name] for name in ALWAYS_ON_THE_BAR if name in first),
        )

    def laid_out(self, width: int) -> list[tuple[int, KeyHint]]:
        """The hints that fit into `width` columns, each with the column it begins at."""
        now, always = self.hints
        while always and sum(hint.width + _GAP for hint in always) > width:
            always = always[:-2] + always[-1:] if len(always) > 1 else ()
        room = width - 1 - sum(hint.width + _GAP for hint in always)
        placed: list[tuple[int, KeyHint]] = []
        column = 1
        for hint in now:
            if column + hint.width > room:
                break
            placed.append((column, hint))
            column += hint.width + _GAP
        column = max(column, room + 1)
        for hint in always:
            placed.append((column, hint))
            column += hint.width + _GAP
        return placed

    def render(self) -> Content:
        """The line."""
        line, column = Content(""), 0
        for at, hint in self.laid_out(self.size.width):
            line += Content(" " * (at - column)) + Content(hint.shown).stylize("bold $footer-key-foreground")
            line += Content(f" {hint.says}")
            column = at + hint.width
        return line

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        for at, hint in self.laid_out(self.size.width):
            if at <= event.x < at + hint.width:
                self.app.simulate_key(hint.key)
