"""The results of a benchmark on the screen: table, filters, problems, and the result under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from ...engine.bench.browsing import (
    KINDS,
    Case,
    Cell,
    Kind,
    Results,
)
from ...engine.bench.lines import Line
from ...engine.facts import Review, Stub
from ...widgets.fact_sheet import FactSheet
from ...widgets.filter_bar import FilterBar
from ...widgets.results.grid_rows import GridRows
from ...widgets.results.result_grid import ResultGrid
from ...widgets.search_line import SearchLine
from ..common.key_names import KeyedApp, keys_of
from ..common.keys import SORTING
from .head import ResultsHead
from .layout import ResultsStanding
from .listing import Front, Listing
from .scores import Scores
from .words import (
    about,
    grid_lines,
    in_one_line,
    result_parts,
)


class ResultsView(Vertical):
    """Shows `results`; `reviewed` gives the report behind a line, as far as it was kept."""

    class Moved(Message):
        """Another result is under the cursor, or there is something else to say of it."""

        def __init__(self, told: str) -> None:
            super().__init__()
            self.told = told
            """The result in one line, "" for none."""

    class Opened(Message):
        """The user wants to see the run under the cursor."""

    def __init__(self, reviewed: Callable[[Line], Review | None], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.results: Results | None = None
        """What is shown, None until it is read."""
        self.stubs: Mapping[str, Stub] = {}
        """By problem, as far as they are known."""
        self._reviewed = reviewed
        self._cases: tuple[Case, ...] = ()
        self._kind: Kind | None = None
        self._alone = False
        """Whether the filters speak of the column under the cursor only."""
        self.standing = ResultsStanding(self)

    def compose(self) -> ComposeResult:
        """Head, table, filters, problems and result, and the line for searching."""
        yield ResultsHead(id="results-head")
        yield Scores(id="scores")
        yield FilterBar(id="filters")
        with Vertical(id="results-body"):
            yield ResultGrid(id="problems")
            yield FactSheet(id="result")
        yield Static(id="too-small", markup=False)
        yield SearchLine(id="search")

    def on_mount(self) -> None:
        """Show the frame; results come later."""
        key = keys_of(self)
        self.search.keys = (key("search.next"), key("search.previous"), key("results.back"))
        self.search.display = False
        self.grid.entitle("problems")
        self.sheet.entitle("result")
        self.standing.arrange()

    # ------------------------------------------------------------------------------------ what there is

    @property
    def grid(self) -> ResultGrid:
        """The problems."""
        return self.query_one(ResultGrid)

    @property
    def sheet(self) -> FactSheet:
        """The result under the cursor, in full."""
        return self.query_one(FactSheet)

    @property
    def search(self) -> SearchLine:
        """What is sought; not displayed while nothing is."""
        return self.query_one(SearchLine)

    @property
    def searching(self) -> bool:
        """Whether something is sought."""
        line = self.query(SearchLine)  # Keys are looked at before there is anything on the screen.
        return bool(line) and line.first().is_mounted and line.first().display

    @property
    def typing(self) -> bool:
        """Whether keys are letters now."""
        return self.searching and self.search.typing

    @property
    def leads_back(self) -> bool:
        """Whether there is anything to go back from."""
        return self.standing.front != "problems" or self.searching

    @property
    def case(self) -> Case | None:
        """The problem under the cursor."""
        place = self.grid.place if self._cases else -1
        return self._cases[place] if 0 <= place < len(self._cases) else None

    @property
    def cell(self) -> Cell | None:
        """The result under the cursor, None where nothing was run yet."""
        case = self.case
        return case.cells[self.grid.column] if case is not None and self.grid.column < len(case.cells) else None

    # ------------------------------------------------------------------------------------ attributes from above

    def take(self, results: Results, stubs: Mapping[str, Stub]) -> None:
        """Show other results; the cursor stays where it is."""
        self.results, self.stubs = results, stubs
        with self.app.batch_update():
            self.query_one(ResultsHead).told = about(results)
            self.standing.arrange()
            self._list()

    def _list(self) -> None:
        """List what the filter and the search leave, and keep the cursor on something that is there."""
        results, grid = self.results, self.grid
        if results is None:
            return
        grid.column = max(0, min(grid.column, len(results.columns) - 1))
        only = grid.column if self._alone and results.columns else None
        listing = Listing(results, self._kind, only, self.search.text)
        self._cases = listing.cases
        grid.searched, grid.empty = listing.sought, listing.nothing
        grid.show(results.names, grid_lines(self._cases))
        if grid.place < 0:
            grid.chosen = self._cases[0].problem if self._cases else ""
            self._go_to_kind()
        grid.entitle(listing.title, "· not run  ~ only base passes")
        filters = self.query_one(FilterBar)
        filters.filters = listing.filters(cast("KeyedApp", self.app).bound_keys((SORTING,)))
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
        self.query_one(Scores).chosen = grid.column
        self.search.tally = (grid.place + 1, len(self._cases))
        if results is None or case is None:
            self.sheet.tell("", ())
            self.post_message(self.Moved(""))
            return
        if self.sheet.display:
            cell, stub = case.cells[grid.column], self.stubs.get(case.problem)
            review = self._reviewed(cell.line) if cell is not None else None
            parts = result_parts(results, case, grid.column, stub, review)
            self.sheet.tell(f"{case.problem}\n{grid.column}", parts)
        self.post_message(self.Moved(in_one_line(results, case, grid.column)))

    # ------------------------------------------------------------------------------------ what fits

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        self.standing.arrange()
        self._tell()

    # ------------------------------------------------------------------------------------ what the user does

    def bring(self, front: Front) -> None:
        """Put a pane in front."""
        self.standing.front = front
        self.standing.arrange()
        self._tell()

    def turn(self) -> None:
        """The problems, or the result."""
        self.bring("result" if self.standing.front == "problems" else "problems")

    def show_table(self) -> None:
        """The table with its notes, or the problems again."""
        self.bring("problems" if self.standing.front == "table" else "table")

    def back(self) -> None:
        """Back to the problems, or to all that were there before the search."""
        if self.standing.front != "problems":
            self.bring("problems")
        elif self.searching:
            self.search.query_one(Input).value = ""
            self.search.display = False
            self._list()
            self.screen.set_focus(self.grid.rows, scroll_visible=False)

    def move(self, steps: int, *, around: bool = False) -> None:
        """Go so many problems on; `around`: after the last comes the first. In the table: so many columns."""
        if self.standing.front == "table":
            self.turn_column(self.grid.column + steps)
        elif self._cases:
            place = self.grid.place + steps
            place = place % len(self._cases) if around else max(0, min(place, len(self._cases) - 1))
            self.grid.chosen = self._cases[place].problem
            self._tell()

    def page(self, pages: int) -> None:
        """Go so many pages on."""
        self.move(pages * self.grid.page)

    def edge(self, direction: int) -> None:
        """To the last problem, or (-1) the first."""
        self.move(direction * len(self._cases))

    def turn_column(self, column: int) -> None:
        """Go to this column, or the nearest there is."""
        count = len(self.results.columns) if self.results is not None else 0
        self.grid.column = max(0, min(column, count - 1))
        if self._alone:
            self._list()
        else:
            self._tell()

    def sort(self, kind: str) -> None:
        """List the problems of a kind, "" for all, and go to a cell of that kind."""
        self._kind = next((one for one in KINDS if one == kind), None)
        if self.standing.front == "table":
            self.bring("problems")
        self._list()
        self._go_to_kind()
        self._tell()

    def alone(self) -> None:
        """Let the filters speak of the column under the cursor only, or of any."""
        self._alone = not self._alone
        self._list()

    def begin_search(self) -> None:
        """Begin to type."""
        self.search.display = True
        self.bring("problems")
        # At once, for what is typed next is meant for the line.
        self.screen.set_focus(self.search.query_one(Input), scroll_visible=False)

    # ------------------------------------------------------------------------------------ messages from widgets

    def on_grid_rows_chosen(self, event: GridRows.Chosen) -> None:
        """A cell was clicked."""
        self.grid.chosen = event.key
        self.turn_column(event.column)

    def on_grid_rows_opened(self) -> None:
        """The cell under the cursor was clicked once more."""
        self.post_message(self.Opened())

    def on_filter_bar_chosen(self, event: FilterBar.Chosen) -> None:
        """A filter was clicked."""
        self.sort(event.name)

    def on_scores_chosen(self, event: Scores.Chosen) -> None:
        """A line of the table was clicked."""
        self.turn_column(event.column)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click gives the keys to another pane."""
        self.standing.follow_focus(event.widget)
        self.screen.refresh_bindings()

    def on_search_line_changed(self, event: SearchLine.Changed) -> None:
        """Something else is sought."""
        event.stop()
        self._list()

    def on_search_line_kept(self, event: SearchLine.Kept) -> None:
        """The text is typed: the keys belong to the problems again."""
        event.stop()
        self.screen.set_focus(self.grid.rows, scroll_visible=False)
