"""Lanes side by side, as many as fit, and the table of what came of them. Live or replayed, it shows states."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive

from ...engine.state.run import RunState
from ...engine.tables.race_table import Row, rows
from ...engine.tables.race_text import against, notes, winner
from ...widgets.race.lane import Lane
from ...widgets.results.score_table import ScoreTable
from .table import COLUMNS, lines
from .tabs import LaneTabs

LANE_COLUMNS = 40
"""Columns below which a lane cannot be read."""
SEVERAL_FROM = 100
"""Columns from which on more than one lane is shown."""
TALL = 32
"""Lines from which on the table stands below the lanes; on a lower screen it takes their place."""
OVER = frozenset({"settled", "failed", "cancelled"})


def lanes_in(width: int, lanes: int) -> int:
    """How many of so many lanes stand side by side in `width` columns.

    >>> [lanes_in(width, 5) for width in (80, 100, 160, 200)]
    [1, 2, 4, 5]
    """
    return 1 if width < SEVERAL_FROM else min(lanes, width // LANE_COLUMNS)


class RaceView(Vertical):
    """Shows the lanes called `names`."""

    front: reactive[int] = reactive(1, init=False)
    """Number of the lane that keys act on, from 1."""
    table_open: reactive[bool] = reactive(False, init=False)
    """Whether the table takes the lanes' place, on a low screen."""

    alike: reactive[tuple[str, ...]] = reactive(tuple[str, ...], init=False)
    """Which lanes do the same, in words; empty before they were compared."""

    class Ended(Message):
        """The last lane is over."""

    def __init__(self, names: Sequence[str], *, live: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self.names = tuple(names)
        self.states: list[RunState] = [RunState() for _ in names]
        self._live = live
        self._turned_by_hand = False
        self._row_shown: tuple[Row, ...] = ()

    def compose(self) -> ComposeResult:
        """Tabs, lanes, table."""
        yield LaneTabs(id="lane-tabs")
        with Horizontal(id="lanes"):
            for number, name in enumerate(self.names, start=1):
                lane = Lane(number, name, live=self._live)
                lane.display = False  # Until it is known how many fit.
                yield lane
        table = ScoreTable(id="table")
        table.columns = COLUMNS
        yield table

    def on_mount(self) -> None:
        """Show what fits."""
        self._arrange()

    # ------------------------------------------------------------------------------------ attributes from above

    def take(self, number: int, state: RunState) -> None:
        """News of the lane with this number, from 1."""
        before, self.states[number - 1] = self.states[number - 1], state
        self.query_one(f"#lane-{number}", Lane).state = state
        tabs = self.query_one(LaneTabs)
        if tabs.display:
            tabs.lanes = tuple(zip(self.names, self.states, strict=True))
        if (before.status, before.waits, before.hidden) != (state.status, state.waits, state.hidden):
            self._tell_table()
            if state.status in OVER and before.status not in OVER and self.over:
                self._end()

    @property
    def over(self) -> bool:
        """Whether all lanes are over."""
        return all(state.status in OVER for state in self.states)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is known of every lane."""
        return rows(list(zip(self.names, self.states, strict=True)))

    @property
    def winner(self) -> int:
        """Number of the lane that won, 0 before the end and where none did."""
        return winner(self.rows)

    @property
    def chosen(self) -> RunState:
        """The state of the lane in front."""
        return self.states[self.front - 1]

    def watch_front(self) -> None:
        """Bring another lane into sight."""
        self._arrange()

    def watch_table_open(self) -> None:
        """Show the table, or the lanes again."""
        self._arrange()

    # ------------------------------------------------------------------------------------ what the user does

    def act(self, what: str, number: int = 0) -> None:
        """What a key of the topic "lanes" asks for."""
        match what:
            case "lane":
                self.bring(number)
            case "turn":
                self.bring((self.front - 1 + number) % len(self.names) + 1)
            case "scroll":
                self.query_one(f"#lane-{self.front}", Lane).scroll_story(number)
            case _:
                self._turned_by_hand = True
                self._show_table(open_now=not self.query_one(ScoreTable).display)

    def bring(self, number: int) -> None:
        """Put a lane in front."""
        if number <= len(self.names):
            self.front = number
            self._show_table(open_now=False)

    def on_lane_chosen(self, event: Lane.Chosen) -> None:
        """A lane was clicked."""
        self.bring(event.number)

    def on_lane_tabs_chosen(self, event: LaneTabs.Chosen) -> None:
        """A tab was clicked."""
        self.bring(event.number)

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        self._arrange()

    # ------------------------------------------------------------------------------------ inside

    def _end(self) -> None:
        if not self._turned_by_hand:
            self._show_table(open_now=True)
        self.post_message(self.Ended())

    def _show_table(self, *, open_now: bool) -> None:
        self.table_open = open_now
        self._arrange()

    def _tell_table(self) -> None:
        known = self.rows
        if known != self._row_shown:
            self._row_shown = known
            table = self.query_one(ScoreTable)
            with self.app.batch_update():
                table.entitle("what came of it" if self.over else "so far")
                table.lines, table.notes = lines(known), (*self.alike, *notes(known))
                for lane, told in zip(self.query(Lane), against(known), strict=True):
                    lane.against = told

    def watch_alike(self, alike: tuple[str, ...]) -> None:
        """Say it below the table."""
        self.query_one(ScoreTable).notes = (*alike, *notes(self.rows))

    def _arrange(self) -> None:
        if not self.is_mounted:
            return
        width, height = self.app.size
        fits = lanes_in(width, len(self.names))
        first = max(1, min(self.front - fits + 1 if self.front > fits else 1, len(self.names) - fits + 1))
        shown = frozenset(range(first, first + fits))
        tall = height >= TALL
        table = self.query_one(ScoreTable)
        with self.app.batch_update():
            for lane in self.query(Lane):
                lane.display = lane.number in shown
                lane.front = lane.number == self.front and len(self.names) > 1
                lane.set_class(fits == 1, "-alone")
                lane.set_class(not tall, "-low")
            table.display = self.table_open or (tall and any(state.status in OVER for state in self.states))
            self.query_one("#lanes").display = tall or not table.display
            table.styles.height = min(2 * len(self.names) + 5, max(8, height // 3)) if tall else "1fr"
            table.chosen = self.front
            tabs = self.query_one(LaneTabs)
            tabs.display = fits < len(self.names)
            tabs.lanes = tuple(zip(self.names, self.states, strict=True))
            tabs.front, tabs.shown = self.front, shown
