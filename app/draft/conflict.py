"""What could not be brought together: the user's lines and ours, side by side. Nothing was written."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ...engine.diff import hunks
from ...engine.sources.merge import Conflict
from ...widgets.run.diff_pane import DiffPane
from ..common.key_names import keys_of
from ..common.read_only_diff import Compared


class ConflictScreen(ModalScreen[None]):
    """Shows the conflicts of one write."""

    BINDINGS = [Binding("escape,enter,q", "dismiss", "close", id="conflict.close")]

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__()
        self._conflicts = tuple(conflicts)

    def compose(self) -> ComposeResult:
        """One diff a conflict."""
        with Vertical(classes="panel -wide") as panel:
            panel.border_title = "you edited the same lines: nothing was written"
            panel.border_subtitle = Content(f"{keys_of(self)('conflict.close')} closes")
            yield Static(
                "Your lines stay as they are. To take the proposal, undo your edit in your editor, save, and accept "
                "again; or copy from here what you need.",
                markup=False,
                classes="lead",
            )
            for conflict in self._conflicts:
                pane = Compared()
                pane.set_reactive(DiffPane.hunks, hunks(conflict.yours, conflict.ours))
                pane.set_reactive(DiffPane.caption, f"line {conflict.line}: yours → proposed")
                yield pane
