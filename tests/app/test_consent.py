"""Consent to a limited sandbox (tier D): asked in a dialogue, once for a project, and never taken for granted."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from redraft.app.application import RedraftApp
from redraft.app.draft.screen import DraftScreen
from redraft.app.models.consent import ConsentScreen
from redraft.engine.errors import ConsentNeeded
from redraft.engine.kit import Kit
from redraft.engine.sandbox.opening import SandboxChoice, agree
from redraft.engine.sandbox.tiers import REQUIRED
from redraft.engine.settings import Settings
from redraft.engine.settings.trust import TrustBook
from scenes import RUNS_OF_LETTERS, answer, screen_of, scripted_kit, session, settled, until
from textual.widgets import Static


def limited(home: Path) -> RedraftApp:
    """The main screen on a machine whose sandbox is limited."""
    path = home / "shapes.py"
    path.write_text(RUNS_OF_LETTERS)
    open_scripted = scripted_kit(answer)

    def open_kit(settings: Settings) -> AbstractAsyncContextManager[Kit]:
        agree(SandboxChoice(allow_limited=settings.sandbox.lowest_tier >= "D"), "D", REQUIRED["D"], "")
        return open_scripted(settings)

    here = session(home)
    return RedraftApp(here, DraftScreen(here, [path], open_kit=open_kit))


def test_tier_d_needs_consent() -> None:
    with pytest.raises(ConsentNeeded, match="trust --limited"):
        agree(SandboxChoice(), "D", REQUIRED["D"], "")
    agree(SandboxChoice(allow_limited=True), "D", REQUIRED["D"], "")


async def test_it_says_what_drafts_could_do_and_for_which_folder(tmp_path: Path) -> None:
    async with (app := limited(tmp_path)).run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConsentScreen))
        text = str(app.screen.query(Static).first().visual)
        assert "read and change your files" in text
        assert str(tmp_path) in text.replace("\n", "")


async def test_yes_drafts_and_is_remembered_for_the_project(tmp_path: Path) -> None:
    async with (app := limited(tmp_path)).run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConsentScreen))
        await pilot.press("y")
        screen = await settled(pilot)
        assert TrustBook(app.session.places).lowest_tier(tmp_path) == "D"
        assert not isinstance(app.screen, ConsentScreen)
        assert screen.query("DraftPane")


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_no_runs_nothing_says_why_and_asks_again_next_time(tmp_path: Path, key: str) -> None:
    async with (app := limited(tmp_path)).run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConsentScreen))
        await pilot.press(key)
        await until(pilot, lambda: not isinstance(app.screen, ConsentScreen))
        assert TrustBook(app.session.places).lowest_tier(tmp_path) is None
        screen = screen_of(app)
        await until(pilot, lambda: screen.view.state.status == "failed")
        assert "without your consent" in screen.view.state.problem
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ConsentScreen))


async def test_enter_agrees_to_nothing(tmp_path: Path) -> None:
    async with (app := limited(tmp_path)).run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConsentScreen))
        await pilot.press("enter")
        assert isinstance(app.screen, ConsentScreen)
