"""The candidates of a run: stepped through, compared two at a time, each with why it was kept or dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
from redraft.app.application import RedraftApp
from redraft.app.common.headless import print_state
from redraft.app.models.choosing import described
from redraft.app.replay.screen import ReplayScreen
from redraft.app.run.candidate_diff import CandidateDiffScreen
from redraft.engine.models.chat import Ask
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.run.recording import read_log
from redraft.engine.settings import RepairSettings, Settings
from redraft.engine.state.run import RunState, state_of
from redraft.widgets.run.checks_table import ChecksTable
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.draft_pane import DraftPane
from redraft.widgets.run.draft_text import view_of
from redraft.widgets.run.stage_bar import StageBar
from scenes import FIRST_TRY, MENDED, answer, session, settled, until, watching
from textual.widgets import Static

LESS = FIRST_TRY.replace("    count = 0\n", "    count = 0  # none yet\n    seen = ''\n")


def three_bodies(ask: Ask) -> str:
    """The report's fix is another body that fails; the one asked for with the failing examples holds."""
    last = ask.messages[-1].content.replace("`", "")
    if "so that every example holds" in last:
        return f"{ask.prefill}{MENDED}"
    return f"{ask.prefill}{LESS}" if "again, corrected" in last else str(answer(ask))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 50)])
async def test_the_candidates_are_stepped_through_with_their_examples_and_why_they_were_dropped(
    home: Path, size: tuple[int, int]
) -> None:
    async with watching(home, answers=three_bodies).run_test(size=size) as pilot:
        screen = await settled(pilot)
        draft, examples = screen.query_one(DraftPane), screen.query_one(ChecksTable)
        kept = screen.view.state.solution
        assert kept is not None and kept.draft.id == "d3"
        seen = {}
        for _ in range(3):
            await pilot.press("full_stop")
            assert draft.display and draft.wanted
            report = examples.state.report
            seen[draft.wanted] = (view_of(screen.view.state, draft.wanted).note, report and report.passes)
        assert seen == {
            "d1": ("dropped: passes 0 of 2 examples; kept passes 2", 0),
            "d2": ("asked for with the report\ndropped: passes 0 of 2 examples; kept passes 2", 0),
            "d3": (f"asked for with the failing examples\nkept: {kept.why}", 2),
        }
        await pilot.press("comma")
        assert draft.wanted == "d2"


async def test_any_two_candidates_are_compared(home: Path) -> None:
    async with watching(home, answers=three_bodies).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("full_stop", "c")
        assert isinstance(pilot.app.screen, CandidateDiffScreen)
        pane, why = pilot.app.screen.query_one(DiffPane), pilot.app.screen.query_one("#why", Static)
        pairs = {pane.caption}
        for key in ("full_stop", "tab", "full_stop", "tab", "full_stop"):
            await pilot.press(key)
            pairs.add(pane.caption)
        assert len(pairs) == 6
        assert all(pair.count("(") == 2 for pair in pairs)
        assert "kept passes 2" in str(why.content)


async def test_a_key_that_steps_through_candidates_does_nothing_for_one_alone(home: Path) -> None:
    async with watching(home).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        screen.view.state = RunState(stub=screen.view.state.stub)
        await pilot.press("full_stop", "comma", "c")
        assert (screen.view.candidate, isinstance(pilot.app.screen, CandidateDiffScreen)) == ("", False)


async def test_in_a_replay_the_keys_of_time_stay_and_candidates_are_compared(home: Path) -> None:
    async with watching(home, answers=three_bodies).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
    entries = read_log(next((home / "redraft" / "state" / "runs").iterdir()))
    screen = ReplayScreen(entries)
    async with RedraftApp(session(home), screen).run_test(size=(120, 36)) as pilot:
        await pilot.press("end", "comma")
        assert screen.query_one(DraftPane).wanted is None
        await pilot.press("end", "c")
        await until(pilot, lambda: isinstance(pilot.app.screen, CandidateDiffScreen))


async def test_the_stage_bar_and_the_printed_summary_tell_of_the_attempts(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with watching(home, answers=three_bodies).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
    entries = read_log(next((home / "redraft" / "state" / "runs").iterdir()))
    begun = next(n for n, e in enumerate(entries) if type(e.event).__name__ == "AttemptStarted")
    bar = StageBar()
    bar.set_reactive(StageBar.live, False)
    bar.set_reactive(StageBar.state, state_of(entries[: begun + 2]))
    assert "attempt 1 of 9, ≤ 60 s" in "".join(text for text, _ in bar.runs(160))
    print_state(state_of(entries), plain=True)
    printed = capsys.readouterr().out
    assert "  d2 fix (with the report): passes 0 of 2 examples; kept passes 2\n" in printed
    assert "  d3 fix (with the failing examples): kept\n" in printed


def test_the_catalogue_says_how_far_a_repair_goes() -> None:
    settings = Settings(repair=RepairSettings(attempts=4, seconds=20))
    assert described(CATALOGUE["review-with-evidence"], settings).endswith(
        "at most 9 calls, 4 attempts at a repair in 20 s"
    )
    assert described(CATALOGUE["raw-coder"], settings).endswith("at most 1 call")
    assert described(CATALOGUE["pat"], settings).endswith("no bound on calls")
