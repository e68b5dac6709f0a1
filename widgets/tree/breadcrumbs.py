"""Where in the tree one is: the functions from the root to the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.reactive import reactive

from ...engine.state.run import RunState
from ...engine.state.tree import NodeState
from ..bar import Bar
from ..text import Run, clipped, shown_line
from .tree_words import sign_of, word_of, work

_SEPARATOR = " › "
LEAST_TOLD = 12
"""Cells below which nothing is said of what is being done."""


class Breadcrumbs(Bar):
    """The way to the node at `chosen`; a click on a name goes there."""

    ALLOW_SELECT = False

    state: reactive[RunState] = reactive(RunState, repaint=False)
    chosen: reactive[str] = reactive("")
    telling: reactive[bool] = reactive(False)
    """Whether it also says what is being done for the chosen one, where nothing else on the screen does."""

    class Chosen(Message):
        """The user clicked on a node."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    def watch_state(self, old: RunState, state: RunState) -> None:
        """Repaint when a node changed."""
        if old.tree.nodes is not state.tree.nodes or old.status != state.status or self.telling:
            self.refresh()

    def runs(self, width: int) -> Sequence[Run]:
        """The names, the last one with its state; of a long way the beginning is left out."""
        line: list[Run] = []
        for _, runs in self._fitting(width):
            line += runs
        node = self.state.tree.nodes.get(self.chosen)
        told = work(node, self.state) if self.telling and node is not None else ""
        room = width - sum(cell_len(text) for text, _ in line) - 2
        if told and room >= LEAST_TOLD:
            line.append((f"  {clipped(shown_line(told), room)}", "$muted"))
        return line

    def on_click(self, event: events.Click) -> None:
        """Go to the node whose name was clicked."""
        offset = event.get_content_offset(self)
        column = 0
        for node, runs in self._fitting(self.size.width):
            column += sum(cell_len(text) for text, _ in runs)
            if offset is not None and offset.x < column:
                if node is not None:
                    self.post_message(self.Chosen(node.path))
                return

    def _fitting(self, width: int) -> list[tuple[NodeState | None, list[Run]]]:
        way = self._way()
        if not way:
            return []
        last = way[-1]
        sign = sign_of(last, self.state)
        name: Run = (clipped(shown_line(last.stub.entry_point), max(1, width - 2)), "bold")
        told: Run = (f"  {shown_line(word_of(last, self.state))}", sign.ink)
        pieces: list[tuple[NodeState | None, list[Run]]] = [(last, [(f"{sign.mark} ", sign.ink), name, told])]
        left = width - sum(cell_len(text) for text, _ in pieces[0][1])
        for node in reversed(way[:-1]):
            text = shown_line(node.stub.entry_point) + _SEPARATOR
            if cell_len(text) + 4 > left:
                return [(None, [(f"…{_SEPARATOR}", "$muted")]), *pieces]
            left -= cell_len(text)
            pieces.insert(0, (node, [(text, "$muted")]))
        return pieces

    def _way(self) -> list[NodeState]:
        """The nodes from the root to the chosen one."""
        nodes = self.state.tree.nodes
        way: list[NodeState] = []
        path: str | None = self.chosen
        while path is not None and path in nodes and nodes[path] not in way:
            way.insert(0, nodes[path])
            path = nodes[path].parent
        return way
