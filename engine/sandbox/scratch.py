"""Folders for runs to write in: made by the application, named after its process, removed whatever is inside."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

PREFIX = "redraft-"


class ScratchRoom:
    """The one folder under which all scratch of this process lies."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        base = _base(environ)
        sweep(base)
        self.folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=base)
        # Runs of root become a user that nobody is: it must be able to pass, and nobody else gains by it.
        Path(self.folder).chmod(0o711)
        self._count = 0

    @contextlib.contextmanager
    def scratch(self) -> Iterator[str]:
        """An empty folder for one run, removed at the end."""
        self._count += 1
        folder = f"{self.folder}/{self._count}"
        Path(folder).mkdir(mode=0o700)
        try:
            yield folder
        finally:
            remove_tree(folder)

    def close(self) -> None:
        """Remove everything."""
        remove_tree(self.folder)


def sweep(base: str) -> None:
    """Remove what processes that are gone have left."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError), os.scandir(base) as entries:
        for entry in entries:
            owner = entry.name.removeprefix(PREFIX).partition("-")[0]
            if not entry.name.startswith(PREFIX) or not owner.isdigit() or _is_alive(int(owner)):
                continue
            if entry.stat(follow_symlinks=False).st_uid == os.getuid():
                remove_tree(entry.path)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        # It is somebody else's.
        return True
    return True


def remove_tree(folder: str) -> None:
    """Remove a folder and all below it, by descriptors: no depth, name or link inside can lead it astray."""
    if os.name == "nt":
        # No descriptors of folders there; nothing is contained on Windows anyway.
        shutil.rmtree(folder, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            os.fchmod(top, 0o700)
            _empty(top)
        finally:
            os.close(top)
        Path(folder).rmdir()


def _empty(top: int) -> None:
    # Folders are brought up to the top one by one instead of being descended into: depth then costs nothing.
    # The names they get there cannot be guessed, or a run could block the way with its own.
    prefix, count = secrets.token_hex(8), 0
    while entries := os.listdir(top):
        for name in entries:
            if not stat.S_ISDIR(os.stat(name, dir_fd=top, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=top)
                continue
            inside = _opened(name, top)
            try:
                for below in os.listdir(inside):  # noqa: PTH208 (by descriptor)
                    count += 1
                    os.rename(below, f"{prefix}{count}", src_dir_fd=inside, dst_dir_fd=top)
            finally:
                os.close(inside)
            os.rmdir(name, dir_fd=top)


def _opened(name: str, top: int) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    try:
        inside = os.open(name, flags, dir_fd=top)
        os.fchmod(inside, 0o700)
    except PermissionError:
        # Its mode keeps us out; it is a folder and not a link, the run is over, so changing it by name is safe.
        os.chmod(name, 0o700, dir_fd=top)
        inside = os.open(name, flags, dir_fd=top)
    return inside


def _base(environ: Mapping[str, str]) -> str:
    for folder in (environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):  # noqa: S108 (in memory, and per process below)
        if folder and Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK):
            return folder
    return tempfile.gettempdir()
