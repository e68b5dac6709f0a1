"""Programs are found on the path, and never in the folder that one happens to be in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from redraft.app.common import clipboard
from redraft.engine.errors import EnvironmentFault
from redraft.engine.models.embedded.engines import missing
from redraft.engine.models.vllm.commands import program
from redraft.engine.system.programs import find_program
from redraft.engine.system.regular import write_new


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hostile clone with programs of known names, in which one stands."""
    for name in ("llama-server", "uvx", "vllm", "xclip", "uv"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", ["", ".", "::", f"{os.defpath}:.", "bin/..", "./"])
def test_an_entry_that_is_not_absolute_does_not_count(clone: Path, path: str) -> None:
    assert find_program("llama-server", path) is None
    assert find_program("llama-server", f"{path}:{clone}") == str(clone / "llama-server")


def test_a_path_that_is_named_is_taken(clone: Path) -> None:
    assert find_program(str(clone / "uvx"), "") == str(clone / "uvx")


def test_no_server_is_taken_from_the_folder_one_is_in(clone: Path) -> None:
    assert "cannot be run" in missing("llama-server", {"PATH": "."})
    with pytest.raises(EnvironmentFault):
        program({"PATH": "."})


def test_nothing_is_copied_through_a_program_of_the_folder_one_is_in(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", ".")
    assert clipboard.tools({"DISPLAY": ":0"}, "linux") == ()


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "race.html"
    path.write_text("mine")
    os.mkfifo(tmp_path / "race-2.html")
    assert write_new(path, "new") == tmp_path / "race-3.html"
    assert (path.read_text(), (tmp_path / "race-3.html").read_text()) == ("mine", "new")
