"""Pictures of the screens in three sizes. Look at what changed before `pytest tests/looks --snapshot-update`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from redraft.app.application import RedraftApp
from redraft.app.draft.screen import DraftScreen
from redraft.app.draft.welcome import WelcomeScreen
from redraft.app.replay.screen import ReplayScreen
from redraft.engine.events import AnyEvent, CallEnded, Entry, RunStarted
from redraft.engine.run.recording import read_log
from redraft.engine.state.run import RunState, state_of
from redraft.widgets.run.draft_pane import DraftPane
from redraft.widgets.run.meter_bar import MeterBar
from redraft.widgets.run.stage_bar import StageBar
from scenes import RUNS_OF_LETTERS, WIDEST_GAP, session, settled, until, watching
from textual.pilot import Pilot

SIZES = [(80, 24), (100, 30), (160, 50)]
BOTH = RUNS_OF_LETTERS + WIDEST_GAP
STEP = 0.05
"""Seconds between two entries of a log that is shown."""

Scene = Callable[[Pilot[int]], Awaitable[None]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    return Path()


def evenly(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The same log with times that are the same in every picture."""
    return tuple(Entry(at=round(n * STEP, 4), event=_timeless(entry.event)) for n, entry in enumerate(entries))


def _timeless(event: AnyEvent) -> AnyEvent:
    if isinstance(event, RunStarted):
        return replace(event, run="20260102T030405.000-demo", began_at="2026-01-02T03:04:05+00:00")
    return replace(event, seconds=1.5, first_seconds=0.2) if isinstance(event, CallEnded) else event


def logged(home: Path) -> tuple[Entry, ...]:
    return evenly(read_log(sorted((home / "redraft" / "state" / "runs").iterdir())[0]))


def shown(screen: DraftScreen, state: RunState) -> None:
    """Put this state in front, in place of the one that was timed."""
    card = screen.card
    assert card is not None
    screen._work.following.took(card.stub, state)  # type: ignore[union-attr]


def still(app: RedraftApp) -> RedraftApp:
    app.animation_level = "none"
    return app


def at_rest(home: Path, *keys: str, part: float = 1.0) -> Scene:
    """The screen once the run is over, with its log shown up to some part of it, after these keys."""

    async def scene(pilot: Pilot[int]) -> None:
        screen = await settled(pilot)
        for group in ("watch", "recheck", "ahead"):  # What they find out later would take this state's place.
            screen.workers.cancel_group(screen, group)
        await pilot.pause()
        entries = logged(home)
        for pane in (StageBar, MeterBar, DraftPane):
            screen.query_one(pane).live = False
        shown(screen, state_of(entries[: int(len(entries) * part)]))
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
        await pilot.pause()

    return scene


@pytest.mark.parametrize("size", SIZES)
def test_a_run_that_is_over(home: Path, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(still(watching(home, text=BOTH)), terminal_size=size, run_before=at_rest(home))


@pytest.mark.parametrize("size", SIZES)
def test_a_draft_that_is_being_written(home: Path, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    scene = at_rest(home, part=0.25)
    assert snap_compare(still(watching(home, text=BOTH)), terminal_size=size, run_before=scene)


@pytest.mark.parametrize("key", ["1", "2", "4", "s"])
def test_each_pane_alone_on_a_small_terminal(home: Path, key: str, snap_compare: Callable[..., bool]) -> None:
    scene = at_rest(home, key)
    assert snap_compare(still(watching(home, text=BOTH)), terminal_size=(80, 24), run_before=scene)


@pytest.mark.parametrize("theme", ["redraft-light", "redraft-contrast"])
def test_other_themes(home: Path, theme: str, snap_compare: Callable[..., bool]) -> None:
    app = still(watching(home, text=BOTH, interface__theme=theme))
    assert snap_compare(app, terminal_size=(120, 36), run_before=at_rest(home))


def test_all_keys(home: Path, snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(still(watching(home)), terminal_size=(100, 50), run_before=at_rest(home, "question_mark"))


def test_a_search(home: Path, snap_compare: Callable[..., bool]) -> None:
    scene = at_rest(home, "1", "slash", *"run", "enter", "n", "n")
    assert snap_compare(still(watching(home, text=BOTH)), terminal_size=(100, 30), run_before=scene)


def test_a_search_for_what_is_not_there(home: Path, snap_compare: Callable[..., bool]) -> None:
    scene = at_rest(home, "3", "slash", *"return rums")
    assert snap_compare(still(watching(home, text=BOTH)), terminal_size=(100, 30), run_before=scene)


def test_no_stub_yet(home: Path, snap_compare: Callable[..., bool]) -> None:
    async def scene(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        await until(pilot, lambda: "no stubs" in screen.query_one("#status").seen)  # type: ignore[attr-defined]

    assert snap_compare(still(watching(home, text="answer = 42\n")), terminal_size=(80, 24), run_before=scene)


def test_the_welcome_of_the_tour(home: Path, snap_compare: Callable[..., bool]) -> None:
    async def scene(pilot: Pilot[int]) -> None:
        await at_rest(home)(pilot)
        await pilot.app.push_screen(WelcomeScreen(Path("/home/you/.local/share/redraft/tour")))

    assert snap_compare(still(watching(home)), terminal_size=(80, 24), run_before=scene)


def test_a_terminal_that_is_too_small(home: Path, snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(still(watching(home)), terminal_size=(20, 5), run_before=at_rest(home))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_a_replay_that_is_paused(home: Path, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    async def record() -> None:
        async with watching(home).run_test() as pilot:
            await settled(pilot)

    asyncio.run(record())
    entries = logged(home)

    async def scene(pilot: Pilot[int]) -> None:
        await pilot.press("space", "full_stop", "full_stop", "full_stop")
        await pilot.pause()

    replayed = still(RedraftApp(session(home), ReplayScreen(entries, ticking=lambda: 0.0)))
    assert snap_compare(replayed, terminal_size=size, run_before=scene)
