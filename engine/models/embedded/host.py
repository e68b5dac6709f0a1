"""The one embedded server of this machine: started when first needed, shared where one runs already, gone with us."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import importlib.util
import os
import secrets
import signal
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ...errors import ModelError
from ...facts import Fact
from . import weights
from .server import Order, Serving, Tuning

if TYPE_CHECKING:
    import httpx2

READY_SECONDS = 180.0
"""Longest wait for the server: a cold disk reads 1.1 GB, and another redraft may be starting one."""
STOP_SECONDS = 3.0
"""How long it may take to leave by itself before it is killed; it takes 0.1 s."""
LOADING_STOP_SECONDS = 0.2
"""For one that still loads its model: it has nothing to finish, and hears nothing meanwhile."""
PROBE_SECONDS = 2.0
"""Longest wait for a sign of life from a server that should be up."""
DEFAULT_TUNING = Tuning()


class Address(Fact, frozen=True):
    """Where an embedded server listens and the key to it; stored in a file only its owner can read."""

    port: int
    key: str
    model: str
    """Path of the file it serves."""
    pid: int

    @property
    def url(self) -> str:
        """Its root, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"


class Host:
    """Gives the address of a server that is ready, starting one when there is none."""

    def __init__(
        self,
        environ: Mapping[str, str],
        state_folder: Path,
        *,
        tuning: Tuning = DEFAULT_TUNING,
        file: weights.Weights = weights.CODER,
        program: Sequence[str] = (),
        on_notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`program` () means our own server program, run by this Python."""
        self._environ = environ
        self._folder = state_folder
        self._tuning = tuning
        self._weights = file
        self._program = program
        self._notice = on_notice
        self._address: Address | None = None
        self._child: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def log_path(self) -> Path:
        """Where the server's own log goes; it is begun anew at each start."""
        return self._folder / "embedded.log"

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
            return not await _accepts_key(address)

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
            return "was killed, perhaps because memory ran out (it needs about 3 GB)"
        return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"

    async def _still_serves(self, address: Address) -> bool:
        """A child that ended is known without asking; another redraft's server may have left with it."""
        return self._child.returncode is None if self._child else await _accepts_key(address)

    async def _join_or_start(self) -> Address:
        model = weights.find(self._environ, self._weights)
        if model is None:
            raise ModelError(
                f"the embedded model {self._weights.name} is not on this machine yet; `redraft model pull` fetches it "
                f"({self._weights.size / 1e9:.1f} GB)",
                kind="no weights",
            )
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        async with self._turn():
            there = self._stored()
            if there and there.model == str(model) and await _accepts_key(there):
                return there
            return await self._start(model)

    async def _start(self, model: Path) -> Address:
        if not self._program and importlib.util.find_spec("xllamacpp") is None:
            raise ModelError(
                "the embedded model needs llama.cpp, which is not installed: install redraft with its extra "
                "`redraft[embedded]`, or name another model server in the settings",
                kind="no engine",
            )
        key = secrets.token_urlsafe(24)
        order = Order(model=str(model), alias=self._weights.name, key=key, tuning=self._tuning)
        self._child = await self._spawn()
        try:
            port = await self._port(self._child, order)
            address = Address(port=port, key=key, model=str(model), pid=self._child.pid)
            await _say_one_token(address)
        except (TimeoutError, OSError, msgspec.DecodeError, ModelError) as error:
            how = await self._why_not(error)
            await self._let_go()
            raise ModelError(
                f"the embedded model did not start: its server {how}. Its log is {self.log_path}", kind="not started"
            ) from error
        except BaseException:  # Cancelled, too: no server may be left behind.
            await self._let_go(LOADING_STOP_SECONDS)
            raise
        self._store(address)
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
        stored = self._stored()
        if stored and stored.pid == child.pid:
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

    @property
    def _address_path(self) -> Path:
        return self._folder / "embedded.json"

    def _stored(self) -> Address | None:
        try:
            return msgspec.json.decode(self._address_path.read_bytes(), type=Address)
        except (OSError, msgspec.DecodeError, RecursionError):
            return None

    def _store(self, address: Address) -> None:
        fresh = self._address_path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(msgspec.json.encode(address))
        fresh.replace(self._address_path)

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None, None]:
        """Only one redraft of this machine looks for a server, or starts one, at a time."""
        with (self._folder / "embedded.lock").open("wb") as lock:
            deadline = time.monotonic() + READY_SECONDS
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as busy:
                    if time.monotonic() > deadline:
                        message = "another redraft has been starting the embedded model for minutes; end it and retry"
                        raise ModelError(message, kind="not started", retryable=True) from busy
                    await asyncio.sleep(0.1)
            yield


@asynccontextmanager
async def _calling(address: Address) -> AsyncGenerator[httpx2.AsyncClient, None]:
    import httpx2  # 0.13 s, and not before a model is needed

    # No proxy and no certificates stand between us and a plain server on this machine.
    async with httpx2.AsyncClient(
        base_url=address.url,
        headers={"Authorization": f"Bearer {address.key}"},
        timeout=PROBE_SECONDS,
        trust_env=False,
        verify=False,
    ) as client:
        yield client


async def _accepts_key(address: Address) -> bool:
    """Whether a server is there that knows us; unlike `/health`, `/props` wants the key."""
    import httpx2

    async with _calling(address) as client:
        try:
            return (await client.get("/props")).status_code == 200
        except httpx2.HTTPError:
            return False


async def _say_one_token(address: Address) -> None:
    """Return when the model has written a token: a server that reports good health may not be able to yet.

    Raises:
        ModelError: it refuses or goes away.
    """
    import httpx2

    question = {"prompt": "def", "n_predict": 1, "temperature": 0.0, "cache_prompt": False}
    async with _calling(address) as client:
        try:
            answer = await client.post("/completion", json=question, timeout=READY_SECONDS)
        except httpx2.HTTPError as error:
            raise ModelError(f"{type(error).__name__} {error}") from error
    if answer.status_code != 200:
        raise ModelError(f"it answered {answer.status_code} to its first question")
