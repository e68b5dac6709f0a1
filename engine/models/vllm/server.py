"""One vLLM server as a child process: started, waited for, stopped. Its words go into a log file."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import re
import signal
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ModelError
from ...facts import Fact
from .commands import KEY_VARIABLE, Command

if TYPE_CHECKING:
    import httpx2

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PREFIX = re.compile(r"^(?:\(\w[^)]*\)\s*)?(?:(?:INFO|WARNING|ERROR|DEBUG)(?::\s+| [\d-]+ [\d:]+ (?:\[[^\]]*\] ?)?))?")
"""What vLLM puts before each line of its log: process, level, time, place in the source."""
_HARMLESS = re.compile(r"\b(?:INFO|WARNING|DEBUG)\b[ :]")
"""Marks lines that may speak of errors without there being one."""
_FAULT = re.compile(r"\b((?:\w+\.)*\w*(?:Error|Exception|Fault)): (\S.*)")
SHOWN = 300
"""Most characters of a log line in a message."""


class Pace(Fact, frozen=True):
    """How long things may take, in seconds."""

    ready: float = 1800.0
    """From the start to the first token: fetching 20 to 70 GB of weights is part of it."""
    look: float = 0.5
    """Between two looks at whether it is ready."""
    answer: float = 5.0
    """For a sign of health."""
    token: float = 180.0
    """For the first token, for which some kernels are still compiled."""
    leave: float = 10.0
    """Between the request to leave and the kill; vLLM takes 2 to 5."""


class Server:
    """One server, from its start to its end."""

    def __init__(
        self,
        command: Command,
        environ: Mapping[str, str],
        log: Path,
        *,
        key: str,
        pace: Pace,
        on_look: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_look` is called at each look at whether it is ready."""
        self.command, self.log = command, log
        self.label = command.place.order.label
        self.is_ready = False
        self._environ = {**environ, **dict(command.environ), **({KEY_VARIABLE: key} if key else {})}
        self._key, self._pace, self._on_look, self._clock = key, pace, on_look, clock
        self._guard: asyncio.subprocess.Process | None = None
        self._began = 0.0
        self._log_from = 0

    @property
    def has_begun(self) -> bool:
        """Whether it was started."""
        return self._guard is not None

    @property
    def seconds(self) -> float:
        """Since it was started."""
        return self._clock() - self._began

    @property
    def last_words(self) -> str:
        """The last line of its log, for a person who waits; "" when there is none yet."""
        lines = self._lines(8192)
        return _PREFIX.sub("", lines[-1])[:SHOWN] if lines else ""

    async def start(self) -> None:
        """Start the process. Raises: ModelError when the log cannot be written."""
        self.is_ready, self._began = False, self._clock()
        program = (sys.executable, "-P", "-m", "redraft.engine.models.vllm.guard", f"{self._pace.leave:g}")
        try:
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as problem:
            raise ModelError(
                f"{self.log}: the log cannot be written ({problem.strerror})", kind="not started"
            ) from None
        try:
            self._log_from = os.fstat(log).st_size
            self._guard = await asyncio.create_subprocess_exec(
                *program,
                *self.command.argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self._environ,
                start_new_session=True,
            )
        finally:
            os.close(log)

    async def ready(self) -> None:
        """Return when it has written a token. Raises: ModelError, with the reason that its log gives."""
        async with self._calling() as http:
            try:
                async with asyncio.timeout(self._pace.ready):
                    while not (await self._is_healthy(http) and await self._says_a_token(http)):
                        self._fail_if_gone()
                        self._on_look()
                        self._fail_if_late()
                        await self._pause()
            except TimeoutError:
                raise ModelError(
                    f"{self._who} was not ready after {self._pace.ready:.0f} s; its last words: "
                    f"{self.last_words or 'none'}. Its log is {self.log}; --wait sets how many minutes it has",
                    kind="not started",
                ) from None
        # What went wrong until now did not keep it from working, and will not be why it ends.
        self.is_ready, self._log_from = True, self._log_size()

    async def ended(self) -> str:
        """Wait for its end; how it ended, in a few words."""
        assert self._guard is not None
        await self._guard.wait()
        self.is_ready = False
        return self.how_it_ended

    @property
    def how_it_ended(self) -> str:
        """A few words on its end, with the reason that its log gives; "" while it runs."""
        code = self._guard.returncode if self._guard else None
        if code is None:
            return ""
        if code in {128 + signal.SIGKILL, -signal.SIGKILL}:
            words = "was killed, perhaps because main memory ran out"
        else:
            words = f"was ended by signal {code - 128}" if code > 128 else f"ended with code {code}"
        return f"{words}{self._why()}"

    async def stop(self) -> None:
        """End it, and wait until it is gone."""
        guard, self.is_ready = self._guard, False
        if guard is None:
            return
        if guard.stdin:
            guard.stdin.close()
        try:
            async with asyncio.timeout(self._pace.leave + 5.0):
                await guard.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                guard.kill()
            await guard.wait()

    @property
    def _who(self) -> str:
        return f"the {self.label}'s server ({self.command.model}, port {self.command.port})"

    def _fail_if_gone(self) -> None:
        if self.how_it_ended:
            raise ModelError(
                f"{self._who} {self.how_it_ended}. Its log is {self.log}; look there, then start again",
                kind="not started",
            )

    def _fail_if_late(self) -> None:
        if self.seconds >= self._pace.ready:
            raise TimeoutError

    async def _pause(self) -> None:
        """Until the next look, or until it ends."""
        assert self._guard is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace.look):
                await self._guard.wait()

    @contextlib.asynccontextmanager
    async def _calling(self) -> AsyncGenerator[httpx2.AsyncClient, None]:
        await asyncio.to_thread(importlib.import_module, "httpx2")  # 0.13 s, and not before a server is waited for
        import httpx2

        async with httpx2.AsyncClient(
            base_url=self.command.root,
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=self._pace.answer,
            trust_env=False,
            verify=False,
        ) as http:
            yield http

    async def _is_healthy(self, http: httpx2.AsyncClient) -> bool:
        import httpx2

        try:
            return (await http.get("/health")).status_code == 200
        except httpx2.HTTPError:
            return False

    async def _says_a_token(self, http: httpx2.AsyncClient) -> bool:
        """Whether the model answers; a server that reports good health may not be able to yet. Raises: ModelError."""
        import httpx2

        question = {
            "model": self.command.model,
            "messages": [{"role": "user", "content": "Say yes."}],
            "max_tokens": 1,
            "temperature": 0.0,
        }
        try:
            answer = await http.post("/v1/chat/completions", json=question, timeout=self._pace.token)
        except httpx2.HTTPError:
            return False
        if answer.status_code in {401, 403, 404}:
            raise ModelError(
                f"{self._who} does not answer as ours ({answer.status_code}); another has that port: start again",
                kind="not started",
            )
        if 400 <= answer.status_code < 500:
            said = " ".join(answer.text.split())[:SHOWN]
            raise ModelError(
                f"{self._who} refused its first question ({answer.status_code}): {said}", kind="not started"
            )
        return answer.status_code == 200

    def _why(self) -> str:
        """The first error in the log since it started, or since it was ready: later ones only follow from it."""
        for line in self._lines(None):
            if (found := _FAULT.search(line)) and not _HARMLESS.search(line[: found.start()]):
                return f": {found[1]}: {found[2]}"[:SHOWN]
        return f": {last}"[:SHOWN] if (last := self.last_words) else ""

    def _log_size(self) -> int:
        try:
            return self.log.stat().st_size
        except OSError:
            return 0

    def _lines(self, most: int | None) -> list[str]:
        """The log since then (its last `most` bytes), one clean line each."""
        try:
            with self.log.open("rb") as log:
                end = log.seek(0, os.SEEK_END)
                log.seek(max(self._log_from, end - most if most else 0))
                raw = log.read()
        except OSError:
            return []
        text = _ESCAPES.sub("", raw.decode(errors="replace")).replace("\r", "\n")
        clean = ("".join(c if c.isprintable() else " " for c in line).strip() for line in text.split("\n"))
        return [line[: 2 * SHOWN] for line in clean if line]
