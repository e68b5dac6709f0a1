"""The results of a benchmark: what every pipeline reached, problem by problem, and each run a keypress away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult, SystemCommand
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.worker import Worker

from ..engine.bench.browsing import KINDS, Case, Cell, Kind, Results
from ..engine.errors import RedraftError
from ..widgets.fact_sheet import FactSheet
from ..widgets.filter_bar import FilterBar
from ..widgets.result_grid import ResultGrid
from ..widgets.search_line import SearchLine
from ..widgets.sheet import Sheet
from ..widgets.signs import counted
from ..widgets.status_line import StatusLine, Tone
from .arrangement import SMALLEST
from .faults import tell_of
from .key_bar import KeyBar
from .key_names import keys_of
from .keys import RESULTS, SORTING, bindings
from .results_head import ResultsHead
from .results_listing import Front, Listing, fit
from .results_reading import Reading
from .results_replay import replayed
from .results_scores import Scores
from .results_words import SAYS, about, grid_lines, in_one_line, progress, result_parts
from .session import Session
from .title_bar import TitleBar, short

if TYPE_CHECKING:
    from .application import RedraftApp

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
        self.results: Results | None = None
        """What is shown, None until it is read."""
        self._cases: tuple[Case, ...] = ()
        self._kind: Kind | None = None
        self._alone = False
        """Whether the filters speak of the column under the cursor only."""
        self._front: Front = "problems"

    def compose(self) -> ComposeResult:
        """Title and head, the table, the filters, problems and result, status and keys."""
        yield TitleBar(id="title")
        yield ResultsHead(id="results-head")
        yield Scores(id="scores")
        yield FilterBar(id="filters")
        with Vertical(id="results-body"):
            yield ResultGrid(id="problems")
            yield FactSheet(id="result")
        yield Static(id="too-small", markup=False)
        yield SearchLine(id="search")
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show the frame first; reading comes after it."""
        key = keys_of(self)
        self._search.keys = (key("search.next"), key("search.previous"), key("results.back"))
        self._search.display = False
        self.grid.entitle("problems")
        self.sheet.entitle("result")
        self._arrange()
        self.say("reading…")
        self.call_after_refresh(self.run_worker, self._begin(), group="read", exit_on_error=False)

    @property
    def grid(self) -> ResultGrid:
        """The problems."""
        return self.query_one(ResultGrid)

    @property
    def sheet(self) -> FactSheet:
        """The result under the cursor, in full."""
        return self.query_one(FactSheet)

    @property
    def case(self) -> Case | None:
        """The problem under the cursor."""
        place = self.grid.place
        return self._cases[place] if 0 <= place < len(self._cases) else None

    @property
    def cell(self) -> Cell | None:
        """The result under the cursor, None where nothing was run yet."""
        case, column = self.case, self.grid.column
        return case.cells[column] if case is not None and column < len(case.cells) else None

    def say(self, notice: str, tone: Tone = "calm") -> None:
        """Tell the person something that matters now."""
        self.query_one(StatusLine).say(notice, tone)

    # ------------------------------------------------------------------------------------ reading

    async def _begin(self) -> None:
        try:
            await asyncio.to_thread(self._reading.look)
            self._take(self._reading.results(), news=False)
            self.say("")
            if trouble := await asyncio.to_thread(self._reading.read_stubs):
                self.say(f"without prompts and failure classes: {trouble}", "warning")
            else:
                self._take(self._reading.results(), news=False)
        except RedraftError as error:
            self.say(str(error), "error")
        self.set_interval(self._every, self._look)

    def _look(self) -> None:
        try:
            self._take(self._reading.look(), news=True)
        except RedraftError as error:
            self.say(str(error), "error")

    def _take(self, results: Results | None, *, news: bool) -> None:
        """Show other results; the cursor stays where it is."""
        if results is None:
            return
        more = len(results.lines) - (len(self.results.lines) if self.results else 0)
        self.results = results
        title = self.query_one(TitleBar)
        with self.app.batch_update():
            title.place = f"results › {results.header.suite}"
            title.position = "" if results.of_reviewers else "pass@1 in percent"
            title.means = short(str(self._reading.path))
            self.query_one(ResultsHead).told = about(results)
            self._arrange()
            self._list()
        if news:
            told = f"{counted(more, 'new result')}; " if more > 0 else "read again; "
            self.say(told + progress(results).partition(" · ")[0])

    # ------------------------------------------------------------------------------------ problems

    def _list(self) -> None:
        """List what the filter and the search leave, and keep the cursor on something that is there."""
        results, grid = self.results, self.grid
        if results is None:
            return
        grid.column = max(0, min(grid.column, len(results.columns) - 1))
        only = grid.column if self._alone and results.columns else None
        listing = Listing(results, self._kind, only, self._search.text)
        self._cases = listing.cases
        grid.searched, grid.empty = listing.sought, listing.nothing
        grid.show(results.names, grid_lines(self._cases))
        if grid.place < 0:
            grid.chosen = self._cases[0].problem if self._cases else ""
            self._go_to_kind()
        grid.entitle(listing.title, "· not run  ~ only base passes")
        filters = self.query_one(FilterBar)
        filters.filters = listing.filters(cast("RedraftApp", self.app).bound_keys((SORTING,)))
        filters.chosen = self._kind or ""
        self._tell()

    def _go_to_kind(self) -> None:
        """Put the cursor on a cell of the kind that is listed."""
        case, kind = self.case, self._kind
        if case is not None and kind is not None and not self._alone and not case.has(kind, self.grid.column):
            self.grid.column = next(n for n in range(len(case.cells)) if case.has(kind, n))

    def _tell(self) -> None:
        """Tell of the result under the cursor."""
        results, case, grid = self.results, self.case, self.grid
        status = self.query_one(StatusLine)
        self.query_one(Scores).chosen = grid.column
        self._search.tally = (grid.place + 1, len(self._cases))
        if results is None or case is None:
            self.sheet.tell("", ())
            status.seen = str(self._reading.path)
        else:
            status.seen = in_one_line(results, case, grid.column)
            if self.sheet.display:
                self._tell_in_full(results, case, grid.column)
        self.refresh_bindings()

    def _tell_in_full(self, results: Results, case: Case, column: int) -> None:
        cell = case.cells[column]
        review = self._reading.review(cell.line) if cell is not None else None
        parts = result_parts(results, case, column, self._reading.stubs.get(case.problem), review)
        self.sheet.tell(f"{case.problem}\n{column}", parts)

    # ------------------------------------------------------------------------------------ what fits

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        self._arrange()
        self._tell()

    def _arrange(self) -> None:
        width, height = self.app.size
        scores = self.query_one(Scores)
        with self.app.batch_update():
            if self.results is not None:
                scores.tell(self.results, self._reading.stubs, in_full=self._front == "table")
            lines = len(scores.lines) + 1
            now = fit(width, height, self._front, lines)
            self.set_class(now.beside, "-beside")
            scores.display = now.scores
            scores.styles.height = "1fr" if self._front == "table" else lines
            self.query_one("#results-body").display = now.body
            self.query_one(FilterBar).display = self.query_one(ResultsHead).display = not now.tiny
            self.grid.display, self.sheet.display = now.problems, now.result
            small = self.query_one("#too-small", Static)
            small.display = now.tiny
            if now.tiny:
                small.update(f"terminal too small: {width}×{height}, needs {SMALLEST[0]}×{SMALLEST[1]}")
        self.call_after_refresh(self._focus)

    def _focus(self) -> None:
        panes: dict[Front, Sheet] = {"problems": self.grid.rows, "result": self.sheet, "table": self.query_one(Scores)}
        if self.is_current and not self._typing and panes[self._front].display:
            panes[self._front].focus(scroll_visible=False)

    def _bring(self, front: Front) -> None:
        self._front = front
        self._arrange()
        self._tell()

    # ------------------------------------------------------------------------------------ keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        match (action, *parameters):
            case ("results", "back"):
                return self._front != "problems" or self._searching
            case ("results", "open" | "copy"):
                return not self._typing and self.cell is not None
            case ("search", "next" | "previous"):
                return not self._typing and self._searching
            case ("results" | "sort" | "alone" | "search", *_):
                return not self._typing
            case _:
                return True

    async def action_results(self, what: str, number: int = 0) -> None:
        """Do what a key asks for."""
        match what:
            case "line" if self._front == "table":
                self._turn(self.grid.column + number)
            case "line":
                self._move(number)
            case "page":
                self._move(number * self.grid.page)
            case "edge":
                self._move(number * len(self._cases))
            case "column":
                self._turn(self.grid.column + number)
            case "turn":
                self._bring("result" if self._front == "problems" else "problems")
            case "table":
                self._bring("problems" if self._front == "table" else "table")
            case "copy":
                self._copy()
            case "open":
                await self._open()
            case _:
                self._back()

    def action_sort(self, kind: str) -> None:
        """List the problems of a kind, "" for all, and go to a cell of that kind."""
        self._kind = next((one for one in KINDS if one == kind), None)
        if self._front == "table":
            self._bring("problems")
        self._list()
        self._go_to_kind()
        self._tell()

    def action_alone(self) -> None:
        """Let the filters speak of the pipeline under the cursor only, or of any."""
        self._alone = not self._alone
        self._list()

    def action_search(self, what: str) -> None:
        """Begin to search, or go to another problem that was found."""
        if what != "open":
            self._move(1 if what == "next" else -1, around=True)
            return
        self._search.display = True
        self._bring("problems")
        # At once, for what is typed next is meant for the line.
        self.set_focus(self._search.query_one(Input), scroll_visible=False)

    @property
    def _search(self) -> SearchLine:
        return self.query_one(SearchLine)

    @property
    def _typing(self) -> bool:
        return self._searching and self._search.typing

    @property
    def _searching(self) -> bool:
        line = self.query(SearchLine)  # Keys are looked at before there is anything on the screen.
        return bool(line) and line.first().is_mounted and line.first().display

    def _move(self, steps: int, *, around: bool = False) -> None:
        if not self._cases:
            return
        place = self.grid.place + steps
        place = place % len(self._cases) if around else max(0, min(place, len(self._cases) - 1))
        self.grid.chosen = self._cases[place].problem
        self.say("")
        self._tell()

    def _turn(self, column: int) -> None:
        count = len(self.results.columns) if self.results is not None else 0
        self.grid.column = max(0, min(column, count - 1))
        self.say("")
        if self._alone:
            self._list()
        else:
            self._tell()

    async def _open(self) -> None:
        """Replay the run under the cursor."""
        cell = self.cell
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
        cell = self.cell
        if cell is None or not cell.line.body:
            self.say("there is no solution to copy", "warning")
            return
        self.app.copy_to_clipboard(cell.line.body.encode(errors="replace").decode())
        self.say("copied the body that was settled on", "good")

    def _back(self) -> None:
        if self._front != "problems":
            self._bring("problems")
        elif self._searching:
            self._search.query_one(Input).value = ""
            self._search.display = False
            self._list()
            self.set_focus(self.grid.rows, scroll_visible=False)

    def offered_commands(self) -> Iterable[SystemCommand]:
        """What the command palette offers here."""
        yield SystemCommand("replay this run", "from the log that the benchmark kept", self._open)
        for kind in (None, *KINDS):
            says = SAYS[kind][0] if kind else "all problems"
            yield SystemCommand(f"show: {says}", "a filter", partial(self.action_sort, kind or ""))
        yield SystemCommand("filter by this pipeline only, or by any", "a switch", self.action_alone)
        yield SystemCommand("table of all pipelines", "with its notes", partial(self._bring, "table"))
        yield SystemCommand("search", "by problem id or function", partial(self.action_search, "open"))
        yield SystemCommand("copy the solution", "the body that was settled on", self._copy)

    # ------------------------------------------------------------------------------------ messages

    def on_result_grid_chosen(self, event: ResultGrid.Chosen) -> None:
        """A cell was clicked."""
        self.grid.chosen = event.key
        self._turn(event.column)

    async def on_result_grid_opened(self) -> None:
        """The cell under the cursor was clicked once more."""
        await self._open()

    def on_filter_bar_chosen(self, event: FilterBar.Chosen) -> None:
        """A filter was clicked."""
        self.action_sort(event.name)

    def on_scores_chosen(self, event: Scores.Chosen) -> None:
        """A line of the table was clicked."""
        self._turn(event.column)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click gives the keys to another pane."""
        if self._front != "table" and event.widget in {self.sheet, self.grid.rows}:
            self._front = "result" if event.widget is self.sheet else "problems"
        self.refresh_bindings()

    def on_search_line_changed(self, event: SearchLine.Changed) -> None:
        """Something else is sought."""
        event.stop()
        self._list()

    def on_search_line_kept(self, event: SearchLine.Kept) -> None:
        """The text is typed: the keys belong to the problems again."""
        event.stop()
        self.set_focus(self.grid.rows, scroll_visible=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell why a worker failed."""
        tell_of(self, event, self.session.places)
