"""The server of one embedded model: started when first needed, shared where one runs already, gone with us."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import secrets
import signal
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import msgspec

from ...errors import ModelError
from .address import PROBE_SECONDS, Address, accepts_key, say_one_token, store, stored
from .engines import Engine, engine_for
from .finding import find
from .logs import reason_in
from .server import Order, Serving, Tuning
from .weights import Weights, megabytes

READY_SECONDS = 180.0
"""Longest wait for the server: a cold disk reads 1.1 GB, and another redraft may be starting one."""
STOP_SECONDS = 3.0
"""How long it may take to leave by itself before it is killed; it takes 0.1 s."""
LOADING_STOP_SECONDS = 0.2
"""For one that still loads its model: it has nothing to finish, and hears nothing meanwhile."""


class Host:
    """Gives the address of a server that is ready, starting one when there is none."""

    def __init__(
        self,
        environ: Mapping[str, str],
        state_folder: Path,
        *,
        file: Weights,
        tuning: Tuning,
        room: Callable[[], AbstractAsyncContextManager[None]],
        program: Sequence[str] = (),
    ) -> None:
        """A server is started inside the block of `room()`; `program` () means our own server program."""
        self._environ = environ
        self._folder = state_folder
        self._tuning = tuning
        self._weights = file
        self._room = room
        self._program = program
        self._address: Address | None = None
        self._child: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def log_path(self) -> Path:
        """Where the server's own log goes; it is begun anew at each start."""
        return self._own_file("log")

    @property
    def _address_path(self) -> Path:
        return self._own_file("json")

    def _own_file(self, kind: str) -> Path:
        """Each model has its own; files of one name that lie apart are told apart by a digest of where."""
        file = self._weights
        apart = "" if file.called else f"-{hashlib.sha256(file.typed.encode()).hexdigest()[:8]}"
        return self._folder / f"embedded-{file.name[:80]}{apart}.{kind}"

    @property
    def owns_server(self) -> bool:
        """Whether the server is ours to stop, rather than another redraft's."""
        return self._child is not None

    async def address(self) -> Address:
        """Where a ready server is; the first call may take seconds.

        Raises:
            ModelError: no weights ("no weights"), no llama.cpp ("no engine"), or it does not start ("not started").
        """
        async with self._one_at_a_time:
            if self._address is not None and await self._still_serves(self._address):
                return self._address
            await self._let_go()
            self._address = await self._join_or_start()
            return self._address

    async def is_gone(self, address: Address) -> bool:
        """Whether the server that was at `address` has ended or does not answer; then `address()` gives another."""
        async with self._one_at_a_time:
            if address != self._address:
                return True
            if self._child is not None:
                # A broken connection is seen a moment before the end of the process is.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._child.wait(), PROBE_SECONDS)
                return self._child.returncode is not None
            return not await accepts_key(address)

    async def stop(self) -> None:
        """End the server if it is ours, and wait until it is gone."""
        async with self._one_at_a_time:
            await self._let_go()

    def how_it_ended(self) -> str:
        """A few words on the end of our server, "" while it runs or when it is not ours."""
        code = self._child.returncode if self._child else None
        if code is None:
            return ""
        if code == -signal.SIGKILL:
            return "was killed, perhaps because memory ran out"
        return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"

    async def _still_serves(self, address: Address) -> bool:
        """A child that ended is known without asking; another redraft's server may have left with it."""
        return self._child.returncode is None if self._child else await accepts_key(address)

    async def _join_or_start(self) -> Address:
        model = find(self._environ, self._weights)
        if model is None:
            size = f" ({megabytes(self._weights.size)})" if self._weights.size else ""
            raise ModelError(
                f"the model {self._weights.name} is not on this machine yet; "
                f"`redraft model pull {self._weights.typed}` fetches it{size}",
                kind="no weights",
            )
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        async with self._turn():
            there = stored(self._address_path)
            if there and (there.model, there.tuning) == (str(model), self._tuning) and await accepts_key(there):
                return there
            async with self._room():
                return await self._start(model)

    async def _start(self, model: Path) -> Address:
        engine = Engine(name="given") if self._program else await engine_for(self._tuning.engine, self._environ)
        key = secrets.token_urlsafe(24)
        order = Order(model=str(model), alias=self._weights.name, key=key, tuning=self._tuning, program=engine.program)
        self._child = await self._spawn()
        try:
            port = await self._port(self._child, order)
            address = Address(port=port, key=key, model=str(model), pid=self._child.pid, tuning=self._tuning)
            await say_one_token(address, READY_SECONDS)
        except (TimeoutError, OSError, msgspec.DecodeError, ModelError) as error:
            how = await self._why_not(error)
            await self._let_go()
            raise ModelError(
                f"the model {self._weights.name} did not start: its server {how}{reason_in(self.log_path)}. Its log is "
                f"{self.log_path}",
                kind="not started",
            ) from error
        except BaseException:  # Cancelled, too: no server may be left behind.
            await self._let_go(LOADING_STOP_SECONDS)
            raise
        store(self._address_path, address)
        return address

    async def _spawn(self) -> asyncio.subprocess.Process:
        program = self._program or (sys.executable, "-P", "-m", "redraft.engine.models.embedded.server")
        # Waiting threads that sleep in place of spinning: 10 times the speed when something else runs beside it.
        environ = {**self._environ, "OMP_WAIT_POLICY": "PASSIVE"}
        log = os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            return await asyncio.create_subprocess_exec(
                *program,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=environ,
                cwd=self._folder,
                start_new_session=True,
            )
        finally:
            os.close(log)

    async def _port(self, child: asyncio.subprocess.Process, order: Order) -> int:
        """Give the order and read the answer."""
        assert child.stdin and child.stdout
        child.stdin.write(msgspec.json.encode(order) + b"\n")
        async with asyncio.timeout(READY_SECONDS):
            await child.stdin.drain()
            line = await child.stdout.readline()
        return msgspec.json.decode(line, type=Serving).port

    async def _why_not(self, error: BaseException) -> str:
        if isinstance(error, TimeoutError):
            return f"was not ready after {READY_SECONDS:.0f} s"
        if self._child:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._child.wait(), PROBE_SECONDS)
        return self.how_it_ended() or f"gave no sensible answer ({error})"

    async def _let_go(self, seconds: float = STOP_SECONDS) -> None:
        """Stop our child, if there is one, within so many seconds, and forget the address."""
        child, self._child, self._address = self._child, None, None
        if child is None:
            return
        there = stored(self._address_path)
        if there and there.pid == child.pid:
            self._address_path.unlink(missing_ok=True)
        if child.stdin:
            child.stdin.close()
        try:
            with contextlib.suppress(TimeoutError):  # one that does not listen is killed below
                await asyncio.wait_for(child.wait(), seconds)
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                await child.wait()

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None, None]:
        """Only one redraft of this machine looks for a server, or starts one, at a time."""
        with self._own_file("lock").open("wb") as lock:
            deadline = time.monotonic() + READY_SECONDS
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as busy:
                    if time.monotonic() > deadline:
                        message = "another redraft has been starting this model for minutes; end it and retry"
                        raise ModelError(message, kind="not started", retryable=True) from busy
                    await asyncio.sleep(0.1)
            yield
