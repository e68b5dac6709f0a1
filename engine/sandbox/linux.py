"""The sandbox on Linux: zygotes by interpreter, a bounded number of runs at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from ..errors import SandboxError
from ..project import Environment, environment_age
from .conversation import Conversation, NotProtected, protected
from .links import PipeLink
from .preloading import preloadable
from .program import Job
from .runner import Limits
from .scratch import ScratchRoom
from .scratch_watch import watched
from .talking import TalkingSandbox, child_environment
from .tiers import REQUIRED
from .zygote import Run, Wanted, Zygote

_Key = tuple[Environment, int, str, tuple[str, ...]]
"""Environment, its age, and what was imported beforehand for which package."""
_ATTEMPTS = 3
_MOST_ZYGOTES = 4


class LinuxSandbox(TalkingSandbox):
    """Runs programs in processes forked from a warm interpreter. Make it with `open_sandbox`."""

    def __init__(
        self,
        tier: str,
        wanted: Wanted,
        setting: str | None,
        environ: Mapping[str, str],
        room: ScratchRoom,
        trusted: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(tier, setting, environ, room, trusted)
        self._wanted = wanted
        self._zygotes: dict[_Key, Zygote] = {}
        self._seen: set[tuple[str, tuple[str, ...]]] = set()
        self._starting = asyncio.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether there are runs that have not ended."""
        return any(zygote.is_busy for zygote in self._zygotes.values())

    @property
    def scratch_folder(self) -> str:
        """Folder in which runs without namespaces get theirs."""
        return self._room.folder

    def adopt(self, environment: Environment, zygote: Zygote) -> None:
        """Use a zygote that is running already."""
        self._zygotes[environment, environment_age(environment), "", ()] = zygote

    @contextlib.asynccontextmanager
    async def _talking(self, environment: Environment, job: Job, limits: Limits) -> AsyncIterator[Conversation]:
        """A process for the job that is locked down as promised; it is gone when the block ends."""
        with self._room.scratch() as scratch:
            zygote, run, link = await self._begin(environment, job, limits, scratch)
            conversation = Conversation(link, limits)
            try:
                async with self._kept_small(scratch, run):
                    await self._protected(conversation, link)
                    yield conversation
            finally:
                run.kill()
                await asyncio.shield(zygote.finish(run, link))

    async def _protected(self, conversation: Conversation, link: PipeLink) -> None:
        try:
            await protected(conversation, REQUIRED[self._tier])
        except NotProtected as missing:
            said = link.last_words()
            raise SandboxError(f"tier {self._tier} cannot be kept: {missing}{said}; nothing was run") from None

    def _kept_small(self, scratch: str, run: Run) -> contextlib.AbstractAsyncContextManager[None]:
        """With namespaces the scratch is a file system of its own, with a size; without, it is watched."""
        if "namespaces" in REQUIRED[self._tier]:
            return contextlib.nullcontext()
        return watched(scratch, run.handle, run.kill)

    async def _begin(
        self, environment: Environment, job: Job, limits: Limits, scratch: str
    ) -> tuple[Zygote, Run, PipeLink]:
        own, preload = job.location.top, preloadable(job.program, job.location)
        for _ in range(_ATTEMPTS):
            zygote = await self._zygote(environment, own, preload)
            try:
                return zygote, *await zygote.begin(job, limits, scratch, self._environ.get("HOME", ""))
            except BrokenPipeError:
                # It has died, or was killed to end one of its runs; the next attempt starts another.
                preload = ()
        raise SandboxError(f"{environment.shown}: the sandbox ends as soon as it is used; try again")

    async def _zygote(self, environment: Environment, own: str, preload: tuple[str, ...]) -> Zygote:
        age = environment_age(environment)
        async with self._starting:
            if (own, preload) not in self._seen:
                # Importing beforehand pays from the second run on.
                self._seen.add((own, preload))
                preload = ()
            key = environment, age, own if preload else "", preload
            zygote = self._zygotes.get(key)
            if zygote is None or not zygote.is_alive:
                zygote = await self._started(environment, own, preload)
                await self._retire()
            # The newest is last: the first is retired when there are too many.
            self._zygotes.pop(key, None)
            self._zygotes[key] = zygote
        return zygote

    async def _started(self, environment: Environment, own: str, preload: tuple[str, ...]) -> Zygote:
        environ = child_environment()
        try:
            return await Zygote.start(environment, environ, self._wanted._replace(own=own, preload=preload))
        except SandboxError:
            if not preload:
                raise
            return await Zygote.start(environment, environ, self._wanted)

    async def _retire(self) -> None:
        idle = [key for key, zygote in self._zygotes.items() if not zygote.is_busy]
        for key in idle[: max(0, len(self._zygotes) - _MOST_ZYGOTES + 1)]:
            await self._zygotes.pop(key).aclose()

    async def aclose(self) -> None:
        """End every process and remove all scratch."""
        for zygote in self._zygotes.values():
            await zygote.aclose()
        self._zygotes.clear()
        await super().aclose()
