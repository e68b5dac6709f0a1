"""A session with files of its own, scripted models and a scripted sandbox: the whole program but for what is outside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from redraft.app.application import RedraftApp
from redraft.app.common.session import Session
from redraft.app.draft.screen import DraftScreen
from redraft.engine.facts import ROLES, Price
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Answers, Line, Scripted
from redraft.engine.prompts import Prompts
from redraft.engine.sandbox.runner import Sandbox
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.settings import Settings, load
from redraft.engine.system.paths import Places
from textual.pilot import Pilot

RUNS_OF_LETTERS = '''\
def runs_of_letters(text: str) -> list[tuple[str, int]]:
    """Split a text into runs of one letter, each with its length, in order.

    >>> runs_of_letters("aaab")
    [('a', 3), ('b', 1)]
    >>> runs_of_letters("")
    []
    """
    ...
'''
WIDEST_GAP = '''\


def widest_gap(times: list[float]) -> float:
    """Give the longest time between two neighbours.

    >>> widest_gap([10.0, 1.0, 4.0])
    6.0
    """
    ...
'''
FIRST_TRY = """\
    runs: list[tuple[str, int]] = []
    last = text[0]
    count = 0
    for letter in text:
        if letter == last:
            count += 1
        else:
            runs.append((last, count))
            last, count = letter, 1
    return runs
"""
MENDED = """\
    if not text:
        return []
    runs: list[tuple[str, int]] = []
    last = text[0]
    count = 0
    for letter in text:
        if letter == last:
            count += 1
        else:
            runs.append((last, count))
            last, count = letter, 1
    runs.append((last, count))
    return runs
"""
GAP = """\
    times = sorted(times)
    return max((b - a for a, b in zip(times, times[1:])), default=0.0)
"""
REVIEW = {
    "findings": [
        {
            "quote": "return runs",
            "call": 'runs_of_letters("ab")',
            "comes_out": "[('a', 1)]",
            "should_be": "[('a', 1), ('b', 1)]",
            "claim": "The last run is never added to the list.",
        },
        {
            "quote": "last = text[0]",
            "call": 'runs_of_letters("")',
            "comes_out": "IndexError: string index out of range",
            "should_be": "[]",
            "claim": "An empty text has no first letter.",
        },
    ],
    "verdict": "bugs",
}
CLEAN = {"findings": [], "verdict": "clean"}
TOLD = {
    "times = sorted(times)": {"widest_gap([10.0, 1.0, 4.0])": "6.0"},
    "if not text:": {
        'runs_of_letters("aaab")': "[('a', 3), ('b', 1)]",
        'runs_of_letters("")': "[]",
        'runs_of_letters("ab")': "[('a', 1), ('b', 1)]",
    },
    "last = text[0]": {
        'runs_of_letters("aaab")': "[('a', 3)]",
        'runs_of_letters("")': "!IndexError: string index out of range",
        'runs_of_letters("ab")': "[('a', 1)]",
    },
}


def answer(ask: Ask) -> str | Line:
    """What the scripted coder and reviewer say, by what they are asked."""
    last = ask.messages[-1].content.replace("`", "")
    if "Review widest_gap " in last:
        return json.dumps(CLEAN)
    if "Write widest_gap" in last:
        return f"{ask.prefill}{GAP}"
    if "Review " in last:
        return json.dumps(REVIEW)
    return f"{ask.prefill}{MENDED if 'again, corrected' in last else FIRST_TRY}"


def scripted_kit(
    answers: Answers = answer, *, pace: float = 0.0, sandbox: Sandbox | None = None
) -> Callable[[Settings], AbstractAsyncContextManager[Kit]]:
    """What opens a kit that asks nobody and runs nothing."""
    model = Scripted(answers, name="scripted-coder", pace=pace)

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Kit]:
        voice = Voice(model=model, price=Price(input=0.0, output=0.0))
        yield Kit(
            voices=dict.fromkeys(ROLES, voice),
            prompts=Prompts(Path("/nowhere")),
            sandbox=sandbox or ScriptedSandbox(TOLD),
            mode=settings.mode,
        )

    return opened


def session(home: Path, **flags: object) -> Session:
    """A session whose folders are all below `home`."""
    places = Places.under(home / "redraft")
    given = {"watch.settle": "0.02"} | {name.replace("__", "."): value for name, value in flags.items()}
    return Session(loaded=load(given, {}, home, places), places=places, environ={})


def watching(
    home: Path,
    *,
    text: str = RUNS_OF_LETTERS,
    answers: Answers = answer,
    pace: float = 0.0,
    sandbox: Sandbox | None = None,
    **flags: object,
) -> RedraftApp:
    """The main screen on one file, `shapes.py` in `home`."""
    path = home / "shapes.py"
    path.write_text(text)
    here = session(home, **flags)
    return RedraftApp(here, DraftScreen(here, [path], open_kit=scripted_kit(answers, pace=pace, sandbox=sandbox)))


async def until(pilot: Pilot[int], come: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for what the program does by itself: the disk and the scripted models answer when they do."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not come():
        assert asyncio.get_running_loop().time() < deadline, "it did not come"
        await pilot.pause(0.01)
    await pilot.pause()


def screen_of(app: RedraftApp) -> DraftScreen:
    """The main screen of a running program, whatever lies over it."""
    return next(screen for screen in app.screen_stack if isinstance(screen, DraftScreen))


async def settled(pilot: Pilot[int]) -> DraftScreen:
    """The main screen, once the run in front is over."""
    screen = screen_of(pilot.app)  # type: ignore[arg-type]
    await until(pilot, lambda: screen.view.state.status in {"settled", "failed", "cancelled"} and not screen.busy)
    return screen
