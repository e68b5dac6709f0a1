"""A recorded run that grew a tree, with a hand on time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult

from ...engine.events import Entry
from ...widgets.run.meter_bar import MeterBar
from ...widgets.run.timeline import Timeline
from ...widgets.status_line import StatusLine
from ..common.key_bar import KeyBar
from ..common.key_names import keys_of
from ..common.keys import (
    REPLAYED_PANES,
    SEARCHING,
    TREE,
    TREE_REPLAY,
    TREE_TIME,
    bindings,
)
from ..common.title_bar import TitleBar, short
from ..replay.screen import ReplayScreen
from .picture import picture_of
from .view import TreeView


class TreeReplayScreen(ReplayScreen, inherit_bindings=False):
    """Plays `entries` from the beginning; `t` shows the same moment in the usual panes."""

    TOPICS = (TREE_REPLAY, TREE_TIME, TREE, SEARCHING)
    BINDINGS = bindings((TREE_REPLAY, TREE_TIME))

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        speed: float = 1.0,
        position: float | None = None,
        ticking: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(entries, speed=speed, position=position, ticking=ticking)
        self._entries = entries

    def compose(self) -> ComposeResult:
        """The tree, and the line of time below it."""
        yield TitleBar(id="title")
        yield TreeView(live=False, id="tree")
        yield Timeline(id="timeline")
        yield MeterBar(id="meter")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self, event: events.Mount) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Begin to play."""
        # Textual calls the handler of every class; the one of the usual panes knows other widgets.
        event.prevent_default()
        whole = self._player.whole
        title = self.query_one(TitleBar)
        title.place = f"{short(whole.stub.path)} › {whole.stub.name}" if whole.stub else ""
        title.means = whole.pipeline
        self.query_one(MeterBar).live = False
        timeline = self.query_one(Timeline)
        timeline.can_focus = False
        timeline.duration, timeline.moments = self._player.duration, self._player.moments
        timeline.state, timeline.speed = whole, self._speed
        when = whole.began_at.replace("T", " ").replace("+00:00", " UTC")
        scripted = "; its answers were written by a person" if whole.scripted else ""
        self.query_one(StatusLine).seen = f"a replay of a run of {when}{scripted}"
        self._begin()

    @property
    def tree_view(self) -> TreeView:
        """The tree."""
        return self.query_one(TreeView)

    @property
    def typing(self) -> bool:
        """Whether keys are letters of a search."""
        return self.tree_view.searching.typing

    def _go(self, position: float) -> None:
        self._position = max(0.0, min(position, self._player.duration))
        state = self._player.at(self._position)
        with self.app.batch_update():
            self.query_one(Timeline).position = self._position
            self.query_one(MeterBar).state = state
            self.tree_view.state = state

    def _play(self, *, on: bool) -> None:
        super()._play(on=on)
        if not on:
            left = self._position < self._player.duration
            key = keys_of(self)
            more = f"{key('timeline.play')} goes on, {key('tree.back')} and {key('tree.forward')} step"
            self.query_one(StatusLine).say(f"paused. {more}" if left else "the end")

    # ------------------------------------------------------------------------------------ messages

    def on_tree_view_left(self) -> None:
        """Show the usual panes over the tree."""
        self._play(on=False)
        self.app.push_screen(_Panes(self._entries, speed=self._speed, at=self._position))

    def on_tree_view_copied(self, event: TreeView.Copied) -> None:
        """Say what was copied."""
        self.query_one(StatusLine).say(f"copied {event.what}")

    def on_tree_view_picture_wanted(self) -> None:
        """Write the tree as it is shown now."""
        self.query_one(StatusLine).say(f"written: {picture_of(self.tree_view.state)}", "good")


class _Panes(ReplayScreen):
    """The usual panes at one moment of the run."""

    TOPICS = (REPLAYED_PANES, *ReplayScreen.TOPICS)
    BINDINGS = bindings((REPLAYED_PANES,))

    def __init__(self, entries: Sequence[Entry], *, speed: float, at: float) -> None:
        super().__init__(entries, speed=speed)
        self._begins = at

    def on_mount(self) -> None:
        """Stand still where the tree stood."""
        self.call_after_refresh(self._stand)

    def _stand(self) -> None:
        self._play(on=False)
        self._go(self._begins)
