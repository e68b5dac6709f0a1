"""A running interpreter that forks one locked-down process for each run: the application's side of `child.py`."""

from __future__ import annotations

import array
import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import SandboxError
from ..project import Environment
from .child import child_frames as wire
from .links import PipeLink
from .program import Job
from .runner import Limits

NO_PACKAGES = "-"
"""As `child_site.NONE`."""
BOOTSTRAP = Path(__file__).parent / "child" / "child.py"
START_SECONDS = 20.0
_GONE_SECONDS = 5.0


class Wanted(NamedTuple):
    """Which layers to try, and what to import beforehand."""

    namespaces: bool = True
    landlock: bool = True
    seccomp: bool = True
    subprocess: bool = False
    room: str = ""
    """The only folder that may be written, where there are no namespaces."""
    variables: tuple[str, ...] = ()
    """Environment variables that programs get, as `NAME=value`."""
    readable: tuple[str, ...] = ()
    """Folders outside the project that programs may read."""
    own: str = ""
    """Top-level package of the program, which is never imported beforehand."""
    preload: tuple[str, ...] = ()


class Run:
    """One forked process: its link, and its end."""

    def __init__(self, number: int, zygote: Zygote) -> None:
        self._zygote = zygote
        self._number = number
        loop = asyncio.get_running_loop()
        self.started: asyncio.Future[int] = loop.create_future()
        self.ended: asyncio.Future[int | None] = loop.create_future()

    @property
    def handle(self) -> int:
        """Descriptor of the process, -1 where the kernel gives none."""
        return self.started.result() if self.started.done() and not self.started.cancelled() else -1

    def kill(self) -> None:
        """End the process now. Where the kernel gives no handle on it, its zygote ends with it."""
        if self.handle < 0:
            self._zygote.kill()
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    def let_go(self) -> None:
        """Close the handle."""
        if self.handle >= 0:
            os.close(self.handle)
            self.started = asyncio.get_running_loop().create_future()

    async def how_it_ended(self) -> int | None:
        """Exit status, negative for a signal, None when it cannot be told."""
        done, _ = await asyncio.wait([self.ended], timeout=_GONE_SECONDS)
        return self.ended.result() if done else None


