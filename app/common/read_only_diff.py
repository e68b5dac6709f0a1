"""The drafts of two lanes compared: to look at, not to accept."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Static

from ...engine.diff import hunks
from ...engine.state.run import RunState
from ...widgets.race.lane_words import newest_draft
from ...widgets.run.diff_pane import DiffPane
from .key_names import comparing_keys
from .keys import COMPARING, bindings


class Compared(DiffPane):
    """A diff whose changes are only shown."""

    deciding: reactive[bool] = reactive(False)


class LaneDiffScreen(ModalScreen[None]):
    """Compares the draft of lane `one` (from 1) with that of the next lane that has another draft."""

    BINDINGS = bindings((COMPARING,))
    TOPICS = (COMPARING,)

    def __init__(self, lanes: Sequence[tuple[str, RunState]], one: int) -> None:
        super().__init__()
        self._lanes = [(name, code) for name, state in lanes if (code := code_of(state))]
        names = [name for name, _ in self._lanes]
        self._one = names.index(lanes[one - 1][0]) if lanes[one - 1][0] in names else 0
        self._other = self._next(self._one, 1)

    def compose(self) -> ComposeResult:
        """The diff, and what the keys do."""
        with Vertical(classes="panel -wide") as panel:
            panel.border_title = Content("two lanes")
            yield Compared(id="compared")
            yield Static(comparing_keys(self, "lane"), classes="foot", markup=False)

    def on_mount(self) -> None:
        """Show the first pair."""
        self._show()
        self.query_one(Compared).focus()

    def action_other(self, steps: int) -> None:
        """Compare with another lane."""
        self._other = self._next(self._other, steps)
        self._show()

    def action_split(self) -> None:
        """One column, or two."""
        self.query_one(Compared).action_toggle_split()

    def _next(self, at: int, steps: int) -> int:
        """The lane so many steps on; never the one it is compared with."""
        found = (at + steps) % max(1, len(self._lanes))
        return (found + steps) % len(self._lanes) if found == self._one and len(self._lanes) > 1 else found

    def _show(self) -> None:
        pane = self.query_one(Compared)
        if len(self._lanes) < 2:
            pane.empty = "fewer than two lanes have a draft"
            return
        (left, old), (right, new) = self._lanes[self._one], self._lanes[self._other]
        pane.empty = "both lanes have the same draft"
        pane.caption = f"{left} → {right}"
        pane.hunks = hunks(old, new)


def code_of(state: RunState) -> str:
    """The whole function as the lane has it now, "" when it has none."""
    wanted = newest_draft(state)
    draft = next((draft for draft in state.drafts if draft.id == wanted), None) or state.proposal
    return state.stub.code(draft.body) if state.stub is not None and draft is not None else ""
