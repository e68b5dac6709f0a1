"""Takes pictures of the README from the real screens: `python tests/looks/pictures.py tree|lesson …`."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from behaviour_scenes import LOW, MEAN, ZERO, deciding
from redraft.app.application import RedraftApp
from redraft.app.common.tasks import RECORDINGS
from redraft.app.lesson.screen import LessonScreen
from redraft.app.lesson.shipped import SHIPPED, shipped_lesson
from redraft.engine.run.recording import read_log
from redraft.widgets.run.behaviour_pane import BehaviourPane
from scenes import screen_of, session, settled, until
from textual.pilot import Pilot

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
_FONTS = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
"""They would be fetched from elsewhere by whoever looks at the picture."""


def write(app: RedraftApp, name: str) -> None:
    """Keep what the screen shows now."""
    picture = _FONTS.sub("", app.export_screenshot(title="redraft"))
    (PICTURES / f"{name}.svg").write_text(picture, encoding="utf-8")


async def tree(home: Path) -> None:
    """The recorded run at its end."""
    app = RedraftApp.replay(session(home), read_log(RECORDINGS / "add_roman" / "2-pat.jsonl"))
    async with app.run_test(size=(160, 44)) as pilot:
        await pilot.press("space", "end")
        await pilot.pause()
        write(app, "tree")


async def lesson(home: Path) -> None:
    """A claim that is refuted and one that is a bug, on the second lesson, before the answer is shown."""
    here = session(home)
    screen = LessonScreen(here, [shipped_lesson(name) for name in SHIPPED])
    app = RedraftApp(here, screen)
    async with app.run_test(size=(130, 34)) as pilot:
        await pilot.press("right_curly_bracket", "enter")
        await claim(pilot, "clock_time(24, 30)", "ValueError")
        await claim(pilot, "clock_time(5, 60)", "ValueError")
        await pilot.pause()
        write(app, "lesson")
        await screen.close()


async def claim(pilot: Pilot[int], call: str, wanted: str) -> None:
    """Type it, and wait until it has been run; the fields have the keys."""
    screen = pilot.app.screen
    for text in (call, wanted):
        await pilot.press(*("space" if letter == " " else letter for letter in text), "enter")
    await until(pilot, lambda: all(worker.is_finished for worker in screen.workers if worker.group == "lesson"))


async def behaviour(home: Path) -> None:
    """Two behaviours of a median, the first question answered and the second put."""
    bodies = iter([LOW, MEAN, ZERO, MEAN, LOW, ZERO])
    async with (app := deciding(home, bodies)).run_test(size=(130, 34)) as pilot:
        await settled(pilot)
        pane = screen_of(app).query_one(BehaviourPane)
        await pilot.press("b")
        await until(pilot, lambda: pane.choice is not None)
        await pilot.press("1")
        await until(pilot, lambda: pane.choice is not None and pane.choice.call == "median([])")
        await until(pilot, lambda: screen_of(app).view.state.verdict == "verified")
        write(app, "behaviour")


async def main(names: list[str]) -> None:
    """Take the pictures of these names."""
    takes = {"tree": tree, "lesson": lesson, "behaviour": behaviour}
    for name in names or list(takes):
        with tempfile.TemporaryDirectory() as home:
            await takes[name](Path(home))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
