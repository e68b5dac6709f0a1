"""One line that names all lanes, while not all of them fit."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.reactive import reactive

from ...engine.state.run import RunState
from ...widgets.bar import Bar
from ...widgets.race.lane_words import tabs
from ...widgets.text import Run, length


class LaneTabs(Bar):
    """Shows `lanes` (name, state); those in sight stand out, the one in `front` most."""

    lanes: reactive[tuple[tuple[str, RunState], ...]] = reactive(tuple[tuple[str, RunState], ...], init=False)
    front: reactive[int] = reactive(1, init=False)
    shown: reactive[frozenset[int]] = reactive(frozenset[int], init=False)

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def runs(self, width: int) -> Sequence[Run]:
        """All tabs; without their names where those do not fit."""
        return [run for tab in self._tabs(width) for run in tab]

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the pointer."""
        at, x = 0, event.x - self.gutter.left
        for number, tab in enumerate(self._tabs(self.size.width), start=1):
            if at <= x < at + length(tab):
                self.post_message(self.Chosen(number))
            at += length(tab)

    def _tabs(self, width: int) -> list[list[Run]]:
        shown = frozenset(number - 1 for number in self.shown)
        whole = tabs(self.lanes, self.front - 1, shown)
        if sum(map(length, whole)) <= width:
            return whole
        short = [(name if number == self.front - 1 else "", state) for number, (name, state) in enumerate(self.lanes)]
        return tabs(short, self.front - 1, shown)
