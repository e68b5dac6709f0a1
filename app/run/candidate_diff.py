"""Two candidates of one function compared: to look at, not to accept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ...engine.diff import hunks
from ...engine.facts import Stub
from ...engine.state.tree import Candidate
from ...widgets.text import shown_line
from ...widgets.tree.tree_words import how_of, role_of, score
from ..common.key_names import comparing_keys
from ..common.keys import COMPARING_CANDIDATES, bindings
from ..common.read_only_diff import Compared


class CandidateDiffScreen(ModalScreen[None]):
    """Compares the candidate `one` with another: at first with the one that was kept, or else with the one before."""

    BINDINGS = bindings((COMPARING_CANDIDATES,))
    TOPICS = (COMPARING_CANDIDATES,)

    def __init__(
        self, stub: Stub, candidates: Sequence[Candidate], one: str, kept: str, dropped: Mapping[str, str] | None = None
    ) -> None:
        """`one` and `kept` are ids of drafts, "" for none; `dropped` says by id why a candidate was not kept."""
        super().__init__()
        self._stub, self._candidates, self._kept, self._dropped = stub, tuple(candidates), kept, dropped or {}
        ids = [candidate.draft.id for candidate in candidates]
        self._one = ids.index(one) if one in ids else 0
        self._other = ids.index(kept) if kept in ids and kept != one else max(0, self._one - 1)
        if self._other == self._one:
            self._other = self._next(self._other, 1, self._one)

    def compose(self) -> ComposeResult:
        """The diff, why each of the two was dropped or kept, and what the keys do."""
        with Vertical(classes="panel -wide") as panel:
            panel.border_title = Content(f"candidates of {shown_line(self._stub.entry_point)}")
            yield Compared(id="compared")
            yield Static(id="why", classes="foot", markup=False)
            yield Static(comparing_keys(self, "candidate"), classes="foot", markup=False)

    def on_mount(self) -> None:
        """Show the first pair."""
        self._show()
        self.query_one(Compared).focus()

    def action_other(self, steps: int) -> None:
        """Compare with another candidate."""
        self._other = self._next(self._other, steps, self._one)
        self._show()

    def action_one(self, steps: int) -> None:
        """Compare another candidate."""
        self._one = self._next(self._one, steps, self._other)
        self._show()

    def action_split(self) -> None:
        """One column, or two."""
        self.query_one(Compared).action_toggle_split()

    def _next(self, at: int, steps: int, but: int) -> int:
        """The candidate so many steps on; never `but`, which it is compared with."""
        number = len(self._candidates)
        found = (at + steps) % number
        return (found + steps) % number if found == but and number > 1 else found

    def _show(self) -> None:
        pane = self.query_one(Compared)
        pane.empty = "these two are the same"
        pane.caption = f"{self._told(self._other)} → {self._told(self._one)}"
        old, new = (self._stub.code(self._candidates[n].draft.body) for n in (self._other, self._one))
        pane.hunks = hunks(old, new)
        why = self.query_one("#why", Static)
        told = [line for n in (self._other, self._one) if (line := self._why(n))]
        why.display = bool(told)
        why.update(Content("\n".join(told)))

    def _told(self, number: int) -> str:
        candidate = self._candidates[number]
        held = f", {score(candidate.visible)} yours, {score(candidate.generated)} tester's" if candidate.report else ""
        return f"{candidate.draft.id} ({role_of(candidate)}{held})"

    def _why(self, number: int) -> str:
        """With what it was asked for, and why it was kept or dropped; "" where nothing is known."""
        draft = self._candidates[number].draft
        told = [*([how_of(draft)] if draft.how else []), self._dropped.get(draft.id, "")]
        if draft.id == self._kept and self._dropped:
            told.append("kept")
        words = "; ".join(filter(None, told))
        return shown_line(f"{draft.id}: {words}") if words else ""
