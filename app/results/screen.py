"""The results of a benchmark: what every pipeline reached, problem by problem, and each run a keypress away."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.screen import Screen
from textual.worker import Worker

from ...engine.bench.browsing import Results
from ...engine.errors import RedraftError
from ...widgets.signs import counted
from ...widgets.status_line import StatusLine, Tone
from ..common.faults import tell_of
from ..common.key_bar import KeyBar
from ..common.keys import RESULTS, SORTING, bindings
from ..common.session import Session
from ..common.title_bar import TitleBar, short
from .reading import Reading
from .replay import replayed
from .view import ResultsView
from .words import progress

EVERY = 1.0
"""Seconds between two looks at the file: each costs one question to the file system."""


class ResultsScreen(Screen[None]):
    """Shows what `reading` reads, and follows the file while a benchmark writes it."""

    AUTO_FOCUS = ""
    TOPICS = (RESULTS, SORTING)
    BINDINGS = bindings((RESULTS, SORTING))

    def __init__(self, session: Session, reading: Reading, *, every: float = EVERY) -> None:
        """`every`: seconds between two looks at the file."""
        super().__init__()
        self.session = session
        self._reading = reading
        self._every = every

    def compose(self) -> ComposeResult:
        """Title, the results, status and keys."""
        yield TitleBar(id="title")
        yield ResultsView(self._reading.review, id="results")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show the frame first; reading comes after it."""
        self.say("reading…")
        self.call_after_refresh(self.run_worker, self._begin(), group="read", exit_on_error=False)

    @property
    def view(self) -> ResultsView:
        """The results."""
        return self.query_one(ResultsView)

    def say(self, notice: str, tone: Tone = "calm") -> None:
        """Tell the user something that matters now."""
        self.query_one(StatusLine).say(notice, tone)

    # ------------------------------------------------------------------------------------ reading

    async def _begin(self) -> None:
        try:
            await asyncio.to_thread(self._reading.look)
            self._take(self._reading.results())
            self.say("")
            if trouble := await asyncio.to_thread(self._reading.read_stubs):
                self.say(f"without prompts and failure classes: {trouble}", "warning")
            else:
                self._take(self._reading.results())
        except RedraftError as error:
            self.say(str(error), "error")
        self.set_interval(self._every, self._look)

    def _look(self) -> None:
        before = self.view.results
        try:
            results = self._reading.look()
        except RedraftError as error:
            self.say(str(error), "error")
            return
        if results is not None:
            self._take(results)
            more = len(results.lines) - (len(before.lines) if before is not None else 0)
            told = f"{counted(more, 'new result')}; " if more > 0 else "read again; "
            self.say(told + progress(results).partition(" · ")[0])

    def _take(self, results: Results | None) -> None:
        if results is not None:
            title = self.query_one(TitleBar)
            title.place = f"results › {results.header.suite}"
            title.position = "" if results.of_reviewers else "pass@1 in percent"
            title.means = short(str(self._reading.path))
            self.view.take(results, self._reading.stubs)

    # ------------------------------------------------------------------------------------ keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        if not self.query(ResultsView):
            return action not in {"results", "sort", "alone", "search"}
        view = self.view
        match (action, *parameters):
            case ("results", "back") | ("deed", _):
                return view.leads_back
            case ("results", "open" | "copy"):
                return not view.typing and view.cell is not None
            case ("search", "next" | "previous"):
                return not view.typing and view.searching
            case ("results" | "sort" | "alone" | "search", *_):
                return not view.typing
            case _:
                return True

    async def action_results(self, what: str, number: int = 0) -> None:
        """Do what a key asks for."""
        view = self.view
        if what != "open":
            self.say("")
        match what:
            case "line":
                view.move(number)
            case "page":
                view.page(number)
            case "edge":
                view.edge(number)
            case "column":
                view.turn_column(view.grid.column + number)
            case "turn":
                view.turn()
            case "table":
                view.show_table()
            case "copy":
                self._copy()
            case "open":
                await self._open()
            case _:
                view.back()

    def action_deed(self, name: str) -> None:
        """Ctrl+c without a selection goes back, as escape does."""
        if name == "cancel":
            self.view.back()

    def action_sort(self, kind: str) -> None:
        """List the problems of a kind, "" for all."""
        self.view.sort(kind)

    def action_alone(self) -> None:
        """Let the filters speak of the pipeline under the cursor only, or of any."""
        self.view.alone()

    def action_search(self, what: str) -> None:
        """Begin to search, or go to another problem that was found."""
        if what == "open":
            self.view.begin_search()
        else:
            self.view.move(1 if what == "next" else -1, around=True)

    async def _open(self) -> None:
        """Replay the run under the cursor."""
        cell = self.view.cell
        if cell is None:
            self.say("not run yet: there is nothing to replay", "warning")
            return
        try:
            entries = await asyncio.to_thread(self._reading.log, cell.line)
        except RedraftError as error:
            self.say(str(error), "warning")
            return
        if self.is_current:  # A key that was pressed twice opens it once.
            self.app.push_screen(replayed(entries))

    def _copy(self) -> None:
        cell = self.view.cell
        if cell is None or not cell.line.body:
            self.say("there is no solution to copy", "warning")
            return
        self.app.copy_to_clipboard(cell.line.body)
        self.say("copied the body that was settled on", "good")

    # ------------------------------------------------------------------------------------ messages

    def on_results_view_moved(self, event: ResultsView.Moved) -> None:
        """Tell in one line what is under the cursor; other keys may do something there."""
        self.query_one(StatusLine).seen = event.told or str(self._reading.path)
        self.refresh_bindings()

    async def on_results_view_opened(self) -> None:
        """A cell was clicked twice."""
        await self._open()

    def on_screen_resume(self) -> None:
        """Back from a replay: the keys belong to the pane in front again."""
        self.view.standing.focus_front()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell why a worker failed."""
        tell_of(self, event, self.session.places)
