"""ctrl+c cancels what runs or closes what is open, wherever one is; a fault of ours ends with its own exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from race_scenes import over, racing
from redraft.app.application import RedraftApp
from redraft.app.draft_screen import DraftScreen
from redraft.app.race_screen import RaceScreen
from redraft.app.welcome import WelcomeScreen
from redraft.engine.models.scripted import Line
from redraft.widgets.search_line import SearchLine
from redraft.widgets.status_line import StatusLine
from redraft.widgets.stub_list import StubList
from scenes import (
    CLEAN,
    FIRST_TRY,
    RUNS_OF_LETTERS,
    WIDEST_GAP,
    answer,
    scripted_kit,
    session,
    settled,
    until,
    watching,
)
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("key", ["p", "m", "R", "question_mark", "ctrl+p", "i", "t"])
async def test_ctrl_c_closes_every_dialogue(home: Path, key: str):
    async with watching(home).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press(key)
        await until(pilot, lambda: not isinstance(pilot.app.screen, DraftScreen))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftScreen))


async def test_ctrl_c_ends_what_is_typed_and_then_says_how_to_leave(home: Path):
    async with watching(home).run_test(size=(100, 30)) as pilot:
        screen = await settled(pilot)
        await pilot.press("slash", "a", "ctrl+c")
        await until(pilot, lambda: not screen.query(SearchLine))
        await pilot.press("ctrl+c")
        assert screen.query_one(StatusLine).notice == "nothing runs here: ctrl+q leaves redraft"


async def test_ctrl_c_cancels_a_race(home: Path):
    async with racing(home, answers=lambda _: Line(text="    return", hangs=True)).run_test(size=(100, 30)) as pilot:
        race = pilot.app.screen
        assert isinstance(race, RaceScreen)
        await until(pilot, lambda: any(state.calls and state.calls[0].text for state in race.view.states))
        await pilot.press("ctrl+c")
        await over(pilot)
        assert {state.status for state in race.view.states} == {"cancelled"}


async def test_a_race_in_which_a_lane_did_not_verify_has_no_green_end(home: Path):
    async with racing(home, answers=lambda ask: Line(text="    return 1\n")).run_test(size=(100, 30)) as pilot:
        race = await over(pilot)
        assert race.query_one(StatusLine).tone == "warning"


async def test_slash_filters_the_list_of_stubs_when_it_has_the_keys(home: Path):
    app = watching(home, text=RUNS_OF_LETTERS + WIDEST_GAP, answers=answer)
    async with app.run_test(size=(160, 50)) as pilot:
        screen = await settled(pilot)
        stubs = screen.query_one(StubList)
        await pilot.press("s", "slash", *"gap")
        await until(pilot, lambda: [stub.name for stub in stubs.listed] == ["widest_gap"])
        assert stubs.chosen.endswith("widest_gap")
        await pilot.press("enter")
        assert stubs.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: len(stubs.listed) == 2)


async def test_the_cursor_of_a_list_stays_in_sight_when_the_screen_shrinks(home: Path):
    text = "".join(RUNS_OF_LETTERS.replace("runs_of_letters", f"runs_{n}") + "\n\n" for n in range(40))
    async with watching(home, text=text).run_test(size=(160, 50)) as pilot:
        screen = await settled(pilot)
        stubs = screen.query_one(StubList)
        await pilot.press("s", *["j"] * 35)
        await pilot.resize_terminal(160, 24)
        await pilot.pause()
        top = stubs.scroll_offset.y
        assert top <= stubs.cursor < top + stubs.scrollable_content_region.height


async def test_what_a_screen_falls_over_goes_on_to_who_ran_it(home: Path):
    class Broken(Screen[None]):
        def compose(self) -> ComposeResult:
            key = "sk-never-shown"
            raise ZeroDivisionError(len(key))

    with pytest.raises(ZeroDivisionError):
        await RedraftApp(session(home), Broken()).run_async(headless=True)


async def test_the_tour_says_where_its_files_are_and_what_helps_when_a_draft_fails(home: Path):
    (home / "shapes.py").write_text(RUNS_OF_LETTERS)
    here = session(home)
    kit = scripted_kit(lambda ask: json.dumps(CLEAN) if ask.schema else f"{ask.prefill}{FIRST_TRY}")
    screen = DraftScreen(here, [Path("shapes.py")], welcome=True, open_kit=kit)
    async with RedraftApp(here, screen).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        texts = " ".join(str(line.content) for line in pilot.app.screen.query(Static))
        assert str(home) in texts.replace("\n", "")
        await settled(pilot)
        await pilot.pause()
        (told,) = [note for note in pilot.app._notifications if note.title == "what helps"]
        assert "t tries it as a tree" in told.message and "m asks another model" in told.message
