"""Undo and redo of our writes, outside git: every content that a write replaced or made is kept under its SHA-256.

The folder holds `journal.json` (what was written where and when, newest last) and `contents/<sha256>` (the files,
byte for byte), so that anything can be found and copied back by hand.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from .errors import SourceError, StaleSource
from .facts import Fact
from .sources.reading import digest_of
from .sources.writing import present_bytes, replace_bytes

_PATIENCE = 2.0
"""Seconds to wait for another redraft that is writing to the journal; it holds the lock for some milliseconds."""


class Kept(Fact, frozen=True):
    """One write."""

    id: str
    path: str
    """Absolute, links resolved."""
    before: str
    """SHA-256 of the content that was replaced."""
    after: str
    """SHA-256 of the content that was written."""
    at: str
    """Wall-clock time, ISO 8601, UTC."""
    undone: bool = False


class OwnWrites:
    """What we last wrote to each file and the watcher has not seen yet."""

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}

    def note(self, path: str, digest: str) -> None:
        """We are about to make the file at `path` hold a content of this SHA-256."""
        self._digests[os.path.realpath(path)] = digest

    def take(self, path: str, digest: str) -> bool:
        """Whether what was just seen in the file is our own write. It is forgotten either way: it is answered once."""
        return self._digests.pop(os.path.realpath(path), None) == digest

    def overwritten(self, path: str, digest: str) -> bool:
        """Whether a write of ours, not seen so far, has given way to the content that was just seen in the file."""
        return self._digests.get(os.path.realpath(path), digest) != digest


class Journal:
    """The writes of this machine's user, and the way back."""

    def __init__(
        self,
        folder: Path,
        *,
        own_writes: OwnWrites | None = None,
        most_entries: int = 500,
        most_bytes: int = 64_000_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is created before the first write. Beyond `most_entries` or `most_bytes` the oldest writes go."""
        self.folder = folder
        self.own_writes = own_writes or OwnWrites()
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._clock = clock

    def record(self, path: str, before: bytes, after: bytes) -> str:
        """Keep both contents of a write about to happen, and name the entry. What was undone cannot be redone then.

        Raises:
            SourceError: the journal cannot be written; then the file must not be either.
        """
        path = os.path.realpath(path)
        with self._locked():
            entries = [kept for kept in self._entries() if kept.path != path or not kept.undone]
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock()))
            number = max((int(kept.id) for kept in entries), default=0) + 1
            entry = Kept(id=str(number), path=path, before=self._keep(before), after=self._keep(after), at=now)
            self._store(self._bounded([*entries, entry]))
        self.own_writes.note(path, entry.after)
        return entry.id

    def forget(self, entry: str) -> None:
        """Take back the record of a write that did not happen."""
        with self._locked():
            for kept in self._entries():
                if kept.id == entry:
                    self.own_writes.take(kept.path, kept.after)
            self._store([kept for kept in self._entries() if kept.id != entry])

    def undo(self, path: str) -> Kept:
        """Take the last write to a file back.

        Raises:
            StaleSource: the file is no longer what we wrote.
            SourceError: there is nothing to undo, or the file cannot be written.
        """
        with self._locked():
            entries = self._entries()
            done = [kept for kept in self._of(entries, path) if not kept.undone]
            # A crash between the record and the write leaves an entry whose write never happened: it is passed over.
            present = digest_of(present_bytes(path))
            while done and present == done[-1].before and present != done[-1].after:
                entries.remove(done.pop())
            if not done:
                raise SourceError(f"{path}: there is nothing to undo; redraft has not written to this file")
            entry = done[-1]
            self._swap(path, present, entry.after, entry.before)
            return self._marked(entries, entry, undone=True)

    def redo(self, path: str) -> Kept:
        """Make the write again that was undone last.

        Raises:
            StaleSource: the file was edited since.
            SourceError: there is nothing to redo, or the file cannot be written.
        """
        with self._locked():
            entries = self._entries()
            undone = [kept for kept in self._of(entries, path) if kept.undone]
            if not undone:
                raise SourceError(f"{path}: there is nothing to redo")
            self._swap(path, digest_of(present_bytes(path)), undone[0].before, undone[0].after)
            return self._marked(entries, undone[0], undone=False)

    def history(self, path: str) -> tuple[Kept, ...]:
        """The kept writes to a file, oldest first; none when there is no journal yet."""
        return tuple(self._of(self._entries(), path))

    def content(self, digest: str) -> bytes:
        """A kept content.

        Raises:
            SourceError: it is not kept (any more), or was damaged.
        """
        place = self._contents / digest
        try:
            raw = place.read_bytes()
        except OSError as error:
            raise SourceError(
                f"{place}: this backup cannot be read ({error.strerror or error}); it may be too old"
            ) from None
        if digest_of(raw) != digest:
            raise SourceError(f"{place}: this backup is damaged, so it was not used; the file is as it was")
        return raw

    @property
    def _contents(self) -> Path:
        return self.folder / "contents"

    def _swap(self, path: str, present: str, expected: str, wanted: str) -> None:
        if present != expected:
            raise StaleSource(
                f"{path}: you edited the file since, so it was left alone; "
                f"what it would have become is kept as {self._contents / wanted}, copy from there what you need"
            )
        new = self.content(wanted)
        self.own_writes.note(path, wanted)
        try:
            replace_bytes(path, self.content(expected), new)
        except SourceError:
            self.own_writes.take(path, wanted)
            raise

    def _marked(self, entries: list[Kept], entry: Kept, *, undone: bool) -> Kept:
        marked = msgspec.structs.replace(entry, undone=undone)
        self._store([marked if kept.id == entry.id else kept for kept in entries])
        return marked

    def _of(self, entries: list[Kept], path: str) -> list[Kept]:
        real = os.path.realpath(path)
        return [kept for kept in entries if kept.path == real]

    def _entries(self) -> list[Kept]:
        try:
            return msgspec.json.decode((self.folder / "journal.json").read_bytes(), type=list[Kept])
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error) from None
        except msgspec.DecodeError as error:
            raise SourceError(
                f"{self.folder / 'journal.json'}: the undo journal cannot be read ({error}); "
                "move it away to go on, the backups beside it stay"
            ) from None

    def _store(self, entries: list[Kept]) -> None:
        self._put(self.folder / "journal.json", msgspec.json.format(msgspec.json.encode(entries), indent=1))
        used = {digest for kept in entries for digest in (kept.before, kept.after)}
        for content in self._contents.iterdir():
            if content.name not in used:
                content.unlink(missing_ok=True)

    def _bounded(self, entries: list[Kept]) -> list[Kept]:
        """The newest entries that fit; the one just made always does."""
        chosen: list[Kept] = []
        sizes: dict[str, int] = {}
        for kept in reversed(entries[-self._most_entries :]):
            for digest in (kept.before, kept.after):
                with suppress(OSError):
                    sizes[digest] = (self._contents / digest).stat().st_size
            if chosen and sum(sizes.values()) > self._most_bytes:
                break
            chosen.append(kept)
        return chosen[::-1]

    def _keep(self, raw: bytes) -> str:
        digest = digest_of(raw)
        place = self._contents / digest
        if not place.exists() or place.stat().st_size != len(raw):
            self._put(place, raw)
        return digest

    def _put(self, place: Path, raw: bytes) -> None:
        """Write a file of the journal at once or not at all."""
        scratch = place.with_name(f"{place.name}.{os.getpid()}.new")
        try:
            with scratch.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(place)
        except OSError as error:
            with suppress(OSError):
                scratch.unlink()
            raise self._unusable(error) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the journal, among all processes."""
        try:
            self._contents.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (self.folder / "lock").open("wb")
        except OSError as error:
            raise self._unusable(error) from None
        with lock:
            deadline = time.monotonic() + _PATIENCE
            while not _lock(lock.fileno()):
                if time.monotonic() > deadline:
                    raise SourceError(f"{self.folder}: another redraft holds the undo journal; end it, or try again")
                time.sleep(0.01)
            yield

    def _unusable(self, error: OSError) -> SourceError:
        return SourceError(
            f"{self.folder}: the undo journal cannot be used ({error.strerror or error}), so nothing was written; "
            "make room there or change its permissions"
        )


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
