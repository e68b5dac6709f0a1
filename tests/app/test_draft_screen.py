"""The main screen as a person meets it: real files, scripted models, keys."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from redraft.app.common.help import HelpScreen
from redraft.app.common.key_bar import KeyBar
from redraft.app.common.picker import Picker
from redraft.app.common.title_bar import TitleBar
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Line
from redraft.engine.pipelines.catalogue import PIPELINES
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.status_line import StatusLine
from redraft.widgets.stub_list import StubList
from scenes import FIRST_TRY, GAP, MENDED, RUNS_OF_LETTERS, WIDEST_GAP, answer, screen_of, settled, until, watching
from textual.widgets import Static

BOTH = RUNS_OF_LETTERS + WIDEST_GAP


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(app: object) -> str:
    return screen_of(app).query_one(StatusLine).notice  # type: ignore[arg-type]


def seen(app: object) -> str:
    return screen_of(app).query_one(StatusLine).seen  # type: ignore[arg-type]


async def test_the_first_stub_is_drafted_when_a_file_is_opened(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        assert screen.view.state.solution is not None
        assert screen.view.state.solution.verdict == "verified"
        assert said(app) == "verified: 2 examples hold. A accepts"


async def test_accepting_all_writes_the_fix_and_undo_takes_it_back(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "written" in said(app))
        assert (home / "shapes.py").read_text() == RUNS_OF_LETTERS.replace("    ...\n", MENDED)
        await pilot.press("u")
        await until(pilot, lambda: "taken back" in said(app))
        assert (home / "shapes.py").read_text() == RUNS_OF_LETTERS
        await pilot.press("U")
        await until(pilot, lambda: "written again" in said(app))
        assert (home / "shapes.py").read_text() == RUNS_OF_LETTERS.replace("    ...\n", MENDED)


async def test_one_accepted_hunk_is_written_into_the_draft_and_no_other(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("right_square_bracket", "a")
        await until(pilot, lambda: "1 of 2 hunks written: 0 of 2" in said(app))
        only_last = FIRST_TRY.replace("    return runs", "    runs.append((last, count))\n    return runs")
        assert (home / "shapes.py").read_text() == RUNS_OF_LETTERS.replace("    ...\n", only_last)
        await pilot.press("a")
        await until(pilot, lambda: "written: 2 of 2" in said(app))
        assert (home / "shapes.py").read_text() == RUNS_OF_LETTERS.replace("    ...\n", MENDED)


async def test_a_rejected_hunk_is_not_written(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.press("x", "a")
        await until(pilot, lambda: "1 of 2 hunks written: 0 of 2" in said(app))
        assert dict(screen.query_one(DiffPane).decided) == {1: "rejected", 2: "accepted"}


async def test_edits_elsewhere_in_the_file_survive_accepting(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        (home / "shapes.py").write_text("# mine\n" + RUNS_OF_LETTERS + "\nx = 1\n")
        await until(pilot, lambda: "none new or changed" in seen(app))
        await pilot.press("A")
        await until(pilot, lambda: "written" in said(app))
        text = (home / "shapes.py").read_text()
        assert text == "# mine\n" + RUNS_OF_LETTERS.replace("    ...\n", MENDED) + "\nx = 1\n"


async def test_a_body_typed_meanwhile_wins_and_the_conflict_is_shown(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        mine = RUNS_OF_LETTERS.replace("    ...\n", "    return []  # mine\n")
        (home / "shapes.py").write_text(mine)
        await until(pilot, lambda: "no stubs" in seen(app))
        await pilot.press("A")
        await until(pilot, lambda: len(app.screen_stack) > 1)
        assert "nothing was written" in said(app)
        shown = app.screen.query_one(DiffPane)
        assert not any(spot.name == "accept" for row in shown.rows(100) for spot in row.spots)
        await pilot.press("A")
        assert (home / "shapes.py").read_text() == mine
        await pilot.press("escape")


async def test_a_stub_that_an_editor_put_back_is_accepted_again_taken_back_and_guarded_once_it_is_filled(
    home: Path,
) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "written" in said(app))
        (home / "shapes.py").write_text(RUNS_OF_LETTERS)
        await until(pilot, lambda: screen.view.may_decide)
        await until(pilot, lambda: screen.card is not None and screen.card.status == "verified")
        await pilot.press("A")
        await until(pilot, lambda: "..." not in (home / "shapes.py").read_text())
        await pilot.press("u")
        await until(pilot, lambda: "taken back" in said(app))
        mine = RUNS_OF_LETTERS.replace("    ...\n", "    return []  # mine\n")
        (home / "shapes.py").write_text(mine)
        await until(pilot, lambda: "no stubs" in seen(app))
        await pilot.press("A")
        await until(pilot, lambda: "nothing was written" in said(app))
        assert (home / "shapes.py").read_text() == mine


async def test_accepting_twice_writes_once(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "written: 2 of 2" in said(app))
        await pilot.press("A", "u")
        await until(pilot, lambda: "taken back" in said(app))
        assert (home / "shapes.py").read_text() == RUNS_OF_LETTERS


async def test_a_read_only_file_is_left_alone_and_the_person_is_told_why(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        (home / "shapes.py").chmod(0o444)
        await pilot.press("A")
        await until(pilot, lambda: len(app._notifications) > 0)
        assert "read-only" in next(iter(app._notifications)).message
        assert (home / "shapes.py").read_text() == RUNS_OF_LETTERS


async def test_a_save_drafts_the_stub_that_is_new(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        (home / "shapes.py").write_text(BOTH)
        await until(pilot, lambda: screen.view.state.stub is not None and screen.view.state.stub.name == "widest_gap")
        await settled(pilot)
        await until(pilot, lambda: seen(app).endswith("shapes.py: 2 stubs"))  # No longer that it is being drafted.
        assert screen.card is not None
        assert screen.card.status == "verified"
        await pilot.press("A")
        await until(pilot, lambda: seen(app).endswith("shapes.py: 1 stub"))
        await pilot.press("u")
        await until(pilot, lambda: seen(app).endswith("shapes.py: 2 stubs"))


async def test_the_stub_of_a_file_that_is_gone_is_neither_listed_nor_counted(home: Path) -> None:
    (home / "gaps.py").write_text(WIDEST_GAP)
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        assert screen._work is not None
        shelf = screen._work.following.shelf
        other = replace(shelf.cards[0].stub, path=str(home / "gaps.py"), name="widest_gap")
        gone = replace(shelf.cards[0], stub=other)
        screen._work.following._show(replace(shelf, cards=(*shelf.cards, gone)))
        await pilot.pause()
        assert screen.query_one(TitleBar).position == "1 of 2"
        screen._work.following.gone(str(home / "gaps.py"))
        await pilot.pause()
        assert screen.query_one(TitleBar).position == ""
        assert [row.name for row in screen.query_one(StubList).stubs] == ["runs_of_letters"]
        assert app.is_running


async def test_going_to_another_stub_and_back_shows_its_result_again(home: Path) -> None:
    async with watching(home, text=BOTH).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.press("right_curly_bracket")
        assert screen.view.state.status == "idle"
        assert screen.query_one(StubList).chosen.endswith("widest_gap")
        await pilot.press("enter")
        await until(pilot, lambda: screen.view.state.status == "settled")
        await pilot.press("left_curly_bracket")
        assert screen.view.state.stub is not None
        assert screen.view.state.stub.name == "runs_of_letters"
        assert len(screen.query_one(DiffPane).hunks) == 2


async def test_accepting_one_stub_leaves_the_other_findable_at_its_new_line(home: Path) -> None:
    async with (app := watching(home, text=BOTH)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "written" in said(app))
        await pilot.press("right_curly_bracket", "enter")
        await until(pilot, lambda: screen.view.state.status == "settled")
        await pilot.press("A")
        await until(pilot, lambda: (home / "shapes.py").read_text().count("...") == 0)
        assert (home / "shapes.py").read_text().endswith(GAP)


def hanging(ask: object) -> Line:
    return Line(text="    return", hangs=True)


async def test_escape_says_cancelled_only_when_the_stream_is_closed_and_keeps_the_text(home: Path) -> None:
    async with (app := watching(home, answers=hanging)).run_test(size=(120, 36)) as pilot:
        screen = screen_of(app)
        await until(pilot, lambda: screen.view.state.live_call is not None and screen.view.state.live_call.text != "")
        await pilot.press("escape")
        await settled(pilot)
        assert screen.view.state.status == "cancelled"
        assert screen.view.state.calls[0].text.strip() == "return"
        assert said(app).startswith("cancelled")


async def test_ctrl_c_cancels_and_does_not_quit(home: Path) -> None:
    async with (app := watching(home, answers=hanging)).run_test(size=(120, 36)) as pilot:
        screen = screen_of(app)
        await until(pilot, lambda: screen.view.state.live_call is not None)
        await pilot.press("ctrl+c")
        await settled(pilot)
        assert screen.view.state.status == "cancelled"
        assert app.is_running


async def test_a_save_of_the_stub_being_drafted_begins_again_with_what_it_says_now(home: Path) -> None:
    asked: list[str] = []

    def answers(ask: object) -> str | Line:
        asked.append(str(ask))
        return hanging(ask) if len(asked) == 1 else answer(ask)  # type: ignore[arg-type]

    async with (app := watching(home, answers=answers)).run_test(size=(120, 36)) as pilot:
        screen = screen_of(app)
        await until(pilot, lambda: screen.view.state.live_call is not None)
        (home / "shapes.py").write_text(RUNS_OF_LETTERS.replace("in order.", "from left to right."))
        await until(pilot, lambda: len(asked) > 1)
        await settled(pilot)
        assert screen.view.state.stub is not None
        assert "from left to right" in screen.view.state.stub.header
        assert "from left to right" in asked[1]


async def test_quitting_while_a_model_answers_closes_the_stream_first(home: Path) -> None:
    app = watching(home, answers=hanging)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = screen_of(app)
        await until(pilot, lambda: screen.view.state.live_call is not None)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
        assert screen.view.state.status == "cancelled"
    assert app.return_value == 0


async def test_a_model_that_cannot_be_reached_is_told_with_what_to_do(home: Path) -> None:
    def answers(ask: object) -> Line:
        return Line(fails=ModelError("no server answers at 127.0.0.1:1; start it, or press m"))

    async with (app := watching(home, answers=answers)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        assert screen.view.state.status == "failed"
        assert "press m" in said(app)


async def test_what_a_save_comes_to_is_told_also_when_nothing_is_done(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        (home / "shapes.py").write_text(RUNS_OF_LETTERS + "\n\ndef broken(:\n")
        await until(pilot, lambda: "does not parse" in seen(app))
        (home / "shapes.py").unlink()
        await until(pilot, lambda: "deleted" in seen(app))


async def test_a_file_without_stubs_shows_how_to_write_one(home: Path) -> None:
    async with (app := watching(home, text="x = 1\n")).run_test(size=(80, 24)) as pilot:
        screen = screen_of(app)
        await until(pilot, lambda: "no stubs" in seen(app))
        assert screen.query_one("#no-stubs").display
        (home / "shapes.py").write_text(RUNS_OF_LETTERS)
        await settled(pilot)
        assert not screen.query_one("#no-stubs").display


@pytest.mark.parametrize("key", ["1", "2", "3", "4"])
async def test_a_number_brings_its_pane_on_a_small_terminal(home: Path, key: str) -> None:
    async with watching(home).run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press(key)
        pane = {"1": "draft", "2": "report", "3": "diff", "4": "examples"}[key]
        assert [child.id for child in screen.query_one("#panes").children if child.display] == [pane]
        assert screen.focused is not None
        assert screen.focused.id == pane


async def test_keys_can_be_moved_by_the_settings(home: Path) -> None:
    settings = home / "redraft" / "config" / "redraft.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[interface.keys]\n"diff.accept_all" = "ctrl+s"\n')
    app = watching(home)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "written" in said(app))
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert any("^s" in str(topic.visual) for topic in app.screen.query(".topic").results(Static))


async def test_another_pipeline_is_used_from_the_next_run_on(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        place = [pipeline.name for pipeline in PIPELINES].index("raw-coder")
        await pilot.press("home", *["j"] * place, "enter")
        await until(pilot, lambda: "raw-coder" in said(app))
        await pilot.press("r")
        await until(pilot, lambda: screen.view.state.pipeline == "raw-coder" and screen.view.state.status == "settled")


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (40, 12), (200, 60)])
async def test_no_size_of_the_terminal_ends_the_program(home: Path, size: tuple[int, int]) -> None:
    async with (app := watching(home)).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.is_running


async def test_code_that_looks_like_markup_is_shown_as_it_is(home: Path) -> None:
    text = 'def f(m: list[int]) -> int:\n    """m[i][j] [/] [@click=app.quit]x[/]\n\n    >>> f([1])\n    1\n    """\n    ...\n'
    async with (app := watching(home, text=text, answers=lambda _: "    return m[0][/]")).run_test(
        size=(80, 24)
    ) as pilot:
        screen = await settled(pilot)
        await pilot.press("1")
        assert "m[i][j] [/] [@click=app.quit]x[/]" in screen.query_one("#draft").text  # type: ignore[attr-defined]
        assert app.is_running


async def test_nothing_of_ours_lies_about_after_a_session(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "written" in said(app))
    assert sorted(os.listdir(home)) == ["redraft", "shapes.py"]  # noqa: PTH208


async def test_a_click_does_what_the_key_does(home: Path) -> None:
    async with (app := watching(home, text=BOTH)).run_test(size=(160, 50)) as pilot:
        screen = await settled(pilot)
        await pilot.click("#stubs", offset=(5, 2))
        await until(pilot, lambda: screen.view.state.status == "settled" and "widest_gap" in screen._shelf.current)
        await settled(pilot)
        await pilot.click("#stubs", offset=(5, 1))
        await pilot.pause()
        assert "runs_of_letters" in screen._shelf.current
        assert not screen.busy
        bar = screen.query_one(KeyBar)
        column = next(at for at, hint in bar.laid_out(160) if hint.says == "accept all")
        await pilot.click(bar, offset=(column, 0))
        await until(pilot, lambda: "written" in said(app))


async def test_a_click_on_a_tab_brings_its_pane(home: Path) -> None:
    async with watching(home).run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.click("#tabs", offset=(4, 0))
        assert screen.query_one("#draft").display
        assert not screen.query_one("#diff").display


async def test_y_copies_what_is_in_front(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("1", "y")
        await pilot.pause()
        assert app.clipboard == RUNS_OF_LETTERS.replace("    ...\n", MENDED)
        assert said(app) == "copied the proposed function"


async def test_the_palette_offers_what_can_be_done_now(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        offered = {command.title for command in app.get_system_commands(screen)}
        assert {"accept all", "run again", "pipeline", "theme: redraft-light", "quit"} <= offered
        assert "cancel" not in offered
        assert "undo" not in offered


async def test_a_bug_is_told_and_its_traceback_kept(home: Path) -> None:
    def answers(ask: object) -> str:
        raise ZeroDivisionError("of ours")

    async with (app := watching(home, answers=answers)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await until(pilot, lambda: len(app._notifications) > 0)
        assert any("fault in redraft itself" in notice.message for notice in app._notifications)
        (kept,) = (home / "redraft" / "state" / "faults").iterdir()
        assert "ZeroDivisionError" in kept.read_text()


async def test_the_diff_can_compare_with_the_file_instead(home: Path) -> None:
    async with watching(home).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        diff = screen.query_one(DiffPane)
        assert (diff.caption, len(diff.hunks)) == ("draft → fix", 2)
        await pilot.press("d")
        await pilot.pause()
        assert (diff.caption, len(diff.hunks)) == ("file → proposal", 1)


async def test_a_second_stub_asked_for_meanwhile_waits_its_turn(home: Path) -> None:
    asked: list[str] = []

    def answers(ask: Ask) -> str | Line:
        asked.append(ask.messages[-1].content)
        return hanging(ask) if len(asked) == 1 else answer(ask)

    async with watching(home, text=BOTH, answers=answers).run_test(size=(120, 36)) as pilot:
        screen = screen_of(pilot.app)  # type: ignore[arg-type]
        await until(pilot, lambda: screen.view.state.live_call is not None)
        await pilot.press("right_curly_bracket", "enter")
        await pilot.pause()
        assert [card.status for card in screen._shelf.cards] == ["running", "waiting"]
        await pilot.press("left_curly_bracket", "r")
        await settled(pilot)
        assert [card.status for card in screen._shelf.cards] == ["verified", "verified"]


async def test_a_binary_file_is_named_as_what_it_is(home: Path) -> None:
    app = watching(home)
    (home / "shapes.py").write_bytes(b"\0\1\2")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app._notifications) > 0)
        assert "binary" in next(iter(app._notifications)).message
        (home / "shapes.py").write_text(RUNS_OF_LETTERS)
        await settled(pilot)


async def test_undo_takes_back_the_last_write_to_the_file_whichever_stub_it_was_for(home: Path) -> None:
    async with (app := watching(home, text=BOTH)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "written" in said(app))
        first = (home / "shapes.py").read_text()
        await pilot.press("right_curly_bracket", "enter")
        await until(pilot, lambda: screen.view.state.status == "settled")
        await pilot.press("A")
        await until(pilot, lambda: "..." not in (home / "shapes.py").read_text())
        await pilot.press("left_curly_bracket", "u")
        await until(pilot, lambda: "taken back" in said(app))
        assert (home / "shapes.py").read_text() == first
        assert [card.status for card in screen._shelf.cards] == ["written", "verified"]
        await pilot.press("u")
        await until(pilot, lambda: (home / "shapes.py").read_text() == BOTH)
        await until(pilot, lambda: [card.status for card in screen._shelf.cards] == ["verified", "verified"])
