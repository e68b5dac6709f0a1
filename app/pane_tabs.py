"""One line that says which panes there are, which are in sight, and which key brings each."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.reactive import reactive

from ..widgets.bar import Bar
from ..widgets.text import Run, length
from .arrangement import PANES, Pane

_GAP = "  "


class PaneTabs(Bar):
    """Shown while not all panes fit."""

    shown: reactive[frozenset[Pane]] = reactive(frozenset[Pane], init=False)
    front: reactive[Pane] = reactive[Pane]("draft", init=False)
    notes: reactive[tuple[tuple[Pane, str], ...]] = reactive(tuple[tuple[Pane, str], ...], init=False)
    """A word or two beside a name."""

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane: Pane = pane

    def runs(self, width: int) -> Sequence[Run]:
        """All tabs; without their notes where those do not fit."""
        whole = [run for tab in self._tabs(notes=True) for run in tab]
        return whole if length(whole) <= width else [run for tab in self._tabs(notes=False) for run in tab]

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the pointer."""
        width = self.size.width
        tabs = self._tabs(notes=length([run for tab in self._tabs(notes=True) for run in tab]) <= width)
        at = 0
        x = event.x - self.gutter.left
        for pane, tab in zip(PANES, tabs, strict=True):
            if at <= x < at + length(tab) - len(_GAP):
                self.post_message(self.Chosen(pane))
            at += length(tab)

    def _tabs(self, *, notes: bool) -> list[list[Run]]:
        said = dict(self.notes) if notes else {}
        return [[*self._tab(key, pane, said.get(pane, "")), (_GAP, "")] for key, pane in enumerate(PANES, start=1)]

    def _tab(self, key: int, pane: Pane, note: str) -> list[Run]:
        ink = "bold reverse" if pane == self.front else "bold" if pane in self.shown else "$muted"
        tail: list[Run] = [(f" {note}", ink)] if note else []
        return [(f" {key} {pane}", ink), *tail, (" ", ink)]
