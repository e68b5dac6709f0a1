"""A recorded race, in the lanes it was run in, with a hand on time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult

from ...engine.state.run import RunState
from ...widgets.run.timeline import Timeline
from ...widgets.status_line import StatusLine
from ..common.key_bar import KeyBar
from ..common.keys import (
    RACING,
    REPLAYED_RACE,
    REPLAYING,
    bindings,
)
from ..common.playing import Player
from ..common.read_only_diff import LaneDiffScreen
from ..common.title_bar import TitleBar
from ..replay.logs import LaneLog
from ..replay.screen import ReplayScreen
from .lane_screen import LaneOpened
from .view import RaceView


class RacePlayer(Player):
    """Several logs that began together, on one clock."""

    def __init__(self, logs: Sequence[LaneLog]) -> None:
        self.players = tuple(Player(log.entries) for log in logs)
        longest = max(self.players, key=lambda player: player.duration)
        super().__init__(max(logs, key=lambda log: log.entries[-1].at).entries)
        self.duration = longest.duration
        self.moments = tuple(sorted({moment for player in self.players for moment in player.moments}))
        self.turns = tuple(sorted({turn for player in self.players for turn in player.turns}))

    def states(self, position: float) -> tuple[RunState, ...]:
        """What was known then, lane by lane."""
        return tuple(player.at(position) for player in self.players)


class RaceReplayScreen(ReplayScreen):
    """Plays the lanes of `logs` from the beginning; nothing is asked, run or written."""

    TOPICS = (REPLAYING, REPLAYED_RACE, RACING)
    BINDINGS = bindings((REPLAYED_RACE, RACING))
    NOT_WHILE_TYPING: frozenset[str] = frozenset()
    """Nothing is typed into lanes."""

    def __init__(
        self, logs: Sequence[LaneLog], *, speed: float = 1.0, ticking: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(logs[0].entries, speed=speed, ticking=ticking)
        self._logs = tuple(logs)
        self._race = RacePlayer(logs)
        self._player = self._race

    def compose(self) -> ComposeResult:
        """Lanes, table, and the line of time below them."""
        yield TitleBar(id="title")
        yield RaceView([log.name for log in self._logs], live=False, id="race")
        yield Timeline(id="timeline")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self, event: events.Mount) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Begin to play."""
        # Textual calls the handler of every class; the one of a single run knows other widgets.
        event.prevent_default()
        whole = [player.whole for player in self._race.players]
        title = self.query_one(TitleBar)
        title.place = f"race › {whole[0].stub.key}" if whole[0].stub else "race"
        title.means = ", ".join(dict.fromkeys(model for state in whole for model in state.models.values()))
        timeline = self.query_one(Timeline)
        timeline.can_focus = False
        timeline.duration, timeline.moments = self._race.duration, self._race.moments
        timeline.speed = self._speed
        when = whole[0].began_at.replace("T", " ").replace("+00:00", " UTC")
        scripted = "; its answers were written by a person" if any(state.scripted for state in whole) else ""
        self.query_one(StatusLine).seen = f"a replay of a race of {when}{scripted}"
        self._begin()

    @property
    def lanes(self) -> RaceView:
        """Lanes and table."""
        return self.query_one(RaceView)

    def _go(self, position: float) -> None:
        self._position = max(0.0, min(position, self._race.duration))
        timeline = self.query_one(Timeline)
        timeline.position = self._position
        timeline.state = self._race.players[self.lanes.front - 1].whole
        with self.app.batch_update():
            for number, state in enumerate(self._race.states(self._position), start=1):
                self.lanes.take(number, state)

    def action_lanes(self, what: str, number: int = 0) -> None:
        """Move among the lanes."""
        self.lanes.act(what, number)
        self._go(self._position)

    def action_race(self, deed: str) -> None:
        """Compare two drafts, or see one lane whole, at this moment."""
        self._play(on=False)
        if deed == "open":
            log = self._logs[self.lanes.front - 1]
            self.post_message(LaneOpened(log.entries, self.lanes.chosen.now))
            return
        self.app.push_screen(
            LaneDiffScreen(list(zip(self.lanes.names, self.lanes.states, strict=True)), self.lanes.front)
        )
