"""The race as a person meets it: lanes, keys, one lane that fails, the table, and a way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from race_scenes import PLAN, over, race_of, racing
from redraft.app.application import RedraftApp
from redraft.app.common.read_only_diff import Compared, LaneDiffScreen
from redraft.app.draft.screen import DraftScreen
from redraft.app.race.lane_screen import LaneScreen
from redraft.app.race.picker import RacePicker
from redraft.app.race.screen import RaceScreen
from redraft.app.race.view import lanes_in
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Line
from redraft.engine.state.cost import Spending
from redraft.engine.tables.race_table import Row, Score
from redraft.engine.tables.race_text import winner
from redraft.widgets.race.lane import Lane, LaneExamples, LaneOutcome
from redraft.widgets.race.lane_story import LaneStory
from redraft.widgets.race.lane_words import examples as example_lines
from redraft.widgets.race.lane_words import meter, outcome
from redraft.widgets.results.score_table import ScoreTable
from redraft.widgets.run.report_pane import ReportPane
from redraft.widgets.status_line import StatusLine
from redraft.widgets.text import plain
from scenes import RUNS_OF_LETTERS, answer, settled, until, watching

TWO = ("raw-coder", "review-with-evidence")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(app: RedraftApp) -> str:
    return race_of(app).query_one(StatusLine).notice


def shown(screen: RaceScreen) -> list[int]:
    return [lane.number for lane in screen.query(Lane) if lane.display]


@pytest.mark.parametrize(("size", "lanes"), [((160, 50), 4), ((100, 30), 2), ((80, 24), 1), ((200, 50), 4)])
async def test_as_many_lanes_stand_side_by_side_as_can_be_read(home: Path, size: tuple[int, int], lanes: int) -> None:
    async with racing(home).run_test(size=size) as pilot:
        screen = await over(pilot)
        await pilot.press("1")
        assert len(shown(screen)) == lanes
        assert screen.query_one("#lane-tabs").display == (lanes < 4)


def test_five_lanes_fit_into_two_hundred_columns() -> None:
    assert [lanes_in(width, 5) for width in (40, 99, 100, 120, 160, 199, 200)] == [1, 1, 2, 3, 4, 4, 5]


async def test_a_key_brings_a_lane_that_is_out_of_sight(home: Path) -> None:
    async with racing(home).run_test(size=(100, 30)) as pilot:
        screen = await over(pilot)
        await pilot.press("4")
        assert shown(screen) == [3, 4]
        await pilot.press("tab")
        assert (screen.view.front, shown(screen)) == (1, [1, 2])


async def test_a_race_ends_in_a_table_with_a_line_for_every_lane(home: Path) -> None:
    async with racing(home).run_test(size=(160, 50)) as pilot:
        screen = await over(pilot)
        table = screen.query_one(ScoreTable)
        assert table.display
        assert [line.cells[0][0] for line in table.lines] == list(screen.view.names)
        assert "1 of 4 lanes verified" in said(pilot.app)  # type: ignore[arg-type]
        assert "improvement" in table.text


async def test_on_a_small_screen_the_table_takes_the_lanes_place_and_gives_it_back(home: Path) -> None:
    async with racing(home).run_test(size=(80, 24)) as pilot:
        screen = await over(pilot)
        assert (screen.query_one(ScoreTable).display, screen.query_one("#lanes").display) == (True, False)
        await pilot.press("t")
        assert (screen.query_one(ScoreTable).display, screen.query_one("#lanes").display) == (False, True)


async def test_a_lane_whose_model_is_down_fails_alone_and_says_why(home: Path) -> None:
    def answers(ask: Ask) -> str | Line:
        if "Review " in ask.messages[-1].content:
            return Line(fails=ModelError("nobody answers at the reviewer's address", kind="unreachable"))
        return answer(ask)

    async with racing(home, TWO, answers=answers).run_test(size=(100, 40)) as pilot:
        screen = await over(pilot)
        assert [state.status for state in screen.view.states] == ["settled", "failed"]
        assert "nobody answers" in screen.query_one(ScoreTable).text


def hanging(ask: Ask) -> Line:
    return Line(text="    return", hangs=True)


async def test_x_cancels_the_lane_in_front_and_no_other(home: Path) -> None:
    async with (app := racing(home, TWO, answers=hanging)).run_test(size=(100, 40)) as pilot:
        screen = race_of(app)
        await until(pilot, lambda: all(state.live_call is not None for state in screen.view.states))
        await pilot.press("2", "x")
        await until(pilot, lambda: screen.view.states[1].status == "cancelled")
        assert screen.view.states[0].status == "running"
        await pilot.press("escape")
        await over(pilot)
        assert [state.status for state in screen.view.states] == ["cancelled"] * 2


async def test_quitting_closes_every_stream_first(home: Path) -> None:
    app = racing(home, TWO, answers=hanging)
    async with app.run_test(size=(100, 40)) as pilot:
        screen = race_of(app)
        await until(pilot, lambda: all(state.live_call is not None for state in screen.view.states))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
        assert [state.status for state in screen.view.states] == ["cancelled"] * 2


async def test_space_pauses_all_lanes_and_lets_them_go_on(home: Path) -> None:
    async with (app := racing(home, TWO, pace=0.01)).run_test(size=(100, 40)) as pilot:
        screen = race_of(app)
        await until(pilot, lambda: all(state.calls for state in screen.view.states))
        await pilot.press("space")
        await until(pilot, lambda: screen.view.states[1].paused)
        assert "paused" in said(app)
        await pilot.press("space")
        await over(pilot)
        assert all(state.solution is not None for state in screen.view.states)


async def test_the_drafts_of_two_lanes_can_be_compared_and_not_accepted(home: Path) -> None:
    async with (app := racing(home, TWO)).run_test(size=(120, 40)) as pilot:
        await over(pilot)
        await pilot.press("1", "d")
        await until(pilot, lambda: isinstance(app.screen, LaneDiffScreen))
        pane = app.screen.query_one(Compared)
        await until(pilot, lambda: len(pane.hunks) == 2)
        assert pane.caption == "raw-coder → review-with-evidence"
        assert "accept" not in pane.text
        await pilot.press("a", "escape")
        assert isinstance(app.screen, RaceScreen)


async def test_export_writes_the_table_in_every_format_and_the_logs_beside_it(home: Path) -> None:
    async with (app := racing(home, TWO)).run_test(size=(120, 40)) as pilot:
        await over(pilot)
        await pilot.press("e")
        await until(pilot, lambda: "written" in said(app))
        (table,) = home.glob("race-*/table.md")  # noqa: ASYNC240
        assert sorted(path.name for path in table.parent.iterdir()) == [
            "1-raw-coder.jsonl",
            "2-review-with-evidence.jsonl",
            "table.csv",
            "table.json",
            "table.md",
            "table.txt",
        ]


async def test_a_race_that_cannot_be_exported_is_told_and_goes_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (app := racing(home, TWO)).run_test(size=(120, 40)) as pilot:
        await over(pilot)
        (home / "gone").mkdir()
        monkeypatch.chdir(home / "gone")
        (home / "gone").rmdir()
        await pilot.press("e")
        await until(pilot, lambda: len(app._notifications) > 0)
        assert "cannot be written there" in next(iter(app._notifications)).message


async def test_without_examples_every_lane_says_that_passing_is_vacuous(home: Path) -> None:
    text = "def runs_of_letters(text):\n    ...\n"
    async with racing(home, TWO, text=text).run_test(size=(160, 50)) as pilot:
        screen = await over(pilot)
        lines = [plain(line) for line in example_lines(screen.view.states[0], 60)]
        assert "none: what runs passes vacuously" in lines[0]
        assert "passes vacuously" in screen.query_one(ScoreTable).text


async def test_code_that_looks_like_markup_is_shown_as_it_is(home: Path) -> None:
    async with racing(home, TWO, answers=lambda _: "    return text[0][/]").run_test(size=(160, 50)) as pilot:
        screen = await over(pilot)
        assert pilot.app.is_running
        assert screen.query(LaneExamples)
        assert screen.query(LaneOutcome)


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (40, 12), (250, 70)])
async def test_no_size_of_the_terminal_ends_the_race(home: Path, size: tuple[int, int]) -> None:
    async with (app := racing(home)).run_test(size=(100, 30)) as pilot:
        await over(pilot)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.is_running


# ------------------------------------------------------------------------------------------ from the main screen


async def test_shift_r_on_the_main_screen_races_the_stub_in_front_and_escape_comes_back(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, RacePicker))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RaceScreen))
        screen = await over(pilot)
        assert screen.view.names == ("raw-coder", "plan-then-code", "review-then-fix", "review-with-evidence")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DraftScreen))


async def test_quitting_from_a_race_over_the_main_screen_cancels_its_lanes_first(home: Path) -> None:
    def answers(ask: Ask) -> str | Line:
        return hanging(ask) if racing_now else answer(ask)

    racing_now: list[bool] = []
    app = watching(home, answers=answers)
    async with app.run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        racing_now.append(True)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, RacePicker))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RaceScreen))
        screen = race_of(app)
        await until(pilot, lambda: any(state.live_call is not None for state in screen.view.states))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
        assert {state.status for state in screen.view.states} == {"cancelled"}


async def test_the_picker_starts_no_race_of_one_lane(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, RacePicker))
        await pilot.press("space", "j", "space", "j", "j", "space", "enter")
        assert isinstance(app.screen, RacePicker)
        assert app.screen.lineup.pipelines[0].name == "raw-coder"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DraftScreen))


# ------------------------------------------------------------------------------------------ words


async def test_a_lane_in_line_for_the_model_says_so_and_its_seconds_stand_still(home: Path) -> None:
    from redraft.engine.events import CallQueued, Entry, RunStarted
    from redraft.engine.sources import find_stubs, read
    from redraft.engine.state.run import state_of
    from scenes import RUNS_OF_LETTERS

    (home / "a.py").write_text(RUNS_OF_LETTERS)
    stub = find_stubs(read("a.py")).stubs[0]
    state = state_of([
        Entry(at=0.0, event=RunStarted(run="r", pipeline="raw-coder", stub=stub, bound=1)),
        Entry(at=0.5, event=CallQueued(call="c1", role="coder", purpose="draft", model="m")),
    ])  # fmt: skip
    assert plain(outcome(state, 80)[0]) == "· waiting for the model: it answers another lane"
    assert plain(meter(state, 0.5, 80)) == "0/1 calls · 0 tokens · 0 s"


async def test_a_lane_shows_the_report_with_what_running_it_showed_and_the_repair_as_a_change(home: Path) -> None:
    async with racing(home).run_test(size=(160, 50)) as pilot:
        screen = await over(pilot)
        await pilot.pause()
        told = {lane.called: lane.query_one(LaneStory).text for lane in screen.query(Lane)}
        assert "report" not in told["raw-coder"]
        assert PLAN.split(".")[0][:20] in told["plan-then-code"]
        report = told["review-with-evidence"]
        assert "reproduced" in report
        assert "shown by" in report
        assert "repair holds" in report
        assert "+ " in report.partition("repair")[2]


async def test_a_lane_says_in_words_how_it_stands_to_raw_coder(home: Path) -> None:
    async with racing(home).run_test(size=(160, 50)) as pilot:
        screen = await over(pilot)
        words = {lane.called: lane.against for lane in screen.query(Lane)}
        assert not words["raw-coder"]
        assert "better" in words["review-with-evidence"]
        assert "something else than was asked for" in words["review-with-evidence"]
        assert words["plan-then-code"] == "against raw-coder: both fail"


async def test_enter_opens_a_lane_as_a_whole_run_that_goes_on_and_escape_leads_back(home: Path) -> None:
    async with (app := racing(home, TWO, pace=0.02)).run_test(size=(120, 40)) as pilot:
        screen = race_of(app)
        await until(pilot, lambda: bool(screen.view.states[1].calls))
        await pilot.press("2", "enter")
        await until(pilot, lambda: isinstance(app.screen, LaneScreen))
        whole = app.screen
        assert isinstance(whole, LaneScreen)
        await until(pilot, lambda: whole.view.state.solution is not None)
        assert "reproduced" in whole.query_one(ReportPane).text
        assert not whole.view.may_decide
        await pilot.press("escape")
        assert app.screen is screen


async def test_the_winners_body_becomes_the_proposal_of_the_screen_below(home: Path) -> None:
    text = RUNS_OF_LETTERS
    async with (app := watching(Path())).run_test(size=(140, 44)) as pilot:
        draft = await settled(pilot)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, RacePicker))
        await pilot.press("enter")
        screen = await over(pilot)
        won = screen.view.states[screen.view.winner - 1]
        assert screen.view.names[screen.view.winner - 1] == "review-with-evidence"
        await pilot.press("a")
        await until(pilot, lambda: app.screen is draft)
        await until(pilot, lambda: draft.view.state.run == won.run)
        assert (home / "shapes.py").read_text() == text
        await pilot.press("A")
        assert won.solution is not None
        body = won.solution.draft.body.splitlines()[0]
        await until(pilot, lambda: body in (home / "shapes.py").read_text())
        await pilot.press("u")
        await until(pilot, lambda: (home / "shapes.py").read_text() == text)


async def test_the_winner_of_a_race_from_the_command_line_opens_its_file(home: Path) -> None:
    async with (app := racing(home)).run_test(size=(140, 44)) as pilot:
        screen = await over(pilot)
        won = screen.view.states[screen.view.winner - 1]
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, DraftScreen) and app.screen.view.state.run == won.run)


async def test_nobody_wins_a_race_that_no_lane_holds(home: Path) -> None:
    async with (app := racing(home, ("raw-coder", "plan-then-code"))).run_test(size=(140, 44)) as pilot:
        screen = await over(pilot)
        assert screen.view.winner == 0
        await pilot.press("a")
        await pilot.pause()
        assert app.screen is screen


def test_the_winner_is_who_wrote_least_of_those_that_hold_everything() -> None:
    def row(verdict: str, tokens: int, hidden: Score | None = None) -> Row:
        spent = {"coder": Spending(calls=1, prompt_tokens=1, completion_tokens=tokens)}
        return Row(lane="l", pipeline="p", verdict=verdict, roles=spent, hidden=hidden)  # type: ignore[arg-type]

    assert winner([row("verified", 9), row("verified", 4), row("fails", 1)]) == 2
    assert winner([row("verified", 9), row("verified", 4, Score(passes=2, of=3)), row("unverified", 1)]) == 1
    assert winner([row("verified", 9), row("running", 4)]) == 0
    assert winner([row("failed", 9), row("cancelled", 4)]) == 0


async def test_a_race_can_be_run_again_on_the_same_screen(home: Path) -> None:
    async with (app := racing(home, TWO)).run_test(size=(140, 44)) as pilot:
        screen = await over(pilot)
        runs = [state.run for state in screen.view.states]
        await pilot.press("r")
        await until(pilot, lambda: screen.view.over and [state.run for state in screen.view.states] != runs)
        assert app.screen is screen
        assert screen.query_one(ScoreTable).display
