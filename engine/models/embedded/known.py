"""What was found out about files of weights and is worth keeping: digests that a hub told, hashes of a user's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from ...errors import EnvironmentFault
from ...facts import Fact
from ...system.paths import write_private
from ...system.regular import read_regular
from .finding import models_folder
from .weights import Weights, sha256_of

FILE = "known.json"
LARGEST = 4_000_000
"""Bytes; a model takes two hundred."""


class Published(Fact, frozen=True):
    """A file as a hub described it."""

    size: int
    sha256: str
    revision: str


class Seen(Fact, frozen=True):
    """A file of the user's own as it was when it was first used."""

    size: int
    age: int
    """When it was last written, in nanoseconds since 1970."""
    sha256: str


class Notes(Fact, frozen=True):
    """All that is kept."""

    published: dict[str, Published] = {}
    """By `Weights.typed`."""
    seen: dict[str, Seen] = {}
    """By path."""


class Known:
    """The notes beside our own copies. What cannot be read is found out anew."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._path = models_folder(environ) / FILE

    def described(self, weights: Weights) -> Weights:
        """The same with what a hub said of it before."""
        told = self._notes().published.get(weights.typed) if not weights.sha256 and not weights.place else None
        if told is None:
            return weights
        return msgspec.structs.replace(weights, size=told.size, sha256=told.sha256, revision=told.revision)

    def keep_description(self, typed: str, weights: Weights) -> None:
        """Keep what a hub said of the file that is typed so. Raises: EnvironmentFault."""
        told = Published(size=weights.size, sha256=weights.sha256, revision=weights.revision)
        notes = self._notes()
        self._write(msgspec.structs.replace(notes, published={**notes.published, typed: told}))

    def hash_of(self, path: Path) -> str:
        """The hash that was noted for a file of the user's own, "" for none; it may be another file by now."""
        seen = self._notes().seen.get(str(path))
        return seen.sha256 if seen else ""

    def is_as_seen(self, path: Path) -> bool:
        """Whether size and age are still those of the file whose hash was noted."""
        seen = self._notes().seen.get(str(path))
        status = path.stat()
        return seen is not None and (seen.size, seen.age) == (status.st_size, status.st_mtime_ns)

    def vouch(self, path: Path, *, anew: bool = False) -> str:
        """The hash of a file of the user's own, noted when it is first used; `anew` takes it as it is now.

        Raises:
            EnvironmentFault: it is another file than the one that was used before.
        """
        noted = self.hash_of(path)
        if noted and not anew and self.is_as_seen(path):
            return noted
        status = path.stat()
        digest = sha256_of(path)
        if noted and digest != noted and not anew:
            raise EnvironmentFault(
                f"{path} is not the file that was used before (SHA-256 {noted[:12]}… then, {digest[:12]}… now); "
                f"`redraft model use {path}` takes it as it is"
            )
        seen = Seen(size=status.st_size, age=status.st_mtime_ns, sha256=digest)
        notes = self._notes()
        self._write(msgspec.structs.replace(notes, seen={**notes.seen, str(path): seen}))
        return digest

    def _notes(self) -> Notes:
        try:
            return msgspec.json.decode(read_regular(self._path, LARGEST), type=Notes)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return Notes()

    def _write(self, notes: Notes) -> None:
        write_private(self._path, msgspec.json.encode(notes))
