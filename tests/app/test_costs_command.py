"""`redraft costs`: recorded runs beside one another, as tables and as JSON."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from redraft.app.cli.main import main
from redraft.engine.events import Entry
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.run.log import running
from redraft.engine.run.recording import line_of
from redraft.engine.sources import find_stubs, read
from tree_scenes import DAY, grown, kit


async def recorded(home: Path, pipeline: str) -> tuple[Entry, ...]:
    path = home / "day.py"
    path.write_text(DAY)
    async with running(CATALOGUE[pipeline], kit(), find_stubs(read(path)).stubs[0]) as log:
        return tuple([entry async for entry in log])


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    folder = tmp_path / "logs"
    folder.mkdir()
    for name, entries in (
        ("1", asyncio.run(recorded(tmp_path, "raw-coder"))),
        ("2", asyncio.run(grown(tmp_path))),
        ("3", asyncio.run(grown(tmp_path))[:-9]),
    ):
        (folder / f"{name}.jsonl").write_bytes(b"".join(map(line_of, entries)))
    return folder


def test_every_pipeline_has_a_line_and_every_role_one_below_it(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", str(logs)]) == 0
    printed = capsys.readouterr()
    used, compared = printed.out.split("beside one another")
    names = [line.split("  ")[0] for line in used.splitlines()[4:9]]
    assert names == ["raw-coder", "pat", "└ coder", "└ planner", "└ tester"]
    assert "scripted-coder / scripted-planner + tester=scripted-tester" in compared
    assert "hint for the generator's price (Theorem 3): none; it takes 3 generators" in printed.out
    assert printed.err == "left out: 1 that did not come to an end of their own\n"


def test_as_json_every_number_is_there(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", str(logs), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    raw, pat = told["rows"]
    assert raw["standard"]["relative"] == 1.0
    assert pat["standard"]["relative"] == pytest.approx(pat["usd"] / raw["usd"])
    assert pat["roi"] == pytest.approx(100 / (pat["standard"]["relative"] - 1))
    assert (pat["decomposition"], told["unfinished"]) == (1.0, 1)
    assert "3 generators" in told["hint"]["missing"]


def test_other_prices_can_be_tried_by_a_part_of_a_models_name(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", str(logs), "--json", "--price", "planner=0,0"]) == 0
    pat = json.loads(capsys.readouterr().out)["rows"][1]
    assert pat["planners_share"] == 0.0


@pytest.mark.parametrize(
    ("price", "told"),
    [
        ("scripted=1,2", "which one of scripted-coder"),
        ("nobody=1,2", "no run here is of this model"),
        ("scripted-coder=1", "write it as MODEL=IN,OUT"),
        ("scripted-coder=1,nan", "write it as MODEL=IN,OUT"),
        ("scripted-coder=1,-1", "write it as MODEL=IN,OUT"),
        ("1,2", "write it as MODEL=IN,OUT"),
    ],
)
def test_a_price_that_cannot_be_meant_is_refused(
    logs: Path, capsys: pytest.CaptureFixture[str], price: str, told: str
) -> None:
    assert main(["costs", str(logs), "--price", price]) == 2
    assert told in capsys.readouterr().err


def test_without_logs_the_runs_that_were_kept_are_told(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs"]) == 2
    assert "no run is recorded yet" in capsys.readouterr().err
    kept = Path("home/state/runs")
    kept.parent.mkdir(parents=True)
    logs.rename(kept)
    assert main(["costs"]) == 0
    assert "pat" in capsys.readouterr().out


def test_a_folders_other_files_are_left_out_and_a_named_one_is_an_error(
    logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stray = logs / "9.jsonl"
    stray.write_text("{}\n")
    assert main(["costs", str(logs)]) == 0
    assert "left out: " in capsys.readouterr().err
    assert main(["costs", str(stray)]) == 3
    assert "no run log" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere", "no such log, folder or recorded race"),
        ("logs/3.jsonl", "none of these runs"),
        ("home", "no run logs"),
    ],
)
def test_where_there_is_nothing_to_tell_it_is_said_why(
    logs: Path, capsys: pytest.CaptureFixture[str], name: str, told: str
) -> None:
    Path("home").mkdir(exist_ok=True)
    assert main(["costs", name, "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"] == "UsageError"
    assert told in answer["message"]


def test_a_race_that_ships_can_be_named(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", "add_roman", "--json"]) == 0
    assert [row["pipeline"] for row in json.loads(capsys.readouterr().out)["rows"]] == ["best-of-n", "pat"]
