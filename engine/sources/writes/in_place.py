"""Writing into a file that has several names (hard links), so that all of them go on showing the same file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from .held import PATIENCE, Held
from .replacing import Changed
from .steps import Disk


def overwrite(target: Path, scratch: Path, before: bytes, after: bytes, disk: Disk) -> None:
    """Make a file that holds `before` hold `after`, byte by byte from its beginning. The journal must have both.

    `scratch` is a file of our own beside it, as large as the new content: that there is room for it is known.

    Raises:
        Changed: it holds something else, or the path leads to another file by now; what was written is taken back.
        Busy: somebody has it open to write, and does not end.
        OSError: it cannot be written; it is as it was.
    """
    with Held(target, disk, before) as looked, Held(scratch, disk, after) as ours:
        if ours.leases_work():
            looked.guard()  # nobody is writing at this moment
        identity = looked.identity
    descriptor = os.open(target, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        leased = _alone(descriptor, disk)
        try:
            status = os.fstat(descriptor)
            if (status.st_dev, status.st_ino) != identity or _content(descriptor) != before:
                raise Changed
            _overwrite(descriptor, target, before, after, disk)
        finally:
            if leased:
                disk.release(descriptor)
    finally:
        os.close(descriptor)


def torn(present: bytes, before: bytes, after: bytes) -> bool:
    """Whether this is what a process leaves that is killed while it overwrites `before` with `after`."""
    written, most = 0, min(len(present), len(after))
    while written < most:
        middle = (written + most + 1) // 2
        if present[:middle] == after[:middle]:
            written = middle
        else:
            most = middle - 1
    return present[written:] == before[written:]


def _overwrite(descriptor: int, target: Path, before: bytes, after: bytes, disk: Disk) -> None:
    try:
        disk.overwrite(descriptor, after)
        there, ours = target.stat(), os.fstat(descriptor)
    except OSError:
        with suppress(OSError):
            disk.overwrite(descriptor, before)
        raise
    if (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
        disk.overwrite(descriptor, before)
        raise Changed


def _alone(descriptor: int, disk: Disk) -> bool:
    """Keep everybody out, if that can be had: not while somebody reads the file, who is waited for but a moment."""
    step = 0.005
    for _ in range(int(PATIENCE / step)):
        try:
            return disk.lease(descriptor, alone=True)
        except BlockingIOError:
            disk.pause(step)
    return False


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
