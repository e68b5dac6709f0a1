"""Grid, filters and facts of a benchmark's results, at any width and with any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.widgets.fact_sheet import FactSheet, Part
from redraft.widgets.filter_bar import Filter, FilterBar
from redraft.widgets.results.grid_heads import GridHeads
from redraft.widgets.results.grid_layout import (
    MOST_HEADS,
    GridLine,
    head_lines,
    placed,
)
from redraft.widgets.results.result_grid import ResultGrid
from rich.cells import cell_len
from textual.app import App, ComposeResult

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(st.lists(TEXT, min_size=1, max_size=12), TEXT, TEXT, st.integers(1, 200), st.integers(0, 11))
def test_the_column_of_the_cursor_is_seen_and_nothing_is_wider_than_the_grid(
    heads: list[str], key: str, name: str, width: int, column: int
) -> None:
    column = min(column, len(heads) - 1)
    placing = placed(heads, [GridLine(key, name, tuple(("✓ pass", "") for _ in heads))], width, column)
    assert placing.first <= column <= placing.last
    whole = placing.key + placing.name + sum(placing.widths) + len(placing.widths)
    assert whole <= width or len(placing.widths) == 1


@given(TEXT, st.integers(1, 30))
def test_heads_fit_their_columns(head: str, width: int) -> None:
    lines = head_lines(head, width)
    assert len(lines) <= MOST_HEADS
    assert all(cell_len(line) <= width for line in lines)


class Gallery(App[None]):
    def compose(self) -> ComposeResult:
        yield FilterBar()
        yield ResultGrid()
        yield FactSheet()


HOSTILE = "[/x]m[i][j]\x1b[2J\u202e[@click=app.quit]\n\ttail"


@pytest.mark.parametrize("size", [(120, 40), (24, 9), (4, 4)])
async def test_text_of_strangers_is_shown_as_it_is(size: tuple[int, int]) -> None:
    async with Gallery().run_test(size=size) as pilot:
        grid, sheet, bar = (
            pilot.app.query_one(ResultGrid),
            pilot.app.query_one(FactSheet),
            pilot.app.query_one(FilterBar),
        )
        grid.show((HOSTILE, HOSTILE), (GridLine(HOSTILE, HOSTILE, ((HOSTILE, ""), (HOSTILE, ""))),))
        grid.chosen, grid.column, grid.searched = HOSTILE, 1, "[/x]"
        grid.entitle(HOSTILE, HOSTILE)
        sheet.tell("k", tuple(Part(kind, HOSTILE, HOSTILE) for kind in ("heading", "fact", "text", "code")))
        bar.filters = (Filter(HOSTILE, HOSTILE, "short", "[x]", "[/]", 3),)
        await pilot.pause()
        assert "\x1b" not in grid.rows.text + sheet.text
        assert sheet.text.count("m[i][j]") == 4 or size[0] < 60


async def test_another_thing_is_told_from_its_top_and_the_same_one_stays_where_it_was() -> None:
    async with Gallery().run_test(size=(60, 20)) as pilot:
        sheet = pilot.app.query_one(FactSheet)
        parts = tuple(Part("text", f"line {n}") for n in range(100))
        sheet.tell("one", parts)
        await pilot.pause()
        sheet.scroll_to(y=40, animate=False, force=True)
        sheet.tell("one", (*parts, Part("text", "more")))
        await pilot.pause()
        assert sheet.scroll_offset.y == 40
        sheet.tell("two", parts)
        await pilot.pause()
        assert sheet.scroll_offset.y == 0


async def test_the_cursor_stays_in_sight_when_there_are_many_problems() -> None:
    async with Gallery().run_test(size=(60, 30)) as pilot:
        grid = pilot.app.query_one(ResultGrid)
        grid.show(("a-b",), tuple(GridLine(f"P/{n}", "", (("✓ pass", ""),)) for n in range(300)))
        grid.chosen = "P/250"
        await pilot.pause()
        top = grid.rows.scroll_offset.y
        assert top <= 250 < top + grid.rows.size.height
        assert grid.query_one(GridHeads).region.bottom == grid.rows.region.y
        grid.show((), ())
        await pilot.pause()
        assert grid.place == -1
