"""The files of the undo journal: contents under their SHA-256, and how they are written."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from ..errors import SourceError
from ..sources.reading import digest_of


class Contents:
    """Contents of files, byte for byte, each under its SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, digest: str) -> Path:
        """Where a content is, or would be."""
        return self.folder / digest

    def keep(self, raw: bytes) -> str:
        """Keep a content and give its name.

        Raises:
            OSError: there is no room for it.
        """
        digest = digest_of(raw)
        if not self.has(digest):
            with suppress(OSError):
                self.place(digest).rmdir()  # nothing of ours, but it would be in the way
            put(self.place(digest), raw)
        return digest

    def has(self, digest: str) -> bool:
        """Whether this content is kept, undamaged."""
        try:
            return digest_of(self.place(digest).read_bytes()) == digest
        except OSError:
            return False

    def content(self, digest: str) -> bytes:
        """A kept content.

        Raises:
            SourceError: it is not kept (any more), or was damaged.
        """
        place = self.place(digest)
        try:
            raw = place.read_bytes()
        except OSError as error:
            raise SourceError(
                f"{place}: this backup cannot be read ({error.strerror or error}); it may be too old"
            ) from None
        if digest_of(raw) != digest:
            raise SourceError(f"{place}: this backup is damaged, so it was not used; the file is as it was")
        return raw

    def size(self, digest: str) -> int:
        """Bytes of a content, 0 if it is not there."""
        try:
            return self.place(digest).stat().st_size
        except OSError:
            return 0

    def drop_all_but(self, used: Collection[str]) -> None:
        """Remove what nobody names any more; what cannot be removed stays."""
        with suppress(OSError):
            for content in list(self.folder.iterdir()):
                if content.name not in used:
                    with suppress(OSError):
                        content.unlink()


def put(place: Path, raw: bytes) -> None:
    """Write a file of the journal at once or not at all.

    Raises:
        OSError: it cannot be written.
    """
    scratch = place.with_name(f"{place.name}.{os.getpid()}.new")
    try:
        with scratch.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(place)
    except OSError:
        with suppress(OSError):
            scratch.unlink()
        raise
