"""Undo and redo of our writes, outside git: every content that a write replaced or made is kept under its SHA-256.

The folder holds `journal.json` (what was written where, when and for what; an entry a line, newest last) and
`contents/<sha256>` (the files, byte for byte), so that anything can be found and copied back by hand.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from ..errors import SourceError, StaleSource
from ..sources.reading import digest_of
from ..sources.writes.in_place import torn
from ..sources.writes.scratch import leftovers, this_process
from ..sources.writes.steps import Disk
from ..sources.writes.writing import present_bytes, replace_bytes
from .contents import Contents, put
from .entries import (
    Kept,
    Line,
    Purpose,
    done_last,
    line_of,
    lines_in,
    made_again,
    took_back,
    undone_last,
    written,
)
from .labelled import Labelled
from .own_writes import OwnWrites
from .recovery import recover

__all__ = ["Journal", "Kept", "Labelled", "OwnWrites", "Purpose"]

_PATIENCE = 2.0
"""Seconds to wait for another redraft that is writing to the journal; it holds the lock for some milliseconds."""


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
        disk: Disk | None = None,
    ) -> None:
        """Nothing is created before the first write. Beyond `most_entries` or `most_bytes` the oldest writes go."""
        self.folder = folder
        self.own_writes = own_writes or OwnWrites()
        self.contents = Contents(folder / "contents")
        self._list = folder / "journal.json"
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._clock = clock
        self._disk = disk
        self._alone = threading.RLock()
        self._depth = 0
        self._notices: list[str] = []
        self._read: tuple[object, list[Line]] = (None, [])

    # ------------------------------------------------------------------------------------ for whoever writes

    def labelled(self, purpose: Purpose) -> Labelled:
        """The same journal for one write, which notes what it is for."""
        return Labelled(self, purpose)

    def record(self, path: str, before: bytes, after: bytes, purpose: Purpose = Purpose()) -> str:
        """Keep both contents of a write about to happen, and name the entry. What was undone cannot be redone then.

        Raises:
            SourceError: the journal cannot be written; then the file must not be either.
        """
        with self._locked():
            real = _real(path)
            lines = [line for line in self._lines() if not (line.kept and line.kept.path == real and line.kept.undone)]
            entry = self._add(lines, Kept(
                id="", path=real, before=self._keep(before), after=self._keep(after), at="", purpose=purpose
            ))  # fmt: skip
        self.own_writes.note(path, entry.after)
        return entry.id

    def forget(self, entry: str) -> None:
        """Take back the record of a write that did not happen."""
        with self._locked():
            lines = self._lines()
            for kept in (line.kept for line in lines if line.kept and line.kept.id == entry):
                self.own_writes.take(kept.path, kept.after)
            self._store([line for line in lines if line.kept is None or line.kept.id != entry])

    def found(self, path: str, content: bytes, *, instead: str = "") -> str:
        """Keep what somebody else saved, and say where it lies.

        `instead` is the SHA-256 of what our write put in its place, if undoing is to bring it back.

        Raises:
            SourceError: the journal cannot be written.
        """
        with self._locked():
            digest = self._keep(content)
            entry = Kept(id="", path=_real(path), before=digest, after=instead or digest, at="", found=True)
            self._add(self._lines(), entry)
        return str(self.contents.place(digest))

    def recover(self, path: str) -> None:
        """Take care of what redrafts that were killed have left beside this file, or in this folder.

        What the user should know of it is in `take_notices`.
        """
        if leftovers(Path(os.path.realpath(path))):
            with self._locked():
                self._notices += recover(path, self, self._disk or Disk())

    def take_notices(self) -> list[str]:
        """What there is to tell since it was asked last, a sentence each."""
        notices, self._notices = self._notices, []
        return notices

    # ------------------------------------------------------------------------------------ the way back

    def undo(self, path: str) -> Kept:
        """Take the last write to a file back, whichever session made it.

        Raises:
            StaleSource: the file is no longer what we wrote.
            SourceError: there is nothing to undo, or the file cannot be written.
        """
        self.recover(path)
        with self._locked():
            lines = self._lines()
            raw = present_bytes(path)
            present = digest_of(raw)
            entry, passed = done_last(_of(lines, path), present)
            lines = [line for line in lines if line.kept is None or line.kept.id not in passed]
            if entry is None:
                raise SourceError(f"{path}: there is nothing to undo; redraft has not written to this file")
            if present != entry.after:
                if not self.is_torn(raw, entry):
                    raise self._edited(path, entry.before)
                self.found(path, raw)
                lines = self._lines()
            self._swap(path, raw, entry.before)
            return self._marked(lines, entry, undone=True)

    def redo(self, path: str) -> Kept:
        """Make the write again that was undone last.

        Raises:
            StaleSource: the file was edited since.
            SourceError: there is nothing to redo, or the file cannot be written.
        """
        self.recover(path)
        with self._locked():
            lines = self._lines()
            entry = undone_last(_of(lines, path))
            if entry is None:
                raise SourceError(f"{path}: there is nothing to redo")
            raw = present_bytes(path)
            if digest_of(raw) != entry.before:
                raise self._edited(path, entry.after)
            self._swap(path, raw, entry.after)
            return self._marked(lines, entry, undone=False)

    def told(self, kept: Kept) -> str:
        """What undoing (or, if it is not undone any more, redoing) an entry came to, in words."""
        now = datetime.fromtimestamp(self._clock()).astimezone()
        return took_back(kept, now) if kept.undone else made_again(kept, now)

    def history(self, path: str) -> tuple[Kept, ...]:
        """What is kept about a file, oldest first; none when there is no journal yet."""
        return tuple(_of(self._lines(), path))

    def is_torn(self, raw: bytes, entry: Kept) -> bool:
        """Whether a write of this entry was ended in the middle, as it can be where a file keeps its other names."""
        try:
            return torn(raw, self.content(entry.before), self.content(entry.after))
        except SourceError:
            return False

    def last(self, present: Mapping[str, str], *, undone: bool = False) -> str:
        """The one of these files whose write, the latest of all, can be taken back (or, `undone`, made again).

        `present` gives the SHA-256 of what each holds: one that was edited since is left alone. "" for none.
        """
        lines, found = self._lines_seen(), dict[int, str]()
        for path, digest in present.items():
            entry = undone_last(_of(lines, path)) if undone else done_last(_of(lines, path), digest)[0]
            if entry is not None and digest == (entry.before if undone else entry.after):
                found[int(entry.id)] = path
        return found[max(found)] if found else ""

    def knows(self, content: bytes) -> bool:
        """Whether a content is kept, undamaged, and an entry names it: else it might be cleared away."""
        digest = digest_of(content)
        return self.contents.has(digest) and any(digest in line.digests for line in self._lines())

    def content(self, digest: str) -> bytes:
        """A kept content.

        Raises:
            SourceError: it is not kept (any more), or was damaged.
        """
        return self.contents.content(digest)

    # ------------------------------------------------------------------------------------ inside

    def _edited(self, path: str, wanted: str) -> StaleSource:
        return StaleSource(
            f"{path}: you edited the file since, so it was left alone; "
            f"what it would have become is kept as {self.contents.place(wanted)}, copy from there what you need"
        )

    def _swap(self, path: str, present: bytes, wanted: str) -> None:
        new = self.content(wanted)
        self.own_writes.note(path, wanted)
        try:
            replace_bytes(path, present, new, self, self._disk)
        except SourceError:
            self.own_writes.take(path, wanted)
            raise

    def _marked(self, lines: list[Line], entry: Kept, *, undone: bool) -> Kept:
        marked = replace(entry, undone=undone)
        self._store([line_of(marked) if line.kept and line.kept.id == entry.id else line for line in lines])
        return marked

    def _add(self, lines: list[Line], entry: Kept) -> Kept:
        number = max((int(line.kept.id) for line in lines if line.kept), default=0) + 1
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock()))
        entry = replace(entry, id=str(number), at=now, by=str(this_process()))
        self._store(self._bounded([*lines, line_of(entry)]))
        return entry

    def _lines(self) -> list[Line]:
        try:
            return lines_in(self._list.read_bytes())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error) from None

    def _lines_seen(self) -> list[Line]:
        """The same, read again only when the file has changed: a screen asks often."""
        try:
            status = self._list.stat()
        except OSError:
            return []
        stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
        if self._read[0] != stamp:
            self._read = (stamp, self._lines())
        return self._read[1]

    def _store(self, lines: list[Line]) -> None:
        try:
            put(self._list, written(lines))
        except OSError as error:
            raise self._unusable(error) from None
        for unfinished in self.folder.glob(f"{self._list.name}.*.new"):  # of one that was killed: we are alone here
            unfinished.unlink(missing_ok=True)
        self.contents.drop_all_but({digest for line in lines for digest in line.digests})

    def _bounded(self, lines: list[Line]) -> list[Line]:
        """The newest entries that fit; the one just made always does."""
        chosen: list[Line] = []
        sizes: dict[str, int] = {}
        for line in reversed(lines[-self._most_entries :]):
            sizes |= {digest: self.contents.size(digest) for digest in line.digests}
            if chosen and sum(sizes.values()) > self._most_bytes:
                break
            chosen.append(line)
        return chosen[::-1]

    def _keep(self, raw: bytes) -> str:
        try:
            return self.contents.keep(raw)
        except OSError as error:
            raise self._unusable(error) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the journal, among all threads and processes; a thread may be so twice."""
        with self._alone:
            if self._depth:
                yield
                return
            try:
                self.contents.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                lock = (self.folder / "lock").open("wb")
            except OSError as error:
                raise self._unusable(error) from None
            with lock:
                deadline = time.monotonic() + _PATIENCE
                while not _lock(lock.fileno()):
                    if time.monotonic() > deadline:
                        raise SourceError(
                            f"{self.folder}: another redraft holds the undo journal; end it, or try again"
                        )
                    time.sleep(0.01)
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1

    def _unusable(self, error: OSError) -> SourceError:
        return SourceError(
            f"{self.folder}: the undo journal cannot be used ({error.strerror or error}), so nothing was written; "
            "make room there or change its permissions"
        )


def _of(lines: list[Line], path: str) -> list[Kept]:
    real = _real(path)
    return [line.kept for line in lines if line.kept and line.kept.path == real]


def _real(path: str) -> str:
    """How the journal names a file: with links resolved, and as text that JSON can hold."""
    return os.path.realpath(path).encode("utf-8", "backslashreplace").decode()


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
