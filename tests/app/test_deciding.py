"""The question on the main screen: scripted models, the real sandbox, keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from behaviour_scenes import LOW, MEAN, RAISES, STUB, ZERO, deciding
from redraft.app.application import RedraftApp
from redraft.app.draft.answer_screen import AnswerScreen
from redraft.app.draft.enrich import EnrichScreen
from redraft.app.draft.screen import DraftScreen
from redraft.app.run.pane_tabs import PaneTabs
from redraft.engine.run.recording import read_log
from redraft.engine.state.run import state_of
from redraft.widgets.run.behaviour_pane import BehaviourPane
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.richness_bar import RichnessBar
from redraft.widgets.status_line import StatusLine
from scenes import screen_of, settled, until
from textual.pilot import Pilot


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(app: RedraftApp) -> str:
    return screen_of(app).query_one(StatusLine).notice


async def asked(pilot: Pilot[int], app: RedraftApp, call: str) -> BehaviourPane:
    pane = screen_of(app).query_one(BehaviourPane)
    await until(pilot, lambda: pane.choice is not None and pane.choice.call == call)
    return pane


async def test_two_keys_specify_the_function_and_one_more_writes_it(home: Path) -> None:
    bodies = iter([LOW, MEAN, ZERO, MEAN, LOW, ZERO])
    async with (app := deciding(home, bodies)).run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.press("b")
        await asked(pilot, app, "median([3, 2])")
        assert said(app).startswith("median([3, 2]): 2.5 or 3? its number decides. verified: 1 example holds")
        assert screen.query_one(PaneTabs).answering, "while digits answer, no tab says that they bring it"
        await pilot.press("1")
        pane = await asked(pilot, app, "median([])")
        assert pane.fallen == {"d1", "d5"}
        await pilot.press("2")
        await until(pilot, lambda: "verified: 3 examples hold" in said(app) and pane.choice is None)
        assert screen.view.state.solution is not None and screen.view.state.solution.draft.id == "d3"
        await pilot.press("A")
        await until(pilot, lambda: "written" in said(app))
        text = (home / "shapes.py").read_text()
        assert ">>> median([3, 2])\n    2.5\n    >>> median([])\n    0\n" in text and "if not xs" in text
        await pilot.press("u")
        await until(pilot, lambda: "taken back" in said(app))
        assert (home / "shapes.py").read_text() == STUB
    (log,) = (home / "redraft").rglob("*.jsonl")
    replayed = state_of(read_log(log))
    assert [answer.told for answer in replayed.answers] == ["median([3, 2]) gives 2.5", "median([]) gives 0"]


async def test_the_docstring_alone_can_be_accepted_and_then_the_body(home: Path) -> None:
    async with (app := deciding(home, iter([LOW, MEAN, MEAN, MEAN, MEAN, LOW]))).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("b")
        await asked(pilot, app, "median([3, 2])")
        await pilot.press("1")
        await until(pilot, lambda: "verified: 2 examples hold" in said(app))
        await pilot.press("3", "a")
        await until(pilot, lambda: ">>> median([3, 2])\n    2.5\n" in (home / "shapes.py").read_text())
        assert "..." in (home / "shapes.py").read_text()
        await pilot.press("a")
        await until(pilot, lambda: "n % 2" in (home / "shapes.py").read_text())
        assert (home / "shapes.py").read_text().count(">>> median([3, 2])") == 1


async def test_a_typed_answer_that_nobody_obeys_draws_more_with_it_among_their_examples(home: Path) -> None:
    bodies = iter([MEAN, ZERO, MEAN, ZERO, MEAN, ZERO, *[RAISES] * 5])
    async with (app := deciding(home, bodies)).run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press("b")
        await asked(pilot, app, "median([])")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AnswerScreen))
        await pilot.press(*"what", "enter")
        assert isinstance(app.screen, AnswerScreen), "what is no value is asked again"
        await pilot.press("ctrl+u", *"ValueError", "enter")
        await until(pilot, lambda: screen.view.state.verdict == "verified" and "raise" in _proposed(screen))
        assert "IGNORE_EXCEPTION_DETAIL" in "".join(
            line.text for hunk in screen.query_one(DiffPane).hunks for line in hunk.lines
        )


async def test_what_does_not_matter_is_not_asked_again_and_nobody_falls_away(home: Path) -> None:
    async with (app := deciding(home, iter([MEAN, ZERO, MEAN, ZERO, MEAN, ZERO]))).run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press("b")
        pane = await asked(pilot, app, "median([])")
        await pilot.press("0")
        await until(pilot, lambda: pane.choice is None)
        assert pane.fallen == frozenset() and screen.view.state.answers[0].open
        assert not screen.query_one(PaneTabs).answering


async def test_the_strength_of_the_examples_stands_beside_the_score_and_an_example_is_offered(home: Path) -> None:
    async with (app := deciding(home, iter([ZERO]))).run_test(size=(160, 36)) as pilot:
        screen = await settled(pilot)
        bar = screen.query_one(RichnessBar)
        await until(pilot, lambda: "would catch" in bar.strength)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, EnrichScreen))
        pane = app.screen.query_one(DiffPane)
        await until(pilot, lambda: bool(pane.hunks))
        assert "as the draft does it" in pane.caption
        await pilot.press("a", "enter")
        await until(pilot, lambda: isinstance(app.screen, DraftScreen))
        assert (home / "shapes.py").read_text().count(">>> median(") == 2


def _proposed(screen: DraftScreen) -> str:
    return screen.view.state.proposal.body if screen.view.state.proposal else ""
