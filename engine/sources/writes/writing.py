"""Writing a file back so that nothing the user typed can be lost."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ...errors import SourceError, StaleSource
from ...system.regular import read_regular
from ..reading import (
    LARGEST,
    Source,
    decoded,
    digest_of,
    encoded,
)
from .held import Busy
from .in_place import overwrite
from .replacing import Changed, Outcome, Replacement
from .scratch import beside, whole
from .steps import Disk


class Keeper(Protocol):
    """Whoever keeps what a write replaces; `journal.Journal` does."""

    def recover(self, path: str) -> None:
        """Take care of what a process that was killed has left beside the file."""
        ...

    def record(self, path: str, before: bytes, after: bytes) -> str:
        """Keep both contents and return the name of the entry. Called before the file is touched."""
        ...

    def forget(self, entry: str) -> None:
        """Take an entry back, because the write did not happen."""
        ...

    def found(self, path: str, content: bytes) -> str:
        """Keep what somebody else saved while we wrote, and say where it lies."""
        ...


def write(source: Source, new_text: str, journal: Keeper, *, disk: Disk | None = None) -> Source:
    """Put `new_text` in the place of what was read, atomically, and return the source as it is now.

    Mode, owner, links to the file, encoding, byte order mark and newlines stay. The old bytes are in the journal first.

    Raises:
        StaleSource: the file's content is not what was read, or somebody saved it at the same moment: their save
            stands in the file.
        SourceError: the file cannot be written; it is as it was.
    """
    if "\0" in new_text:
        raise SourceError(
            f"{source.path}: the new body contains a NUL character, which Python refuses; nothing was written"
        )
    raw = encoded(source, new_text)
    journal.recover(source.path)
    before = present_bytes(source.path)
    if digest_of(before) != source.digest:
        raise stale(source.path)
    if raw == before:
        return source
    entry = journal.record(source.path, before, raw)
    try:
        replace_bytes(source.path, before, raw, journal, disk)
    except SourceError:
        if not _holds(source.path, raw):
            journal.forget(entry)
        raise
    return decoded(source.path, raw)


def present_bytes(path: str) -> bytes:
    """What the file holds now.

    Raises:
        SourceError: it is gone, a folder, or cannot be read.
    """
    try:
        return read_regular(path, LARGEST)
    except FileNotFoundError:
        raise _gone(path) from None
    except IsADirectoryError:
        raise SourceError(f"{path}: a folder has taken the file's place; nothing was written") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error}); nothing was written") from None


def replace_bytes(path: str, before: bytes, after: bytes, journal: Keeper, disk: Disk | None = None) -> None:
    """Make the file hold `after`, at once or not at all, provided that it holds `before`.

    A link stays a link: the file it leads to is replaced. A file with several names (hard links) is overwritten, and
    keeps them. A crash leaves at most a hidden file, which the next redraft takes care of.

    Raises:
        StaleSource: it holds something else, or somebody saved it at the same moment.
        SourceError: it cannot be written; it is as it was.
    """
    disk = disk or Disk()
    target = Path(os.path.realpath(path))
    try:
        status = target.stat()
        # Root may write anything; a file without any write permission is meant to stay all the same.
        if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
            raise SourceError(f"{path}: the file is read-only; nothing was written. Allow it with `chmod u+w {path}`")
        scratch = _written_beside(target, after, status, disk)
    except OSError as error:
        raise _unwritable(path, error) from None
    replacement = Replacement(target, scratch, disk)
    try:
        if status.st_nlink > 1:
            overwrite(target, scratch, before, after, disk)
            outcome = Outcome(written=True)
        else:
            outcome = replacement.run(before, after)
    except Changed:
        raise stale(path) from None
    except Busy:
        raise StaleSource(
            f"{path}: another program has the file open to write it; nothing was written. "
            "Accept again when it is done, and end it if it never is"
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        if not replacement.began:
            with suppress(OSError):
                scratch.unlink()
    if replacement.began:
        _tell(path, outcome, (before, after), journal, (scratch, replacement.aside))
    _sync_folder(target.parent, disk)


def stale(path: str) -> StaleSource:
    """The error for a file that changed under our hands."""
    return StaleSource(
        f"{path}: the file changed since it was read; nothing was written. Accept again to merge with your edits"
    )


def _tell(path: str, outcome: Outcome, known: tuple[bytes, ...], journal: Keeper, scratch: tuple[Path, Path]) -> None:
    """Keep what others saved meanwhile, clear up, and raise if there is something to say."""
    found = [content for content in outcome.found if content not in known]
    try:
        places = [_kept(path, content, journal) for content in found]
    except SourceError as error:
        raise StaleSource(
            f"{path}: the file was saved while it was being written, and that save cannot be kept in the journal "
            f"({error}). Look at the file, and at what lies beside it as {' or '.join(map(str, scratch))}"
        ) from None
    for name in scratch:
        with suppress(OSError):  # a folder, or a name that is gone
            name.unlink()
    if outcome.written and places:
        raise StaleSource(
            f"{path}: it was written, and somebody saved it at the same moment; what they saved is kept as "
            f"{', '.join(places)}: copy from there what you need"
        )
    if places:
        raise StaleSource(
            f"{path}: the file was saved while it was being written, so that save was put back: the newest one stands "
            f"in the file. What was found is also kept as {', '.join(places)}. Accept again to merge with your edits"
        )
    if not outcome.written:
        raise stale(path)


def _kept(path: str, content: bytes, journal: Keeper) -> str:
    if len(content) > LARGEST:
        raise SourceError(f"it is larger than {LARGEST / 1e6:.0f} MB")
    return journal.found(path, content)


def _gone(path: str) -> SourceError:
    return SourceError(f"{path}: the file was deleted or moved; nothing was written. Save it again to go on")


def _holds(path: str, content: bytes) -> bool:
    try:
        return read_regular(path, LARGEST) == content
    except OSError:
        return False


def _written_beside(target: Path, content: bytes, status: os.stat_result, disk: Disk) -> Path:
    """A complete file in the same folder, on the disk, with the target's mode, owner and extended attributes."""
    part = beside(target, ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 (a descriptor has no Path)
            file.write(content)
            file.flush()
            _keep_owner(file.fileno(), status)
            os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
            _keep_attributes(target, file.fileno())
            disk.sync(file.fileno())
        return part.rename(whole(part))
    except BaseException:  # Ctrl-C, too, must leave no half-written file beside the user's. It goes on as it came.
        with suppress(OSError):
            part.unlink()
        raise


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


def _sync_folder(folder: Path, disk: Disk) -> None:
    # Some file systems refuse to sync a folder; the new content is on the disk either way.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            disk.sync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(path: str, error: OSError) -> SourceError:
    if error.errno == errno.ENOENT:
        return _gone(path)
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return SourceError(
            f"{path}: the disk is full; nothing was written and the file is as it was. Make room and accept again"
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return SourceError(
            f"{path}: the folder {Path(path).parent} cannot be written to; nothing was written. Change its permissions"
        )
    return SourceError(f"{path}: cannot be written ({error.strerror or error}); the file is as it was")
