"""Pictures of the tree in three sizes. Look at what changed before `pytest tests/looks --snapshot-update`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from redraft.app.application import RedraftApp
from redraft.app.tree.replay import TreeReplayScreen
from redraft.engine.events import Entry
from scenes import session
from test_screens import SIZES, evenly, still
from textual.pilot import Pilot
from tree_scenes import grown

Scene = Callable[[Pilot[int]], Awaitable[None]]
MIDDLE = 18.6
"""Seconds into the run: a helper is tried, another one is planned."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    return Path()


@pytest.fixture
def entries(home: Path) -> tuple[Entry, ...]:
    return evenly(asyncio.run(grown(home)))


def replayed(home: Path, entries: tuple[Entry, ...], **flags: object) -> RedraftApp:
    return still(RedraftApp(session(home, **flags), TreeReplayScreen(entries, ticking=lambda: 0.0)))


def at(position: float | None, *keys: str) -> Scene:
    """The tree at a moment of the run, None for its end, after these keys."""

    async def scene(pilot: Pilot[int]) -> None:
        await pilot.press("space", "end")
        if position is not None:
            pilot.app.screen._go(position)  # type: ignore[attr-defined]
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
        await pilot.pause()  # The bar hears of changed keys only when the screen has come to rest.

    return scene


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_that_grows(
    home: Path, entries: tuple[Entry, ...], size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(replayed(home, entries), terminal_size=size, run_before=at(MIDDLE))


@pytest.mark.parametrize("size", SIZES)
def test_a_helper_that_was_split(
    home: Path, entries: tuple[Entry, ...], size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    scene = at(None, "g", "j", "j", "enter")
    assert snap_compare(replayed(home, entries), terminal_size=size, run_before=scene)


def test_a_folded_tree(home: Path, entries: tuple[Entry, ...], snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(replayed(home, entries), terminal_size=(80, 24), run_before=at(None, "g", "j", "j", "left"))


def test_your_own_stub_with_what_each_role_took(
    home: Path, entries: tuple[Entry, ...], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(replayed(home, entries), terminal_size=(80, 24), run_before=at(None, "g", "enter"))


def test_two_candidates_compared(home: Path, entries: tuple[Entry, ...], snap_compare: Callable[..., bool]) -> None:
    scene = at(None, "g", "left_square_bracket", "left_square_bracket", "d")
    assert snap_compare(replayed(home, entries), terminal_size=(120, 36), run_before=scene)


def test_the_tests_of_a_candidate_that_fails(
    home: Path, entries: tuple[Entry, ...], snap_compare: Callable[..., bool]
) -> None:
    scene = at(None, "g", "left_square_bracket", "left_square_bracket", "3")
    assert snap_compare(replayed(home, entries), terminal_size=(120, 36), run_before=scene)


@pytest.mark.parametrize("theme", ["redraft-light", "redraft-contrast"])
def test_the_tree_in_other_themes(
    home: Path, entries: tuple[Entry, ...], theme: str, snap_compare: Callable[..., bool]
) -> None:
    app = replayed(home, entries, interface__theme=theme)
    assert snap_compare(app, terminal_size=(120, 36), run_before=at(MIDDLE))