class Zygote:
    """One zygote. Make it with `started`; after `kill` or its own end `is_alive` is false and it takes no more runs."""

    def __init__(
        self, process: asyncio.subprocess.Process, control: socket.socket, environment: Environment, wanted: Wanted
    ) -> None:
        self._process = process
        self._environment = environment
        self._wanted = wanted
        self._control = control
        self._runs: dict[int, Run] = {}
        self._count = 0
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[tuple[str, ...]] = self._loop.create_future()
        self.is_alive = True
        self.version = ""
        self.layers: frozenset[str] = frozenset()
        self.problem = ""
        """Why a layer that was wanted is not there, in the kernel's words."""
        self._loop.add_reader(control, self._listen)

    @property
    def is_busy(self) -> bool:
        """Whether it has runs that have not ended."""
        return bool(self._runs)

    @classmethod
    async def start(cls, environment: Environment, environ: Mapping[str, str], wanted: Wanted) -> Zygote:
        """Start an interpreter and wait until it says which layers it can put in force.

        Raises:
            SandboxError: it does not start.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            try:
                process = await asyncio.create_subprocess_exec(
                    *(environment.python, "-I", "-S", "-B", "-X", "utf8", str(BOOTSTRAP), str(theirs.fileno())),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.PIPE,
                    cwd="/",
                    env=dict(environ),
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise SandboxError(
                    f"{environment.python}: cannot be started: {error.strerror}; choose another interpreter"
                ) from error
        zygote = cls(process, ours, environment, wanted)
        try:
            await zygote._get_ready(environment)
        except BaseException:  # Cancelled, too: no process may be left behind. It goes on as it came.
            await zygote.aclose()
            raise
        return zygote

    async def _get_ready(self, environment: Environment) -> None:
        wanted = self._wanted
        flags = ("1" if flag else "" for flag in wanted[:4])
        with contextlib.suppress(BrokenPipeError):
            given = ("\0".join(wanted.variables), "\0".join(wanted.readable))
            # Code that came with the project must not run where it could change what later locks a run down.
            executable = NO_PACKAGES if environment.is_inside else environment.executable
            texts = (wanted.room, executable, *given, wanted.own, *wanted.preload)
            self._control.send(wire.packed(wire.START, 0, *flags, *texts))
        done, _ = await asyncio.wait([self._ready], timeout=START_SECONDS)
        if not done or self._ready.cancelled():
            said = await self._last_words()
            raise SandboxError(
                f"{environment.shown}: the sandbox does not start in it{said}; choose another interpreter"
            )
        self.version, layers, self.problem = self._ready.result()
        self.layers = frozenset(layers.split())

    async def _last_words(self) -> str:
        if self._process.stderr is None or self.is_alive:
            return ""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                said = (await self._process.stderr.read(4000)).decode("utf-8", "replace").strip()
                return f" ({said.splitlines()[-1][:200]})" if said else ""
        return ""

    async def begin(self, job: Job, limits: Limits, scratch: str, home: str) -> tuple[Run, PipeLink]:
        """Fork a process for a job; it locks itself down before it listens.

        Raises:
            BrokenPipeError: the zygote is gone.
        """
        self._count += 1
        number, run = self._count, Run(self._count, self)
        self._runs[number] = run
        job_out, job_in = os.pipe()
        results_out, results_in = os.pipe()
        stray_out, stray_in = os.pipe()
        link = PipeLink(job_in, results_out, stray_out, run.kill, run.how_it_ended)
        programs = "1" if self._wanted.subprocess else ""
        processor = str(int(limits.seconds + limits.import_seconds) + 2)
        at = job.location
        reads = "\0".join(job.reads)
        inside = self._environment.executable if self._environment.is_inside else ""
        texts = (scratch, str(limits.memory_mb), processor, at.path, at.module, reads, home, programs, inside)
        rights = array.array("i", [job_out, results_in, stray_in])
        try:
            with contextlib.suppress(OSError):
                ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
                self._control.sendmsg([wire.packed(wire.RUN, number, *texts)], ancillary)
                await asyncio.wait([run.started], timeout=_GONE_SECONDS)
        except asyncio.CancelledError:
            await asyncio.shield(self._abandon(run, link))
            raise
        finally:
            for descriptor in rights:
                os.close(descriptor)
        if not run.started.done() or run.started.cancelled():
            self.kill()
            link.close()
            raise BrokenPipeError
        return run, link

    async def _abandon(self, run: Run, link: PipeLink) -> None:
        """End a run that was cancelled while it began, and leave the others alone."""
        await asyncio.wait([run.started], timeout=_GONE_SECONDS)
        await self.finish(run, link)

    async def finish(self, run: Run, link: PipeLink) -> None:
        """End a run and wait until nothing of it is left."""
        run.kill()
        link.close()
        await run.how_it_ended()
        run.let_go()

    def kill(self) -> None:
        """End the zygote and with it all its runs."""
        self._close_control()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def aclose(self) -> None:
        """End the zygote and wait until it is gone."""
        self.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GONE_SECONDS):
                await self._process.wait()

    def _listen(self) -> None:
        try:
            message, rights, _, _ = socket.recv_fds(self._control, 1 << 16, 1)
        except BlockingIOError:
            return
        except OSError:
            message, rights = b"", list[int]()
        if not message:
            self._close_control()
            return
        kind, number, texts = wire.unpacked(message[4:])
        run = self._runs.get(number)
        if kind == wire.READY:
            self._ready.set_result(tuple(texts))
        elif kind == wire.STARTED and run:
            run.started.set_result(rights.pop() if rights else -1)
        elif kind == wire.ENDED and run:
            run.ended.set_result(int(texts[0]))
            del self._runs[number]
        for descriptor in rights:
            os.close(descriptor)

    def _close_control(self) -> None:
        if not self.is_alive:
            return
        self.is_alive = False
        self._loop.remove_reader(self._control)
        self._control.close()
        for waiting in (self._ready, *(run.started for run in self._runs.values())):
            if not waiting.done():
                waiting.cancel()
        for run in self._runs.values():
            if not run.ended.done():
                run.ended.set_result(None)
        self._runs.clear()
