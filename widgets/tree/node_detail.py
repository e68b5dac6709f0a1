"""One function of a tree in full: specification, candidates, tests, plans, and the program they make."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from ...engine.state.run import RunState
from ...engine.state.tree import Candidate, NodeState
from ..rows import Row
from ..sheet import Sheet
from ..text import folded
from . import node_rows as parts
from . import tree_words as words
from .node_rows import SECTIONS, Section


class NodeDetail(Sheet):
    """Tells of the node at `path` in the tree of `state`, and of one of its candidates in full."""

    BINDINGS = [
        Binding("down,j", "scroll_down", "down", show=False, id="detail.down"),
        Binding("up,k", "scroll_up", "up", show=False, id="detail.up"),
    ]

    state: reactive[RunState] = reactive(RunState, repaint=False, init=False)
    path: reactive[str] = reactive("", repaint=False, init=False)
    wanted: reactive[str] = reactive("", repaint=False, init=False)
    """Id of the candidate that the user chose, "" to follow the best."""

    class CandidateChosen(Message):
        """The user chose another candidate."""

        def __init__(self, draft: str) -> None:
            super().__init__()
            self.draft = draft

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._seen: object = None
        self._fixed: list[Row] = []
        self._fixed_for: object = None
        self._places: dict[Section, int] = {}
        """Row of each section's heading."""
        self._going_to: Section | None = None
        """Where to go once there is room to show it."""

    # ------------------------------------------------------------------------------------ what is shown

    @property
    def node(self) -> NodeState | None:
        """The node that is told of."""
        return self.state.tree.nodes.get(self.path)

    @property
    def candidate(self) -> Candidate | None:
        """The candidate that is told in full."""
        node = self.node
        if node is None or not node.candidates:
            return None
        return node.candidate(self.wanted) or node.best or node.candidates[-1]

    def rows(self, width: int) -> list[Row]:
        """Head, what is being written, and the sections."""
        node = self.node
        if node is None:
            self.entitle("function")
            return [Row(line) for line in folded([("nothing to tell yet", "$muted")], width, words=True)]
        self.entitle(node.stub.entry_point)
        head = list(parts.head(node, self.state, self.state.now, width))
        work = words.work(node, self.state)
        head += [Row(), *parts.live(work, words.live_call(node, self.state), width)] if work else []
        fixed = self._sections(node, width)
        return [*head, Row(), *fixed]

    def _sections(self, node: NodeState, width: int) -> list[Row]:
        """What changes only with the node; the same rows as long as it does not."""
        tree, chosen = self.state.tree, self.candidate
        known = (node, width, chosen, tuple(c.word for c in tree.children(node.path)), self.state.status)
        if self._fixed_for != known:
            self._fixed_for, self._fixed = known, []
            self._places = {}
            told: dict[Section, Iterator[Row]] = {
                "specification": parts.specification(node, width),
                "candidates": parts.candidates(node, chosen, width),
                "tests": parts.tests(node, chosen, width),
                "plans": parts.plans(node, tree, self.state, width),
                "program": parts.program(node, tree, width),
            }
            for section, rows in told.items():
                self._fixed += [Row()] if self._fixed else []
                self._places[section] = len(self._fixed)
                self._fixed += rows
        return self._fixed

    def fill(self, row: Row) -> str:
        """The ground under the chosen candidate."""
        return "on $cursor-bg" if row.item >= 0 and self._place() == row.item else ""

    # ------------------------------------------------------------------------------------ attributes from above

    def watch_state(self, state: RunState) -> None:
        """Lay out anew when something about this node changed."""
        self._look_again()

    def watch_path(self) -> None:
        """Tell of another node, from the top."""
        self.set_reactive(NodeDetail.wanted, "")
        self._look_again()
        self.bring_rows_into_view(0, 0)

    def watch_wanted(self) -> None:
        """Tell of another candidate."""
        self._look_again()

    def _look_again(self) -> None:
        node, state = self.node, self.state
        call = words.live_call(node, state) if node is not None else None
        time = int(state.now) if node is not None and node.open else 0
        children = state.tree.children(self.path) if node is not None else ()
        work = words.work(node, state) if node is not None else ""
        seen = (node, self.wanted, call, work, time, children, state.status)
        if seen != self._seen:
            self._seen = seen
            self.relayout(grown=True)

    # ------------------------------------------------------------------------------------ keys and mouse

    def turn(self, steps: int) -> None:
        """Tell of the next candidate, or of the one before."""
        node = self.node
        if node is None or not node.candidates:
            return
        place = max(0, min(self._place() + steps, len(node.candidates) - 1))
        self._choose(node.candidates[place].draft.id)
        self.bring_into_view(place)

    def go_to(self, section: int) -> None:
        """Bring a section (from 1) to the top, now or as soon as this is on the screen."""
        self._going_to = SECTIONS[section - 1]
        self._arrive()

    def relayout(self, *, grown: bool = False) -> None:
        """Ask for the rows anew."""
        super().relayout(grown=grown)
        self._arrive()

    def _arrive(self) -> None:
        if self._going_to in self._places and self.row_count and self.display:
            above = self.row_count - len(self._fixed)
            self.scroll_to(y=above + self._places[self._going_to], animate=False, force=True)
            self._going_to = None

    def pressed(self, row: Row, name: str) -> None:
        """A click chooses a candidate."""
        node = self.node
        if node is not None and 0 <= row.item < len(node.candidates):
            self._choose(node.candidates[row.item].draft.id)

    def _choose(self, draft: str) -> None:
        self.wanted = draft
        self.post_message(self.CandidateChosen(draft))

    def _place(self) -> int:
        node, candidate = self.node, self.candidate
        if node is None or candidate is None:
            return -1
        return next((n for n, one in enumerate(node.candidates) if one.draft.id == candidate.draft.id), -1)
