"""A file held open, so that it can be seen whether anybody writes into it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from ..reading import LARGEST
from .steps import Disk

PATIENCE = 0.5
"""Seconds to wait for somebody who is writing a file at this moment."""
_WATCHED = ((0.006, 10), (0.002, 12))
"""Seconds between two looks and how many, without a lease and with one: who found the way to a file before its name was
taken may still write. With a lease that is within one call of the kernel; without, between an editor's open and write.
"""
_SETTLED = (0.01, 5, 200)
"""Seconds between two looks, how many of them must agree before a file is at rest, and how many there are at most."""


class Busy(Exception):
    """Somebody else has the file open to write it, and does not end."""


class Held:
    """A regular file, open to read. `known` is what it should hold."""

    def __init__(self, path: Path, disk: Disk, known: bytes | None = None) -> None:
        """Raises OSError if there is no regular file of this very name (a link is none)."""
        self._disk = disk
        self._leased = False
        self.descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        status = os.fstat(self.descriptor)
        if not stat.S_ISREG(status.st_mode):
            self.close()
            raise IsADirectoryError(f"{path} is no regular file")
        self.identity = (status.st_dev, status.st_ino)
        try:
            self.known = self.content() if known is None else known
        except OSError:
            self.close()
            raise

    def __enter__(self) -> Held:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let whoever waits go on, and forget the file."""
        self.release()
        os.close(self.descriptor)

    def content(self) -> bytes:
        """What it holds now; of a file too large for us only so much that this can be seen."""
        parts: list[bytes] = []
        at = 0
        while at <= LARGEST and (part := os.pread(self.descriptor, LARGEST + 1 - at, at)):
            parts.append(part)
            at += len(part)
        return b"".join(parts)

    def leases_work(self) -> bool:
        """Whether leases can be had where this file is, which nobody else knows of."""
        try:
            self.guard(PATIENCE / 10)
        except Busy:  # as NFS says of every file
            return False
        leased = self._leased
        self.release()
        return leased

    def guard(self, patience: float = PATIENCE) -> None:
        """Have everybody wait who opens it to write, from now on until `release`; without leases, do nothing.

        Raises:
            Busy: somebody has had it open to write for all the time that we were ready to wait.
        """
        step = 0.005
        for left in range(int(patience / step), -1, -1):
            try:
                self._leased = self._disk.lease(self.descriptor)
                return
            except BlockingIOError:
                if left == 0:
                    raise Busy from None
                self._disk.pause(step)

    def release(self) -> None:
        """Let everybody write again."""
        if self._leased:
            self._leased = False
            self._disk.release(self.descriptor)

    @property
    def wanted(self) -> bool:
        """Whether somebody waits to write into it."""
        return self._leased and self._disk.wanted(self.descriptor)

    @property
    def untouched(self) -> bool:
        """Whether it holds what it should, and nobody waits to change that."""
        return not self.wanted and self.content() == self.known

    def stays(self) -> bool:
        """Whether it remains untouched for a while after it has lost its name."""
        step, looks = _WATCHED[self._leased]
        for _ in range(looks):
            if self.wanted or (not self._leased and self.content() != self.known):
                return False
            self._disk.pause(step)
        return self.untouched

    def settled(self) -> bytes:
        """What it holds once whoever writes into it is done, as far as that can be seen."""
        self.release()
        with suppress(Busy):
            self.guard(4 * PATIENCE)
        if self._leased:  # nobody has it open to write, and nobody will before we have read it
            return self.content()
        step, calm, most = _SETTLED
        seen, agreed = self.content(), 0
        for _ in range(most):
            if agreed == calm:
                break
            self._disk.pause(step)
            now = self.content()
            agreed, seen = (agreed + 1, seen) if now == seen else (0, now)
        return seen


def held(path: Path, disk: Disk) -> Held | None:
    """The file of this name, None if there is no regular one that can be read."""
    try:
        return Held(path, disk)
    except OSError:
        return None
