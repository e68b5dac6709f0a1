"""Pictures of a benchmark's results in three sizes. Look at what changed before `--snapshot-update`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from results_scenes import browsing, read
from textual.pilot import Pilot

SIZES = [(80, 24), (100, 30), (160, 50)]
Scene = Callable[[Pilot[int]], Awaitable[None]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    return Path()


def after(*keys: str) -> Scene:
    """The screen once it has read its file, after these keys."""

    async def scene(pilot: Pilot[int]) -> None:
        screen = await read(pilot)
        screen.query_one("#search").query_one("Input").cursor_blink = False  # type: ignore[attr-defined]
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await pilot.pause()

    return scene


@pytest.mark.parametrize("size", SIZES)
def test_all_results(snap_compare, home: Path, size: tuple[int, int]) -> None:
    assert snap_compare(browsing(home), terminal_size=size, run_before=after("l", "l", "j"))


@pytest.mark.parametrize("size", SIZES)
def test_a_false_alarm_in_full(snap_compare, home: Path, size: tuple[int, int]) -> None:
    assert snap_compare(browsing(home), terminal_size=size, run_before=after("r", "G", "tab"))


@pytest.mark.parametrize("size", SIZES)
def test_the_table_with_its_notes(snap_compare, home: Path, size: tuple[int, int]) -> None:
    assert snap_compare(browsing(home), terminal_size=size, run_before=after("t"))


def test_a_search_among_what_was_broken(snap_compare, home: Path) -> None:
    assert snap_compare(browsing(home), terminal_size=(100, 30), run_before=after("b", "slash", "f", "i"))


@pytest.mark.parametrize("theme", ["redraft-light", "redraft-contrast", "redraft-colourblind"])
def test_other_themes(snap_compare, home: Path, theme: str) -> None:
    app = browsing(home, interface__theme=theme)
    assert snap_compare(app, terminal_size=(120, 36), run_before=after("f"))
