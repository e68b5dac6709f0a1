"""Recorded races: found, named, played at any speed, sought, stepped, and shown without a model."""

from __future__ import annotations

import re
import shutil
from argparse import ArgumentTypeError
from pathlib import Path

import pytest
from race_scenes import over, racing
from redraft.app.application import RedraftApp
from redraft.app.cli.arguments.shared import seconds as seconds_of
from redraft.app.commands.replay import USUAL_SECONDS
from redraft.app.common.key_bar import KeyBar
from redraft.app.common.read_only_diff import LaneDiffScreen
from redraft.app.common.tasks import RECORDINGS, TASKS
from redraft.app.race.notes import read_notes
from redraft.app.race.replay import RacePlayer, RaceReplayScreen
from redraft.app.replay.logs import lane_logs, shipped
from redraft.app.results.replay import ReplayedRun
from redraft.engine.errors import SourceError, UsageError
from redraft.engine.lessons.tasks import task_names
from redraft.engine.state.run import state_of
from redraft.engine.tables.race_table import rows
from redraft.widgets.race.lane import LaneMeter
from redraft.widgets.results.score_table import ScoreTable
from redraft.widgets.run.timeline import Timeline
from redraft.widgets.status_line import StatusLine
from scenes import session, until

TWO = ("raw-coder", "review-with-evidence")


