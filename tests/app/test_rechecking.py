"""What is said of a function is said of the body that stands in the file, whoever put it there, as the files are."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from redraft.app.common.key_bar import KeyBar
from redraft.engine.facts import Execution, LoadFailure
from redraft.engine.sandbox.runner import DEFAULT, Limits
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.widgets.run.checks_table import ChecksTable
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.stage_bar import StageBar
from redraft.widgets.status_line import StatusLine
from redraft.widgets.stub_list import StubList
from scenes import GAP, MENDED, RUNS_OF_LETTERS, TOLD, WIDEST_GAP, screen_of, settled, until, watching

FILLED = RUNS_OF_LETTERS.replace("    ...\n", MENDED)
EDITED = FILLED.replace("if not text:", "if len(text) < 1:")
"""The scripted sandbox tells the results of the first try of this: both examples fail."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(app: object) -> str:
    return screen_of(app).query_one(StatusLine).notice  # type: ignore[arg-type]


def drawn(widget: StageBar | ChecksTable) -> str:
    if isinstance(widget, StageBar):
        return "".join(text for text, _ in widget.runs(200))
    return "\n".join("".join(text for text, _ in widget.runs(row)) for row in widget.rows(100))


def keys(app: object) -> list[str]:
    return [hint.says for hint in screen_of(app).query_one(KeyBar).hints[0]]  # type: ignore[arg-type]


