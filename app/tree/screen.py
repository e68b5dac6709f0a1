"""The tree of a run as it grows: to watch, to steer, and to go back in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.worker import Worker

from ...engine.events import Entry
from ...engine.state.run import RunState
from ...widgets.run.meter_bar import MeterBar
from ...widgets.run.timeline import Timeline
from ...widgets.status_line import StatusLine, Tone
from ...widgets.tree.plan_tree import PlanTree
from ..common.faults import tell_of
from ..common.key_bar import KeyBar
from ..common.key_names import keys_of
from ..common.keys import (
    SEARCHING,
    STEERING,
    TREE,
    TREE_TIME,
    bindings,
)
from ..common.playing import Player
from ..common.title_bar import TitleBar, short
from ..run.sentences import ending
from .picture import picture_of
from .steering import GROWING, Wheel, possible
from .view import TreeView

if TYPE_CHECKING:
    from ..common.session import Session

_OFFER = (
    "no tree yet\n\nenter solves this function by planning after trial: five samples are tried first, and only if none "
    "passes all checks a planner splits it into smaller functions, which are solved the same way. what it comes to is "
    "the proposal on the main screen"
)
_GIVES_WAY = "the run under way, by another pipeline, is cancelled then"
_BEGINS = "no tree yet: it begins as soon as the model is there"


class TreeScreen(Screen[None]):
    """Shows the run on one stub. `heard` gives its log so far, `begin` starts one, `wheel` steers the one under way."""

    AUTO_FOCUS = ""
    TOPICS = (STEERING, TREE, TREE_TIME, SEARCHING)
    BINDINGS = bindings((STEERING, TREE_TIME))

    def __init__(
        self, session: Session, wheel: Wheel, *, heard: Callable[[], Sequence[Entry]], begin: Callable[[], None]
    ) -> None:
        super().__init__()
        self.session = session
        self.wheel = wheel
        self._heard = heard
        self._begin = begin
        self._state = RunState()
        self._player: Player | None = None
        """Of the log as far as it was looked at; None until the user first goes back."""
        self._position: float | None = None
        """Where in the past one is, in seconds; None for now."""
        self._told: object = None

    def compose(self) -> ComposeResult:
        """Title, tree, time, meter, status and keys."""
        yield TitleBar(id="title")
        yield TreeView(id="tree")
        yield Timeline(id="timeline")
        yield MeterBar(id="meter")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show what is known already."""
        self.query_one(Timeline).can_focus = False
        self._show()

    @property
    def view(self) -> TreeView:
        """The tree."""
        return self.query_one(TreeView)

    def say(self, notice: str, tone: Tone = "calm") -> None:
        """Tell the user something that matters now."""
        self.query_one(StatusLine).say(notice, tone)

    def take(self, state: RunState) -> None:
        """Show the newest state; while the user is in the past it waits, and only time goes on."""
        if state.run != self._state.run:
            self._player = self._position = None
        self._state = state
        if self.is_mounted:
            self._show()

    # ------------------------------------------------------------------------------------ what is shown

    def _show(self) -> None:
        state, title = self._state, self.query_one(TitleBar)
        if state.stub is not None:
            title.place = f"{short(state.stub.path)} › {state.stub.name}"
        title.means = state.pipeline
        if self._player is not None:
            self._player.grow(self._heard()[len(self._player) :])
        timeline = self.query_one(Timeline)
        timeline.duration = max(state.now, self._player.duration if self._player else 0.0)
        timeline.position = timeline.duration if self._position is None else self._position
        timeline.state = state
        timeline.moments = self._player.moments if self._player else ()
        timeline.playing = state.status == "running" and not state.paused and self._position is None
        self.query_one(MeterBar).state = state
        self.query_one(PlanTree).empty = _without_tree(state)
        self.view.state = state if self._position is None or self._player is None else self._player.at(self._position)
        self._tell(state)

    def _tell(self, state: RunState) -> None:
        """Say once what changed for the user."""
        now = (state.run, state.status, state.paused, self._position is None)
        if now == self._told:
            return
        self._told, key = now, keys_of(self)
        if self._position is not None:
            back = f"{key('tree.back')} and {key('tree.forward')} step, {key('tree.end')} comes back to now"
            self.say(f"this is the past: {back}", "warning")
        elif state.paused and state.status == "running":
            self.say(f"paused before the next call. {key('steer.pause')} goes on", "warning")
        elif state.solution is not None:
            # Where the main screen shows the examples, this one has the tests of the function in front.
            notice, tone = ending(state, lambda name: key("tree.tests" if name == "show.examples" else name))
            self.say(f"{notice.partition('. ')[0]}. {key('tree.leave')} shows the proposal, to accept it", tone)
        else:
            self.say(*ending(state, key))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        if action == "steer":
            return not self.view.searching.typing and possible(
                str(parameters[0]), self._state, self.view.node, self.view.candidate, self.wheel
            )
        if action in {"step", "edge"}:
            return bool(self._state.tree.nodes) and not self.view.searching.typing
        return True

    # ------------------------------------------------------------------------------------ time

    def action_step(self, direction: int) -> None:
        """To the next thing that happened, or back to the last."""
        self._look_back()
        self.query_one(Timeline).action_step(direction)

    def action_edge(self, end: int) -> None:
        """To the beginning, or back to now."""
        self._look_back()
        self._go(None if end else 0.0)

    def on_timeline_seek(self, event: Timeline.Seek) -> None:
        """Go to where the user points; the end is now."""
        self._look_back()
        self._go(None if event.position >= self.query_one(Timeline).duration else event.position)

    async def on_timeline_play_toggled(self) -> None:
        """A click on the sign."""
        if possible("pause", self._state, None, None, self.wheel):
            await self.action_steer("pause")

    def _look_back(self) -> None:
        if self._player is None:
            self._player = Player(self._heard())
            self.query_one(Timeline).moments = self._player.moments

    def _go(self, position: float | None) -> None:
        self._position = position
        self._show()

    # ------------------------------------------------------------------------------------ what the user does

    async def action_steer(self, deed: str) -> None:
        """Steer the run, each wish an event of its log."""
        match deed:
            case "begin":
                await self.wheel.cancel()  # A run by another pipeline gives way.
                self._begin()
            case "cancel":
                self.say("cancelling…")
                await self.wheel.cancel()
            case _:
                # An editor takes its time, and a fault in it should be told like any other.
                self.run_worker(self._steer(deed), group="steer", exit_on_error=False)

    async def action_deed(self, name: str) -> None:
        """Ctrl+c without a selection cancels here as on the main screen; when nothing runs, it leads back there."""
        if name == "cancel" and possible("cancel", self._state, None, None, self.wheel):
            await self.action_steer("cancel")
        elif name == "cancel":
            self.dismiss(None)

    async def _steer(self, deed: str) -> None:
        node, candidate = self.view.node, self.view.candidate
        if not possible(deed, self._state, node, candidate, self.wheel):
            return
        notice, tone = self.wheel.turn(deed, node, candidate, cast("App[object]", self.app))
        self.say(notice, tone)

    # ------------------------------------------------------------------------------------ messages

    def on_tree_view_left(self) -> None:
        """Back to where the proposal is accepted."""
        self.dismiss(None)

    def on_tree_view_copied(self, event: TreeView.Copied) -> None:
        """Say what was copied."""
        self.say(f"copied {event.what}")

    def on_tree_view_picture_wanted(self) -> None:
        """Write the tree as it is shown now."""
        self.say(f"written: {picture_of(self.view.state)}", "good")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell why a worker failed."""
        tell_of(self, event, self.session.places)


def _without_tree(state: RunState) -> str:
    """What stands where there is no tree yet."""
    if state.status != "running":
        return _OFFER
    return _BEGINS if state.pipeline in GROWING else f"{_OFFER}\n\n{_GIVES_WAY}"
