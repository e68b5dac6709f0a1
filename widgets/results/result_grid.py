"""Problems line by line, and a cell for what came of each in every column."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive

from ..frame import entitle, frame_css
from .grid_heads import GridHeads
from .grid_layout import GridLine
from .grid_rows import GridRows


class ResultGrid(Vertical):
    """Shows `lines` under `heads`; the cursor is on the cell of `chosen` (a line's key) in `column`."""

    DEFAULT_CSS = f"""
    {frame_css("ResultGrid", "focus-within")}
    ResultGrid {{ height: 1fr; width: 1fr; }}
    """

    heads: reactive[tuple[str, ...]] = reactive(tuple[str, ...], init=False)
    lines: reactive[tuple[GridLine, ...]] = reactive(tuple[GridLine, ...], init=False)
    chosen: reactive[str] = reactive("", init=False)
    column: reactive[int] = reactive(0, init=False)
    searched: reactive[str] = reactive("", init=False)
    """What was searched, to be marked where it stands."""
    empty: reactive[str] = reactive("", init=False)
    """What to say while there are no lines."""

    def compose(self) -> ComposeResult:
        """Heads, and rows that scroll below them."""
        yield GridHeads()
        yield GridRows()

    @property
    def rows(self) -> GridRows:
        """The problems."""
        return self.query_one(GridRows)

    @property
    def place(self) -> int:
        """Number of the line the cursor is on, -1 for none."""
        return self.rows.place()

    @property
    def page(self) -> int:
        """Lines that are seen at once."""
        return max(1, self.rows.size.height - 1)

    def entitle(self, title: str, subtitle: str = "") -> None:
        """Write into the border; the text may come from strangers."""
        entitle(self, title, subtitle)

    def focus(self, scroll_visible: bool = True, from_app_focus: bool = False) -> ResultGrid:
        """Give the keys to the problems."""
        self.rows.focus(scroll_visible)
        return self

    def show(self, heads: tuple[str, ...], lines: tuple[GridLine, ...]) -> None:
        """Other heads and lines at once: no line is ever drawn under heads that are not its own."""
        self.set_reactive(ResultGrid.heads, heads)
        self.set_reactive(ResultGrid.lines, lines)
        self.rows.heads, self.rows.lines = heads, lines
        self.query_one(GridHeads).heads = heads
        self.rows.relayout()

    def watch_chosen(self, before: str, chosen: str) -> None:
        """Move the cursor."""
        rows = self.rows
        places = [n for n, line in enumerate(rows.lines) if line.key in (before, chosen)]
        rows.chosen = chosen
        rows.repaint_items(*places)
        rows.bring_into_view(rows.place())

    def watch_column(self, column: int) -> None:
        """Move the cursor sideways, and what is seen with it."""
        rows = self.rows
        rows.column = self.query_one(GridHeads).column = column
        if rows.placing.first <= column <= rows.placing.last:
            rows.repaint_items(rows.place())
        else:
            rows.relayout()

    def watch_searched(self, searched: str) -> None:
        """Mark something else."""
        self.rows.searched = searched
        self.rows.repaint()

    def watch_empty(self, empty: str) -> None:
        """Say something else."""
        self.rows.empty = empty
        if not self.lines:
            self.rows.relayout()

    def on_grid_rows_placed(self, event: GridRows.Placed) -> None:
        """The heads stand where the columns do."""
        event.stop()
        self.query_one(GridHeads).placing = event.placing

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight."""
        self.call_after_refresh(self.rows.bring_into_view, self.rows.place())
