"""Two candidates of one function compared: to look at, not to accept."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ..engine.diff import hunks
from ..engine.tree import NodeState
from ..widgets.text import shown_line
from ..widgets.tree_words import role_of, score
from .key_names import comparing_keys
from .keys import COMPARING_CANDIDATES, bindings
from .lane_diff_screen import Compared


class CandidateDiffScreen(ModalScreen[None]):
    """Compares the candidate `one` of a node with another: at first with the one taken, or else with the one before."""

    BINDINGS = bindings((COMPARING_CANDIDATES,))
    TOPICS = (COMPARING_CANDIDATES,)

    def __init__(self, node: NodeState, one: str) -> None:
        super().__init__()
        self._node = node
        ids = [candidate.draft.id for candidate in node.candidates]
        self._one = ids.index(one) if one in ids else 0
        taken = node.best.draft.id if node.best else ""
        self._other = ids.index(taken) if taken in ids and taken != one else max(0, self._one - 1)
        if self._other == self._one:
            self._other = self._next(1)

    def compose(self) -> ComposeResult:
        """The diff, and what the keys do."""
        with Vertical(classes="panel -wide") as panel:
            panel.border_title = Content(f"candidates of {shown_line(self._node.stub.entry_point)}")
            yield Compared(id="compared")
            yield Static(comparing_keys(self, "candidate"), classes="foot", markup=False)

    def on_mount(self) -> None:
        """Show the first pair."""
        self._show()
        self.query_one(Compared).focus()

    def action_other(self, steps: int) -> None:
        """Compare with another candidate."""
        self._other = self._next(steps)
        self._show()

    def action_split(self) -> None:
        """One column, or two."""
        self.query_one(Compared).action_toggle_split()

    def _next(self, steps: int) -> int:
        """The candidate so many steps on; never the one it is compared with."""
        number = len(self._node.candidates)
        found = (self._other + steps) % number
        return (found + steps) % number if found == self._one and number > 1 else found

    def _show(self) -> None:
        pane, node = self.query_one(Compared), self._node
        pane.empty = "these two are the same"
        pane.caption = f"{self._told(self._other)} → {self._told(self._one)}"
        old, new = (node.stub.code(node.candidates[n].draft.body) for n in (self._other, self._one))
        pane.hunks = hunks(old, new)

    def _told(self, number: int) -> str:
        candidate = self._node.candidates[number]
        held = f", {score(candidate.visible)} yours, {score(candidate.generated)} tester's" if candidate.report else ""
        return f"{candidate.draft.id} ({role_of(candidate)}{held})"
