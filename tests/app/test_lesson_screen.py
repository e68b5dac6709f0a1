"""A lesson on the screen and without one: a bug is found by an input that shows it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from lesson_scenes import recorded_lesson
from redraft.app.application import RedraftApp
from redraft.app.cli.main import main
from redraft.app.common.picker import Picker
from redraft.app.common.title_bar import TitleBar
from redraft.app.lesson.attempts import Attempt, Prediction
from redraft.app.lesson.predicting import judged, side_by_side
from redraft.app.lesson.screen import LessonScreen
from redraft.app.lesson.shipped import LESSONS, SHIPPED, shipped_lesson
from redraft.engine.facts import Execution
from redraft.engine.lessons.lesson import Lesson
from redraft.engine.lessons.records import Notebook
from redraft.engine.sandbox.runner import DEFAULT, Limits
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.widgets.run.checks_table import ChecksTable
from redraft.widgets.run.claim_line import ClaimLine
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.draft_pane import DraftPane
from redraft.widgets.run.report_pane import ReportPane
from redraft.widgets.sheet import Sheet
from redraft.widgets.status_line import StatusLine
from scenes import session, until
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

WIDE = (120, 40)
TOLD = {
    "items[1::2] + items[::2]": {
        "swap_pairs([5, 6, 7, 8])": "[6, 8, 5, 7]",
        "swap_pairs([7])": "[7]",
        "swap_pairs('[red]')": "'[b]'",
    },
    "swapped = list(items)": {
        "swap_pairs([5, 6, 7, 8])": "[6, 5, 8, 7]",
        "swap_pairs([7])": "[7]",
        "swap_pairs('[red]')": "'[i]'",
    },
}


def lessons() -> tuple[Lesson, ...]:
    return recorded_lesson("swap_pairs"), recorded_lesson("clock_time")


def learning(home: Path) -> tuple[RedraftApp, LessonScreen]:
    here = session(home)
    screen = LessonScreen(here, lessons(), ScriptedSandbox(TOLD))
    return RedraftApp(here, screen), screen


def shown(screen: LessonScreen) -> list[str]:
    return [pane.id or "" for pane in screen.query("#lesson Sheet").results(Sheet) if pane.display]


def notice(screen: LessonScreen) -> str:
    return screen.query_one(StatusLine).notice


async def claim(pilot: Pilot[int], call: str, wanted: str) -> None:
    if not pilot.app.screen.query_one(ClaimLine).typing:
        await pilot.press("enter")
    for text in (call, wanted):
        await pilot.press(*("space" if letter == " " else letter for letter in text), "enter")
    screen = pilot.app.screen
    await pilot.pause()  # A claim is sent once all letters have arrived in their fields.
    await pilot.pause()
    await until(pilot, lambda: all(worker.is_finished for worker in screen.workers if worker.group == "lesson"))


async def test_a_claim_that_holds_is_a_bug_found_and_one_that_does_not_is_refuted(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await claim(pilot, "swap_pairs([7])", "[8]")
        assert notice(screen) == "the draft gives what it should there"
        assert not screen.attempt.found
        await claim(pilot, "swap_pairs([5, 6, 7, 8])", "[6, 5, 8, 7]")
        assert "found, with 2 claims" in notice(screen)
        assert [verdict.result for verdict in screen.attempt.verdicts] == ["no bug", "bug"]
        assert "1 reproduced, 1 refuted" in screen.query_one("#yours", ReportPane).text


async def test_nothing_is_told_before_the_person_asks_for_it(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await claim(pilot, "swap_pairs([7])", "[8]")
        assert shown(screen) == ["draft", "yours"]
        assert not screen.query_one("#answer", DiffPane).hunks
        assert screen.query_one("#theirs", ReportPane).state.review is None
        await pilot.press("escape", "r")
        await until(pilot, lambda: screen.attempt.answer is not None)
        await pilot.pause()
        assert shown(screen) == ["answer", "yours", "theirs", "examples"]
        assert screen.query_one("#answer", DiffPane).hunks
        assert "no claim" not in screen.query_one("#yours", ReportPane).text
        assert screen.query_one(ChecksTable).state.report is not None
        assert not screen.query_one(ClaimLine).display


async def test_an_input_that_cannot_be_used_is_no_claim(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await claim(pilot, "swap_pears([7])", "[8]")
        assert notice(screen) == "the input does not call swap_pairs"
        assert screen.attempt.verdicts == []


async def test_the_cursor_is_on_the_claim_that_was_made_last(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await claim(pilot, "swap_pairs([5, 6, 7, 8])", "[6, 5, 8, 7]")
        await claim(pilot, "swap_pairs([7])", "[8]")
        assert screen.query_one("#yours", ReportPane).chosen == 1
        await claim(pilot, "swap_pairs([5, 6, 7, 8])", "[0]")
        assert screen.query_one("#yours", ReportPane).chosen == 1
        assert "should not come out" in notice(screen)


class Endless(ScriptedSandbox):
    """Never comes to an end."""

    async def run(self, program: str, steps: Sequence[str], limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        await asyncio.Event().wait()
        return await super().run(program, steps, limits, path=path)


@pytest.mark.parametrize("keys", [("escape", "escape"), ("ctrl+c",)])
async def test_a_claim_that_runs_holds_back_the_next_and_can_be_stopped(tmp_path: Path, keys: tuple[str, ...]) -> None:
    here = session(tmp_path)
    screen = LessonScreen(here, lessons(), Endless(TOLD))
    async with RedraftApp(here, screen).run_test(size=WIDE) as pilot:
        await pilot.press("enter", *"swap_pairs()", "enter", "1", "enter", "enter", "enter")
        assert "still running; esc stops it" in notice(screen)
        await pilot.press(*keys)
        await until(pilot, lambda: all(worker.is_finished for worker in screen.workers if worker.group == "lesson"))
        assert notice(screen) == "stopped"
        assert screen.attempt.verdicts == []


async def test_letters_are_letters_while_a_claim_is_typed(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("enter", *"rd}{?", "tab", *"}r")
        line = screen.query_one(ClaimLine)
        assert [field.value for field in line.query(Input)] == ["rd}{?", "}r"]
        assert screen.lesson.name == "swap_pairs"
        await pilot.press("escape", "right_curly_bracket")
        await pilot.pause()
        assert screen.lesson.name == "clock_time"
        assert [field.value for field in line.query(Input)] == ["", ""]


async def test_a_lesson_is_found_again_as_it_was_left(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await claim(pilot, "swap_pairs([5, 6, 7, 8])", "[6, 5, 8, 7]")
        await pilot.press("right_curly_bracket")
        await pilot.pause()
        assert screen.query_one("#yours", ReportPane).state.review is None
        assert "clock_time" in screen.query_one(DraftPane).text
        await pilot.press("left_curly_bracket")
        await pilot.pause()
        assert "1 reproduced" in screen.query_one("#yours", ReportPane).text
        assert "1 bug found" in screen.query_one(TitleBar).means


async def test_on_a_small_terminal_one_pane_is_in_sight_beside_the_draft_and_tab_brings_the_others(
    tmp_path: Path,
) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: screen.attempt.answer is not None)
        await pilot.pause()
        seen = [shown(screen)]
        for _ in range(4):
            await pilot.press("tab")
            await pilot.pause()
            seen.append(shown(screen))
        assert seen == [
            ["answer", "examples"], ["answer", "yours"], ["answer", "theirs"], ["answer", "examples"],
            ["answer", "examples"],
        ]  # fmt: skip
        await pilot.press("d")
        await pilot.pause()
        assert shown(screen)[0] == "draft"


async def test_text_of_strangers_is_shown_as_it_is(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await claim(pilot, "swap_pairs('[red]')", "'[/]'")
        told = screen.query_one("#yours", ReportPane).text
        assert all(text in told for text in ("swap_pairs('[red]')", "'[/]'", "'[b]'"))


# ---------------------------------------------------------------------------------------- without a screen


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["lesson", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("home")
def test_a_claim_without_a_screen_tells_by_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    right = ("--call", "swap_pairs([4, 3, 1, 2])", "--should-be", "[3, 4, 2, 1]")
    code, out, _ = told(capsys, "swap_pairs", *right, "--plain")
    assert (code, out) == (0, "bug: the draft goes wrong there, as you say\n  the draft gives [4, 3, 2, 1]\n")
    code, out, _ = told(capsys, "swap_pairs", "--call", "swap_pairs([])", "--should-be", "[0]", "--json")
    assert (code, json.loads(out)["result"]) == (1, "no bug")


def test_a_claim_that_repeats_an_example_says_so_and_is_no_find(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (LESSONS / "swap_pairs.toml").read_text()
    (home / "mine.toml").write_text(text.replace("return swapped\n'''\n\nright", "return items\n'''\n\nright"))
    right = ("--call", "swap_pairs(list(range(1, 5)))", "--should-be", "[2, 1, 4, 3]")
    code, out, _ = told(capsys, "mine.toml", *right, "--plain")
    assert (code, out.splitlines()[0]) == (1, "told: you were told that: an example of the docstring says it")


@pytest.mark.usefixtures("home")
def test_a_claim_about_no_lesson_or_several_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("--call", "f()", "--should-be", "1"), ("swap_pairs", "--call", "f()"), ("swap_pears",)):
        code, _, err = told(capsys, *words)
        assert code == 2
        assert err


@pytest.mark.usefixtures("home")
def test_the_list_names_every_lesson_and_tells_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "--list", "--plain")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(SHIPPED)
    _, out, _ = told(capsys, "--json")
    for line, name in zip(out.splitlines(), SHIPPED, strict=True):
        lesson, listed = shipped_lesson(name), json.loads(line)
        assert listed == {
            "lesson": name, "code": lesson.stub.code(lesson.wrong.body), "model": lesson.wrong.model,
            "scripted": lesson.scripted, "title": lesson.title, "level": lesson.level,
        }  # fmt: skip


def test_a_folder_without_a_lesson_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "results.jsonl").write_text('{"line":"header"}\n')
    code, _, err = told(capsys, str(home), "--list")
    assert (code, "no lesson is in there" in err) == (2, True)


# ------------------------------------------------------------------------------------------ typing fast, and pasting


async def test_what_is_typed_before_the_screen_has_drawn_its_answer_is_not_lost(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        for key in ("enter", *"swap_pairs([5, 6, 7, 8])", "enter", *"[6, 5, 8, 7]", "enter"):
            # As a terminal sends what is typed ahead: all at once, with nothing drawn in between.
            app.post_message(events.Key(key if key == "enter" else _name(key), None if key == "enter" else key))
        await until(pilot, lambda: screen.attempt.found)
        assert screen.query_one(ClaimLine).typed == ("swap_pairs([5, 6, 7, 8])", "[6, 5, 8, 7]")


def _name(letter: str) -> str:
    names = {" ": "space", "(": "left_parenthesis", ")": "right_parenthesis", ",": "comma", "_": "underscore"}
    return names.get(letter) or {"[": "left_square_bracket", "]": "right_square_bracket"}.get(letter, letter)


async def test_all_lines_that_are_pasted_are_taken_also_outside_the_fields(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        line = screen.query_one(ClaimLine)
        for text in ("swap_pairs([1,\n   2])\n", "[2,\n1]"):
            app.post_message(events.Paste(text))
            await pilot.pause()
            await pilot.press("escape")
        assert line.typed == ("swap_pairs([1, 2])", "[2, 1]")


async def test_what_is_typed_for_one_lesson_is_there_when_one_comes_back(tmp_path: Path) -> None:
    app, screen = learning(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("enter", *"swap", "escape", "right_curly_bracket")
        assert screen.query_one(ClaimLine).typed == ("", "")
        await pilot.press("left_curly_bracket")
        assert screen.query_one(ClaimLine).typed == ("swap", "")


# ------------------------------------------------------------------------------------------ a class


async def test_what_a_student_claims_is_kept_and_gone_on_from(tmp_path: Path) -> None:
    here = session(tmp_path)
    for calls, at in ((["swap_pairs([7])", "swap_pairs([5, 6, 7, 8])"], 0), ([], 1)):
        notebook = Notebook(tmp_path / "class", "Ada", "w")
        screen = LessonScreen(here, lessons(), ScriptedSandbox(TOLD), notebook=notebook)
        app = RedraftApp(here, screen)
        async with app.run_test(size=WIDE) as pilot:
            assert screen.lesson is screen._lessons[at]
            for call in calls:
                await claim(pilot, call, "[6, 5, 8, 7]")
            assert "Ada" in screen.query_one(TitleBar).means
            assert "1 bug found" in screen.query_one(TitleBar).means
    assert [record.result for record in notebook.records] == ["no bug", "bug"]
    assert all(record.student == "Ada" and record.at for record in notebook.records)


async def test_hints_come_one_by_one_and_are_counted(tmp_path: Path) -> None:
    here, notebook = session(tmp_path), Notebook(tmp_path / "class", "Ada", "w")
    lesson = shipped_lesson("swap_pairs")
    screen = LessonScreen(here, [lesson], ScriptedSandbox({}), notebook=notebook)
    async with RedraftApp(here, screen).run_test(size=WIDE) as pilot:
        for hint in (*lesson.hints, lesson.hints[-1]):
            await pilot.press("h")
            assert hint in notice(screen)
    assert [record.hints for record in notebook.records] == [1, 2]


async def test_on_a_small_terminal_the_body_is_seen_first_and_a_key_unfolds_the_docstring(tmp_path: Path) -> None:
    here = session(tmp_path)
    screen = LessonScreen(here, [shipped_lesson("swap_pairs")], ScriptedSandbox({}))
    async with RedraftApp(here, screen).run_test(size=(80, 24)) as pilot:
        pane = screen.query_one(DraftPane)
        top = "\n".join(pane.text.split("\n")[: pane.size.height])
        assert "return swapped" in top
        assert ">>>" not in pane.text
        assert "f shows it" in pane.text
        await pilot.press("f")
        assert ">>>" in pane.text


# ------------------------------------------------------------------------------------------ predict, then see


async def test_what_was_predicted_is_held_against_the_answer(tmp_path: Path) -> None:
    here, notebook = session(tmp_path), Notebook(tmp_path / "class", "Ada", "w")
    lesson = shipped_lesson("clock_time")
    screen = LessonScreen(here, [lesson], notebook=notebook)
    async with (app := RedraftApp(here, screen)).run_test(size=(160, 40)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        await pilot.press("down", "enter")  # The second line of the body; the mistake is in the first.
        await until(pilot, lambda: isinstance(app.screen, Picker) and "kind" in str(app.screen._title))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        assert screen.attempt.prediction == (lesson.lines[0] + 1, "bound")
        await pilot.press("r")
        await until(pilot, lambda: screen.attempt.answer is not None)
        await until(pilot, lambda: "you:" in notice(screen))
        assert f"it is line {lesson.lines[0]}, not line {lesson.lines[0] + 1}, the kind too" in notice(screen)
        assert "not found, 0 false alarms" in notice(screen)
        await screen.close()
    assert [(record.line, record.kind) for record in notebook.records] == [(lesson.lines[0] + 1, "bound")]
    again = LessonScreen(here, [lesson], ScriptedSandbox({}), notebook=Notebook(tmp_path / "class", "Ada", "w"))
    assert again.attempt.prediction == (lesson.lines[0] + 1, "bound")


@pytest.mark.parametrize(
    ("line", "kind", "says"),
    [(16, "bound", "the line is right, the kind too"), (17, "type", "it is line 16, not line 17, and of the kind")],
)
def test_a_prediction_is_worth_what_the_bodies_say(line: int, kind: str, says: str) -> None:
    assert says in judged(Prediction(line, kind), shipped_lesson("clock_time"))
    assert judged(None, shipped_lesson("clock_time")) == ""


def test_user_and_reviewer_stand_side_by_side() -> None:
    lesson = recorded_lesson("swap_pairs")
    told = side_by_side(Attempt(seconds=61.2, hints=1), lesson)
    assert told == "you: not found, 0 false alarms, 61 s, 1 hint · the reviewer: found, 0 false alarms"


async def test_an_exam_has_no_hints_no_answer_and_an_end(tmp_path: Path) -> None:
    here, now = session(tmp_path), [0.0]
    made = [shipped_lesson("swap_pairs"), shipped_lesson("chunked")]
    screen = LessonScreen(here, made, ScriptedSandbox({}), exam=90.0, ticking=lambda: now[0])
    async with RedraftApp(here, screen).run_test(size=WIDE) as pilot:
        assert "1:30 left" in screen.query_one(TitleBar).means
        await pilot.press("h", "r")
        assert (screen.attempt.hints, screen.attempt.answer) == (0, None)
        now[0] = 91.0
        await until(pilot, lambda: "the time is over: 0 of 2 lessons found" in notice(screen))
        await pilot.press("enter")
        assert not screen.query_one(ClaimLine).typing
        await pilot.press("right_curly_bracket")
        assert screen.lesson is made[1]
        assert not screen.query_one(ClaimLine).display
