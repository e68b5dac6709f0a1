"""Enriching a docstring: offered, never done; accepted change by change; written once, and taken back like any write."""

from __future__ import annotations

from pathlib import Path

import pytest
from redraft.app.application import RedraftApp
from redraft.app.draft.enrich import EnrichScreen
from redraft.app.draft.screen import DraftScreen
from redraft.engine.errors import ModelError
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Line
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.richness_bar import RichnessBar
from redraft.widgets.text import plain
from scenes import RUNS_OF_LETTERS, answer, screen_of, settled, until, watching
from textual.pilot import Pilot

ADDED = """Examples:
>>> runs_of_letters("a")
[('a', 1)]
Types: text is a str
Edge cases:
- An empty text has no runs
"""
CASE = "    An empty text has no runs.\n\n"
EXAMPLE = "    >>> runs_of_letters(\"a\")\n    [('a', 1)]\n"


def with_planner(ask: Ask) -> str | Line:
    return ADDED if "Add to this specification" in ask.messages[-1].content else answer(ask)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def offered(pilot: Pilot[int], app: RedraftApp) -> DiffPane:
    """The additions, once the planner has answered."""
    await settled(pilot)
    await pilot.press("i")
    await until(pilot, lambda: isinstance(app.screen, EnrichScreen))
    pane = app.screen.query_one(DiffPane)
    await until(pilot, lambda: bool(pane.hunks))
    return pane


async def test_what_was_accepted_is_written_and_nothing_else(home: Path) -> None:
    async with (app := watching(home, answers=with_planner)).run_test(size=(120, 36)) as pilot:
        await offered(pilot, app)
        await pilot.press("a", "x", "enter")
        await until(pilot, lambda: isinstance(app.screen, DraftScreen))
        written = RUNS_OF_LETTERS.replace('    >>> runs_of_letters("aaab")', CASE + '    >>> runs_of_letters("aaab")')
        assert (home / "shapes.py").read_text() == written


async def test_an_enriched_docstring_is_taken_back_and_written_again_like_a_body(home: Path) -> None:
    async with (app := watching(home, answers=with_planner)).run_test(size=(120, 36)) as pilot:
        await offered(pilot, app)
        await pilot.press("A", "enter")
        await until(pilot, lambda: isinstance(app.screen, DraftScreen))
        enriched = (home / "shapes.py").read_text()
        assert CASE in enriched
        assert EXAMPLE in enriched
        await pilot.press("u")
        await until(pilot, lambda: (home / "shapes.py").read_text() == RUNS_OF_LETTERS)
        await pilot.press("U")
        await until(pilot, lambda: (home / "shapes.py").read_text() == enriched)


async def test_leaving_or_accepting_nothing_writes_nothing(home: Path) -> None:
    async with (app := watching(home, answers=with_planner)).run_test(size=(120, 36)) as pilot:
        await offered(pilot, app)
        await pilot.press("A", "escape")
        await until(pilot, lambda: isinstance(app.screen, DraftScreen))
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, EnrichScreen) and bool(app.screen.query_one(DiffPane).hunks))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DraftScreen))
        assert (home / "shapes.py").read_text() == RUNS_OF_LETTERS


async def test_a_docstring_that_was_edited_meanwhile_is_not_written_over(home: Path) -> None:
    async with (app := watching(home, answers=with_planner)).run_test(size=(120, 36)) as pilot:
        await offered(pilot, app)
        mine = RUNS_OF_LETTERS.replace("in order", "from left to right")
        (home / "shapes.py").write_text(mine)
        await pilot.press("A", "enter")
        await until(pilot, lambda: len(app._notifications) > 0)
        assert "nothing was written" in next(iter(app._notifications)).message
        assert (home / "shapes.py").read_text() == mine


async def test_a_planner_that_cannot_be_reached_is_told(home: Path) -> None:
    def answers(ask: Ask) -> str | Line:
        down = Line(fails=ModelError("no planner answers; start it", kind="unreachable"))
        return down if "Add to this specification" in ask.messages[-1].content else answer(ask)

    async with (app := watching(home, answers=answers)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, EnrichScreen))
        await until(pilot, lambda: app.screen.query_one(DiffPane).empty == "no planner answers; start it")


async def test_the_score_stands_beside_the_stub_and_follows_a_save(home: Path) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        bar = screen_of(app).query_one(RichnessBar)
        assert plain(bar.runs(140)).startswith("specification 3 of 6   · examples 2/3   ✓ annotations")
        assert "↑ add 1 more example" in plain(bar.runs(140))
        (home / "shapes.py").write_text(RUNS_OF_LETTERS.replace("in order.", "in order. An empty text has none."))
        await until(pilot, lambda: "specification 4 of 6" in plain(bar.runs(140)))


@pytest.mark.parametrize("width", [0, 1, 10, 30, 60, 200])
async def test_the_score_fits_or_is_shortened(home: Path, width: int) -> None:
    async with (app := watching(home)).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        shown = plain(screen_of(app).query_one(RichnessBar).runs(width))
        assert len(shown) <= max(width, len("specification 3 of 6"))
