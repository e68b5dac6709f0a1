"""The sandbox where there are no zygotes: an interpreter a run. macOS under Seatbelt; Windows contains nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from ..errors import SandboxError
from ..project import Environment
from . import seatbelt
from .child import child_frames as wire
from .conversation import Conversation, NotProtected, protected
from .links import STRAY_KEPT, STRAY_MOST
from .program import Job
from .runner import Limits
from .talking import TalkingSandbox, child_environment

BOOTSTRAP = Path(__file__).parent / "child" / "child_solo.py"
_GONE_SECONDS = 5.0


class StreamLink:
    """The pipes of one interpreter: job on its standard input, results on its output, stray output on its errors."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ahead = b""
        self.stray = bytearray()
        """What the program wrote to its descriptors 1 and 2, up to `STRAY_KEPT` bytes."""

    async def send(self, record: bytes) -> None:
        """Write a whole record."""
        if self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write(record)
        await self._process.stdin.drain()

    async def receive(self) -> bytes:
        """Some more bytes, b"" at the end."""
        return await self._process.stdout.read(1 << 16) if self._process.stdout else b""

    def has_more(self) -> bool:
        """Never known here without waiting: what was read ahead is noticed by the conversation itself."""
        return False

    async def how_it_ended(self) -> int | None:
        """Exit status, negative for a signal; None when it does not end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GONE_SECONDS):
                return await self._process.wait()
        return None

    async def listen(self) -> None:
        """Take stray output until the end, or until it is too much."""
        heard = 0
        while self._process.stderr and (some := await self._process.stderr.read(1 << 16)):
            heard += len(some)
            self.stray += some[: STRAY_KEPT - len(self.stray)]
            if heard > STRAY_MOST:
                end(self._process)

    def last_words(self) -> str:
        """The last line of stray output, in brackets, or ""."""
        lines = self.stray.decode("utf-8", "replace").strip().splitlines()
        return f" ({lines[-1][:300]})" if lines else ""


class SoloSandbox(TalkingSandbox):
    """Starts an interpreter for each run."""

    @property
    def required(self) -> frozenset[str]:
        """Layers that must hold in the self-test of every run."""
        if self._tier == "B":
            return frozenset({"rlimits", "seatbelt"})
        return frozenset() if sys.platform == "win32" else frozenset({"rlimits"})

    @contextlib.asynccontextmanager
    async def _talking(self, environment: Environment, job: Job, limits: Limits) -> AsyncIterator[Conversation]:
        with self._room.scratch() as scratch:
            process = await self._start(environment, job, scratch)
            link = StreamLink(process)
            listening = asyncio.create_task(link.listen())
            try:
                processor = str(int(limits.seconds + limits.import_seconds) + 2)
                texts = (scratch, str(limits.memory_mb), processor, job.location.path, environment.executable)
                with contextlib.suppress(OSError):
                    await link.send(wire.packed(wire.RUN, 0, *texts))
                conversation = Conversation(link, limits)
                await self._protected(conversation, link)
                yield conversation
            finally:
                end(process)
                listening.cancel()
                await asyncio.shield(link.how_it_ended())

    async def _start(self, environment: Environment, job: Job, scratch: str) -> asyncio.subprocess.Process:
        contained = self._tier == "B"
        first = seatbelt.command(environment, scratch, job.reads, job.location.path) if contained else ()
        environ = child_environment()
        if sys.platform == "win32":
            # Python does not start on Windows without it.
            environ["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", r"C:\Windows")
        try:
            return await asyncio.create_subprocess_exec(
                *(*first, environment.python, "-I", "-S", "-B", "-X", "utf8", str(BOOTSTRAP)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=scratch,
                env=environ,
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxError(
                f"{environment.python}: cannot be started: {error.strerror}; choose another interpreter"
            ) from error

    async def _protected(self, conversation: Conversation, link: StreamLink) -> None:
        try:
            await protected(conversation, self.required)
        except NotProtected as missing:
            said = link.last_words()
            raise SandboxError(f"tier {self._tier} cannot be kept: {missing}{said}; nothing was run") from None


def end(process: asyncio.subprocess.Process) -> None:
    """Kill a process and, where there are sessions, all that it started and that stayed in its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def best_tier() -> str:
    """What can be had without zygotes on this machine: B under Seatbelt, else E."""
    return "B" if sys.platform == "darwin" and Path(seatbelt.LAUNCHER).is_file() else "E"
