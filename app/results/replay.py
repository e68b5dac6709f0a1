"""A run of a benchmark or a race in the screen it is replayed in anywhere, with a way back."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.events import Entry, NodeOpened
from ..common.keys import REPLAYED_RESULT, bindings
from ..replay.screen import ReplayScreen
from ..run.screen import LeadsBack
from ..tree.replay import TreeReplayScreen


def replayed(entries: Sequence[Entry], position: float | None = None) -> ReplayScreen:
    """The screen for this log: as a tree, if it grew one. `position`: where to begin, held; None plays it."""
    grew = any(isinstance(entry.event, NodeOpened) for entry in entries)
    return ReplayedTree(entries, position=position) if grew else ReplayedRun(entries, position=position)


class ReplayedRun(LeadsBack, ReplayScreen):
    """In the usual panes; escape ends a search if there is one, and else leads back."""

    TOPICS = (REPLAYED_RESULT, *ReplayScreen.TOPICS)
    BINDINGS = bindings((REPLAYED_RESULT,))
    NOT_WHILE_TYPING = ReplayScreen.NOT_WHILE_TYPING | {"leave"}


class ReplayedTree(TreeReplayScreen):
    """As the tree it grew; escape goes from a function to the tree first, where only one of them is seen."""

    TOPICS = (REPLAYED_RESULT, *TreeReplayScreen.TOPICS)
    BINDINGS = bindings((REPLAYED_RESULT,))

    def action_deed(self, name: str) -> None:
        """Ctrl+c without a selection leads back, as escape does."""
        self.action_leave()

    def action_leave(self) -> None:
        """Back to the tree, or to the results."""
        tree = self.tree_view
        if tree.detailed and tree.layout_now == "single":
            tree.detailed = False
        else:
            self.dismiss()
