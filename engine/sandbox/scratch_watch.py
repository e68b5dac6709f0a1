"""Keeping a run's scratch folder small where the kernel cannot: it is looked at often, and the run ended when full."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path

MOST_BYTES, MOST_ENTRIES, DEEPEST = 128 << 20, 4096, 64
MOST_GROWTH = 512 << 20
"""Bytes by which the file system may grow during a run. They tell of files that nobody can count: without a name and on
their way between sockets, or held by a process whose descriptors we may not see."""
_PAUSE = 0.015
_BLOCK = 512


@contextlib.asynccontextmanager
async def watched(folder: str, handle: int, kill: Callable[[], None]) -> AsyncIterator[None]:
    """End the run with `kill` when it has filled its folder; `handle` is a descriptor of its process, -1 for none."""
    watcher = asyncio.create_task(_watch(folder, handle, kill))
    try:
        yield
    finally:
        watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher


async def _watch(folder: str, handle: int, kill: Callable[[], None]) -> None:
    process, before = _process_of(handle), _used(folder)
    while True:
        await asyncio.sleep(_PAUSE)
        entries, size = _usage(folder)
        if entries > MOST_ENTRIES or size + _unlinked(process) > MOST_BYTES or _used(folder) - before > MOST_GROWTH:
            kill()


def _used(folder: str) -> int:
    """Bytes in use on a file system for scratch, in memory; 0 on the machine's own disk, which others fill as well."""
    with contextlib.suppress(OSError):
        if os.stat(folder).st_dev != os.stat("/").st_dev:  # noqa: PTH116 (nothing here is a path of the user's)
            room = os.statvfs(folder)
            return (room.f_blocks - room.f_bfree) * room.f_frsize
    return 0


def _usage(folder: str) -> tuple[int, int]:
    """Entries and bytes below a folder; more than `MOST_ENTRIES` when it is deeper or larger than is looked through."""
    entries, size = 0, 0
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        try:
            with os.scandir(place) as found:
                for entry in found:
                    entries += 1
                    if entries > MOST_ENTRIES or depth > DEEPEST:
                        return MOST_ENTRIES + 1, size
                    with contextlib.suppress(OSError):
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append((entry.path, depth + 1))
                        size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
        except OSError as problem:
            if _hides(place, problem):
                return MOST_ENTRIES + 1, size
    return entries, size


def _hides(folder: str, problem: OSError) -> bool:
    """Whether a folder that cannot be listed may have anything in it: its path is too long for us, or its mode lets
    files be made in it but not be seen. One that has gone meanwhile, or that nobody may enter, hides nothing."""
    if problem.errno == errno.ENAMETOOLONG:
        return True
    return isinstance(problem, PermissionError) and os.access(folder, os.W_OK | os.X_OK)


def _unlinked(process: str) -> int:
    """Bytes of files that a process holds open but that have no name any more."""
    size = 0
    if process:
        with contextlib.suppress(OSError), os.scandir(f"/proc/{process}/fd") as found:
            for entry in found:
                with contextlib.suppress(OSError):
                    held = entry.stat()
                    if stat.S_ISREG(held.st_mode) and not held.st_nlink:
                        size += held.st_blocks * _BLOCK
    return size


def _process_of(handle: int) -> str:
    if handle < 0:
        return ""
    try:
        lines = Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines()
    except OSError:
        return ""
    return next((line.split()[1] for line in lines if line.startswith("Pid:")), "")
