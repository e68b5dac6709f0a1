"""What all sandboxes have in common: runs and sessions, made of one locked-down process that is talked to."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec

from ..facts import Execution
from ..project import Environment, choose_environment, linked_folders, locate
from .conversation import Conversation, converse, refused
from .program import Job, job_for
from .runner import DEFAULT, Limits
from .scratch import ScratchRoom


class TalkingSandbox:
    """Base of the sandboxes: `_talking` is what they differ in."""

    def __init__(
        self,
        tier: str,
        setting: str | None,
        environ: Mapping[str, str],
        room: ScratchRoom,
        trusted: frozenset[str] = frozenset(),
    ) -> None:
        self._tier, self._setting, self._environ, self._room = tier, setting, environ, room
        self._trusted = trusted
        self._workers = asyncio.Semaphore(max(2, os.cpu_count() or 2))

    @property
    def tier(self) -> str:
        """Letter of the protection in force (A to E)."""
        return self._tier

    async def run(self, program: str, steps: Sequence[str], limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """Load `program` as a module and run each of `steps` in its namespace; see `Sandbox.run`."""
        environment, job = self._prepare(program, path)
        execution = refused(program, steps)
        if execution is None:
            async with self._workers, self._talking(environment, job, limits) as conversation:
                execution = await converse(conversation, job, steps)
        return msgspec.structs.replace(execution, tier=self._tier, interpreter=environment.shown)

    async def load(self, program: str, limits: Limits = DEFAULT, *, path: str = "") -> Execution:
        """Import `program` and nothing else; see `Sandbox.load`."""
        return await self.run(program, (), limits, path=path)

    @contextlib.asynccontextmanager
    async def session(
        self, program: str, limits: Limits = DEFAULT, *, path: str = "", asks: str = ""
    ) -> AsyncIterator[Conversation]:
        """A locked-down process with the program loaded, for statements that are not known beforehand.

        `asks` names a function that the program finds in its namespace and that we answer, see `Conversation.step`.

        Raises:
            Ended: the program cannot be loaded.
            SandboxError: the protection promised cannot be had; nothing was run.
        """
        environment, job = self._prepare(program, path)
        # A judge waits for its candidate: if it took a worker's place too, two pairs could wait for each other.
        place = contextlib.nullcontext() if asks else self._workers
        async with place, self._talking(environment, job, limits) as conversation:
            await conversation.load(job, asks)
            yield conversation

    def _prepare(self, program: str, path: str) -> tuple[Environment, Job]:
        """Where a program stands, and the interpreter for it."""
        location = locate(path)
        environment = choose_environment(self._setting, location, self._environ, self._trusted)
        return environment, job_for(program, location, linked_folders(environment, location))

    def _talking(
        self, environment: Environment, job: Job, limits: Limits
    ) -> contextlib.AbstractAsyncContextManager[Conversation]:
        """A process for the job that is locked down as promised; it is gone when the block ends."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """End every process and remove all scratch."""
        self._room.close()


def child_environment() -> dict[str, str]:
    """What an interpreter for untrusted code gets to see: nothing of the user's."""
    one_thread = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "PYTHONHASHSEED": "0",
        # Arenas of 64 MB for each thread would use up the address space that a run may have.
        "MALLOC_ARENA_MAX": "2",
        **dict.fromkeys(one_thread, "1"),
    }
