"""A run that plans after trial: written answers, judged by really running them, since a tree is made of verdicts."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from redraft.app import application
from redraft.app.application import RedraftApp
from redraft.app.draft.screen import DraftScreen
from redraft.engine.events import Entry
from redraft.engine.facts import Execution, Outcome, Price, Role
from redraft.engine.kit import Budget, Kit, Mode, Voice
from redraft.engine.models.chat import Ask
from redraft.engine.models.queueing import Room
from redraft.engine.models.scripted import Line, Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.sandbox.runner import DEFAULT, Limits
from redraft.engine.settings import Settings
from redraft.engine.sources import find_stubs, read
from scenes import session

DAY = '''\
def meeting_time(diary: str) -> str:
    """Give the time spent in meetings on a day as "H:MM"; meetings that overlap are counted once.

    >>> meeting_time("9:00-10:30 standup; 10:00-11:15 review")
    '2:15'
    >>> meeting_time("")
    '0:00'
    >>> meeting_time("8:05-8:20 call; 13:00-14:00 lunch talk")
    '1:15'
    """
    ...
'''
NAIVE = """\
def meeting_time(diary: str) -> str:
    total = 0
    for meeting in diary.split(";"):
        start, end = meeting.split()[0].split("-")
        total += int(end.split(":")[0]) - int(start.split(":")[0])
    return f"{total}:00"
"""
SUMMED = """\
def meeting_time(diary: str) -> str:
    total = 0
    for meeting in filter(None, diary.split(";")):
        ends = []
        for clock in meeting.split()[0].split("-"):
            hours, minutes = clock.split(":")
            ends.append(60 * int(hours) + int(minutes))
        total += ends[1] - ends[0]
    return f"{total // 60}:{total % 60:02}"
"""
BROKEN = "def meeting_time(diary: str) -> str:\n    return sum(\n"
PLAN = '''\
Read the diary, merge what overlaps, and write the sum as a clock does.

```python
def read_meetings(diary: str) -> list[tuple[int, int]]:
    """Give the meetings of a diary as (start, end) in minutes since midnight, in the order they are written."""
    raise NotImplementedError


def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the spans sorted, with those that overlap or touch made into one."""
    raise NotImplementedError


def as_clock(minutes: int) -> str:
    """Write minutes as "H:MM"."""
    raise NotImplementedError


def meeting_time(diary: str) -> str:
    spans = merged(read_meetings(diary))
    return as_clock(sum(end - start for start, end in spans))
