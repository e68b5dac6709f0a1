"""A recorded race, in the lanes it was run in, with a hand on time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from textual import events
from textual.app import ComposeResult

from ...engine.state.run import RunState
from ...engine.system.regular import write_new
from ...widgets.run.timeline import Timeline
from ...widgets.status_line import StatusLine
from ..common.key_bar import KeyBar
from ..common.key_names import keys_of
from ..common.keys import (
    RACING,
    REPLAYED_RACE,
    REPLAYING,
    bindings,
)
from ..common.playing import Chapter, Player
from ..common.read_only_diff import LaneDiffScreen
from ..common.title_bar import TitleBar
from ..replay.export.about import task_of
from ..replay.export.page import page
from ..replay.export.slide import slide
from ..replay.logs import LaneLog
from ..replay.screen import ReplayScreen
from .lane_screen import LaneOpened
from .notes import note_for
from .view import RaceView

SLOWEST = 0.05
"""Speed below which nothing seems to happen."""


class RacePlayer(Player):
    """Several logs that began together, on one clock, or each on its own."""

    def __init__(self, logs: Sequence[LaneLog], *, own_clock: bool = False) -> None:
        self.players = tuple(Player(log.entries, own_clock=own_clock) for log in logs)
        longest = max(self.players, key=lambda player: player.duration)
        super().__init__(max(logs, key=lambda log: log.entries[-1].at).entries)
        self.duration = longest.duration
        self.moments = tuple(sorted({moment for player in self.players for moment in player.moments}))
        self.chapters = tuple(
            sorted(
                Chapter(chapter.at, f"{number} {chapter.name}")
                for number, player in enumerate(self.players, start=1)
                for chapter in player.chapters
            )
        )

    def states(self, position: float) -> tuple[RunState, ...]:
        """What was known then, lane by lane."""
        return tuple(player.at(position) for player in self.players)

    @property
    def waited(self) -> bool:
        """Whether a lane waited for the model of another, or was held."""
        return any(player.whole.idled >= 1 for player in self.players)


class RaceReplayScreen(ReplayScreen):
    """Plays the lanes of `logs` from the beginning; nothing is asked, run or written."""

    TOPICS = (REPLAYING, REPLAYED_RACE, RACING)
    BINDINGS = bindings((REPLAYED_RACE, RACING))
    NOT_WHILE_TYPING: frozenset[str] = frozenset()
    """Nothing is typed into lanes."""

    def __init__(
        self,
        logs: Sequence[LaneLog],
        *,
        speed: float = 1.0,
        within: float | None = None,
        notes: dict[str, str] | None = None,
        ticking: Callable[[], float] = time.monotonic,
    ) -> None:
        """`within`: seconds that it all takes, in place of a speed.

        `notes`: it is shown to an audience, with more room, fewer numbers and no keys; what to say, by chapter.
        """
        super().__init__(logs[0].entries, speed=speed, ticking=ticking)
        self._logs = tuple(logs)
        self._notes = notes
        self._about = ""
        """What is replayed, in words."""
        self._player = self._race = RacePlayer(logs)
        self._own_clock = self._race.waited or within is not None
        if self._own_clock:
            self._player = self._race = RacePlayer(logs, own_clock=True)
        if within is not None:
            self._speed = max(self._race.duration / within, SLOWEST)

    def compose(self) -> ComposeResult:
        """Lanes, table, and the line of time below them."""
        yield TitleBar(id="title")
        yield RaceView([log.name for log in self._logs], live=False, id="race")
        yield StatusLine(id="note")
        yield Timeline(id="timeline")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self, event: events.Mount) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Begin to play."""
        # Textual calls the handler of every class; the one of a single run knows other widgets.
        event.prevent_default()
        self.set_class(self._notes is not None, "-presenting")
        whole = [player.whole for player in self._race.players]
        title = self.query_one(TitleBar)
        title.place = f"race › {whole[0].stub.key}" if whole[0].stub else "race"
        title.means = ", ".join(dict.fromkeys(model for state in whole for model in state.models.values()))
        timeline = self.query_one(Timeline)
        timeline.can_focus = False
        timeline.speed = self._speed
        when = whole[0].began_at.replace("T", " ").replace("+00:00", " UTC")
        scripted = "; its answers were written by a person" if any(state.scripted for state in whole) else ""
        self._about = f"a replay of a race of {when}{scripted}"
        self._show_clock()
        self.query_one("#note").display = bool(self._notes)
        self.query_one(KeyBar).display = self._notes is None
        self._begin()

    def _show_clock(self) -> None:
        """Say which time is played, and what is cut out of it."""
        timeline, key = self.query_one(Timeline), keys_of(self)("race.clock")
        timeline.duration, timeline.moments = self._race.duration, self._race.moments
        cut = f"waiting, reading and pauses are cut out ({key}: as it was)"
        whole = f"{key} cuts out waiting, reading and pauses"
        self.query_one("#status", StatusLine).seen = f"{cut if self._own_clock else whole} · {self._about}"

    def _turn_clock(self) -> None:
        """Give each lane its own clock, or all of them the one they had, at the moment of the lane in front."""
        front = self.lanes.front - 1
        logged = self._race.players[front].at(self._position).now
        self._own_clock = not self._own_clock
        self._player = self._race = RacePlayer(self._logs, own_clock=self._own_clock)
        self._show_clock()
        self._go(self._race.players[front].placed(logged))

    @property
    def lanes(self) -> RaceView:
        """Lanes and table."""
        return self.query_one(RaceView)

    def _go(self, position: float) -> None:
        self._position = max(0.0, min(position, self._race.duration))
        timeline = self.query_one(Timeline)
        timeline.position = self._position
        front = self._race.players[self.lanes.front - 1]
        timeline.placed, timeline.state = front.placed, front.whole
        timeline.chapter = self._chapter
        self.query_one("#note", StatusLine).seen = note_for(self._notes or {}, self._chapter)
        with self.app.batch_update():
            for number, state in enumerate(self._race.states(self._position), start=1):
                self.lanes.take(number, state)

    def _export(self) -> None:
        """Write the race into the current folder, as a page that plays and as Markdown; what is there stays."""
        states = [player.whole for player in self._race.players]
        name = "".join(c if c.isalnum() else "-" for c in task_of(states))
        said: list[str] = []
        try:
            for ending, make in ((".html", lambda: page(self._logs)), (".md", lambda: slide(self._logs, states))):
                said.append(write_new(Path(f"race-{name}{ending}"), make()).name)
        except OSError as error:
            self.query_one("#status", StatusLine).say(f"the race cannot be written here ({error.strerror})", "error")
            return
        self.query_one("#status", StatusLine).say(f"written: {' and '.join(said)}", "good")

    def action_lanes(self, what: str, number: int = 0) -> None:
        """Move among the lanes."""
        self.lanes.act(what, number)
        self._go(self._position)

    def action_race(self, deed: str) -> None:
        """Compare two drafts, see one lane whole at this moment, or play another time."""
        if deed == "clock":
            self._turn_clock()
            return
        if deed == "keys":
            bar = self.query_one(KeyBar)
            bar.display = not bar.display
            return
        if deed == "export":
            self._export()
            return
        self._play(on=False)
        if deed == "open":
            log = self._logs[self.lanes.front - 1]
            self.post_message(LaneOpened(log.entries, self.lanes.chosen.now))
            return
        self.app.push_screen(
            LaneDiffScreen(list(zip(self.lanes.names, self.lanes.states, strict=True)), self.lanes.front)
        )
