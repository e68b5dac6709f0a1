"""What is raced: the function, the patterns and the models, from a command line or a picker; and the race itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ...engine.behaviour.questions import AT_MOST
from ...engine.behaviour.simulated import Simulated
from ...engine.errors import UsageError
from ...engine.facts import Example, Stub
from ...engine.kit import Kit
from ...engine.lessons.tasks import load_task
from ...engine.pipelines.catalogue import Pipeline, pipeline
from ...engine.run.log import Recorder
from ...engine.run.race import (
    Entrant,
    Race,
    check_number,
    entrants,
    racing,
)
from ...engine.run.recording import SUFFIX, Recording
from ...engine.settings import Settings
from ..common.headless import Both
from ..common.session import Session
from ..common.targets import stubs_of
from ..common.tasks import PREFIX, TASKS
from ..models.choice import (
    ModelChoice,
    applied,
    in_force,
    parsed,
)
from .usual import USUAL_RACE

USUAL = tuple(USUAL_RACE.split(","))
"""Pipelines of a race when nobody chose any."""
OpenKit = Callable[[Settings], AbstractAsyncContextManager[Kit]]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a race needs to be started."""

    title: str
    """What is raced: `task:NAME` or `PATH::NAME`."""
    stub: Stub
    hidden: tuple[Example, ...] = ()
    solution: str = ""
    """A right body, which answers for the user where a pipeline asks one; "" where none is known."""
    pipelines: tuple[Pipeline, ...]
    models: tuple[ModelChoice, ...]
    in_turn: bool = False
    """Whether lanes run one after another."""

    @property
    def lanes(self) -> int:
        """How many lanes there will be."""
        return len(self.pipelines) * len(self.models)


def raced(target: str, settings: Settings) -> tuple[str, Stub, tuple[Example, ...], str]:
    """Title, stub, hidden tests and a right body ("" for none) of `task:NAME` or `PATH::NAME`.

    Raises:
        UsageError: there is no such task or function, or the path has several stubs and none is named.
    """
    if target.startswith(PREFIX):
        task = load_task(TASKS, target.removeprefix(PREFIX), tokens=settings.context_tokens)
        return target, task.stub, task.hidden, task.solution
    stubs = stubs_of(target, settings.context_tokens)
    if len(stubs) > 1:
        names = ", ".join(stub.name for stub in stubs)
        raise UsageError(f"{target}: a race is about one function; name it as PATH::NAME ({names})")
    stub = next(iter(stubs))
    return stub.key, stub, (), ""


def field(here: Session, target: str, pipelines: str, models: str) -> Field:
    """The field of a command line; `pipelines` and `models` are comma-separated names, "" for the usual ones.

    Raises:
        UsageError: something named is not there, or the lanes are too few or too many.
    """
    title, stub, hidden, solution = raced(target, here.settings)
    names = _listed(pipelines) or USUAL
    chosen = tuple(parsed(name, here.settings) for name in _listed(models)) or (in_force(here.settings),)
    lanes = tuple(map(pipeline, names))
    found = Field(title=title, stub=stub, hidden=hidden, solution=solution, pipelines=lanes, models=chosen)
    check_number(found.lanes)
    return found


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


@asynccontextmanager
async def started(
    here: Session, wanted: Field, open_kit: OpenKit, *, folder: Path | None = None, complain: Callable[[str], None]
) -> AsyncIterator[Race]:
    """The race, all lanes begun; leaving the block ends it. Logs go where all run logs go, and also into `folder`.

    Raises:
        RedraftError: a model or the sandbox cannot be opened, or the folder holds logs already.
    """
    keeper = Keeper(here, folder, complain)
    async with AsyncExitStack() as stack:
        stack.callback(keeper.close)
        kits: list[tuple[str, Kit]] = []
        for choice in wanted.models:
            kit = await stack.enter_async_context(open_kit(applied(here.settings, choice)))
            kits.append((choice.label, _asked(kit, wanted)))
        lanes = entrants(wanted.pipelines, kits)
        opened = racing(lanes, wanted.stub, hidden=wanted.hidden, record=keeper.recording, in_turn=wanted.in_turn)
        yield await stack.enter_async_context(opened)


def _asked(kit: Kit, wanted: Field) -> Kit:
    """The kit with somebody who answers questions, where a right body is known."""
    if not wanted.solution:
        return kit
    program = wanted.stub.program(wanted.solution)
    return replace(kit, person=Simulated(kit.sandbox, kit.limits, program, AT_MOST))


class Keeper:
    """Records every lane of one race."""

    def __init__(self, here: Session, folder: Path | None, complain: Callable[[str], None]) -> None:
        if folder is not None and folder.exists() and any(folder.glob(f"*{SUFFIX}")):
            raise UsageError(f"{folder}: holds run logs already; name another folder, so that no two races mix")
        self._runs = here.runs
        self._folder = folder
        self._complain = complain
        self._open: list[Recording] = []

    def recording(self, number: int, entrant: Entrant, run: str) -> Recorder:
        """Where the log of one lane goes."""
        places = [self._runs.recording(run, self._complain)]
        if self._folder is not None:
            name = "".join(c if c.isalnum() or c == "." else "-" for c in entrant.name)
            places.append(Recording(self._folder / f"{number}-{name}{SUFFIX}", self._complain))
        self._open += places
        return Both(*places)

    def close(self) -> None:
        """Done writing."""
        for recording in self._open:
            recording.close()
