"""The results of a benchmark as a person browses them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from redraft.app.application import RedraftApp
from redraft.app.common.help import HelpScreen
from redraft.app.results.head import ResultsHead
from redraft.app.results.listing import fit
from redraft.app.results.reading import Reading
from redraft.app.results.replay import ReplayedRun, ReplayedTree
from redraft.app.results.scores import Scores
from redraft.app.results.screen import ResultsScreen
from redraft.engine.system.paths import Places
from redraft.widgets.filter_bar import FilterBar
from redraft.widgets.results.grid_heads import GridHeads
from redraft.widgets.results.result_grid import ResultGrid
from redraft.widgets.results.score_table import ScoreTable
from redraft.widgets.status_line import StatusLine
from results_scenes import HEADER, browsing, lines, read, result, screen_of, written
from scenes import session, until
from textual.pilot import Pilot


def listed(screen: ResultsScreen) -> list[str]:
    return [line.key.removeprefix("HumanEval/") for line in screen.view.grid.lines]


def under_cursor(screen: ResultsScreen) -> tuple[str, str]:
    assert screen.view.results is not None
    return screen.view.grid.chosen, screen.view.results.names[screen.view.grid.column]


def notice(screen: ResultsScreen) -> str:
    return screen.query_one(StatusLine).notice


async def pressed(pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
    await pilot.pause()


async def test_every_problem_has_a_cell_for_every_pipeline_in_sign_and_word(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        assert listed(screen) == [str(n) for n in range(12)]
        assert screen.view.grid.heads == ("raw-coder", "plan-then-code", "review-with-evidence", "pat")
        assert [[text for text, _ in line.cells] for line in screen.view.grid.lines[1:3]] == [
            ["✓ pass", "✓ pass", "✓ pass r", "✓ pass"],
            ["✗ fail", "✗ fail", "✓ pass +", "✓ pass +"],
        ]
        assert [text for text, _ in screen.view.grid.lines[6].cells] == ["✓ pass", "✓ pass", "✓ pass r", "! error"]
        assert [text for text, _ in screen.view.grid.lines[11].cells] == ["~ base", "·", "·", "·"]


@pytest.mark.parametrize(
    ("key", "problems"),
    [
        ("f", ["2", "5", "9"]),
        ("b", ["3", "7", "10"]),
        ("r", ["0", "1", "3", "4", "5", "6", "7", "8", "9", "10"]),
        ("x", ["2", "3", "5", "7", "9", "10", "11"]),
        ("a", [str(n) for n in range(12)]),
    ],
)
async def test_a_filter_lists_the_problems_of_its_kind_and_says_how_many_there_are(
    tmp_path: Path, key: str, problems: list[str]
) -> None:
    async with browsing(tmp_path).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, key)
        shown = {one.key: one.count for one in screen.query_one(FilterBar).filters}
        assert (listed(screen), shown[key]) == (problems, len(problems))
        kind = screen.query_one(FilterBar).chosen
        assert screen.view.cell is not None
        assert not kind or kind in screen.view.cell.kinds


async def test_a_filter_can_speak_of_one_pipeline_only(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "l", "o", "f")
        assert listed(screen) == ["9"]
        await pressed(pilot, "l")
        assert listed(screen) == ["2", "9"]
        assert under_cursor(screen)[1] == "review-with-evidence"
        await pressed(pilot, "h", "h", "b")
        assert listed(screen) == []
        assert "no problem is broken" in screen.view.grid.rows.text
        await pressed(pilot, "o")
        assert listed(screen) == ["3", "7", "10"]


async def test_the_table_above_tells_what_bench_tables_tells(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        scores = screen.query_one(Scores)
        heads = [column.head for column in scores.columns]
        assert heads[:8] == ["pipeline", "n", "base", "plus", "95 %", "fixed", "broken", "p"]
        assert [text for text, _ in scores.lines[2].cells][:8] == [
            "review-with-evidence", "11", "81.8", "72.7", "43–90", "+2", "-2", "1.000",
        ]  # fmt: skip
        assert scores.notes == ()
        await pressed(pilot, "t")
        assert scores.notes
        assert not screen.view.grid.is_on_screen
        await pressed(pilot, "j")
        assert under_cursor(screen)[1] == "plan-then-code"
        await pressed(pilot, "escape")
        assert screen.query_one("#results-body").display


async def test_searching_narrows_the_list_by_id_or_function(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(100, 30)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "slash", "p", "a", "r", "e", "n")
        assert listed(screen) == ["1", "6"]
        await pressed(pilot, "enter", "n")
        assert under_cursor(screen)[0] == "HumanEval/6"
        await pressed(pilot, "n")
        assert under_cursor(screen)[0] == "HumanEval/1"
        await pressed(pilot, "slash", "/", "1", "1")
        assert listed(screen) == ["11"]
        await pressed(pilot, "escape")
        assert len(listed(screen)) == 12
        assert under_cursor(screen)[0] == "HumanEval/11"


async def test_enter_replays_the_run_under_the_cursor_and_escape_comes_back(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(120, 36)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "l", "l", "j", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayedRun))
        await pressed(pilot, "escape")
        assert pilot.app.screen is screen
        assert under_cursor(screen) == ("HumanEval/1", "review-with-evidence")


async def test_a_run_that_grew_a_tree_is_replayed_as_one(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(80, 24)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "l", "l", "l", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayedTree))
        await pressed(pilot, "end", "tab")
        await pressed(pilot, "escape")
        assert isinstance(pilot.app.screen, ReplayedTree)
        await pressed(pilot, "escape")
        assert pilot.app.screen is screen


async def test_escape_ends_a_search_in_a_replay_before_it_leads_back(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(120, 36)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "l", "l", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayedRun))
        await pressed(pilot, "space", "slash", "q")
        assert isinstance(pilot.app.screen, ReplayedRun)
        await pressed(pilot, "escape")
        assert isinstance(pilot.app.screen, ReplayedRun)
        await pressed(pilot, "escape")
        assert pilot.app.screen is screen


async def test_without_a_log_a_sentence_says_why(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(100, 30)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "enter")
        await until(pilot, lambda: "holds no log of this run" in notice(screen))
    path = tmp_path / "results.jsonl"
    app = RedraftApp(session(tmp_path), ResultsScreen(session(tmp_path), Reading(path)))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "enter")
        await until(pilot, lambda: "name the folder with --logs" in notice(screen))


async def test_a_log_that_is_broken_is_told_and_nothing_opens(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(100, 30)) as pilot:
        screen = await read(pilot)
        for log in (tmp_path / "logs").iterdir():
            log.write_text("nonsense\n")
        await pressed(pilot, "l", "l", "enter")
        await until(pilot, lambda: "no run log of redraft's" in notice(screen))
        assert pilot.app.screen is screen


async def test_the_result_is_told_in_full_with_what_became_of_the_findings(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "l", "l", "G", "k")
        text = " ".join(screen.view.sheet.text.split())
        for told in (
            "HumanEval/10 is_palindrome · review-with-evidence",
            "✗ wrong: base fails, plus fails",
            "input 7: gives [1, 2], not [2, 1]",
            "- raw-coder passes, this fails",
            "3: 516 tokens in, 214 out, $0.00",
            "reviewer 1: 204 tokens in, 118 out",
            "reports bugs: 1 reproduced",
            "a reviewer false alarm: the draft passes, and the repair broke it",
            "for number in numbers:",
        ):
            assert told in text, told


async def test_new_results_appear_while_the_file_grows_and_the_cursor_stays(tmp_path: Path) -> None:
    async with browsing(tmp_path, every=0.02).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "j", "j", "l")
        assert "39 of 48 done" in screen.query_one(ResultsHead).told[1]
        written(tmp_path / "results.jsonl", result(10, "plan-then-code", "p"), result(6, "pat", "p"))
        await until(pilot, lambda: "41 of 48 done" in screen.query_one(ResultsHead).told[1])
        assert notice(screen) == "1 new result; 41 of 48 done"
        assert under_cursor(screen) == ("HumanEval/2", "plan-then-code")
        assert [text for text, _ in screen.view.grid.lines[10].cells][1] == "✓ pass"
        (tmp_path / "results.jsonl").write_text("something else\n")
        await until(pilot, lambda: "redraft's benchmark" in notice(screen))
        assert len(listed(screen)) == 12


async def test_a_file_that_holds_nothing_yet_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    written(path, HEADER)
    here = session(tmp_path)
    async with RedraftApp(here, ResultsScreen(here, Reading(path), every=0.02)).run_test(size=(80, 24)) as pilot:
        screen = await read(pilot)
        assert "no results yet" in screen.view.grid.rows.text
        await pressed(pilot, "j", "l", "f", "o", "tab", "t", "escape", "enter", "y", "a", "o")
        written(path, lines()[0])
        await until(pilot, lambda: listed(screen) == ["0"])
        assert under_cursor(screen) == ("HumanEval/0", "raw-coder")


@pytest.mark.parametrize("size", [(160, 50), (100, 30), (80, 24), (40, 12), (20, 5), (1, 1)])
async def test_no_size_is_too_small_or_clips_what_is_shown(tmp_path: Path, size: tuple[int, int]) -> None:
    async with browsing(tmp_path).run_test(size=size) as pilot:
        screen = await read(pilot)
        for key in ("tab", "j", "t", "escape", "tab", "slash", "1", "escape", "f", "l", "l", "l", "a"):
            await pressed(pilot, key)
            for widget in screen.query("*"):
                if widget.display and widget.region and size[0] >= 40 and widget.is_on_screen:
                    assert widget.region in screen.region, widget
        assert ("too small" in str(screen.query_one("#too-small").render())) == (size[0] < 40)


async def test_columns_that_do_not_fit_are_reached_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    written(path, HEADER, *(result(0, f"pipeline-{n}", "p") for n in range(14)))
    here = session(tmp_path)
    async with RedraftApp(here, ResultsScreen(here, Reading(path))).run_test(size=(80, 24)) as pilot:
        screen = await read(pilot)
        heads = screen.query_one(GridHeads)
        assert "8 more ▸" in _told(heads)
        await pressed(pilot, *["right"] * 13)
        assert "◂ 8 more" in _told(heads)
        assert screen.view.grid.rows.placing.last == 13
        await pressed(pilot, *["left"] * 13)
        assert screen.view.grid.rows.placing.first == 0


def _told(heads: GridHeads) -> str:
    return "\n".join("".join(text for text, _ in row) for row in heads.laid_out(heads.size.width))


async def test_the_mouse_chooses_cells_filters_and_lines_of_the_table(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        placing = screen.view.grid.rows.placing
        x = 1 + placing.key + placing.name + 2 * (placing.widths[0] + 1) + 2
        await pilot.click(screen.view.grid.rows, offset=(x, 3))
        assert under_cursor(screen) == ("HumanEval/3", "review-with-evidence")
        await pilot.click(screen.query_one(Scores), offset=(4, 1))
        assert under_cursor(screen)[1] == "raw-coder"
        bar = screen.query_one(FilterBar)
        at = "".join(text for text, _ in bar.runs(158)).index("broken")
        await pilot.click(bar, offset=(at + 1, 0))
        await pilot.pause()
        assert listed(screen) == ["3", "7", "10"]
        await pilot.click(screen.view.grid.rows, offset=(x, 1))
        await pilot.click(screen.view.grid.rows, offset=(x, 1))
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayedRun))


async def test_keys_can_be_moved_and_the_filters_show_where_they_are(tmp_path: Path) -> None:
    settings = Places.under(tmp_path / "redraft").settings_file
    settings.parent.mkdir(parents=True)
    settings.write_text('[interface.keys]\n"results.broken" = "B"\n')
    async with browsing(tmp_path).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        assert "B broken" in "".join(text for text, _ in screen.query_one(FilterBar).runs(158))
        await pressed(pilot, "b")
        assert len(listed(screen)) == 12
        await pressed(pilot, "B")
        assert listed(screen) == ["3", "7", "10"]
        await pressed(pilot, "question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_text_of_strangers_is_shown_as_it_is_and_leads_nowhere(tmp_path: Path) -> None:
    path, logs = tmp_path / "results.jsonl", tmp_path / "logs"
    logs.mkdir()
    (tmp_path / "secret.jsonl").write_text("{}\n")
    hostile = "[/x]m[i][j]\x1b[2J\u202e[@click=app.quit][bold]"
    line = msgspec.structs.replace(
        result(0, "raw-coder", "."),
        problem=hostile, pipeline=hostile, model=hostile, mode=hostile, why=hostile, body=hostile, settled=hostile,
        review="bugs", findings={hostile: 2}, run="../secret",
    )  # fmt: skip
    written(path, msgspec.structs.replace(HEADER, machine=hostile, suite=hostile), line, lines()[0])
    here = session(tmp_path)
    async with RedraftApp(here, ResultsScreen(here, Reading(path, None, logs))).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "G", "enter")
        await until(pilot, lambda: "there is no log to replay" in notice(screen))
        assert "m[i][j]" in screen.view.sheet.text
        assert "m[i][j]" in screen.view.grid.rows.text
        assert "\x1b" not in screen.view.sheet.text + screen.view.grid.rows.text + screen.query_one(ScoreTable).text
        for key in ("t", "slash", "[", "slash", "escape", "tab", "y"):
            await pressed(pilot, key)


@pytest.mark.parametrize(
    ("size", "front", "lines", "shown"),
    [
        ((160, 50), "problems", 9, (True, True, True, True)),
        ((100, 30), "problems", 9, (False, True, True, False)),
        ((100, 30), "result", 9, (False, True, False, True)),
        ((80, 24), "problems", 9, (False, False, True, False)),
        ((100, 44), "problems", 9, (False, True, True, True)),
        ((80, 24), "problems", 4, (False, True, True, False)),
    ],
)
def test_what_fits_is_shown(size: tuple[int, int], front: str, lines: int, shown: tuple[bool, ...]) -> None:
    now = fit(*size, front, lines)  # type: ignore[arg-type]
    assert (now.beside, now.scores, now.problems, now.result) == shown


async def test_the_palette_offers_what_the_keys_do(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        offered = {command.title: command.callback for command in pilot.app.get_system_commands(screen)}
        await offered["reviewer false alarm"]()
        await pilot.pause()
        assert len(listed(screen)) == 10
        assert screen_of(pilot).query_one(ResultGrid).border_title is not None


async def test_the_cursor_goes_to_a_cell_of_the_kind_whenever_another_problem_comes_first(tmp_path: Path) -> None:
    async with browsing(tmp_path).run_test(size=(160, 50)) as pilot:
        screen = await read(pilot)
        await pressed(pilot, "b")
        assert under_cursor(screen) == ("HumanEval/3", "pat")
        await pressed(pilot, "slash", "f", "i")
        assert under_cursor(screen) == ("HumanEval/7", "review-with-evidence")
