"""What the screens around a `RunView` have in common."""

from __future__ import annotations

from typing import ClassVar

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from .view import RunView


class RunScreen(Screen[None]):
    """A screen with one `RunView`."""

    NOT_WHILE_TYPING: ClassVar[frozenset[str]] = frozenset()
    """Actions of keys with priority that are also needed to type."""

    # Who loses the focus and who gets it draw themselves; Textual would draw the whole screen again.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @property
    def view(self) -> RunView:
        """The run in front."""
        return self.query_one(RunView)

    @property
    def typing(self) -> bool:
        """Whether keys are letters of a search."""
        return self.view.searching.typing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that a screen takes before all others are letters while a search is typed."""
        return action not in self.NOT_WHILE_TYPING or not self.typing
