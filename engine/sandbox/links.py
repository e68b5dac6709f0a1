"""The application's ends of a run's pipes, without threads: descriptors watched by the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable

STRAY_KEPT, STRAY_MOST = 256 * 1024, 8 << 20
"""Bytes of direct output (descriptors 1 and 2) that are kept, and after which the run is ended."""
_CHUNK = 1 << 16


class PipeLink:
    """Three non-blocking descriptors of one run, and the callbacks that end it and tell how it ended."""

    def __init__(
        self, job: int, results: int, stray: int, kill: Callable[[], None], ended: Callable[[], Awaitable[int | None]]
    ) -> None:
        self._job, self._results, self._stray = job, results, stray
        self._kill, self._ended = kill, ended
        self._heard = 0
        self.stray = bytearray()
        """What the process wrote to its descriptors 1 and 2, up to `STRAY_KEPT` bytes."""
        self._loop = asyncio.get_running_loop()
        for descriptor in (job, results, stray):
            os.set_blocking(descriptor, False)
        self._loop.add_reader(stray, self._listen)

    async def send(self, record: bytes) -> None:
        """Write a whole record."""
        view = memoryview(record)
        while view:
            try:
                view = view[os.write(self._job, view) :]
            except BlockingIOError:
                await self._until(self._loop.add_writer, self._loop.remove_writer, self._job)

    async def receive(self) -> bytes:
        """Some more bytes, b"" at the end."""
        while True:
            try:
                return os.read(self._results, _CHUNK)
            except BlockingIOError:
                await self._until(self._loop.add_reader, self._loop.remove_reader, self._results)

    def has_more(self) -> bool:
        """Whether the process said something that nobody asked for. What it said is lost: the run ends then."""
        try:
            return bool(os.read(self._results, 1))
        except OSError:
            return False

    async def how_it_ended(self) -> int | None:
        """Exit status of a process that is gone, negative for a signal; None when it cannot be told."""
        return await self._ended()

    def last_words(self) -> str:
        """The last line of stray output, in brackets, or ""."""
        self._listen()
        lines = self.stray.decode("utf-8", "replace").strip().splitlines()
        return f" ({lines[-1][:300]})" if lines else ""

    def close(self) -> None:
        """Let go of the pipes."""
        for descriptor in (self._job, self._results, self._stray):
            self._loop.remove_reader(descriptor)
            self._loop.remove_writer(descriptor)
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _listen(self) -> None:
        try:
            some = os.read(self._stray, _CHUNK)
        except BlockingIOError:
            return
        self._heard += len(some)
        self.stray += some[: STRAY_KEPT - len(self.stray)]
        if not some or self._heard > STRAY_MOST:
            self._loop.remove_reader(self._stray)
        if self._heard > STRAY_MOST:
            self._kill()

    async def _until(
        self, add: Callable[[int, Callable[[], None]], None], remove: Callable[[int], bool], descriptor: int
    ) -> None:
        ready = asyncio.Event()
        add(descriptor, ready.set)
        try:
            await ready.wait()
        finally:
            remove(descriptor)
