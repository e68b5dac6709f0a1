"""Pictures of a race in three sizes, from a race that ships. Look at what changed before `--snapshot-update`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from redraft.app.application import RedraftApp
from redraft.app.models.choice import ModelChoice
from redraft.app.race.picker import RacePicker
from redraft.app.race.replay import RaceReplayScreen
from redraft.app.replay.logs import lane_logs
from redraft.engine.settings import Settings
from redraft.widgets.run.timeline import Timeline
from scenes import session, until
from textual.pilot import Pilot

SIZES = [(80, 24), (100, 30), (160, 50)]
RACE = "swap_pairs"
Scene = Callable[[Pilot[int]], Awaitable[None]]


def replaying() -> RedraftApp:
    app = RedraftApp(session(Path()), RaceReplayScreen(lane_logs([RACE]), ticking=lambda: 0.0))
    app.animation_level = "none"
    return app


def at(part: float, *keys: str) -> Scene:
    """The replay held at a part of the race, after these keys."""

    async def scene(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, RaceReplayScreen)
        timeline = screen.query_one(Timeline)
        await pilot.press("space")
        wanted = timeline.duration * part
        timeline.post_message(Timeline.Seek(wanted))
        await until(pilot, lambda: abs(timeline.position - wanted) < 1e-6 and not timeline.playing)
        for key in keys:
            await pilot.press(key)
        await pilot.pause()

    return scene


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")


@pytest.mark.parametrize("size", SIZES)
def test_lanes_that_wait_and_write(snap_compare, size: tuple[int, int]) -> None:
    assert snap_compare(replaying(), terminal_size=size, run_before=at(0.35, "2"))


@pytest.mark.parametrize("size", SIZES)
def test_a_race_that_is_over(snap_compare, size: tuple[int, int]) -> None:
    assert snap_compare(replaying(), terminal_size=size, run_before=at(1.0))


def test_two_drafts_compared(snap_compare) -> None:
    assert snap_compare(replaying(), terminal_size=(120, 36), run_before=at(1.0, "1", "d"))


@pytest.mark.parametrize("theme", ["redraft-light", "redraft-contrast", "redraft-colourblind"])
def test_other_themes(snap_compare, theme: str) -> None:
    async def scene(pilot: Pilot[int]) -> None:
        pilot.app.theme = theme
        await at(1.0)(pilot)

    assert snap_compare(replaying(), terminal_size=(120, 40), run_before=scene)


def test_choosing_a_lineup_with_several_models(snap_compare) -> None:
    async def scene(pilot: Pilot[int]) -> None:
        await at(0.0)(pilot)
        models = (ModelChoice("embedded", ""), ModelChoice("http://127.0.0.1:1/v1", "qwen3-32b"))
        pilot.app.push_screen(RacePicker(models, models[0], Settings()))
        await pilot.pause()
        await pilot.press("tab")
        await pilot.pause()

    assert snap_compare(replaying(), terminal_size=(120, 36), run_before=scene)
