"""All vLLM servers of one `redraft serve`: started, kept alive, and gone when the block is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from ...errors import EnvironmentFault, ModelError
from ...facts import ROLES, Role
from ...settings.serving import Served
from .commands import Command, start_waves
from .server import Pace, Server

USUAL_PACE = Pace()
DEATHS = 1
"""How often each server is started again."""


class Fleet:
    """The servers, and who of them answers."""

    def __init__(self, servers: Sequence[Server], notice: Callable[[str], None]) -> None:
        self.servers = tuple(servers)
        self._notice = notice
        self._lost: set[Server] = set()

    @property
    def progress(self) -> tuple[tuple[str, str], ...]:
        """For each server its label and how far it is: "ready", or seconds and the last line of its log."""
        return tuple(
            (server.label, "ready" if server.is_ready else f"{server.seconds:.0f} s, {server.last_words or 'starting'}")
            for server in self.servers
            if server.has_begun
        )

    @property
    def roles(self) -> dict[Role, Served]:
        """The addresses of each role's servers, lost ones left out; a role without any is missing."""
        return {role: served for role in ROLES if (served := self._served(role)) is not None}

    def _served(self, role: Role) -> Served | None:
        mine = [server.command for server in self._left() if role in server.command.place.order.roles]
        if not mine:
            return None
        return Served(base_url=",".join(command.base_url for command in mine), model=mine[0].model)

    def _left(self) -> list[Server]:
        return [server for server in self.servers if server not in self._lost]

    async def keep(self, on_change: Callable[[], None]) -> None:
        """Start again whatever dies, once each; returns never. `on_change` is called when a server is lost for good.

        Raises:
            ModelError: the last server of some role is lost.
        """
        await _all(self._keep(server, on_change) for server in self.servers)

    async def _keep(self, server: Server, on_change: Callable[[], None]) -> None:
        for _ in range(DEATHS):
            how = await server.ended()
            self._notice(f"the {server.label}'s server {how}; it is started again (its log: {server.log})")
            try:
                await server.start()
                await server.ready()
            except ModelError as problem:
                return self._lose(server, str(problem), on_change)
            self._notice(f"the {server.label}'s server is ready again")
        how = await server.ended()
        return self._lose(
            server, f"the {server.label}'s server died again: it {how}. Its log is {server.log}", on_change
        )

    def _lose(self, server: Server, why: str, on_change: Callable[[], None]) -> None:
        """Go on without this one, if every role of it has another. Raises: ModelError."""
        self._lost.add(server)
        if any(role not in self.roles for role in server.command.place.order.roles):
            raise ModelError(why, kind="crashed")
        self._notice(f"{why}; the others of its kind go on without it")
        on_change()


@asynccontextmanager
async def serving(
    commands: Sequence[Command],
    environ: Mapping[str, str],
    folder: Path,
    *,
    key: str = "",
    pace: Pace = USUAL_PACE,
    notice: Callable[[str], None] = lambda _: None,
    on_look: Callable[[Fleet], None] = lambda _: None,
) -> AsyncGenerator[Fleet, None]:
    """The servers of these commands, ready; all have ended when the block is left, whichever way.

    `folder` is for their logs, begun anew here. `on_look` gets the fleet at each look at whether they are ready.

    Raises:
        ModelError: one does not become ready; the text has the reason its log gives.
    """

    def look() -> None:
        on_look(fleet)

    servers = [
        Server(command, environ, _log(folder, command), key=key, pace=pace, on_look=look) for command in commands
    ]
    fleet = Fleet(servers, notice)
    try:
        by_command = {server.command: server for server in servers}
        for wave in start_waves(commands):
            await _all(_up(by_command[command]) for command in wave)
        yield fleet
    finally:
        # Also when this task is being cancelled: nothing may be left behind.
        await asyncio.shield(asyncio.gather(*(server.stop() for server in servers)))


async def _up(server: Server) -> None:
    await server.start()
    await server.ready()


def _log(folder: Path, command: Command) -> Path:
    path = folder / f"{command.place.order.label.replace(' ', '-')}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(b"")
        path.chmod(0o600)
    except OSError as problem:
        raise EnvironmentFault(f"{path}: the log cannot be written ({problem.strerror}); make room there") from None
    return path


async def _all(jobs: Iterable[Coroutine[None, None, None]]) -> None:
    """Do all at once. Raises: the first failure, when the others have been called off."""
    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
