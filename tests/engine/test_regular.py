"""Pipes, devices, links to either, and files without end are read by nothing that is given a name by others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from redraft.app.cli.main import main
from redraft.app.tree.picture import picture_of
from redraft.engine.bench.ledger import Ledger
from redraft.engine.bench.lines import Header
from redraft.engine.bench.suites.datasets import load_suite
from redraft.engine.bench.suites.releases import Shelf
from redraft.engine.errors import EnvironmentFault, SettingsError, SourceError
from redraft.engine.events import Decided, Entry
from redraft.engine.prompts import Prompts
from redraft.engine.run.recording import Recording
from redraft.engine.state.run import RunState
from redraft.engine.system.regular import read_regular
from redraft.themes import load_themes


def pipe(path: Path) -> None:
    os.mkfifo(path)


def zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3_000_000_000)


ODD: list[Callable[[Path], None]] = [pipe, zeros, sparse, Path.mkdir]


def test_a_regular_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_regular(tmp_path / "a", 5) == b"12345"
    with pytest.raises(OSError, match="more than"):
        read_regular(tmp_path / "a", 4)
    (tmp_path / "link").symlink_to("a")
    assert read_regular(tmp_path / "link", 5) == b"12345"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("make", ODD)
def test_an_odd_file_is_refused_and_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "odd")
    with pytest.raises(OSError, match=r"no regular file|more than"):
        read_regular(tmp_path / "odd", 1_000_000)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("make", ODD[:3])
@pytest.mark.parametrize(
    "words",
    [
        ["run", "odd.py"],
        ["check", "odd.py", "--function", "f", "--examples", '[["f(1)", "1"]]'],
        ["undo", "odd.py"],
        ["redo", "odd.py"],
        ["replay", "odd.py"],
        ["run", "odd.py::f", "--diff"],
        ["run", "good.py::f", "--resume", "odd.py"],
        ["review", "odd.py::f"],
        ["race", "odd.py::f"],
        ["tree", "odd.py"],
        ["costs", "odd.py"],
        ["lesson", "odd.py"],
        ["prompts", "--for", "odd.py::f"],
        ["bench", "show", "odd.py"],
        ["bench", "tables", "odd.py"],
        ["bench", "humaneval", "--data", "odd.py"],
    ],
    ids=" ".join,
)
def test_every_command_says_of_an_odd_file_what_is_wrong(
    tmp_path: Path,
    make: Callable[[Path], None],
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    make(tmp_path / "odd.py")
    assert main(words) in {2, 3}
    told = capsys.readouterr().err
    assert "odd.py" in told and "fault in redraft" not in told


@pytest.mark.timeout(20)
@pytest.mark.parametrize("make", ODD[:3])
def test_odd_files_in_our_folders_are_refused_in_words(tmp_path: Path, make: Callable[[Path], None]) -> None:
    for name in ("odd.toml", "odd.md", "problem_descriptions.jsonl", "out.jsonl"):
        make(tmp_path / name)
    with pytest.raises(SettingsError, match=r"odd\.toml: cannot be read"):
        load_themes(tmp_path)
    with pytest.raises((SettingsError, KeyError)):
        Prompts(tmp_path).show("odd")
    with pytest.raises(SourceError, match="cannot be read"):
        load_suite("xcodeeval", Shelf(tmp_path / "cache", tmp_path))
    with (
        pytest.raises((SourceError, EnvironmentFault), match=r"out\.jsonl"),
        Ledger(tmp_path / "out.jsonl", Header(suite="own", versions=())),
    ):
        pass


@pytest.mark.timeout(20)
def test_nothing_is_written_into_a_pipe_that_nobody_reads(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EnvironmentFault, match="cannot be written there"):
        picture_of(RunState(), tmp_path / "pipe")
    told: list[str] = []
    recording = Recording(tmp_path / "pipe", told.append)
    recording.keep(Entry(at=0.0, event=Decided(what="on")))
    recording.close()
    assert len(told) == 1 and "this run is not recorded" in told[0]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("make", ODD[:3])
def test_odd_settings_are_refused(
    tmp_path: Path, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "config").mkdir(parents=True)
    make(tmp_path / "home" / "config" / "redraft.toml")
    assert main(["config", "show"]) == 2
    assert "redraft.toml: cannot be read" in capsys.readouterr().err
