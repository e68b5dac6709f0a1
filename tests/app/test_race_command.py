"""`redraft race` and `redraft replay` without a screen: what is printed, and the exit codes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from redraft.app.cli.main import main
from redraft.app.cli.parser import build
from redraft.app.commands.race import without_screen
from redraft.app.common.tasks import TASKS
from redraft.app.models.choice import (
    ModelChoice,
    applied,
    in_force,
    parsed,
)
from redraft.app.race import setup as starting_line
from redraft.app.race.setup import Keeper, field, raced
from redraft.app.race.usual import USUAL_RACE
from redraft.app.replay.logs import lane_logs
from redraft.engine.errors import UsageError
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Line
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.settings import Settings
from scenes import RUNS_OF_LETTERS, WIDEST_GAP, answer, scripted_kit, session

TWO = "raw-coder,review-with-evidence"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "redraft"))
    (tmp_path / "shapes.py").write_text(RUNS_OF_LETTERS)
    return tmp_path


async def race(home: Path, *flags: str) -> int:
    """`redraft race` with scripted models."""
    args = build().parse_args(["race", "shapes.py", "--pipelines", TWO, *flags])
    here = session(home)
    return await without_screen(here, field(here, args.target, args.pipelines, ""), args, scripted_kit())


async def test_a_race_prints_its_table_and_exits_with_0_although_a_lane_fails(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await race(home, "--plain") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "race: shapes.py::runs_of_letters"
    assert [line.split()[:2] for line in lines[4:6]] == [["raw-coder", "fails"], ["review-with-evidence", "verified"]]


async def test_a_lane_that_crashes_leaves_the_table_to_the_others_and_its_traceback_in_a_file(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = build().parse_args(["race", "shapes.py", "--pipelines", TWO, "--plain"])
    here = session(home)
    crashed = False

    def crash_once(ask: Ask) -> str | Line:
        nonlocal crashed
        if not crashed:
            crashed = True
            raise ZeroDivisionError
        return answer(ask)

    wanted = field(here, args.target, args.pipelines, "")
    assert await without_screen(here, wanted, args, scripted_kit(crash_once)) == 70
    told = capsys.readouterr()
    rows = {
        line.split()[0]: line.split()[1] for line in told.out.splitlines() if line.startswith(tuple(TWO.split(",")))
    }
    assert rows == {"raw-coder": "failed", "review-with-evidence": "verified"}
    assert "a fault in redraft itself: ZeroDivisionError()" in told.err
    (kept,) = (here.places.state / "faults").iterdir()
    assert "ZeroDivisionError" in kept.read_text() and str(kept) in told.err


async def test_json_is_one_object_with_a_row_for_each_lane(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await race(home, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["task"], [row["lane"] for row in told["rows"]]) == ("shapes.py::runs_of_letters", TWO.split(","))
    assert told["rows"][1]["change"]["direction"] == "improvement"


@pytest.mark.parametrize(("flag", "begins"), [("--markdown", "### Race: "), ("--csv", "lane,pipeline,models,")])
async def test_markdown_and_csv_are_printed_on_request(
    home: Path, flag: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await race(home, flag) == 0
    assert capsys.readouterr().out.startswith(begins)


async def test_recorded_logs_replay_as_the_same_race(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await race(home, "--plain", "--record", "kept") == 0
    raced_once = capsys.readouterr().out
    assert [log.name for log in lane_logs(["kept"])] == TWO.split(",")
    assert await asyncio.to_thread(main, ["replay", "kept", "--plain"]) == 0
    assert capsys.readouterr().out.splitlines()[1:5] == raced_once.splitlines()[1:5]


def test_two_races_never_mix_in_one_folder(home: Path) -> None:
    (home / "kept").mkdir()
    (home / "kept" / "1-raw-coder.jsonl").write_text("")
    with pytest.raises(UsageError, match="another folder"):
        Keeper(session(home), home / "kept", print)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["race", "shapes.py", "--pipelines", "raw-coder"], "2 to 5 lanes"),
        (["race", "shapes.py", "--pipelines", "raw-coder,nope"], "nope"),
        (["race", "task:nope"], "no task"),
        (["race", "shapes.py", "--models", "gpt"], "NAME@http://HOST/v1"),
        (["replay", "nope"], "no such log"),
    ],
)
def test_what_is_wrong_on_the_command_line_is_usage(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    assert says in capsys.readouterr().err


def test_a_file_with_several_stubs_needs_a_name(home: Path) -> None:
    (home / "shapes.py").write_text(RUNS_OF_LETTERS + WIDEST_GAP)
    with pytest.raises(UsageError, match="runs_of_letters, widest_gap"):
        raced("shapes.py", Settings())


def test_a_task_brings_its_hidden_tests_and_a_file_none(home: Path) -> None:
    assert raced("task:chunked", Settings())[2] != ()
    assert raced("shapes.py", Settings())[2] == ()


def test_the_usual_field_is_four_lanes_that_exist(home: Path) -> None:
    found = field(session(home), "shapes.py", "", "")
    assert [pipeline.name for pipeline in found.pipelines] == USUAL_RACE.split(",")
    assert tuple(name for name in USUAL_RACE.split(",") if name in CATALOGUE) == starting_line.USUAL


def test_without_a_log_replay_lists_the_races_that_ship(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay"]) == 0
    assert "raw-coder" in capsys.readouterr().out
    assert TASKS.is_dir()


# ------------------------------------------------------------------------------------------ models


def test_models_are_named_as_embedded_or_with_their_server() -> None:
    settings = Settings()
    assert parsed("embedded", settings) == ModelChoice("embedded", "")
    assert parsed("q@http://127.0.0.1:1/v1", settings) == ModelChoice("http://127.0.0.1:1/v1", "q")
    there = applied(settings, ModelChoice("http://127.0.0.1:1/v1", "q"))
    assert parsed("other", there) == ModelChoice("http://127.0.0.1:1/v1", "other")


def test_a_chosen_model_plays_every_role_that_followed_the_coder() -> None:
    there = applied(Settings(), ModelChoice("http://127.0.0.1:1/v1", "q"))
    assert in_force(there) == ModelChoice("http://127.0.0.1:1/v1", "q")
    assert {there.role(role).model for role in ("coder", "reviewer", "planner", "tester")} == {"q"}
