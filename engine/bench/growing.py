"""A file of results that may still be written: what was read is not read again."""

from __future__ import annotations

from pathlib import Path

from ..errors import SourceError
from ..system.regular import read_regular
from .ledger import LARGEST, read_row
from .lines import Header, Key, Line


class GrowingLedger:
    """Reads a file as it grows; it never locks it, so that a benchmark may begin to write at any time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: Header | None = None
        self._latest: dict[Key, Line] = {}
        self._seen: tuple[int, int, int] | None = None
        self._file = 0
        """The file's inode: another one under the same name is read from its beginning."""
        self._offset = 0
        self._rows = 0

    @property
    def lines(self) -> tuple[Line, ...]:
        """The latest line of each piece of work, where its first one stood: what is tried again does not move."""
        return tuple(self._latest.values())

    def look(self) -> bool:
        """Read what is new; whether there was anything. Costs one look at the folder when there is nothing.

        Raises:
            SourceError: it cannot be read, or it is no benchmark of redraft's.
        """
        try:
            there = self.path.stat()
            seen = (there.st_ino, there.st_size, there.st_mtime_ns)
            if seen == self._seen:
                return False
            if there.st_ino != self._file or there.st_size < self._offset:
                self._forget(there.st_ino)
            raw = read_regular(self.path, LARGEST, self._offset)
        except OSError as error:
            raise SourceError(f"{self.path}: cannot be read ({error.strerror})") from error
        self._seen = seen
        return self._take(raw)

    def _forget(self, file: int) -> None:
        self._file, self._offset, self._rows = file, 0, 0
        self.header = None
        self._latest = {}

    def _take(self, raw: bytes) -> bool:
        *rows, rest = raw.split(b"\n")
        before = self._offset
        for row in rows:
            if row.strip():
                self._keep(read_row(self.path, self._rows + 1, row))
            self._rows += 1
            self._offset += len(row) + 1
        if rest.strip():
            self._offset += self._try(rest)
        if self.header is None and self._rows:
            raise SourceError(f"{self.path}: this is no file of redraft's benchmark (it does not begin with a header)")
        return self._offset > before

    def _try(self, rest: bytes) -> int:
        """Take a last line without its newline if it is whole; the bytes that were taken."""
        try:
            self._keep(read_row(self.path, self._rows + 1, rest))
        except SourceError:
            return 0
        return len(rest)

    def _keep(self, line: Header | Line) -> None:
        if isinstance(line, Header):
            self.header = self.header or line
        else:
            self._latest[line.key] = line
