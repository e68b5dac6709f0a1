"""Run logs on disk: one entry a line, bounded in number and size, holding no keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from ..errors import EnvironmentFault, SourceError
from ..events import Entry, RunStarted
from ..redaction import protects_anything, redact_bytes
from ..surrogates import whole_within
from ..system.paths import make_folder
from ..system.regular import open_to_write, read_regular

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Entry)
SUFFIX = ".jsonl"
LARGEST = 1_000_000_000
"""Bytes of a log; the longest runs have some ten million."""


def line_of(entry: Entry) -> bytes:
    """An entry as one line of JSON, its newline included; without keys."""
    try:
        line = _ENCODER.encode(entry)
    except UnicodeEncodeError:
        line = _ENCODER.encode(whole_within(msgspec.to_builtins(entry)))
    return redact_bytes(line) + b"\n"


def without_keys(entry: Entry) -> Entry:
    """The entry with every key in it blotted out: the same object when it holds none."""
    if not protects_anything():
        return entry
    line = _ENCODER.encode(whole_within(msgspec.to_builtins(entry)))
    clean = redact_bytes(line)
    return entry if clean == line else _DECODER.decode(clean)


class Recording:
    """Writes a log into a file, which is made when the first entry comes. A disk that is full ends it, not the run."""

    def __init__(self, path: Path, complain: Callable[[str], None] = lambda _: None) -> None:
        self.path = path
        self._complain = complain
        self._file: BinaryIO | None = None
        self._broken = False

    def keep(self, entry: Entry) -> None:
        """Write one entry; each is on its way to the disk before the next."""
        if self._broken:
            return
        try:
            if self._file is None:
                make_folder(self.path.parent)
                self._file = open_to_write(self.path)
            self._file.write(line_of(entry))
            self._file.flush()
        except (OSError, EnvironmentFault) as error:
            self._give_up(error)

    def close(self) -> None:
        """Done writing."""
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as error:  # what could not be written is tried once more
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        if not self._broken:
            self._broken = True
            self._complain(f"{self.path}: this run is not recorded ({error})")


class RunFolder:
    """The folder of the run logs of one user."""

    def __init__(self, folder: Path, *, runs: int = 200, megabytes: int = 200) -> None:
        self.folder = folder
        self._runs = runs
        self._bytes = megabytes * 1_000_000

    def recording(self, run: str, complain: Callable[[str], None] = lambda _: None) -> Recording:
        """A recording for a new run, after the oldest ones have made room."""
        self.prune()
        return Recording(self.folder / f"{run}{SUFFIX}", complain)

    def add(self, run: str, entry: Entry) -> None:
        """Put what the user did afterwards (written, undone) at the end of a log, if it is still there.

        Raises:
            EnvironmentFault: the log cannot be written.
        """
        path = self.folder / f"{run}{SUFFIX}"
        try:
            with path.open("r+b") as file:
                file.seek(0, 2)
                file.write(line_of(entry))
        except FileNotFoundError:
            return
        except OSError as error:
            raise EnvironmentFault(f"{path}: what you accepted is not in the log ({error.strerror})") from error

    def logs(self) -> tuple[Path, ...]:
        """All logs, oldest first; their names sort by time."""
        return tuple(sorted(self.folder.glob(f"*{SUFFIX}")))

    def prune(self) -> None:
        """Remove the oldest logs until both bounds hold with one more log to come."""
        logs = list(self.logs())
        sizes = {path: path.stat().st_size for path in logs if path.exists()}
        while logs and (len(logs) >= max(self._runs, 1) or sum(sizes.get(p, 0) for p in logs) > self._bytes):
            logs.pop(0).unlink(missing_ok=True)


def read_log(path: Path) -> tuple[Entry, ...]:
    """The entries of a log. A last line cut short by a crash is left out.

    Raises:
        SourceError: there is no such file, or it is no log of redraft's.
    """
    try:
        lines = read_regular(path, LARGEST).splitlines()
    except OSError as error:
        raise SourceError(f"{path}: the log cannot be read ({error.strerror})") from error
    entries: list[Entry] = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(_DECODER.decode(line))
        except (msgspec.MsgspecError, RecursionError) as error:
            if number == len(lines) and entries:
                break
            raise SourceError(f"{path}, line {number}: this is no run log of redraft's ({error})") from error
    if not entries or not isinstance(entries[0].event, RunStarted):
        raise SourceError(f"{path}: this is no run log of redraft's (it does not begin with RunStarted)")
    return tuple(entries)
