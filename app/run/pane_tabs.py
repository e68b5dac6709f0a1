"""One line that says which panes there are, which are in sight, and which key brings each."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.reactive import reactive

from ...widgets.bar import Bar
from ...widgets.text import Run, length
from ..common.arrangement import PANES, Pane
from ..common.key_names import keys_of

_GAP = " "


class PaneTabs(Bar):
    """Shown while not all panes fit."""

    shown: reactive[frozenset[Pane]] = reactive(frozenset[Pane], init=False)
    front: reactive[Pane | None] = reactive[Pane | None]("draft", init=False)
    """None while the list of stubs is in front."""
    answering: reactive[bool] = reactive(False, init=False)
    """Whether digits answer a question now, and bring no pane."""
    with_stubs: reactive[bool] = reactive(False, init=False)
    """Whether the list of stubs is one of the tabs: when there are several, and it has no column of its own."""

    class Chosen(Message):
        """A tab was clicked; None is the list of stubs."""

        def __init__(self, pane: Pane | None) -> None:
            super().__init__()
            self.pane: Pane | None = pane

    def runs(self, width: int) -> Sequence[Run]:
        """All tabs."""
        return [run for _, tab in self._tabs() for run in tab]

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the pointer."""
        x, at = event.x - self.gutter.left, 0
        for pane, tab in self._tabs():
            if at <= x < at + length(tab) - len(_GAP):
                self.post_message(self.Chosen(pane))
            at += length(tab)

    def _tabs(self) -> list[tuple[Pane | None, list[Run]]]:
        key = keys_of(self)
        stubs = [(None, self._tab(f"{key('stub.list')} stubs", None))] if self.with_stubs else []
        return [*stubs, *((pane, self._tab(self._keyed(pane), pane)) for pane in PANES)]

    def _keyed(self, pane: Pane) -> str:
        key = keys_of(self)(f"show.{pane}")
        return pane if self.answering and key.isdecimal() else f"{key} {pane}"

    def _tab(self, text: str, pane: Pane | None) -> list[Run]:
        ink = "bold reverse" if pane == self.front else "bold" if pane in self.shown else "$muted"
        return [(f" {text} ", ink), (_GAP, "")]