@pytest.fixture
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the logs of a race of two lanes, as `export` makes it."""
    monkeypatch.chdir(tmp_path)
    async with racing(tmp_path, TWO, pace=0.002).run_test(size=(120, 40)) as pilot:
        await over(pilot)
        await pilot.press("e")
        await until(pilot, lambda: any(tmp_path.glob("race-*/table.md")))
    return next(tmp_path.glob("race-*"))  # noqa: ASYNC240


def replaying(folder: Path, ticking: list[float], speed: float = 1.0) -> RedraftApp:
    here = session(folder.parent)
    logs = lane_logs([str(folder)])
    return RedraftApp(here, RaceReplayScreen(logs, speed=speed, ticking=lambda: ticking[0]))


def screen_of(app: RedraftApp) -> RaceReplayScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, RaceReplayScreen))


async def test_a_folder_of_logs_is_a_race_in_the_order_of_its_files(folder: Path) -> None:
    assert [log.name for log in lane_logs([str(folder)])] == list(TWO)
    backwards = [str(folder / name) for name in ("2-review-with-evidence.jsonl", "1-raw-coder.jsonl")]
    assert [log.name for log in lane_logs(backwards)] == list(TWO)[::-1]


async def test_two_logs_of_one_pipeline_are_told_apart_by_their_models(folder: Path) -> None:
    log = str(folder / "1-raw-coder.jsonl")
    assert [lane.name for lane in lane_logs([log, log])] == ["raw-coder · scripted-coder"] * 2


async def test_more_logs_than_lanes_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="at most 5"):
        lane_logs([str(folder)] * 3)


def test_what_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such log"):
        lane_logs([str(tmp_path / "gone")])
    with pytest.raises(UsageError, match="no run logs"):
        lane_logs([str(tmp_path)])
    (tmp_path / "other.jsonl").write_text("not a log\n")
    with pytest.raises(SourceError, match=r"other\.jsonl"):
        lane_logs([str(tmp_path / "other.jsonl")])


async def test_a_race_player_knows_every_lane_at_every_moment(folder: Path) -> None:
    player = RacePlayer(lane_logs([str(folder)]))
    assert [state.status for state in player.states(-1.0)] == ["idle", "idle"]
    assert [state.status for state in player.states(player.duration)] == ["settled", "settled"]
    assert player.duration == max(one.duration for one in player.players)
    assert list(player.moments) == sorted(set(player.moments))


async def test_a_replay_plays_at_its_speed_and_ends_in_the_table(folder: Path) -> None:
    now = [0.0]
    app = replaying(folder, now, speed=4.0)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = screen_of(app)
        timeline = screen.query_one(Timeline)
        now[0] = timeline.duration / 8
        await until(pilot, lambda: timeline.position > 0)
        assert timeline.position == pytest.approx(timeline.duration / 2, rel=0.01)
        now[0] = timeline.duration
        await until(pilot, lambda: screen.lanes.over)
        assert screen.query_one(ScoreTable).display
        assert screen.query_one("#status", StatusLine).notice == "the end"


async def test_a_replay_can_be_paused_stepped_and_sought(folder: Path) -> None:
    now = [0.0]
    app = replaying(folder, now)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = screen_of(app)
        timeline = screen.query_one(Timeline)
        await pilot.press("space")
        await until(pilot, lambda: not timeline.playing)
        await pilot.press("end")
        await until(pilot, lambda: timeline.position == timeline.duration)
        assert screen.lanes.over
        await pilot.press("left")
        await until(pilot, lambda: timeline.position < timeline.duration)
        before = timeline.position
        await pilot.press("right")
        await until(pilot, lambda: timeline.position > before)
        await pilot.press("home")
        await until(pilot, lambda: timeline.position == 0.0)
        assert all(state.solution is None for state in screen.lanes.states)


async def test_a_replay_says_that_its_answers_were_written_by_a_person(folder: Path) -> None:
    app = replaying(folder, [0.0])
    async with app.run_test(size=(120, 40)):
        assert "written by a person" in screen_of(app).query_one("#status", StatusLine).seen


async def test_drafts_of_a_replayed_race_can_be_compared(folder: Path) -> None:
    app = replaying(folder, [0.0])
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("end", "d")
        await until(pilot, lambda: isinstance(app.screen, LaneDiffScreen))
        await pilot.press("escape")
        assert isinstance(app.screen, RaceReplayScreen)


async def test_a_lane_of_a_replay_opens_whole_at_the_same_moment(folder: Path) -> None:
    app = replaying(folder, [0.0])
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("end", "2")
        race = screen_of(app)
        await until(pilot, lambda: race.lanes.over)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReplayedRun))
        assert isinstance(app.screen, ReplayedRun)
        whole = app.screen
        await until(pilot, lambda: whole.view.state.solution is not None)
        assert not whole.playing
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is race)


@pytest.mark.parametrize("name", shipped())
async def test_a_race_that_ships_plays_to_its_point_in_the_time_that_is_asked_for(name: str, tmp_path: Path) -> None:
    now = [0.0]
    app = RedraftApp(
        session(tmp_path), RaceReplayScreen(lane_logs([name]), within=USUAL_SECONDS, ticking=lambda: now[0])
    )
    async with app.run_test(size=(160, 50)) as pilot:
        screen = screen_of(app)
        now[0] = USUAL_SECONDS - 0.5
        await until(pilot, lambda: screen.query_one(Timeline).position > 0)
        assert not screen.lanes.over
        now[0] = USUAL_SECONDS + 0.1
        await until(pilot, lambda: screen.lanes.over)
        assert "cut out" in screen.query_one("#status", StatusLine).seen


async def test_each_lane_has_its_own_clock_or_the_one_they_had_and_the_moment_stays(tmp_path: Path) -> None:
    app = RedraftApp(session(tmp_path), RaceReplayScreen(lane_logs(["swap_pairs"]), ticking=lambda: 0.0))
    async with app.run_test(size=(160, 50)) as pilot:
        screen = screen_of(app)
        timeline = screen.query_one(Timeline)
        assert timeline.duration < 235
        assert "cut out" in screen.query_one("#status", StatusLine).seen
        while not timeline.chapter.startswith("4 proof"):
            before = timeline.position
            await pilot.press("full_stop")
            await until(pilot, lambda: timeline.position > before)  # noqa: B023
        found = screen.lanes.states[3].reviews["d1"].findings
        assert [finding.status for finding in found] == ["reproduced"]
        await pilot.press("4", "o")
        await until(pilot, lambda: timeline.duration == pytest.approx(234.9, abs=0.1))
        assert screen.lanes.states[3].reviews["d1"].findings == found
        assert timeline.position > 200


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30.0), ("2m", 120.0), ("45", 45.0), ("1.5m", 90.0)])
def test_a_time_to_play_it_in_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "0s", "-3", "nan", "inf", "1e99", "30 min", "2h"])
def test_what_is_no_time_to_play_it_in_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        seconds_of(text)


async def test_an_audience_sees_more_room_fewer_numbers_and_the_speaker_a_note_at_each_chapter(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text("# plan\nIt plans\nfirst.\n\n## 4 proof\nNow it is *proved*.\n# fix\n")
    screen = RaceReplayScreen(lane_logs(["swap_pairs"]), notes=read_notes(file), ticking=lambda: 0.0)
    async with RedraftApp(session(tmp_path), screen).run_test(size=(160, 50)) as pilot:
        assert not screen.query_one(KeyBar).display
        assert not any(meter.display for meter in screen.query(LaneMeter))
        seen: dict[str, str] = {}
        timeline = screen.query_one(Timeline)
        for _ in range(30):
            seen[timeline.chapter] = screen.query_one("#note", StatusLine).seen
            await pilot.press("pagedown")
        assert seen["2 plan"] == "It plans first."
        assert seen["4 proof"] == "Now it is *proved*."
        assert seen["4 fix"] == ""
        await pilot.press("K")
        assert screen.query_one(KeyBar).display


@pytest.mark.parametrize("text", [None, "", "no heading"])
def test_notes_that_cannot_be_read_are_refused(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "n.md").write_text(text)
    with pytest.raises(UsageError):
        read_notes(tmp_path / "n.md")


# ------------------------------------------------------------------------------------------ what ships


def test_at_least_eight_races_ship_and_each_is_about_a_task_that_ships() -> None:
    assert len(shipped()) >= 8
    assert set(shipped()) <= set(task_names(TASKS))


def test_no_race_that_ships_was_scripted_and_each_names_its_model() -> None:
    for name in shipped():
        for log in lane_logs([name]):
            assert not log.began.scripted, name
            assert all(log.began.models.values()), name


def test_some_draft_fails_and_some_passes_among_the_races_that_ship() -> None:
    table = [
        row for name in shipped() for row in rows([(log.name, state_of(log.entries)) for log in lane_logs([name])])
    ]
    assert {"fails", "verified"} <= {row.verdict for row in table}
    assert any(row.change is not None for row in table)
    assert all(row.hidden is not None for row in table)


def test_what_ships_says_nothing_of_the_machine_it_was_recorded_on_and_is_small() -> None:
    files = [path for path in RECORDINGS.rglob("*") if path.is_file()]
    assert [str(path) for path in files if re.search(rb'"/\w+/|/tmp/|/home/|/root/', path.read_bytes())] == []
    assert sum(path.stat().st_size for path in files) < 3_000_000


async def test_a_shipped_race_plays_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(RECORDINGS / shipped()[0], tmp_path / "copy")
    app = replaying(tmp_path / "copy", [0.0])
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.press("end")
        screen = screen_of(app)
        await until(pilot, lambda: screen.lanes.over)
        assert len(screen.lanes.names) >= 2