async def test_a_part_of_the_changes_is_run_as_it_was_written_and_no_longer_called_verified(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        assert "✓ verified" in drawn(screen.query_one(StageBar))
        await pilot.press("right_square_bracket", "a")
        await until(pilot, lambda: "examples hold" in said(app) and "written" in said(app))
        assert said(app) == "1 of 2 hunks written: 0 of 2 examples hold (4 shows which). u takes it back"
        assert "✗ not verified 0 of 2" in drawn(screen.query_one(StageBar))
        assert drawn(screen.query_one(ChecksTable)).startswith("✗ 0 of 2 examples hold")
        assert screen.query_one(StubList).stubs[0].note == "2 of 2 fail"
        await pilot.press("A")
        await until(pilot, lambda: said(app) == "written: 2 of 2 examples hold. u takes it back")
        assert "✓ verified" in drawn(screen.query_one(StageBar))
        assert screen.query_one(StubList).stubs[0].status == "written"
        await pilot.press("u")
        await until(pilot, lambda: said(app).startswith("1 of 2 hunks written: 0 of 2"))
        await pilot.press("u")
        await until(pilot, lambda: screen.view.state.verdict == "verified" and screen.view.state.taken_back)
        assert "took back" in said(app) or "taken back" in said(app)


async def test_nothing_is_called_verified_between_a_write_and_its_examples(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        screen._work.rechecking.look = screen._work.rechecking.changed = lambda: None  # type: ignore[union-attr, method-assign] # nothing is run
        await pilot.press("A")
        await until(pilot, lambda: "written" in said(app))
        assert said(app) == "written: running its examples…"
        assert "checking" in drawn(screen.query_one(StageBar))
        assert "verified" not in drawn(screen.query_one(StageBar))
        assert screen.query_one(StubList).stubs[0].status == "checking"


async def test_an_edit_of_what_was_written_is_run_and_called_the_persons_own(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "written: 2 of 2" in said(app))
        (home / "shapes.py").write_text(EDITED)
        await until(pilot, lambda: said(app).startswith("your own body: 0 of 2 examples hold"))
        (home / "shapes.py").write_text(FILLED)
        await until(pilot, lambda: said(app).startswith("written: 2 of 2 examples hold"))


async def test_a_file_that_is_no_program_for_the_moment_leaves_no_result_standing(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        (home / "shapes.py").write_text(RUNS_OF_LETTERS + "x = (\n")
        await until(pilot, lambda: "does not parse" in said(app))
        assert "verified" not in drawn(screen.query_one(StageBar))
        assert screen.query_one(StubList).stubs[0].status == "outdated"
        (home / "shapes.py").write_text(RUNS_OF_LETTERS)
        await until(pilot, lambda: "verified: 2 examples hold" in said(app))


async def test_what_waited_for_a_function_is_run_once_that_is_written(home: Path) -> None:
    text = RUNS_OF_LETTERS.replace(
        '    >>> runs_of_letters("")\n', '    >>> runs_of_letters("ab"[: int(widest_gap([]))])\n'
    )
    async with watching(home, text=text + WIDEST_GAP).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.press("left_curly_bracket", "enter")
        await until(pilot, lambda: screen.view.state.stub is not None and "runs" in screen.view.state.stub.name)
        await settled(pilot)
        row = next(row for row in screen.query_one(StubList).stubs if row.name == "runs_of_letters")
        assert "wait" in row.note
        (home / "shapes.py").write_text(text + WIDEST_GAP.replace("    ...\n", GAP))

        def waits() -> bool:
            card = next(card for card in screen._shelf.cards if card.stub.name == "runs_of_letters")
            result = card.state.result if card.state else None
            return result is None or len(result.judged) < 2

        await until(pilot, lambda: not waits())


async def test_a_sister_module_that_is_saved_has_the_result_run_again(home: Path) -> None:
    (home / "sister.py").write_text("def help(): return 1\n")
    async with watching(home, text="import sister\n\n\n" + RUNS_OF_LETTERS).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        assert screen.view.state.standing is None
        (home / "sister.py").write_text("def help(): return 2\n")
        await until(pilot, lambda: screen.view.state.standing is not None and screen.view.state.verdict == "verified")


async def test_a_module_that_is_not_imported_has_nothing_run_again(home: Path) -> None:
    async with watching(home).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        (home / "other.py").write_text("x = 1\n")
        (home / "shapes.py").write_text(RUNS_OF_LETTERS + "# mine\n")
        await until(pilot, lambda: screen.view.state.standing is not None and screen.view.state.verdict == "verified")
        entries = screen.view.state.standing
        (home / "other.py").write_text("x = 2\n")
        for _ in range(30):
            await pilot.pause(0.01)
        assert screen.view.state.standing is entries


class WithoutMissing(ScriptedSandbox):
    """Cannot import what imports a module called `missing`."""

    def __init__(self, module: Path) -> None:
        super().__init__(TOLD)
        self._module = module

    async def load(self, program: str, limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        done = await super().load(program, limits, path=path)
        if "import missing" not in self._module.read_text():
            return done
        failure = LoadFailure(
            raised="ModuleNotFoundError: No module named 'missing'", file="lib/models.py", line=1, elsewhere=True
        )
        return replace(done, problem=failure.text, failure=failure)


async def test_a_project_that_could_not_be_imported_is_tried_again_when_a_module_in_another_folder_is_mended(
    home: Path,
) -> None:
    module = home / "lib" / "models.py"
    module.parent.mkdir()
    module.write_text("import missing\n")
    text = "from lib.models import Item\n\n\n" + RUNS_OF_LETTERS
    async with (app := watching(home, text=text, sandbox=WithoutMissing(module))).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        assert said(app).startswith("lib/models.py line 1: No module named 'missing'")
        module.write_text("# not yet\nimport missing\n")
        await until(pilot, lambda: screen.query_one(StatusLine).seen == "models.py saved: drafting runs_of_letters")
        await settled(pilot)
        assert screen.view.state.status == "failed"
        module.write_text("class Item: ...\n")
        await until(pilot, lambda: screen.view.state.status == "settled")
        assert "verified" in said(app)


async def test_r_reviews_what_is_written(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "written: 2 of 2" in said(app))
        assert "accept" not in keys(app)
        await pilot.press("r")
        await until(pilot, lambda: screen.view.state.pipeline == "review-and-fix")
        await settled(pilot)
        assert screen.view.state.drafts[0].body == screen.view.state.stub.body  # type: ignore[union-attr]
        assert screen.view.state.calls[0].purpose == "review"
        assert (home / "shapes.py").read_text() == FILLED


async def test_nothing_is_offered_to_accept_once_all_is_written(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert {"accept", "accept all", "reject"} <= {*keys(app)}
        await pilot.press("A")
        await until(pilot, lambda: "written: 2 of 2" in said(app))
        assert not {"accept", "accept all", "reject"} & {*keys(app)}
        assert "undo" in keys(app)


async def test_enter_drafts_a_new_stub_whichever_pane_has_the_keys_and_that_is_said(home: Path) -> None:
    async with (app := watching(home, text=RUNS_OF_LETTERS + WIDEST_GAP)).run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press("right_curly_bracket")
        assert said(app) == "widest_gap was not drafted yet: enter drafts it"
        await pilot.press("4")
        assert "draft" in keys(app)
        await pilot.press("enter")
        await until(pilot, lambda: screen.view.state.status == "settled")


async def test_the_palette_offers_what_keys_do_now_and_nothing_else(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        offered = {command.title for command in app.get_system_commands(screen)}
        assert {"next change", "search in this pane", "copy what is in front", "suspend", "help", "quit"} <= offered
        assert "next place" not in offered


async def test_undo_is_offered_only_while_the_file_is_as_it_was_written(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: said(app) == "written: 2 of 2 examples hold. u takes it back")
        assert "undo" in keys(app)
        (home / "shapes.py").write_text(FILLED + "# mine\n")
        await until(pilot, lambda: "undo" not in keys(app))
        assert said(app) == "written: 2 of 2 examples hold"
        (home / "shapes.py").write_text(FILLED)
        await until(pilot, lambda: "undo" in keys(app))
        assert said(app) == "written: 2 of 2 examples hold. u takes it back"
        (home / "shapes.py").rename(home / "moved.py")
        await until(pilot, lambda: "undo" not in keys(app))
        assert "takes it back" not in said(app)


async def test_what_the_user_wrote_word_for_word_is_proposed_no_more(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        diff = screen.query_one(DiffPane)
        assert diff.hunks
        (home / "shapes.py").write_text(EDITED)
        await until(pilot, lambda: said(app).startswith("your own body: 0 of 2"))
        await pilot.press("d")
        assert diff.caption == "file as it was → proposal"
        (home / "shapes.py").write_text(FILLED)
        await until(pilot, lambda: said(app) == "your own body: 2 of 2 examples hold")
        assert diff.hunks == ()
        assert diff.empty == "the file holds the proposal already"
        assert not {"accept", "accept all", "reject", "undo"} & {*keys(app)}
        (home / "shapes.py").write_text(RUNS_OF_LETTERS)
        await until(pilot, lambda: bool(diff.hunks))
        assert diff.caption == "file → proposal" and "accept all" in keys(app)


async def test_what_is_offered_and_said_follows_a_file_that_goes_away_and_comes_back(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(160, 36)) as pilot:
        await settled(pilot)
        assert {"accept", "run again", "race pipelines", "open $EDITOR there"} <= {*keys(app)}
        (home / "shapes.py").rename(home / "moved.py")
        await until(pilot, lambda: said(app).startswith("shapes.py was moved or deleted"))
        gone = {"accept", "reject", "undo", "run again", "race pipelines", "open $EDITOR there", "draft"}
        assert not gone & {*keys(app)}
        (home / "moved.py").rename(home / "shapes.py")
        await until(pilot, lambda: said(app) == "verified: 2 examples hold. A accepts")
        assert {"accept", "run again", "race pipelines"} <= {*keys(app)}


async def test_a_run_goes_on_without_its_file_and_its_result_is_not_called_that_of_a_file(home: Path) -> None:
    async with (app := watching(home, pace=0.05)).run_test(size=(120, 36)) as pilot:
        screen = screen_of(app)
        await until(pilot, lambda: bool(screen.view.state.calls))
        (home / "shapes.py").rename(home / "moved.py")
        await until(pilot, lambda: "cancel" in keys(app) and "run again" not in keys(app))
        await until(pilot, lambda: said(app).startswith("shapes.py was moved or deleted"))
        assert not {"accept", "run again"} & {*keys(app)}


async def test_a_run_that_a_save_ended_is_begun_again_when_its_stub_is_back(home: Path) -> None:
    async with (app := watching(home, pace=0.05)).run_test(size=(120, 36)) as pilot:
        screen = screen_of(app)
        await until(pilot, lambda: bool(screen.view.state.calls))
        (home / "shapes.py").write_text(FILLED)
        await until(pilot, lambda: said(app) == "your own body: 2 of 2 examples hold")
        (home / "shapes.py").write_text(RUNS_OF_LETTERS)
        await until(pilot, lambda: screen.view.state.status == "running" and screen.view.state.standing is None)


async def test_what_was_said_of_a_body_by_hand_is_gone_with_it_where_the_run_came_to_nothing(home: Path) -> None:
    async with (app := watching(home, answers=lambda _: "no code")).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        before = said(app)
        (home / "shapes.py").write_text(FILLED)
        await until(pilot, lambda: said(app) == "your own body: 2 of 2 examples hold")
        (home / "shapes.py").write_text(RUNS_OF_LETTERS)
        await until(pilot, lambda: screen.view.state.standing is None)
        assert said(app) == before
