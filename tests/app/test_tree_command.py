"""`redraft tree`: the tree of a recorded run as lines, as JSON, and as a picture."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from redraft.app.cli.main import main
from redraft.engine.run.recording import line_of
from tree_scenes import grown


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "run.jsonl"
    path.write_bytes(b"".join(map(line_of, asyncio.run(grown(Path())))))
    return path


def test_a_tree_is_printed_line_by_line_each_function_below_what_it_helps(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tree", str(log), "--plain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "meeting_time", "  read_meetings", "  merged", "    touches", "  as_clock",
    ]  # fmt: skip
    assert lines[1].startswith("meeting_time: solved, yours 3 of 3, the tester's 2 of 2, 21 calls, ")


def test_as_json_every_function_has_its_numbers(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", str(log), "--json"]) == 0
    root, *below = json.loads(capsys.readouterr().out)
    assert (root["name"], root["visible"], root["generated"], root["state"]) == (
        "meeting_time", [3, 3], [2, 2], "solved",
    )  # fmt: skip
    assert root["tokens"] == root["own_tokens"] + sum(one["tokens"] for one in below if one["depth"] == 1)


def test_a_picture_is_written_where_it_is_wanted(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", str(log), "--svg", "mine.svg"]) == 0
    assert "touches" in Path("mine.svg").read_text()


def test_a_picture_that_cannot_be_written_is_told_with_its_place(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", str(log), "--svg", "nowhere/mine.svg"]) == 3
    assert "nowhere/mine.svg" in capsys.readouterr().err


def test_a_run_without_a_tree_is_refused_with_the_pipelines_that_grow_one(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    assert main(["tree", str(log)]) == 2
    assert "pat or funcoder" in capsys.readouterr().err