```'''
PLAN_OF_MERGED = '''\
```python
def touches(span: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two spans overlap or touch."""
    raise NotImplementedError


def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for span in sorted(spans):
        if result and touches(result[-1], span):
            result[-1] = (result[-1][0], max(result[-1][1], span[1]))
        else:
            result.append(span)
    return result
```'''
READ = """\
def read_meetings(diary: str) -> list[tuple[int, int]]:
    meetings = []
    for meeting in filter(str.strip, diary.split(";")):
        clocks = meeting.split()[0].split("-")
        start, end = (60 * int(hours) + int(minutes) for hours, minutes in (clock.split(":") for clock in clocks))
        meetings.append((start, end))
    return meetings
"""
FORGETFUL = """\
def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    result = []
    for start, end in sorted(spans):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result
"""
UNSORTED = FORGETFUL.replace("sorted(spans)", "spans")
TOUCHES = "def touches(span, other):\n    return other[0] <= span[1] and span[0] <= other[1]\n"
CLOCK = 'def as_clock(minutes: int) -> str:\n    return f"{minutes // 60}:{minutes % 60:02}"\n'

CODER: Mapping[str, Sequence[str]] = {
    "meeting_time": [NAIVE, SUMMED, BROKEN, SUMMED.replace("total += ends[1]", "total -= ends[1]"), NAIVE],
    "read_meetings": [READ],
    "merged": [UNSORTED, FORGETFUL, FORGETFUL, UNSORTED, FORGETFUL],
    "touches": [TOUCHES],
    "as_clock": [CLOCK.replace(":02", ""), CLOCK],
}
PLANNER: Mapping[str, Sequence[str]] = {"meeting_time": [PLAN], "merged": [PLAN_OF_MERGED]}
TESTER: Mapping[str, Sequence[str]] = {
    "meeting_time": [
        (
            'assert meeting_time("9:00-9:30 a") == "0:30"\nassert meeting_time("") == ""\n'
            'assert meeting_time("23:00-23:59 late") == "0:59"'
        )
    ],
    "read_meetings": ['assert read_meetings("9:00-9:30 a") == [(540, 570)]\nassert read_meetings("") == []'],
    "merged": [
        (
            "assert merged([(1, 3), (2, 5)]) == [(1, 5)]\nassert merged([(4, 6), (1, 2)]) == [(1, 2), (4, 6)]\n"
            "assert merged([(1, 9), (2, 3)]) == [(1, 9)]\nassert merged([(1, 2), (2, 3)]) == [(1, 3)]"
        )
    ],
    "touches": ["assert touches((1, 3), (2, 4))\nassert not touches((1, 2), (3, 4))"],
    "as_clock": ['assert as_clock(75) == "1:15"\nassert as_clock(5) == "0:05"'],
}


class InProcess:
    """A sandbox for code of our own: it runs what these scenes hold, here and now, and nothing else may be given to it."""

    tier = "A"

    async def run(self, program: str, steps: Sequence[str], limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """What each step gives."""
        names: dict[str, object] = {}
        exec(program, names)
        return Execution(outcomes=tuple(_outcome(step, names) for step in steps), tier=self.tier)

    async def load(self, program: str, limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """Nothing of a program is run beforehand."""
        return Execution(outcomes=(), tier=self.tier)

    async def aclose(self) -> None:
        """Nothing to end."""


def _outcome(step: str, names: dict[str, object]) -> Outcome:
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            value = eval(step, names)
    except Exception as error:  # noqa: BLE001 - whatever the code of a scene raises is what came out
        return Outcome(status="raised", raised=f"{type(error).__name__}: {error}")
    shown = "" if value is None else f"{value!r}\n"
    literal = None if value is None else repr(value)
    return Outcome(status="returned", printed=printed.getvalue() + shown, value=literal, type_name=type(value).__name__)


def asked_for(ask: Ask) -> str:
    """The function that a prompt is about."""
    text = ask.messages[-1].content
    named = re.search(r"(?:Decompose|asserts for|Write) `(\w+)`", text)
    return named[1] if named else re.findall(r"def (\w+)\(", text)[-1]


class Answering:
    """Says for each function what was written for it, in turn, then the last again."""

    def __init__(self, written: Mapping[str, Sequence[str | Line]]) -> None:
        self._written = written
        self._turns: Counter[str] = Counter()

    def __call__(self, ask: Ask) -> str | Line:
        name = asked_for(ask)
        said = self._written.get(name, ["I cannot do that."])
        turn = min(self._turns[name], len(said) - 1)
        self._turns[name] += 1
        found = said[turn]
        return f"```python\n{found}```" if isinstance(found, str) and found.startswith("def ") else found


class Hold:
    """Stops all models from the moment the how-manieth answer about a function is asked for, until `release`."""

    def __init__(self, role: Role, name: str, nth: int = 1) -> None:
        self._wanted, self._nth = (role, name), nth
        self.heard = 0
        """Questions up to the one at which the models stood still."""
        self._going = asyncio.Event()
        self._going.set()

    def hear(self, role: Role, ask: Ask) -> None:
        """A model is asked something."""
        self.heard += not self.holds
        if (role, asked_for(ask)) == self._wanted:
            self._nth -= 1
            if not self._nth:
                self._going.clear()

    @property
    def holds(self) -> bool:
        """Whether the models stand still."""
        return not self._going.is_set()

    def release(self) -> None:
        """Let them go on."""
        self._going.set()

    async def sleep(self, seconds: float) -> None:
        """Between two words of an answer."""
        await self._going.wait()


def kit(
    *,
    coder: Mapping[str, Sequence[str | Line]] = CODER,
    planner: Mapping[str, Sequence[str | Line]] = PLANNER,
    pace: float = 0.0,
    hold: Hold | None = None,
    mode: Mode = "evidence",
    servers: bool = False,
) -> Kit:
    """What a run works with; only the planner costs something.

    The models answer one question at a time, as the embedded one does, unless they are on `servers`.
    """
    room = None if servers else Room()
    prices: dict[Role, Price] = {"planner": Price(input=2.0, output=8.0)}
    voices: dict[Role, Voice] = {}
    for role, written in (("coder", coder), ("planner", planner), ("tester", TESTER)):
        answers = _heard(role, Answering(written), hold)  # type: ignore[arg-type]
        sleep = hold.sleep if hold else asyncio.sleep
        model = Scripted(answers, name=f"scripted-{role}", prefill=False, pace=1.0 if hold else pace, sleep=sleep)
        voices[role] = Voice(model=model, price=prices.get(role, Price(input=0.1, output=0.4)), room=room)  # type: ignore[index]
    voices["reviewer"] = voices["coder"]
    return Kit(voices=voices, prompts=Prompts(None), sandbox=InProcess(), mode=mode, budget=Budget(), seed=0)


def _heard(role: Role, answering: Answering, hold: Hold | None) -> Callable[[Ask], str | Line]:
    def answer(ask: Ask) -> str | Line:
        if hold is not None:
            hold.hear(role, ask)
        return answering(ask)

    return answer


def open_kit(**more: object) -> Callable[[Settings], AbstractAsyncContextManager[Kit]]:
    """What opens such a kit."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Kit]:
        yield kit(mode=settings.mode, **more)  # type: ignore[arg-type]

    return opened


async def grown(home: Path, **more: object) -> tuple[Entry, ...]:
    """The log of one run."""
    path = home / "day.py"
    path.write_text(DAY)
    stub = find_stubs(read(path)).stubs[0]
    async with running(CATALOGUE["pat"], kit(**more), stub) as log:  # type: ignore[arg-type]
        return tuple([entry async for entry in log])


class Lending(RedraftApp):
    """The program on a terminal that can be lent to an editor, as no terminal of a test can."""

    CSS_PATH = Path(application.__file__).with_name("styles") / "redraft.tcss"

    @contextlib.contextmanager
    def suspend(self) -> Iterator[None]:
        """Lend it."""
        yield


def watching_trees(home: Path, *, pipeline: str = "pat", **more: object) -> RedraftApp:
    """The main screen on `day.py`, with planning after trial as the usual pipeline unless told otherwise."""
    path = home / "day.py"
    path.write_text(DAY)
    here = session(home, pipeline=pipeline)
    return Lending(here, DraftScreen(here, [path], open_kit=open_kit(**more)))
