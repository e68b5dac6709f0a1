"""A decomposition tree on the screen: the way to the function in front, the tree, that function, and the calls."""

from __future__ import annotations

from typing import Literal

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from ...engine.state.run import RunState
from ...engine.state.tree import Candidate, NodeState
from ...widgets.run.call_strip import CallStrip
from ...widgets.sheet import Sheet
from ...widgets.tree.breadcrumbs import Breadcrumbs
from ...widgets.tree.node_detail import NodeDetail
from ...widgets.tree.plan_tree import PlanTree
from ..common.arrangement import SMALLEST, too_small
from ..common.keys import SEARCHING, TREE, bindings
from ..common.searching import Searched, Searching
from ..run.candidate_diff import CandidateDiffScreen

Layout = Literal["wide", "beside", "single", "tiny"]
WIDE_FROM, BESIDE_FROM = 120, 100
"""Columns from which the calls in time are shown too, and from which tree and function stand side by side."""


def layout_of(width: int, height: int) -> Layout:
    """What fits into `width` columns and `height` lines."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return "tiny"
    return "wide" if width >= WIDE_FROM else "beside" if width >= BESIDE_FROM else "single"


class TreeView(Searched, Vertical):
    """Shows the tree of `state`. The cursor follows the work until the user moves it."""

    BINDINGS = bindings((SEARCHING, TREE))

    state: reactive[RunState] = reactive(RunState, init=False, repaint=False)
    chosen: reactive[str] = reactive("", init=False, repaint=False)
    """Path of the node in front."""
    following: reactive[bool] = reactive(True, init=False, repaint=False)
    detailed: reactive[bool] = reactive(False, init=False, repaint=False)
    """Whether the function is in front of the tree, where there is room for one of them only."""

    class Left(Message):
        """The user wants to go back to where they came from."""

    class Copied(Message):
        """Something went to the clipboard."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    class PictureWanted(Message):
        """The user wants a picture of the tree in a file."""

    def __init__(self, *, live: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self._live = live
        self.searching = Searching(self, lambda: self.pane, ready=lambda: self.layout_now != "tiny", busy=lambda: False)

    def compose(self) -> ComposeResult:
        """The way, tree and function, the calls."""
        yield Breadcrumbs(id="way")
        with Horizontal(id="grove"):
            yield PlanTree(id="plan-tree")
            yield NodeDetail(id="node")
        yield CallStrip(id="calls")
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Show what fits."""
        self.plan.live = self._live
        self._arrange()
        self.call_after_refresh(self._focus)

    # ------------------------------------------------------------------------------------ what there is

    @property
    def plan(self) -> PlanTree:
        """The tree."""
        return self.query_one(PlanTree)

    @property
    def detail(self) -> NodeDetail:
        """The function in front."""
        return self.query_one(NodeDetail)

    @property
    def pane(self) -> Sheet:
        """Which of the two is in front."""
        return self.detail if self.detailed else self.plan

    @property
    def node(self) -> NodeState | None:
        """The node in front."""
        return self.state.tree.nodes.get(self.chosen)

    @property
    def candidate(self) -> Candidate | None:
        """The candidate in front."""
        return self.detail.candidate

    @property
    def layout_now(self) -> Layout:
        """What fits now."""
        return layout_of(self.app.size.width, self.app.size.height)

    # ------------------------------------------------------------------------------------ attributes from above

    def watch_state(self, old: RunState, state: RunState) -> None:
        """Hand the state to every part, and go to where the work goes on."""
        with self.app.batch_update():
            if old.run != state.run:
                self.following = True
            for part in (PlanTree, NodeDetail, Breadcrumbs, CallStrip):
                self.query_one(part).state = state
            self._follow()
        if (old.status, len(old.tree.nodes)) != (state.status, len(state.tree.nodes)):
            self.screen.refresh_bindings()

    def watch_following(self) -> None:
        """Go to where the work goes on."""
        self._follow()

    def watch_chosen(self, chosen: str) -> None:
        """Show another node."""
        self.plan.chosen = chosen
        self.detail.path = chosen
        self.query_one(Breadcrumbs).chosen = chosen
        self.screen.refresh_bindings()

    def watch_detailed(self) -> None:
        """Tree or function."""
        self._arrange()
        self._focus()
        self.searching.seek_in_front()
        self.screen.refresh_bindings()

    def _follow(self) -> None:
        nodes, now = self.state.tree.nodes, self.state.tree.now
        if self.chosen not in nodes:
            self.chosen = ""
        if self.following and self.state.status == "running" and now is not None:
            self.chosen = now.path

    # ------------------------------------------------------------------------------------ what fits

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        self._arrange()

    def _arrange(self) -> None:
        layout = self.layout_now
        for name in ("wide", "beside", "single", "tiny"):
            self.set_class(layout == name, f"-{name}")
        alone = layout == "single"
        self.plan.display = not (alone and self.detailed)
        self.detail.display = not alone or self.detailed
        self.query_one(Breadcrumbs).telling = not self.detail.display
        self.query_one(CallStrip).display = layout == "wide"
        small = self.query_one("#too-small", Static)
        small.display = layout == "tiny"
        self.query_one("#grove").display = self.query_one(Breadcrumbs).display = layout != "tiny"
        if layout == "tiny":
            small.update(too_small(*self.app.size))

    def _focus(self) -> None:
        if self.pane.display and self.screen.is_current:
            self.pane.focus(scroll_visible=False)

    # ------------------------------------------------------------------------------------ what the user does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        if action == "search":
            return self.searching.possible(str(parameters[0]))
        if action != "tree":
            return True
        node = self.node
        match parameters[0]:
            case "leave":
                return True
            case "detail":
                return node is not None and not self.detailed
            case "compare" | "next_candidate" | "previous_candidate":
                return node is not None and len(node.candidates) > 1
            case "follow":
                return self.state.status == "running" and not self.following
            case _:
                return node is not None

    def action_tree(self, what: str, number: int = 0) -> None:
        """Do what a key asks for."""
        match what:
            case "next" | "previous":
                self.plan.action_move(1 if what == "next" else -1)
            case "unfold":
                self.plan.action_unfold()
            case "fold":
                self.plan.action_fold()
            case "detail":
                self.detailed = True
            case "turn":
                self.detailed = not self.detailed
            case "section":
                self.detailed = self.detailed or self.layout_now == "single"
                self.call_after_refresh(self.detail.go_to, number)
            case "next_candidate" | "previous_candidate":
                self.detail.turn(1 if what == "next_candidate" else -1)
            case "follow":
                self.following = True
            case _:
                self._show(what)

    def _show(self, what: str) -> None:
        match what:
            case "compare":
                node, candidate = self.node, self.candidate
                if node is not None and candidate is not None:
                    taken = node.best.draft.id if node.best else ""
                    self.app.push_screen(CandidateDiffScreen(node.stub, node.candidates, candidate.draft.id, taken))
            case "copy":
                self._copy()
            case "picture":
                self.post_message(self.PictureWanted())
            case "leave" if self.detailed and self.layout_now == "single":
                self.detailed = False
            case "leave":
                self.post_message(self.Left())
            case _:
                pass

    def _copy(self) -> None:
        whole = self.state.tree.program(self.chosen)
        node = self.node
        if node is not None and whole:
            self.app.copy_to_clipboard(whole)
            self.post_message(self.Copied(f"{node.stub.entry_point} with all it needs"))

    # ------------------------------------------------------------------------------------ messages from widgets

    def on_plan_tree_chosen(self, event: PlanTree.Chosen) -> None:
        """The cursor moved: stay there."""
        self.following = False
        self.chosen = event.path

    def on_plan_tree_opened(self) -> None:
        """A second click on a node."""
        self.detailed = True

    def on_breadcrumbs_chosen(self, event: Breadcrumbs.Chosen) -> None:
        """A click on the way."""
        self.following = False
        self.chosen = event.path

    def on_node_detail_candidate_chosen(self) -> None:
        """Other keys may apply to another candidate."""
        self.screen.refresh_bindings()
