"""`redraft pipelines`, and the names of patterns wherever one may be typed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from redraft.app.cli.main import main
from redraft.app.cli.parser import build
from redraft.engine.pipelines.catalogue import ENRICH, PIPELINES, REVIEW, REVIEW_AND_FIX
from redraft.engine.pipelines.names import NAMES
from redraft.engine.prompts import Prompts


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_every_pattern_is_listed_with_where_it_is_from(capsys: pytest.CaptureFixture[str]):
    lines = said(["pipelines"], capsys).splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)
    assert all(one.source in line for one, line in zip(PIPELINES, lines, strict=True))


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda p: p.name)
def test_one_is_told_whole(pipeline, capsys: pytest.CaptureFixture[str]):
    text = said(["pipelines", pipeline.name], capsys)
    for part in (pipeline.source, *pipeline.roles, *pipeline.prompts, f"--pipeline {pipeline.name}"):
        assert part in text
    told = json.loads(said(["pipelines", pipeline.name, "--json"], capsys))
    assert told["prompts"] == list(pipeline.prompts)


def test_the_bound_is_that_of_the_settings_in_force(capsys: pytest.CaptureFixture[str]):
    few = json.loads(said(["pipelines", "review-with-evidence", "--json", "--set", "repair.attempts=2"], capsys))
    many = json.loads(said(["pipelines", "review-with-evidence", "--json", "--set", "repair.attempts=8"], capsys))
    assert many["most_calls"]["evidence"] - few["most_calls"]["evidence"] == 6
    assert many["most_calls"]["paper"] == few["most_calls"]["paper"]


def test_a_name_that_is_none_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]):
    assert main(["pipelines", "review-then-fixed"]) == 2
    assert "review-then-fix-retry" in capsys.readouterr().err


def test_the_light_list_of_names_is_the_catalogue():
    assert tuple(one.name for one in PIPELINES) == NAMES


@pytest.mark.parametrize("pipeline", [*PIPELINES, REVIEW, REVIEW_AND_FIX, ENRICH], ids=lambda p: p.name)
def test_the_prompts_that_are_named_are_there(pipeline):
    assert set(pipeline.prompts) <= set(Prompts().names())


@pytest.mark.parametrize("command", ["run", "race", "bench"])
def test_help_names_every_pattern(command: str):
    parser = build()
    parsers = parser._subparsers._group_actions[0].choices  # type: ignore[union-attr,index]
    text = " ".join(parsers[command].format_help().split())  # type: ignore[index]
    assert all(f"{name}," in text or text.endswith(name) for name in NAMES)


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["redraft", "run", "a.py::f", "--pipeline", "pa"], ["pat"]),
        (["redraft", "run", "a.py::f", "-p", "review-then"], ["review-then-fix", "review-then-fix-retry"]),
        (["redraft", "race", "a.py::f", "--pipelines", "raw-coder,fun"], ["raw-coder,funcoder"]),
        (["redraft", "bench", "humaneval+", "-p", "pat,codet-"], ["pat,codet-paper"]),
        (["redraft", "pipelines", "deb"], ["debate"]),
        (["redraft", "pipe"], ["pipelines"]),
    ],
)
def test_a_shell_completes_them(words: list[str], completed: list[str], capsys: pytest.CaptureFixture[str]):
    script = said(["completion", "bash"], capsys)
    line = " ".join(f"'{word}'" for word in words)
    asked = (
        f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _redraft; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == completed
