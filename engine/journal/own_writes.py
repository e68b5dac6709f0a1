"""Telling our own writes from saves."""

from __future__ import annotations

import os


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
