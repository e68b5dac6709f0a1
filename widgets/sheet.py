"""A scrolling sheet of styled lines: what all our larger widgets are drawn on.

One widget with `render_line` and a cache of strips costs a fraction of a widget for each line, and knows no markup.
A subclass says what its rows are (`rows`), and calls `relayout` when facts changed or `repaint` when only the look of
some rows did.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from .frame import entitle, frame_css
from .ink import Inked
from .rows import Row, first_difference
from .search import Search
from .text import Run, length, plain

MOST_STRIPS = 2048
"""Finished lines that are kept: those on the screen, and what was scrolled by."""


class Sheet(Inked, ScrollView, can_focus=True):
    """Rows of styled text, virtualised, with a title in the border; attributes down, messages up."""

    sought: reactive[str] = reactive("", repaint=False)
    """A text to find, "" for none. The places it stands in are lit, and one of them is brought into view."""

    class Sought(Message):
        """What is sought was counted: `number` (from 1; 0 for none) of `count` places is the current one."""

        def __init__(self, sheet: Sheet, number: int, count: int) -> None:
            super().__init__()
            self.sheet = sheet
            self.number = number
            self.count = count

    ALLOW_SELECT = True
    DEFAULT_CSS = f"""
    {frame_css("Sheet", "focus")}
    Sheet {{
        height: 1fr;
        width: 1fr;
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        &.-tight {{ border: none; padding: 0; scrollbar-size-vertical: 0; }}
    }}
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: Sequence[Row] = ()
        self._laid_out_for = -1
        self._titles = ("", "")
        self._strips: dict[tuple[int, int, int], Strip] = {}
        """Finished lines by row, first column and width."""
        self._search = Search()
        self._cursor_was: int | None = None
        """The item that the cursor was on when it was brought into sight last."""

    # ------------------------------------------------------------------------------------ what subclasses say

    def rows(self, width: int) -> Sequence[Row]:
        """The rows at a width of `width` cells."""
        raise NotImplementedError

    def fill(self, row: Row) -> str:
        """The ink under a row as it looks now (a cursor, for example)."""
        return row.fill

    def runs(self, row: Row) -> Sequence[Run]:
        """What stands in a row as it looks now."""
        return row.runs() if callable(row.runs) else row.runs

    def pressed(self, row: Row, name: str) -> None:
        """A row was clicked; `name` is its spot's, or ""."""

    def found(self, row: Row) -> None:
        """The search has gone to a row."""

    # ------------------------------------------------------------------------------------ what subclasses call

    @property
    def text_width(self) -> int:
        """Cells that a row may take before it has to be broken or scrolled."""
        return max(1, self.scrollable_content_region.width)

    @property
    def wide(self) -> bool:
        """Whether rows may be longer than what is seen, and the sheet scrolls sideways."""
        return False

    @property
    def cursor(self) -> int | None:
        """The item that a cursor is on, which stays in sight; None in sheets without one."""
        return None

    @property
    def row_count(self) -> int:
        """Rows there are, seen or not."""
        return len(self._rows)

    @property
    def text(self) -> str:
        """All rows as plain text."""
        return "\n".join(plain(self.runs(row)).rstrip() for row in self._rows)

    def relayout(self, *, grown: bool = False) -> None:
        """Ask for the rows anew; keeps the scroll position. `grown`: the rows that stayed also look as before."""
        if not self.is_mounted or not self.size.width:
            self._laid_out_for, self._rows = -1, ()
            return
        width, in_sight = self.text_width, self._sees_cursor()
        before, self._rows = self._rows, self.rows(width)
        self._laid_out_for = width
        self._measure()
        if in_sight:
            self._keep_cursor_in_sight()
        self._search.forget_rows()
        if self.sought:
            self._look()
        same = first_difference(before, self._rows) if grown and not self.sought else 0
        self._repaint_rows(same, max(len(before), len(self._rows)))

    def _sees_cursor(self) -> bool:
        """Whether the item that the cursor was on last is in sight; who scrolled away from it stays there."""
        return self.cursor is not None and (not self._rows or self._sees(self._cursor_was))

    def _sees(self, item: int | None) -> bool:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        return any(row.item == item for row in self._rows[top : top + height])

    def _keep_cursor_in_sight(self) -> None:
        self._cursor_was = cursor = self.cursor
        if cursor is not None and not self._sees(cursor):
            self.bring_into_view(cursor)

    def _measure(self) -> None:
        """Say how far the sheet scrolls. Rows that all fit count as one: a new size has all laid out anew."""
        if self.wide:
            across = max((length(self.runs(row)) for row in self._rows), default=0)
            self.virtual_size = Size(across, len(self._rows))
        else:
            fit = len(self._rows) <= self.scrollable_content_region.height
            self.virtual_size = Size(self._laid_out_for, 1 if fit else len(self._rows))

    def repaint(self) -> None:
        """Draw the same rows again, because their look changed."""
        self._strips.clear()
        self.refresh()

    def repaint_items(self, *items: int) -> None:
        """Draw only the rows of some items again, because a cursor left or reached them."""
        self._repaint_some([y for y, row in enumerate(self._rows) if row.item in items])

    def _repaint_some(self, rows: Collection[int]) -> None:
        for key in [key for key in self._strips if key[0] in rows]:
            del self._strips[key]
        top, height = self.scroll_offset.y, self.size.height
        seen = [Region(0, y - top, self.size.width, 1) for y in rows if top <= y < top + height]
        if seen:
            self.refresh(Region.from_union(seen))

    def _repaint_rows(self, first: int, end: int) -> None:
        """Draw rows again, from `first` up to `end`: the empty lines below all rows stay as they are."""
        for key in [key for key in self._strips if first <= key[0] < end]:
            del self._strips[key]
        top, bottom = (min(max(0, y - self.scroll_offset.y), self.size.height) for y in (first, end))
        if top < bottom:
            self.refresh(Region(0, top, self.size.width, bottom - top))

    def entitle(self, title: str, subtitle: str = "") -> None:
        """Write into the border; the text may come from strangers."""
        # Textual draws the whole widget again for a title, even for the one that is there.
        if (title, subtitle) != self._titles:
            self._titles = (title, subtitle)
            entitle(self, title, subtitle)

    def bring_into_view(self, item: int) -> None:
        """Scroll so that the rows of one item are seen, as many as fit."""
        places = [y for y, row in enumerate(self._rows) if row.item == item]
        self._cursor_was = self.cursor
        if places:
            self.bring_rows_into_view(places[0], places[-1])

    def bring_rows_into_view(self, first: int, last: int) -> None:
        """Scroll as little as needed to see these rows, the first one in any case."""
        if not self._rows:
            return
        height = min(last - first + 1, max(1, self.scrollable_content_region.height))
        self.scroll_to_region(Region(0, first, 1, height), animate=False, force=True, x_axis=False)

    # ------------------------------------------------------------------------------------ searching

    def watch_sought(self, before: str, sought: str) -> None:
        """Light what is sought, and go to the first place from what is in view on."""
        if not before:
            self._search.begin(self.scroll_offset.y)
        self._look()
        self._go_to_place()
        self.repaint()

    def seek(self, steps: int) -> None:
        """Go so many places on, or back; after the last comes the first."""
        self._repaint_some(self._search.step(steps))
        self._go_to_place()
        self._tell_place()

    def _look(self) -> None:
        self._search.look(map(self.runs, self._rows), self.sought)
        self._tell_place()

    def _tell_place(self) -> None:
        count = self._search.count
        self.post_message(self.Sought(self, self._search.place + 1 if count else 0, count))

    def _go_to_place(self) -> None:
        """Bring the current place into view, with what stands around it if it was not there."""
        if not self._search.count:
            return
        row, start = self._search.at
        column = cell_len(plain(self.runs(self._rows[row]))[:start]) if self.wide else 0
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        place = Region(column, row, min(cell_len(self.sought), self.text_width), 1)
        unseen = not top <= row < top + height
        self.scroll_to_region(place, animate=False, force=True, x_axis=self.wide, center=unseen)
        self.found(self._rows[row])

    # ------------------------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        """One line of what is seen, `y` counted from the top of the widget's content."""
        left, top = self.scroll_offset
        width, ground = self.size.width, self.rich_style_of("")
        if top + y >= len(self._rows):
            return Strip.blank(width, ground)
        key = (top + y, left, width)
        selection = self.text_selection
        if selection is None and key in self._strips:
            return self._strips[key]
        strip = self._strip(top + y, selection).crop_extend(
            left, left + width, self.rich_style_of(self.fill(self._rows[top + y]))
        )
        strip = strip.apply_offsets(left, top + y)
        if selection is None:
            if len(self._strips) >= MOST_STRIPS:
                self._strips.clear()
            self._strips[key] = strip
        return strip

    def _strip(self, y: int, selection: Selection | None) -> Strip:
        row = self._rows[y]
        under = self.fill(row)
        runs = self._search.lit(y, self.runs(row))
        strip = Strip([Segment(text, self.rich_style_of(f"{under}|{ink}")) for text, ink in runs if text])
        return strip if selection is None else self._with_selection(strip, selection, y)

    def _with_selection(self, strip: Strip, selection: Selection, y: int) -> Strip:
        span = selection.get_span(y)
        if span is None or not strip.cell_length:
            return strip
        start, end = span[0], strip.cell_length if span[1] == -1 else min(span[1], strip.cell_length)
        if start >= end:
            return strip
        chosen = self.screen.get_component_rich_style("screen--selection")
        before, middle, after = (strip.crop(a, b) for a, b in ((0, start), (start, end), (end, None)))
        return Strip.join([before, Strip([Segment(s.text, (s.style or chosen) + chosen) for s in middle]), after])

    # ------------------------------------------------------------------------------------ what Textual calls

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that the mouse has selected."""
        return (selection.extract(self.text), "\n") if self._rows else None

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.repaint()

    def forget(self) -> None:
        """Forget what was drawn in the styles before."""
        super().forget()
        self._strips.clear()

    def on_mount(self) -> None:
        """Lay out as soon as there is a place."""
        self.relayout()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew when lines would break elsewhere; do without the border where there is no room for it."""
        # Without its border a sheet may be given less room, so it takes clearly more room to have the border back.
        rows, columns = (7, 21) if self.has_class("-tight") else (5, 16)
        self.set_class(self.outer_size.height < rows or self.outer_size.width < columns, "-tight")
        if self.text_width != self._laid_out_for:
            self.relayout()
        else:
            self._measure()
        self._keep_cursor_in_sight()

    def on_click(self, event: events.Click) -> None:
        """Find what was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or self.text_selection is not None:
            return
        y = offset.y + self.scroll_offset.y
        if y < len(self._rows):
            row, x = self._rows[y], offset.x + self.scroll_offset.x
            self.pressed(row, next((spot.name for spot in row.spots if spot.start <= x < spot.end), ""))
