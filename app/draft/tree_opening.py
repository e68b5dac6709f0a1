"""From the main screen to the tree: whose tree is shown, and what is done when the stub has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...engine.pipelines.catalogue import CATALOGUE
from ...engine.state.run import RunState
from ..tree.screen import TreeScreen
from ..tree.steering import GROWING, Wheel
from .stubs import Card, Shelf

if TYPE_CHECKING:
    from .controller import Work
    from .screen import DraftScreen

PAT = CATALOGUE["pat"]
_SETTLED = {"verified", "written", "running", "waiting"}
"""Cards whose run is not to be replaced without asking."""


class TreeOpener:
    """Keeps one tree screen over the main one, true to one stub."""

    def __init__(self, screen: DraftScreen, work: Work) -> None:
        self._screen = screen
        self._work = work
        self._tree: TreeScreen | None = None
        self._key = ""
        self._shown_by_itself = False

    def open(self) -> None:
        """Show the tree of the stub in front. One that is still to be solved is begun at once."""
        card = self._screen.card
        if card is None or self._tree is not None:
            return
        self._key = card.stub.key
        drafting, session = self._work.following.drafting, self._screen.session
        self._tree = TreeScreen(
            session,
            Wheel(drafting, self._key, session.environ),
            heard=lambda: drafting.heard.get(self._key, ()),
            begin=self._begin,
        )
        if card.in_file and card.status not in _SETTLED and not _grown(card):
            self._begin()
        self._tree.take(_state(self._screen.card or card))
        self._screen.app.push_screen(self._tree, self._left)

    def take(self, shelf: Shelf) -> None:
        """Show what is new; a tree that grows because the settings say so is shown once by itself."""
        card = shelf.get(self._key)
        if self._tree is not None and card is not None:
            self._tree.take(_state(card))
        front = shelf.card
        usual = self._work.following.pipeline.name in GROWING
        if usual and not self._shown_by_itself and front is not None and _grown(front) and self._screen.is_current:
            self._shown_by_itself = True
            self.open()

    def _begin(self) -> None:
        self._work.following.ask(self._key, PAT)

    def _left(self, _: None) -> None:
        self._tree = None


def _grown(card: Card) -> bool:
    return card.state is not None and bool(card.state.tree.nodes)


def _state(card: Card) -> RunState:
    return card.state or RunState(stub=card.stub)
