"""Sentences name the keys that are bound, not those that ship."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from redraft.app.common.key_names import key_names
from redraft.app.common.picker import Picker
from redraft.app.run.pane_tabs import PaneTabs
from redraft.app.run.sentences import ending
from redraft.engine.facts import Check, Draft, Example, Report, Solution
from redraft.engine.state.run import RunState
from redraft.engine.system.paths import Places
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.status_line import StatusLine
from scenes import settled, until, watching
from textual.widgets import Static

MOVED = {
    "run.again": "ctrl+r,r", "diff.accept_all": "plus", "show.examples": "f4", "file.undo": "backspace",
    "diff.accept": "full_stop", "search.next": "ctrl+n", "picker.close": "f10",
}  # fmt: skip
DRAFT = Draft(id="d1", body="return 1")
FAILS = Report(draft="d1", checks=(Check(example=Example(source="f(1)"), verdict="failed"),))
PASSES = Report(draft="d1", checks=(Check(example=Example(source="f(1)"), verdict="passed"),))


def ended(report: Report | None) -> RunState:
    return RunState(status="settled", solution=Solution(draft=DRAFT, report=report))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("state", "usual", "moved"),
    [
        (ended(PASSES), "A accepts", "+ accepts"),
        (ended(None), "A accepts all the same", "+ accepts all the same"),
        (
            ended(FAILS),
            "still fails. r runs again, A accepts all the same",
            "still fails. ctrl+r runs again, + accepts all the same",
        ),
        (RunState(status="cancelled"), "r runs again", "ctrl+r runs again"),
        (replace(ended(PASSES), written="all"), "u takes it back", "⌫ takes it back"),
    ],
)
def test_how_a_run_ended_is_told_with_the_keys_in_force(state: RunState, usual: str, moved: str):
    assert ending(state, key_names({}))[0].endswith(usual)
    assert ending(state, key_names(MOVED))[0].endswith(moved)


@pytest.mark.parametrize(
    ("name", "told"),
    [("stub.next", "}"), ("app.help", "?"), ("run.cancel", "esc"), ("enrich.write", "enter"), ("app.quit", "ctrl+q")],
)
def test_a_key_is_named_as_people_write_it(name: str, told: str):
    assert key_names({})(name) == told


def test_a_key_that_was_taken_away_is_named_as_it_ships():
    assert key_names({"file.undo": ""})("file.undo") == "u"


async def test_status_line_tabs_offers_and_search_name_the_keys_in_force(home: Path):
    settings = Places.under(home / "redraft").settings_file
    settings.parent.mkdir(parents=True)
    settings.write_text("[interface.keys]\n" + "".join(f'"{name}" = "{key}"\n' for name, key in MOVED.items()))
    async with watching(home).run_test(size=(100, 30)) as pilot:
        screen = await settled(pilot)
        assert screen.query_one(StatusLine).notice.endswith("+ accepts")
        assert "f4 examples" in "".join(text for text, _ in screen.query_one(PaneTabs).runs(100))
        assert "accept ." in screen.query_one(DiffPane).text
        await pilot.press("1", "slash", "r", "enter")
        await pilot.pause()
        assert "ctrl+n next, N previous" in str(screen.query_one("#tally", Static).content)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Picker))
        assert pilot.app.screen.query_one(".panel").border_subtitle == "enter chooses, / filters, f10 closes"
