"""The same benchmark on many machines: Ray carries problems out and lines back; the ledger stays here.

Each Ray worker opens its own kit and sandbox from the settings, keeps them for all its problems, and measures the
canonical solutions on its own machine. Needs the extra `redraft[ray]`.
"""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from ..errors import EnvironmentFault, UsageError
from ..facts import ROLES
from ..kit import Kit
from ..pipelines.catalogue import CATALOGUE, Pipeline
from ..settings import Settings
from ..system.paths import Places
from .court import Court, court_of
from .harness import Contender, Solve, Work, solved
from .lines import Line
from .reviewers import MODES
from .suites.problems import Problem

LOCAL = frozenset({"ray", "ray://", "ray://local"})
"""A cluster of this machine alone, started for the run."""


class Station:
    """What lives in one Ray worker: kits by number, opened when they are first needed, and a court."""

    def __init__(self, settings: Sequence[Settings], logs: str) -> None:
        self._settings = settings
        # Of the machine it runs on: keys are its own affair, and ours are not sent anywhere.
        self._environ = dict(os.environ)
        self._places = Places.of(self._environ)
        self._logs = Path(logs) if logs else None
        self._stack = AsyncExitStack()
        self._kits: dict[int, Kit] = {}
        self._court: Court | None = None
        self._opening = asyncio.Lock()

    async def solve(self, number: int, pipeline: str, seed: int, problem: bytes) -> bytes:
        """One line, as JSON, for a problem as JSON; what goes wrong of our own world is in the line."""
        kit, court = await self._opened(number)
        contender = Contender(pipeline=named(pipeline), kit=kit, seed=seed)
        work = Work(contender=contender, problem=msgspec.json.decode(problem, type=Problem))
        return msgspec.json.encode(await solved(work, court, logs=self._logs))

    async def close(self) -> None:
        """Stop what was opened."""
        await self._stack.aclose()

    async def _opened(self, number: int) -> tuple[Kit, Court]:
        from ..run.opening import opened

        async with self._opening:
            if number not in self._kits:
                opening = opened(self._settings[number], self._places, self._environ, lambda _: None)
                self._kits[number] = await self._stack.enter_async_context(opening)
            if self._court is None:
                self._court = court_of(self._kits[number].sandbox, self._places.cache / "bench" / "measured")
        return self._kits[number], self._court


@asynccontextmanager
async def spread(
    address: str,
    settings: Sequence[Settings],
    contenders: Sequence[Contender],
    logs: Path | None = None,
) -> AsyncIterator[tuple[int, Solve]]:
    """How many problems run at once on the cluster, and what sends one there.

    `settings` are those of the contenders' kits, in the order the kits first appear.

    Raises:
        EnvironmentFault: Ray is not installed, or the cluster is not there.
        UsageError: a key cannot travel.
    """
    _refuse_keys(settings)
    ray = _ray()
    kits: list[Kit] = []
    for contender in contenders:
        if not any(kit is contender.kit for kit in kits):
            kits.append(contender.kit)
    where = None if address in LOCAL else address
    try:
        await asyncio.to_thread(ray.init, address=where, ignore_reinit_error=True, log_to_driver=False)
        slots = max(1, int(ray.cluster_resources().get("CPU", 1)))
        station = ray.remote(num_cpus=1)(Station)
        stations = [station.remote(list(settings), str(logs or "")) for _ in range(slots)]
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise EnvironmentFault(f"{address}: the Ray cluster cannot be used ({error})") from error
    try:
        yield slots, _Sender(ray, stations, kits).solve
    finally:
        await asyncio.gather(*(one.close.remote() for one in stations), return_exceptions=True)
        await asyncio.to_thread(ray.shutdown)


class _Sender:
    """Gives each problem to a station that is free."""

    def __init__(self, ray: Any, stations: Sequence[Any], kits: Sequence[Kit]) -> None:
        self._ray = ray
        self._kits = kits
        self._free: asyncio.Queue[Any] = asyncio.Queue()
        for station in stations:
            self._free.put_nowait(station)

    async def solve(self, work: Work) -> Line:
        """The line of one problem. Raises: EnvironmentFault when the cluster is lost."""
        contender = work.contender
        number = next(n for n, kit in enumerate(self._kits) if kit is contender.kit)
        station = await self._free.get()
        try:
            answer = await station.solve.remote(
                number, contender.pipeline.name, contender.seed, msgspec.json.encode(work.problem)
            )
        except self._ray.exceptions.RayError as error:
            raise EnvironmentFault(f"a Ray worker was lost ({str(error).splitlines()[0]}); run it again") from error
        finally:
            self._free.put_nowait(station)
        # A server that names its own model may not have been asked when the run began; the ledger goes by our name.
        line = msgspec.json.decode(answer, type=Line)
        return replace(line, model=contender.column.model)


def named(name: str) -> Pipeline:
    """A pipeline by name, the reviewers' among them."""
    return next((mode for mode in MODES if mode.name == name), None) or CATALOGUE[name]


def _ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise EnvironmentFault("Ray is not installed here: pip install 'redraft[ray]'") from None


def _refuse_keys(settings: Sequence[Settings]) -> None:
    """A key that stands in a file is not sent to other machines."""
    for one in settings:
        for role in ROLES:
            if one.role(role).api_key is not None:
                raise UsageError(f"roles.{role}.api_key does not travel: set roles.{role}.api_key_env on every worker")
