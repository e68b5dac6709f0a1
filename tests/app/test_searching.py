"""Searching on the main screen and in a replay: `/`, letters, enter, n, N and escape."""

from __future__ import annotations

from pathlib import Path

import pytest
from redraft.app.application import RedraftApp
from redraft.app.common.help import HelpScreen
from redraft.app.draft.screen import DraftScreen
from redraft.app.replay.screen import ReplayScreen
from redraft.app.run.screen import RunScreen
from redraft.app.run.view import RunView
from redraft.engine.models.scripted import Line
from redraft.engine.run.recording import read_log
from redraft.widgets.run.draft_pane import DraftPane
from redraft.widgets.search_line import SearchLine
from redraft.widgets.sheet import Sheet
from scenes import screen_of, session, settled, until, watching
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

SIZE = (100, 30)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tally(screen: RunScreen) -> tuple[int, int]:
    return screen.query_one(SearchLine).tally


def sought_in(screen: RunScreen) -> dict[str, str]:
    return {pane.id or "": pane.sought for pane in screen.query("#panes > Sheet").results(Sheet) if pane.sought}


async def type_in(pilot: Pilot[int], text: str) -> DraftScreen:
    """The main screen with this text being sought in the draft."""
    screen = await settled(pilot)
    await pilot.press("1")
    # A search begins where the pane stands, and a slow machine may still be following the draft's end.
    screen.query_one(DraftPane).scroll_home(animate=False)
    await pilot.pause()
    await pilot.press("slash", *text)
    await pilot.pause()
    return screen


async def test_each_letter_searches_the_pane_in_front(home: Path):
    async with watching(home).run_test(size=SIZE) as pilot:
        screen = await type_in(pilot, "run")
        assert sought_in(screen) == {"draft": "run"}
        assert tally(screen) == (1, screen.query_one(DraftPane).text.count("run"))
        await pilot.press("x")
        await pilot.pause()
        assert tally(screen) == (0, 0)


async def test_enter_gives_the_keys_back_and_n_goes_round(home: Path):
    async with watching(home).run_test(size=SIZE) as pilot:
        screen = await type_in(pilot, "run")
        _, count = tally(screen)
        await pilot.press("enter")
        await pilot.pause()
        assert screen.focused is screen.query_one(DraftPane)
        for number in [*range(2, count + 1), 1]:
            await pilot.press("n")
            await pilot.pause()
            assert tally(screen) == (number, count)
        await pilot.press("N")
        await pilot.pause()
        assert tally(screen) == (count, count)


async def test_the_search_goes_along_to_another_pane(home: Path):
    async with watching(home).run_test(size=SIZE) as pilot:
        screen = await type_in(pilot, "run")
        for key, pane in (("tab", "report"), ("tab", "diff"), ("4", "examples")):
            await pilot.press(key)
            await pilot.pause()
            assert sought_in(screen) == {pane: "run"}
            assert tally(screen)[0] == 1


async def test_escape_closes_the_line_and_nothing_is_lit_any_more(home: Path):
    async with watching(home).run_test(size=SIZE) as pilot:
        for keys in (["escape"], ["enter", "escape"]):
            screen = await type_in(pilot, "run")
            await pilot.press(*keys)
            await pilot.pause()
            assert not screen.query(SearchLine)
            assert sought_in(screen) == {}
            assert screen.focused is screen.query_one(DraftPane)


async def test_letters_are_letters_and_no_keys_while_they_are_typed(home: Path):
    async with (app := watching(home)).run_test(size=SIZE) as pilot:
        screen = await type_in(pilot, "aAxu rn?/}")
        assert screen.query_one(SearchLine).text == "aAxu rn?/}"
        assert len(app.screen_stack) == 1
        assert "..." in (home / "shapes.py").read_text()


async def test_slash_again_replaces_what_was_sought(home: Path):
    async with watching(home).run_test(size=SIZE) as pilot:
        screen = await type_in(pilot, "run")
        await pilot.press("enter", "slash", "t")
        await pilot.pause()
        assert sought_in(screen) == {"draft": "t"}


async def test_escape_cancels_a_run_with_one_press_while_a_search_is_kept(home: Path):
    def hanging(ask: object) -> Line:
        return Line(text="    return", hangs=True)

    async with watching(home, answers=hanging).run_test(size=SIZE) as pilot:
        screen = screen_of(pilot.app)  # type: ignore[arg-type]
        await until(pilot, lambda: screen.view.state.live_call is not None and screen.view.state.live_call.text != "")
        await pilot.press("slash", *"def", "enter", "escape")
        await settled(pilot)
        assert screen.view.state.status == "cancelled"
        assert sought_in(screen) == {"draft": "def"}
        await pilot.press("escape")
        await pilot.pause()
        assert not screen.query(SearchLine)


async def test_a_search_goes_on_in_the_next_draft(home: Path):
    async with watching(home).run_test(size=SIZE) as pilot:
        screen = await type_in(pilot, "runs")
        before = screen.view.state.run
        await pilot.press("enter", "r")
        await until(pilot, lambda: screen.view.state.run not in {before, ""})
        await settled(pilot)
        await pilot.press("1")
        await pilot.pause()
        assert tally(screen)[1] == screen.query_one(DraftPane).text.count("runs")


async def test_what_is_pasted_is_made_harmless(home: Path):
    async with (app := watching(home)).run_test(size=SIZE) as pilot:
        screen = await type_in(pilot, "")
        screen.focused.post_message(events.Paste("\x1b[2J[/][@click=app.quit]\n  x"))  # type: ignore[union-attr]
        await pilot.pause()
        assert screen.query_one(SearchLine).text == "␛[2J[/][@click=app.quit] x"
        assert app.is_running


async def test_the_help_tells_the_keys(home: Path):
    async with (app := watching(home)).run_test(size=(100, 50)) as pilot:
        await settled(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        told = "\n".join(str(topic.visual) for topic in app.screen.query(".topic").results(Static))
        assert all(name in told for name in ("search.open", "search.next", "search.previous", "search.close"))


async def test_a_replay_is_searched_as_well_and_space_is_a_letter_there(home: Path):
    async with watching(home, pace=0.001).run_test(size=SIZE) as pilot:
        await settled(pilot)
    entries = read_log(next((home / "redraft" / "state" / "runs").iterdir()))
    screen = ReplayScreen(entries, ticking=lambda: 0.0)
    async with RedraftApp(session(home), screen).run_test(size=SIZE) as pilot:
        await pilot.press("space", "end", "1", "slash", *"return", "space", "r")
        await pilot.pause()
        assert not screen.playing
        assert sought_in(screen) == {"draft": "return r"}
        assert tally(screen) == (1, screen.query_one(DraftPane).text.count("return r"))
        await pilot.press("left", "backspace")
        assert sought_in(screen) == {"draft": "returnr"}
        await pilot.press("escape", "home")
        await pilot.pause()
        assert screen.query_one(RunView).state.solution is None
