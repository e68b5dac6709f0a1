"""A recorded run, in the panes it was made in, with a hand on time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.timer import Timer

from ...engine.events import Entry
from ...widgets.run.draft_pane import DraftPane
from ...widgets.run.meter_bar import MeterBar
from ...widgets.run.report_pane import ReportPane
from ...widgets.run.stage_bar import StageBar
from ...widgets.run.timeline import Timeline
from ...widgets.status_line import StatusLine
from ..common.key_bar import KeyBar
from ..common.key_names import keys_of
from ..common.keys import (
    LOOKING,
    REPLAYING,
    SEARCHING,
    bindings,
)
from ..common.playing import Player
from ..common.title_bar import TitleBar, short
from ..run.screen import RunScreen
from ..run.view import RunView

FRAME = 0.1
"""Seconds between two pictures while it plays."""


class ReplayScreen(RunScreen):
    """Plays `entries` from the beginning; nothing is asked, run or written."""

    AUTO_FOCUS = ""
    TOPICS = (REPLAYING, LOOKING, SEARCHING)
    BINDINGS = bindings((REPLAYING,))
    NOT_WHILE_TYPING = frozenset({"play", "step", "edge", "stage", "faster", "slower"})

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        speed: float = 1.0,
        position: float | None = None,
        ticking: Callable[[], float] = time.monotonic,
    ) -> None:
        """`position`: where to begin, held; None plays from the beginning."""
        super().__init__()
        self._begins_at = position
        self._player = Player(entries)
        self._speed = speed
        self._ticking = ticking
        self._position = 0.0
        self._last = 0.0
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The run, and the line of time below it."""
        yield TitleBar(id="title")
        yield RunView(id="run", decides=False)
        yield Timeline(id="timeline")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Begin to play."""
        whole = self._player.whole
        title = self.query_one(TitleBar)
        title.place = f"{short(whole.stub.path)} › {whole.stub.name}" if whole.stub else ""
        title.means = whole.pipeline
        for part in (StageBar, MeterBar, DraftPane):
            self.query_one(part).live = False
        timeline = self.query_one(Timeline)
        timeline.can_focus = False
        timeline.duration, timeline.moments = self._player.duration, self._player.moments
        timeline.state, timeline.speed = whole, self._speed
        when = whole.began_at.replace("T", " ").replace("+00:00", " UTC")
        self.query_one(StatusLine).seen = f"a replay of a run of {when}" if when else "a replay"
        self._begin()

    def _begin(self) -> None:
        """Play from the beginning, or hold where it was said."""
        self._timer = self.set_interval(FRAME, self._tick, pause=True)
        if self._begins_at is None:
            self.action_play()
        else:
            self._go(self._begins_at)
            self._play(on=False)

    # ------------------------------------------------------------------------------------ time

    @property
    def playing(self) -> bool:
        """Whether time passes."""
        return self.query_one(Timeline).playing

    def _tick(self) -> None:
        now = self._ticking()
        self._go(self._position + (now - self._last) * self._speed)
        self._last = now
        if self._position >= self._player.duration:
            self._play(on=False)

    def _go(self, position: float) -> None:
        self._position = max(0.0, min(position, self._player.duration))
        timeline = self.query_one(Timeline)
        timeline.position, timeline.chapter = self._position, self._chapter
        self.query_one(RunView).state = self._player.at(self._position)

    @property
    def _chapter(self) -> str:
        """What the chapter is called that is played now."""
        chapter = self._player.chapter(self._position)
        return chapter.name if chapter is not None else ""

    def _play(self, *, on: bool) -> None:
        self.query_one(Timeline).playing = on
        self._last = self._ticking()
        if self._timer is not None:
            if on:
                self._timer.resume()
            else:
                self._timer.pause()
        key = keys_of(self)
        more = f"{key('timeline.play')} goes on, {key('timeline.back')} {key('timeline.forward')} step"
        self.query_one("#status", StatusLine).say("" if on else f"paused. {more}" if self._left else "the end")

    @property
    def _left(self) -> bool:
        return self._position < self._player.duration

    # ------------------------------------------------------------------------------------ keys and messages

    def action_play(self) -> None:
        """Pause, or go on; from the end, begin again."""
        if not self.playing and not self._left:
            self._go(0.0)
        else:
            self._go(self._position)
        self._play(on=not self.playing)

    def action_step(self, direction: int) -> None:
        """To the next thing that happened, or back to the last."""
        self._play(on=False)
        self.query_one(Timeline).action_step(direction)

    def action_stage(self, direction: int) -> None:
        """To where a chapter begins."""
        self._go(self._player.turn(self._position, direction))
        self._play(on=self.playing)

    def action_edge(self, end: int) -> None:
        """To the beginning or the end."""
        self._go(self._player.duration if end else 0.0)
        self._play(on=self.playing and not end)

    def action_faster(self) -> None:
        """The next higher speed."""
        self.query_one(Timeline).action_faster()

    def action_slower(self) -> None:
        """The next lower speed."""
        self.query_one(Timeline).action_slower()

    def on_timeline_seek(self, event: Timeline.Seek) -> None:
        """Go to where the user points."""
        self._go(event.position)
        self._play(on=self.playing and self._left)

    def on_timeline_play_toggled(self) -> None:
        """A click on the sign."""
        self.action_play()

    def on_timeline_speed_changed(self, event: Timeline.SpeedChanged) -> None:
        """Play at another speed from here."""
        self._speed = event.speed
        self.query_one(Timeline).speed = event.speed

    def on_report_pane_finding_chosen(self, event: ReportPane.FindingChosen) -> None:
        """Show the line that a finding speaks of."""
        self.query_one(DraftPane).line = event.finding.line

    def on_run_view_copied(self, event: RunView.Copied) -> None:
        """Say what was copied."""
        self.query_one(StatusLine).say(f"copied {event.what}")
