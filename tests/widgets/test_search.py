"""Finding a text in rows: what is found is there, is all that is there, and is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
import sample_runs as runs
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from redraft.engine.diff import hunks
from redraft.widgets.rows import Row
from redraft.widgets.run.checks_table import ChecksTable
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.draft_pane import DraftPane
from redraft.widgets.run.report_pane import ReportPane
from redraft.widgets.search import Lines, Places, Search, lit
from redraft.widgets.sheet import Sheet
from redraft.widgets.text import Run, folded, plain, shown_line
from textual.app import App, ComposeResult

PIECES = ["[/]", "[bold]", "x[/y]", "\\", ".*", "(", "$primary", "\x1b[2J", "\0", "\t", "\u202e", "\ud800", "漢字", "😀", "é",
          "e\u0301", "ß", "İ", "ſ", "K", "aA", "Aa", "↪ ", "│", " ", "  ", "aaa", "return"]  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map("".join)


def numbered(lines: Sequence[str], width: int) -> list[list[Run]]:
    """Rows as the draft's pane has them: a number, and lines broken to fit."""
    rows: list[list[Run]] = []
    for number, line in enumerate(lines, start=1):
        for place, piece in enumerate(folded([(shown_line(line), "")], width)):
            lead = [("  ", ""), ("↪ ", "$line-number")] if place else [(f"{number:>3} ", "$line-number")]
            rows.append([*lead, *piece])
    return rows


def told(rows: Sequence[Sequence[Run]], sought: str) -> list[str]:
    """What stands in each place, put together from its stretches."""
    places = Places(Lines(rows), sought)
    parts = [""] * len(places)
    for number, row in enumerate(rows):
        for found in places.within(number):
            parts[found.number] += plain(row)[found.start : found.end]
    return parts


def test_capitals_count_only_where_there_are_some_in_what_is_sought():
    rows = numbered(["Mean means mean"], 80)
    assert told(rows, "mean") == ["Mean", "mean", "mean"]
    assert told(rows, "Mean") == ["Mean"]


def test_the_text_is_no_pattern():
    assert told(numbered(["a.c abc [/] \\d"], 80), "a.c") == ["a.c"]
    assert told(numbered(["a.c abc [/] \\d"], 80), "\\d") == ["\\d"]


def test_line_numbers_are_not_searched():
    assert told(numbered(["x = 1", "y = 12"], 80), "1") == ["1", "1"]


def test_a_word_that_was_broken_to_fit_is_found_in_both_its_rows():
    rows = numbered(["return widest_gap"], 10)
    places = Places(Lines(rows), "widest_gap")
    assert len(places) == 1
    assert list(places.rows(0)) == [0, 1]
    assert told(rows, "widest_gap") == ["widest_gap"]


@pytest.mark.parametrize("split", ["always", "never"])
async def test_a_word_broken_in_either_column_of_a_diff_is_found(split: str):
    pane = DiffPane()
    pane.split = split  # type: ignore[assignment]
    pane.hunks = hunks("a\nold_" * 8 + "short\n", "a\nold_" * 8 + "b" * 40 + "needle" + "c" * 40 + "\n")
    for width in range(60, 110):
        assert len(Places(Lines(map(pane.runs, pane.rows(width))), "needle")) == 1


def test_the_next_after_the_last_is_the_first():
    search = Search()
    search.look(numbered(["one two one"], 80), "one")
    assert (search.place, search.count) == (0, 2)
    search.step(1)
    assert search.place == 1
    search.step(1)
    assert search.place == 0
    search.step(-1)
    assert search.place == 1


def test_the_current_place_stays_where_it_is_when_more_text_comes():
    search = Search()
    search.look(numbered(["one one one"], 80), "one")
    search.step(1)
    search.forget_rows()
    search.look(numbered(["one one one", "and one"], 80), "one")
    assert (search.place, search.count) == (1, 4)


quick = settings(deadline=None)


@quick
@given(st.lists(hostile, max_size=5), hostile, st.integers(1, 30))
@example(["ſK"], "sk", 5)
def test_what_is_found_is_what_is_sought_and_is_found_however_lines_are_broken(
    lines: list[str], sought: str, width: int
):
    rows = numbered([line.replace("\n", " ") for line in lines], width)
    found, wanted = told(rows, sought), shown_line(sought)
    assert all(len(part) == len(wanted) for part in found)
    if any(letter.isupper() for letter in wanted):
        assert all(part == wanted for part in found)
    assert len(found) == len(told(numbered([line.replace("\n", " ") for line in lines], 10_000), sought))
    assert len(found) >= sum(shown_line(line.replace("\n", " ")).count(wanted) for line in lines) or not wanted


