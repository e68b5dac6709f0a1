"""Pictures of a lesson in three sizes. Look at what changed before `pytest tests/looks --snapshot-update`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lesson_scenes import recorded_lesson
from redraft.app.application import RedraftApp
from redraft.app.lesson.screen import LessonScreen
from redraft.engine.sandbox.scripted import ScriptedSandbox
from scenes import session, until
from test_screens import SIZES, still
from textual.pilot import Pilot

CALLS = ("swap_pairs([5, 6, 7, 8])", "swap_pairs([1, 2, 3])")
TOLD = {
    "items[1::2] + items[::2]": dict(zip(CALLS, ("[6, 8, 5, 7]", "[2, 1, 3]"), strict=True)),
    "swapped = list(items)": dict(zip(CALLS, ("[6, 5, 8, 7]", "[2, 1, 3]"), strict=True)),
}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RedraftApp:
    monkeypatch.chdir(tmp_path)
    here = session(Path())
    lessons = (recorded_lesson("swap_pairs"), recorded_lesson("clock_time"))
    return still(RedraftApp(here, LessonScreen(here, lessons, ScriptedSandbox(TOLD))))


async def typed(pilot: Pilot[int], *texts: str) -> None:
    for text in texts:
        await pilot.press(*("space" if letter == " " else letter for letter in text), "enter")
    await at_rest(pilot)


async def at_rest(pilot: Pilot[int]) -> None:
    screen = pilot.app.screen
    await pilot.pause()  # A claim is sent once all letters have arrived in their fields.
    await pilot.pause()
    await until(pilot, lambda: all(worker.is_finished for worker in screen.workers if worker.group == "lesson"))
    await pilot.pause()
    await pilot.pause()


async def claimed(pilot: Pilot[int]) -> None:
    await pilot.press("enter")
    await typed(pilot, CALLS[1], "[3, 2, 1]")
    await typed(pilot, CALLS[0], "[6, 5, 8, 7]")


async def answered(pilot: Pilot[int]) -> None:
    await claimed(pilot)
    await pilot.press("r")
    await at_rest(pilot)


@pytest.mark.parametrize("size", SIZES)
def test_a_lesson_that_begins(app: RedraftApp, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(app, terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_a_bug_that_is_found(app: RedraftApp, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=claimed)


@pytest.mark.parametrize("size", SIZES)
def test_the_answer(app: RedraftApp, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=answered)
