"""Races with scripted models, and their logs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from redraft.app.application import RedraftApp
from redraft.app.models.choice import in_force
from redraft.app.race.screen import RaceScreen
from redraft.app.race.setup import USUAL, Field
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Answers, Line
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.sources import find_stubs, read
from scenes import RUNS_OF_LETTERS, answer, scripted_kit, session, until
from textual.pilot import Pilot

PLAN = "Go through the text once. Keep the last letter and how often it came. Add the last run at the end."


def racing_answer(ask: Ask) -> str | Line:
    """As in the main screen's scenes, and a plan for the planner."""
    plans = ask.messages[-1].content.rstrip().endswith("no code.") or "plan" in ask.messages[0].content.lower()
    return PLAN if plans and not ask.prefill else answer(ask)


def racing(
    home: Path,
    names: Sequence[str] = USUAL,
    *,
    answers: Answers = racing_answer,
    pace: float = 0.0,
    text: str = RUNS_OF_LETTERS,
) -> RedraftApp:
    """The race screen on one stub in `home`."""
    path = home / "shapes.py"
    path.write_text(text)
    here = session(home)
    stub = find_stubs(read("shapes.py")).stubs[0]
    pipelines = tuple(CATALOGUE[name] for name in names)
    wanted = Field(title=stub.key, stub=stub, pipelines=pipelines, models=(in_force(here.settings),))
    return RedraftApp(here, RaceScreen(here, wanted, open_kit=scripted_kit(answers, pace=pace)))


def race_of(app: RedraftApp) -> RaceScreen:
    """The race screen of a running program, whatever lies over it."""
    return next(screen for screen in app.screen_stack if isinstance(screen, RaceScreen))


async def over(pilot: Pilot[int]) -> RaceScreen:
    """The race screen, once all lanes are over."""
    screen = race_of(pilot.app)  # type: ignore[arg-type]
    await until(pilot, lambda: screen.is_mounted and screen.view.over)
    return screen
