"""The file of a benchmark: appended to line by line, so that a kill loses at most the line being written."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import msgspec

from ..errors import EnvironmentFault, SourceError, UsageError
from ..system.paths import make_folder
from ..system.regular import read_regular
from .lines import Header, Key, Line

LARGEST = 2_000_000_000
"""Bytes of a file of results; one line has some ten thousand."""

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Header | Line)


def read_ledger(path: Path) -> tuple[Header, tuple[Line, ...]]:
    """Header and results of a file, the latest line of each piece of work. A last line cut short is left out.

    Raises:
        SourceError: there is no such file, or it is no benchmark of redraft's.
    """
    try:
        raw = read_regular(path, LARGEST)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from error
    return _decoded(path, raw)


class Ledger:
    """A file that one run writes. Open it with `with`; a second run into the same file is refused."""

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self._header = header
        self._descriptor = -1
        self._size = 0
        self._latest: dict[Key, Line] = {}
        self.mended = False
        """Whether a last line was cut short, as a kill leaves it, and was removed."""

    def __enter__(self) -> Ledger:
        """Lock the file, make or read it.

        Raises:
            UsageError: another run writes into it, or it holds results of something else.
            SourceError: it is no benchmark of redraft's.
            EnvironmentFault: it cannot be written.
        """
        try:
            make_folder(self.path.parent)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EnvironmentFault(f"{self.path}: cannot be written ({error.strerror}); name another --out") from error
        try:
            self._begin()
        except BaseException:  # Ctrl-C, too, must let go of the lock: nobody else will. It goes on as it came.
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the file."""
        self._close()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The latest line of each piece of work."""
        return tuple(self._latest.values())

    @property
    def done(self) -> frozenset[Key]:
        """Work that need not be done again; errors are tried again."""
        return frozenset(key for key, line in self._latest.items() if line.status == "done")

    def append(self, line: Line) -> None:
        """Write one line, whole or not at all.

        Raises:
            EnvironmentFault: the disk is full, or the file can no longer be written.
        """
        self._write(line)
        self._latest.pop(line.key, None)
        self._latest[line.key] = line

    def _begin(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"{self.path}: another run writes into this file; wait for it, or name another --out"
            ) from None
        try:
            raw = read_regular(self.path, LARGEST)
        except OSError as error:
            raise SourceError(f"{self.path}: cannot be read ({error.strerror}); name another --out") from error
        whole = raw.rfind(b"\n") + 1
        if whole < len(raw):
            os.ftruncate(self._descriptor, whole)
            self.mended = True
        self._size = whole
        if not whole:
            self._write(self._header)
            return
        header, lines = _decoded(self.path, raw[:whole])
        _agree(self.path, header, self._header)
        self._latest = {line.key: line for line in lines}

    def _write(self, what: Header | Line) -> None:
        record = _ENCODER.encode(what) + b"\n"
        try:
            _write_whole(self._descriptor, record)
        except OSError as error:
            os.ftruncate(self._descriptor, self._size)
            raise EnvironmentFault(
                f"{self.path}: {error.strerror}; the {len(self._latest)} results before it are kept. "
                "Make room, then run the same command again: it goes on where it stopped"
            ) from error
        self._size += len(record)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _write_whole(descriptor: int, record: bytes) -> None:
    if os.write(descriptor, record) < len(record):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _decoded(path: Path, raw: bytes) -> tuple[Header, tuple[Line, ...]]:
    header: Header | None = None
    latest: dict[Key, Line] = {}
    rows = raw.split(b"\n")
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        try:
            line = read_row(path, number, row)
        except SourceError:
            if number == len(rows) and header is not None:
                break
            raise
        if isinstance(line, Header):
            header = header or line
        else:
            latest.pop(line.key, None)
            latest[line.key] = line
    if header is None:
        raise SourceError(f"{path}: this is no file of redraft's benchmark (it does not begin with a header)")
    return header, tuple(latest.values())


def read_row(path: Path, number: int, row: bytes) -> Header | Line:
    """One line of a file, by its 1-based number.

    Raises:
        SourceError: it is none of redraft's.
    """
    try:
        return _DECODER.decode(row)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise SourceError(f"{path}, line {number}: this is no result of redraft's benchmark ({error})") from error


def _agree(path: Path, there: Header, wanted: Header) -> None:
    for what, old, new in (
        ("suite", there.suite, wanted.suite),
        ("data", _listed(there.versions), _listed(wanted.versions)),
        ("options", _listed(there.options), _listed(wanted.options)),
    ):
        if old != new:
            raise UsageError(
                f"{path}: holds results of another {what} ({old or 'none'}, not {new or 'none'}); name another --out"
            )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
