"""What the screens around a `RunView` have in common."""

from __future__ import annotations

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from .run_view import RunView


class RunScreen(Screen[None]):
    """A screen with one `RunView`."""

    # Who loses the focus and who gets it draw themselves; Textual would draw the whole screen again.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @property
    def view(self) -> RunView:
        """The run in front."""
        return self.query_one(RunView)
