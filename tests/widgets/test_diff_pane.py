from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import sample_runs as runs
from redraft.engine.diff import Hunk, hunks
from redraft.widgets.run.diff_pane import DiffPane
from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

OLD = "".join(f"line {n}\n" for n in range(1, 41))
NEW = OLD.replace("line 5\n", "line five\n").replace("line 20\n", "").replace("line 35\n", "line 35\nand more\n")
CHANGES = hunks(OLD, NEW)


class Desk(App[None]):
    """Keeps what the diff wishes for, and grants it as a screen would."""

    def __init__(self, changes: tuple[Hunk, ...]) -> None:
        super().__init__()
        self.changes = changes
        self.wishes: list[tuple[str, tuple[int, ...]]] = []

    def compose(self) -> ComposeResult:
        pane = DiffPane()
        pane.hunks = self.changes
        yield pane

    @on(DiffPane.Accepted)
    def accept(self, event: DiffPane.Accepted) -> None:
        self.wishes.append(("accepted", event.numbers))
        pane = self.query_one(DiffPane)
        pane.decided = {**pane.decided, **dict.fromkeys(event.numbers, "accepted")}

    @on(DiffPane.Rejected)
    def reject(self, event: DiffPane.Rejected) -> None:
        self.wishes.append(("rejected", event.numbers))
        pane = self.query_one(DiffPane)
        pane.decided = {**pane.decided, **dict.fromkeys(event.numbers, "rejected")}


@asynccontextmanager
async def desk(
    changes: tuple[Hunk, ...] = CHANGES, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Desk, DiffPane, Pilot[None]]]:
    app = Desk(changes)
    async with app.run_test(size=size) as pilot:
        pane = app.query_one(DiffPane)
        pane.focus()
        await pilot.pause()
        yield app, pane, pilot


async def test_keys_accept_and_reject_hunk_after_hunk() -> None:
    async with desk() as (app, pane, pilot):
        await pilot.press("a", "x", "a")
        assert app.wishes == [("accepted", (1,)), ("rejected", (2,)), ("accepted", (3,))]
        assert "✓ accepted" in pane.text
        assert "✗ rejected" in pane.text
        assert pane.border_subtitle == "3 changes · 2 accepted · 1 rejected"


async def test_capital_keys_speak_of_all_hunks() -> None:
    async with desk() as (app, _, pilot):
        await pilot.press("A", "X")
        assert app.wishes == [("accepted", (1, 2, 3)), ("rejected", (1, 2, 3))]


async def test_brackets_go_from_hunk_to_hunk_and_stop_at_the_ends() -> None:
    async with desk() as (_, pane, pilot):
        seen = []
        for key in ("[", "]", "]", "]", "["):
            await pilot.press("left_square_bracket" if key == "[" else "right_square_bracket")
            seen.append(pane.current)
        assert seen == [1, 2, 3, 3, 2]


async def test_the_current_hunk_is_scrolled_into_view() -> None:
    async with desk(size=(80, 10)) as (_, pane, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket")
        await pilot.pause()
        rows = [y for y, row in enumerate(pane._rows) if row.item == 3]
        assert pane.scroll_offset.y <= rows[0] < pane.scroll_offset.y + pane.size.height


async def test_a_click_chooses_a_hunk_and_a_click_on_its_offer_takes_it() -> None:
    async with desk(size=(80, 40)) as (app, pane, pilot):
        header = next(y for y, row in enumerate(pane._rows) if row.item == 2)
        spots = {spot.name: spot for spot in pane._rows[header].spots}
        left = pane.gutter.left
        await pilot.click(DiffPane, offset=(left + 4, header + 2))
        assert (pane.current, app.wishes) == (2, [])
        await pilot.click(DiffPane, offset=(left + spots["reject"].start, header + 1))
        assert app.wishes == [("rejected", (2,))]
        for cell in (spots["accept"].start, spots["accept"].end - 1):
            assert "accept a"[0] in pane.text.splitlines()[header][spots["accept"].start + 1 : cell + 2] or cell


async def test_spots_lie_where_their_words_are() -> None:
    async with desk() as (_, pane, _):
        header = pane._rows[0]
        text = "".join(text for text, _ in pane.runs(header))
        assert [text[spot.start : spot.end] for spot in header.spots] == [" accept a ", " reject x "]


async def test_both_columns_are_shown_when_they_fit_and_one_when_not() -> None:
    async with desk(size=(80, 30)) as (_, pane, pilot):
        assert "│" in pane.text
        pane.hunks = hunks("x = 1\n" + "a" * 60 + "\n", "x = 2\n" + "a" * 60 + "\n")
        await pilot.pause()
        assert "│" not in pane.text
        await pilot.press("v")
        assert "│" in pane.text
        await pilot.press("v")
        assert "│" not in pane.text


async def test_a_resize_turns_two_columns_into_one() -> None:
    async with desk(size=(80, 30)) as (_, pane, pilot):
        await pilot.resize_terminal(40, 30)
        await pilot.pause()
        assert "│" not in pane.text


async def test_long_lines_are_broken_until_w_lets_them_run_on() -> None:
    changes = hunks("", "x = '" + "a" * 200 + "'\n")
    async with desk(changes) as (_, pane, pilot):
        assert "↪" in pane.text
        assert not pane.show_horizontal_scrollbar
        await pilot.press("w")
        await pilot.pause()
        assert "↪" not in pane.text
        assert pane.virtual_size.width > 200


async def test_signs_stand_beside_every_changed_line() -> None:
    async with desk(hunks(runs.FIRST, runs.FIXED)) as (_, pane, _):
        pane.split = "never"
        lines = pane.text.splitlines()
        assert sum("+ " in line[:8] for line in lines) == 4
        assert sum("- " in line[:8] for line in lines) == 2


async def test_the_words_that_changed_are_marked() -> None:
    async with desk(hunks("total = first + second\n", "total = first - second\n")) as (_, pane, _):
        pane.split = "never"
        words = [text for row in pane._rows for text, ink in pane.runs(row) if "word-bg" in ink]
        assert words == ["+", "-"]


async def test_y_copies_the_new_lines_of_the_current_hunk() -> None:
    async with desk(hunks("a\nb\n", "a\nc\n")) as (app, _, pilot):
        await pilot.press("y")
        assert app.clipboard == "a\nc\n"


@pytest.mark.parametrize("key", ["a", "x", "A", "X", "y", "v", "w", "right_square_bracket", "left_square_bracket"])
async def test_no_key_does_anything_to_an_empty_diff(key: str) -> None:
    async with desk(()) as (app, pane, pilot):
        await pilot.press(key)
        assert (app.wishes, pane.text) == ([], "no changes proposed")


async def test_a_missing_newline_at_the_end_is_said() -> None:
    async with desk(hunks("a\n", "a")) as (_, pane, _):
        assert "no newline at the end" in pane.text


async def test_two_thousand_lines_are_laid_out_without_colouring_what_is_not_seen() -> None:
    old = "".join(f"value_{n} = compute({n})\n" for n in range(2000))
    changes = hunks(old, old.replace("0 = compute", "0 = calculate"), context=None)
    async with desk(changes) as (_, pane, _):
        seen: list[int] = []
        for row in pane._rows:
            assert callable(row.runs) or len(row.runs) < 10
            seen.append(row.item)
        assert len(seen) > 2000
        assert len(pane._strips) < 100
