"""Writing a file back so that nothing the person typed can be lost."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ..errors import SourceError, StaleSource
from .reading import Source, decoded, digest_of, encoded


class Keeper(Protocol):
    """Whoever keeps what a write replaces; `journal.Journal` does."""

    def record(self, path: str, before: bytes, after: bytes) -> str:
        """Keep both contents and return the name of the entry. Called before the file is touched."""
        ...

    def forget(self, entry: str) -> None:
        """Take an entry back, because the write did not happen."""
        ...


def write(source: Source, new_text: str, journal: Keeper) -> Source:
    """Put `new_text` in the place of what was read, atomically, and return the source as it is now.

    Mode, owner, links to the file, encoding, byte order mark and newlines stay. The old bytes are in the journal first.

    Raises:
        StaleSource: the file's content is not what was read; nothing was written.
        SourceError: the file cannot be written; it is as it was.
    """
    if "\0" in new_text:
        raise SourceError(
            f"{source.path}: the new body contains a NUL character, which Python refuses; nothing was written"
        )
    raw = encoded(source, new_text)
    before = present_bytes(source.path)
    if digest_of(before) != source.digest:
        raise stale(source.path)
    if raw == before:
        return source
    entry = journal.record(source.path, before, raw)
    try:
        replace_bytes(source.path, before, raw)
    except SourceError:
        journal.forget(entry)
        raise
    return decoded(source.path, raw)


def present_bytes(path: str) -> bytes:
    """What the file holds now.

    Raises:
        SourceError: it is gone, a folder, or cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise SourceError(
            f"{path}: the file was deleted or moved; nothing was written. Save it again to go on"
        ) from None
    except IsADirectoryError:
        raise SourceError(f"{path}: a folder has taken the file's place; nothing was written") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error}); nothing was written") from None


def replace_bytes(path: str, before: bytes, after: bytes) -> None:
    """Make the file hold `after`, at once or not at all, provided that it holds `before`.

    A link stays a link: the file it leads to is replaced. A crash leaves at most a hidden `.redraft-tmp` file.

    Raises:
        StaleSource: it holds something else.
        SourceError: it cannot be written; it is as it was.
    """
    target = Path(os.path.realpath(path))
    try:
        status = target.stat()
        # Root may write anything; a file without any write permission is meant to stay all the same.
        if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
            raise SourceError(f"{path}: the file is read-only; nothing was written. Allow it with `chmod u+w {path}`")
        scratch = _written_beside(target, after, status)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        # As late as can be: between this look and the replacing there are some microseconds, not a model's answer.
        if target.read_bytes() != before:
            raise stale(path)
        scratch.replace(target)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):
            scratch.unlink()
    _sync_folder(target.parent)


def stale(path: str) -> StaleSource:
    """The error for a file that changed under our hands."""
    return StaleSource(
        f"{path}: the file changed since it was read; nothing was written. Accept again to merge with your edits"
    )


def _written_beside(target: Path, content: bytes, status: os.stat_result) -> Path:
    """A complete file in the same folder, on the disk, with the target's mode, owner and extended attributes."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".redraft-tmp", dir=target.parent)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 (a descriptor has no Path)
            file.write(content)
            file.flush()
            _keep_owner(file.fileno(), status)
            os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
            _keep_attributes(target, file.fileno())
            os.fsync(file.fileno())
    except BaseException:  # Ctrl-C, too, must leave no half-written file beside the person's. It goes on as it came.
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise
    return Path(name)


def _keep_owner(descriptor: int, status: os.stat_result) -> None:
    for user, group in ((status.st_uid, status.st_gid), (-1, status.st_gid)):
        with suppress(PermissionError):
            os.fchown(descriptor, user, group)
            return


def _keep_attributes(target: Path, descriptor: int) -> None:
    if not hasattr(os, "listxattr"):
        return
    with suppress(OSError):
        for name in os.listxattr(target):
            os.setxattr(descriptor, name, os.getxattr(target, name))


def _sync_folder(folder: Path) -> None:
    # Some file systems refuse to sync a folder; the new content is on the disk either way.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(path: str, error: OSError) -> SourceError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return SourceError(
            f"{path}: the disk is full; nothing was written and the file is as it was. Make room and accept again"
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return SourceError(
            f"{path}: the folder {Path(path).parent} cannot be written to; nothing was written. Change its permissions"
        )
    return SourceError(f"{path}: cannot be written ({error.strerror or error}); the file is as it was")
