"""Taking back what an earlier session wrote, and being told what somebody saved in the instant of a write."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from redraft.app.cli.main import main
from redraft.app.common.session import existing
from redraft.app.draft.welcome import NoStubs
from redraft.engine.journal.journal import Journal, Purpose
from redraft.engine.sources import read, write
from redraft.engine.sources.writes.scratch import beside, this_process
from redraft.widgets.status_line import StatusLine
from scenes import MENDED, RUNS_OF_LETTERS, screen_of, session, settled, until, watching

FILLED = RUNS_OF_LETTERS.replace("    ...\n", MENDED)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir() if path.is_file())


def earlier(home: Path, deed: Callable[[Journal], object]) -> int:
    """Do something in a process of its own, which is gone afterwards; gives its id."""
    child = os.fork()
    if not child:
        try:
            deed(Journal(session(home).places.state / "journal"))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    return child


def filled_earlier(home: Path) -> None:
    """The only stub of the file was filled by another redraft."""
    file = home / "shapes.py"
    file.write_text(RUNS_OF_LETTERS)
    purpose = Purpose(function="runs")
    earlier(home, lambda journal: write(read(file), FILLED, journal.labelled(purpose)))


async def test_u_takes_back_what_an_earlier_session_wrote_although_no_stub_is_left(home: Path) -> None:
    filled_earlier(home)
    async with (app := watching(home, text=FILLED)).run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "no stubs" in screen_of(app).query_one(StatusLine).seen)
        assert screen_of(app).query_one(NoStubs).display
        await pilot.press("u")
        await until(pilot, lambda: (home / "shapes.py").read_text() == RUNS_OF_LETTERS)
        await until(pilot, lambda: "took back" in screen_of(app).query_one(StatusLine).notice)
        notice = screen_of(app).query_one(StatusLine).notice
        told = r"took back the write of `runs` by redraft at \d\d:\d\d \(an earlier session\)\. U writes it again"
        assert re.fullmatch(told, notice)
        await pilot.press("U")
        await until(pilot, lambda: (home / "shapes.py").read_text() == FILLED)


async def test_u_goes_on_with_the_writes_of_earlier_sessions_after_those_of_this_one(home: Path) -> None:
    file, first = home / "shapes.py", "# first\n" + RUNS_OF_LETTERS
    file.write_text(first)
    earlier(home, lambda journal: write(read(file), RUNS_OF_LETTERS, journal))
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("A")
        await until(pilot, lambda: file.read_text() == FILLED)
        await until(pilot, lambda: "written" in screen_of(app).query_one(StatusLine).notice)
        await pilot.press("u")
        await until(pilot, lambda: file.read_text() == RUNS_OF_LETTERS)
        await until(pilot, lambda: "was taken back" in screen_of(app).query_one(StatusLine).notice)
        await pilot.press("u")
        await until(pilot, lambda: file.read_text() == first)


async def test_a_save_that_a_killed_redraft_had_set_aside_is_told_when_its_file_is_opened(home: Path) -> None:
    file = home / "shapes.py"
    gone = this_process()._replace(pid=earlier(home, lambda _: None))
    beside(file, writer=gone).write_text("# mine\n")
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        told = [notification.message for notification in app._notifications]
        assert [message for message in told if "a save of yours was found" in message and str(file) in message]
    assert files(home) == ["shapes.py"]


def test_a_file_that_a_killed_redraft_had_moved_away_is_there_again_when_it_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDRAFT_HOME", str(home / "redraft"))
    gone = this_process()._replace(pid=earlier(home, lambda _: None))
    beside(home / "shapes.py", ".aside", gone).write_text("# mine\n")
    assert existing(Path("shapes.py")).read_text() == "# mine\n"
    assert capsys.readouterr().err == (
        "redraft: shapes.py: the file was put back; a redraft that was ended in the middle of a write had set it aside\n"
    )
    assert files(home) == ["shapes.py"]


def test_undo_without_a_screen_tells_whose_write_it_takes_back(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDRAFT_HOME", str(home / "redraft"))
    filled_earlier(home)
    assert main(["undo", "shapes.py"]) == 0
    told = r"shapes\.py: took back the write of `runs` by redraft at \d\d:\d\d \(an earlier session\); `redraft redo shapes"
    assert re.match(told, capsys.readouterr().out)
    assert (home / "shapes.py").read_text() == RUNS_OF_LETTERS
