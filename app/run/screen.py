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


class LeadsBack(RunScreen):
    """A run that was opened from another screen: escape and ctrl+c lead back there."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A search is ended first."""
        if action == "leave" and self.view.searching.possible("close"):
            return False
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    def action_deed(self, name: str) -> None:
        """Ctrl+c without a selection leads back, as escape does."""
        self.dismiss()
