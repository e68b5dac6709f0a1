"""Pipes, devices, links to either, and files without end are read by nothing that is given a name by others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from redraft.app.cli import main
from redraft.engine.regular import read_regular


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
        ["replay", "odd.py"],
    ],
    ids=lambda words: words[0],
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
def test_odd_settings_are_refused(
    tmp_path: Path, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "config").mkdir(parents=True)
    make(tmp_path / "home" / "config" / "redraft.toml")
    assert main(["config", "show"]) == 2
    assert "redraft.toml: cannot be read" in capsys.readouterr().err
