"""A recorded run on the screen it was made in: time moves, nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from redraft.app.application import RedraftApp
from redraft.app.common.key_bar import KeyBar
from redraft.app.replay.screen import ReplayScreen
from redraft.app.run.view import RunView
from redraft.engine.events import Entry
from redraft.engine.run.recording import read_log
from redraft.engine.state.run import state_of
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.timeline import Timeline
from redraft.widgets.status_line import StatusLine
from scenes import session, settled, until, watching


class Hand:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Entry, ...]:
    monkeypatch.chdir(tmp_path)
    async with watching(tmp_path, pace=0.001).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
    return read_log(next((tmp_path / "redraft" / "state" / "runs").iterdir()))


async def test_a_replay_goes_through_the_states_of_the_log_in_its_own_time(
    recorded: tuple[Entry, ...], tmp_path: Path
) -> None:
    hand = Hand()
    screen = ReplayScreen(recorded, ticking=hand)
    async with RedraftApp(session(tmp_path), screen).run_test(size=(120, 36)) as pilot:
        middle = recorded[len(recorded) // 2].at
        hand.now = middle
        await until(pilot, lambda: screen.query_one(Timeline).position == middle)
        assert screen.query_one(RunView).state == state_of(e for e in recorded if e.at <= middle)
        hand.now = 1000.0
        await until(pilot, lambda: not screen.playing)
        assert screen.query_one(RunView).state == state_of(recorded)
        assert screen.query_one(StatusLine).notice == "the end"


async def test_a_replay_can_be_paused_stepped_and_sought(recorded: tuple[Entry, ...], tmp_path: Path) -> None:
    screen = ReplayScreen(recorded, ticking=Hand())
    async with RedraftApp(session(tmp_path), screen).run_test(size=(120, 36)) as pilot:
        line = screen.query_one(Timeline)
        await pilot.press("space")
        assert not screen.playing
        await pilot.press("right", "right")
        await pilot.pause()
        assert line.position == [moment for moment in line.moments if moment > 0][1]
        await pilot.press("left")
        await pilot.pause()
        assert line.position == next(moment for moment in line.moments if moment > 0)
        await pilot.press("end")
        await pilot.pause()
        assert screen.query_one(RunView).state == state_of(recorded)
        await pilot.press("home")
        await pilot.pause()
        assert line.position == 0.0


async def test_nothing_can_be_accepted_in_a_replay(recorded: tuple[Entry, ...], tmp_path: Path) -> None:
    screen = ReplayScreen(recorded, ticking=Hand())
    before = (tmp_path / "shapes.py").read_text()
    async with RedraftApp(session(tmp_path), screen).run_test(size=(120, 36)) as pilot:
        await pilot.press("space", "end")
        await pilot.pause()
        await pilot.press("3", "A")
        await pilot.pause()
        assert "accept all" not in {hint.says for hint in screen.query_one(KeyBar).hints[0]}
        diff = screen.query_one(DiffPane)
        assert diff.hunks and not any(spot.name == "accept" for row in diff.rows(100) for spot in row.spots)
    assert (tmp_path / "shapes.py").read_text() == before
