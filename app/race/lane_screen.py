"""One lane of a race that goes on, or is over, as a whole run: its panes, and a way back to the lanes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.message import Message

from ...engine.events import Entry
from ...engine.state.run import RunState
from ...widgets.run.draft_pane import DraftPane
from ...widgets.run.report_pane import ReportPane
from ...widgets.status_line import StatusLine
from ..common.key_bar import KeyBar
from ..common.keys import LOOKING, ONE_LANE, SEARCHING, bindings
from ..common.title_bar import TitleBar
from ..run.screen import LeadsBack
from ..run.view import RunView


class LaneOpened(Message):
    """A lane of a recorded race is to be seen whole, from this moment on (seconds since it began)."""

    def __init__(self, entries: tuple[Entry, ...], position: float) -> None:
        super().__init__()
        self.entries = entries
        self.position = position


class LaneScreen(LeadsBack):
    """Shows the lane called `name`; whoever opened it hands it every new state."""

    AUTO_FOCUS = ""
    TOPICS = (ONE_LANE, LOOKING, SEARCHING)
    BINDINGS = bindings((ONE_LANE,))
    NOT_WHILE_TYPING = frozenset({"leave"})

    def __init__(self, number: int, name: str, state: RunState) -> None:
        super().__init__()
        self.number = number
        """Of the lane, from 1."""
        self._name = name
        self._state = state

    def compose(self) -> ComposeResult:
        """The run as anywhere else."""
        yield TitleBar(id="title")
        yield RunView(id="run", decides=False)
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show what is known."""
        title = self.query_one(TitleBar)
        title.place = f"race › {self._name}"
        title.means = ", ".join(dict.fromkeys(self._state.models.values()))
        self.take(self._state)

    def take(self, state: RunState) -> None:
        """News of the lane."""
        self._state = state
        if self.is_mounted:
            self.view.state = state

    def on_report_pane_finding_chosen(self, event: ReportPane.FindingChosen) -> None:
        """Show the line that a finding speaks of."""
        self.query_one(DraftPane).line = event.finding.line

    def on_run_view_copied(self, event: RunView.Copied) -> None:
        """Say what was copied."""
        self.query_one(StatusLine).say(f"copied {event.what}")