@quick
@given(st.lists(st.tuples(hostile.map(shown_line), st.sampled_from(["", "bold", "$muted"])), max_size=5), hostile)
def test_lighting_changes_no_letter(row: list[Run], sought: str):
    places = Places(Lines([row]), sought)
    assert plain(lit(row, places.within(0), 0)) == plain(row)


class Bench(App[None]):
    """One sheet, and what it said."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.told: list[tuple[int, int]] = []

    def compose(self) -> ComposeResult:
        yield self.sheet

    def on_sheet_sought(self, event: Sheet.Sought) -> None:
        self.told.append((event.number, event.count))


class Paper(Sheet):
    """Plain lines."""

    lines: tuple[str, ...] = ()

    def rows(self, width: int) -> list[Row]:
        return [Row([(shown_line(line), "")]) for line in self.lines]


def lit_on(sheet: Sheet) -> list[str]:
    """What stands out on the screen, line by line."""
    strips = [sheet.render_line(y) for y in range(sheet.size.height)]
    return [segment.text for strip in strips for segment in strip if segment.style and segment.style.bold]


async def test_the_current_place_is_brought_into_view_and_counted():
    paper = Paper()
    paper.lines = tuple(f"line {number}" for number in range(100))
    app = Bench(paper)
    async with app.run_test(size=(40, 12)) as pilot:
        paper.sought = "line 7"
        await pilot.pause()
        assert app.told[-1] == (1, 11)
        assert lit_on(paper) == ["line 7"]
        paper.seek(1)
        await pilot.pause()
        assert app.told[-1] == (2, 11)
        assert paper.scroll_offset.y <= 70 < paper.scroll_offset.y + paper.size.height
        paper.seek(-2)
        await pilot.pause()
        assert app.told[-1] == (11, 11)
        assert paper.scroll_offset.y <= 79 < paper.scroll_offset.y + paper.size.height
        paper.sought = ""
        await pilot.pause()
        assert app.told[-1] == (0, 0)
        assert lit_on(paper) == []


async def test_a_letter_more_is_sought_from_where_the_search_began():
    paper = Paper()
    paper.lines = ("ab", *[""] * 50, "ac")
    async with (app := Bench(paper)).run_test(size=(40, 12)) as pilot:
        for sought, told in (("a", (1, 2)), ("ac", (1, 1)), ("a", (1, 2))):
            paper.sought = sought
            await pilot.pause()
            assert app.told[-1] == told
        assert paper.scroll_offset.y == 0


async def test_a_place_far_to_the_right_is_brought_into_view():
    pane = DiffPane()
    pane.split, pane.wrap = "never", False
    pane.hunks = hunks("a\n", "x" * 300 + "needle\n")
    async with Bench(pane).run_test(size=(60, 12)) as pilot:
        pane.sought = "needle"
        await pilot.pause()
        assert "needle" in lit_on(pane)


@pytest.mark.parametrize("kind", [DraftPane, ReportPane, ChecksTable])
async def test_every_pane_finds_what_it_shows(kind: type[Sheet]):
    pane = kind()
    pane.state = runs.until(99.0)  # type: ignore[attr-defined]
    app = Bench(pane)
    async with app.run_test(size=(100, 60)) as pilot:
        pane.sought = "running_mean"
        await pilot.pause()
        number, count = app.told[-1]
        assert (number, count) == (1, pane.text.count("running_mean"))
        assert lit_on(pane).count("running_mean") == count > 0


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(hostile, min_size=1, max_size=6), hostile, st.lists(st.sampled_from([1, -1, 5]), max_size=4))
def test_nothing_that_is_sought_ends_the_program(lines: list[str], sought: str, steps: list[int]):
    async def draw() -> None:
        paper = Paper()
        paper.lines = tuple(lines)
        app = Bench(paper)
        async with app.run_test(size=(20, 6)) as pilot:
            for end in range(len(sought) + 1):
                paper.sought = sought[:end]
            for step in steps:
                paper.seek(step)
            paper.lines = tuple(reversed(lines))
            paper.relayout()
            await pilot.resize_terminal(9, 4)
            assert app.return_code is None
            number, count = app.told[-1] if app.told else (0, 0)
            assert 0 <= number <= count

    asyncio.run(draw())
