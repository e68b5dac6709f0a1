"""The steps of putting one file in the place of another, a system call each."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

_HERE = -100
"""AT_FDCWD of Linux: paths are relative to the working directory."""
_NOREPLACE, _EXCHANGE = 1, 2
"""RENAME_NOREPLACE and RENAME_EXCHANGE of renameat2(2), Linux 3.15."""
_SWAP, _EXCL = 2, 4
"""RENAME_SWAP and RENAME_EXCL of renamex_np(2), macOS 10.12. Written from the manual, never run by us."""
_NOT_HERE = frozenset({errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOTTY})
"""What the kernel or a file system answers that has no such call."""


class NotHere(OSError):
    """This file system, or this kernel, cannot do it."""


class Disk:
    """The real steps. A test derives from it to have somebody save between any two of them."""

    def exchange(self, one: Path, other: Path) -> None:
        """Let two files swap their names at once.

        Raises:
            NotHere: the file system cannot do that.
            OSError: it was refused.
        """
        _renamed(one, other, _EXCHANGE, _SWAP)

    def enter(self, scratch: Path, target: Path) -> None:
        """Give a file a name that must be free.

        Raises:
            FileExistsError: it is not.
        """
        try:
            _renamed(scratch, target, _NOREPLACE, _EXCL)
        except NotHere:
            target.hardlink_to(scratch)
            scratch.unlink()

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name; `new` is one of our own."""
        old.rename(new)

    def unlink(self, path: Path) -> None:
        """Take a name away, if it is there."""
        path.unlink(missing_ok=True)

    def lease(self, descriptor: int, *, alone: bool = False) -> bool:
        """Have everybody wait who opens the file to write it, or (`alone`) opens it at all; False where nobody can.

        A lease to read needs a descriptor that only reads, one to be alone the only descriptor there is.

        Raises:
            BlockingIOError: somebody has it open to write (or, `alone`, at all).
        """
        if sys.platform != "linux":
            return False
        try:
            # The kernel tells the holder of a lease that somebody waits, by SIGIO, which ends a process. This one is
            # ignored unless somebody asks for it; setting a handler would be for the main thread only.
            fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK if alone else fcntl.F_RDLCK)
        except BlockingIOError:
            raise
        except OSError:  # another user's file, a network mount: there are other ways
            return False
        return True

    def wanted(self, descriptor: int) -> bool:
        """Whether somebody waits for our lease on this file to end."""
        return sys.platform == "linux" and fcntl.fcntl(descriptor, fcntl.F_GETLEASE) != fcntl.F_RDLCK

    def release(self, descriptor: int) -> None:
        """End a lease; closing is not enough while a forked child has the descriptor too."""
        if sys.platform == "linux":
            with suppress(OSError):  # the kernel ends one that somebody has waited for too long
                fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)

    def overwrite(self, descriptor: int, content: bytes) -> None:
        """Make an open file hold this, from its first byte to its last, and put it on the disk."""
        view, done = memoryview(content), 0
        while done < len(content):
            done += os.pwrite(descriptor, view[done:], done)
        os.ftruncate(descriptor, len(content))
        self.sync(descriptor)

    def sync(self, descriptor: int) -> None:
        """Put what was written on the disk."""
        os.fsync(descriptor)

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def _renamed(one: Path, other: Path, on_linux: int, on_macos: int) -> None:
    first, second = os.fsencode(one), os.fsencode(other)
    libc, ctypes = _libc()
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        failed = libc.renameat2(_HERE, first, _HERE, second, on_linux)
    elif sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        failed = libc.renamex_np(first, second, on_macos)
    else:
        raise NotHere(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if failed:
        code = ctypes.get_errno()
        kind = NotHere if code in _NOT_HERE else OSError
        raise kind(code, os.strerror(code), str(one), None, str(other))


@cache
def _libc() -> tuple[Any, Any]:
    import ctypes  # only for a write: it is not needed to start

    return ctypes.CDLL(None, use_errno=True), ctypes
