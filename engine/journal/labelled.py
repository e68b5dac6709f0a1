"""The undo journal as one write sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .entries import Purpose

if TYPE_CHECKING:
    from .journal import Journal


class Labelled:
    """A journal that notes what a write is for; one for each write."""

    def __init__(self, journal: Journal, purpose: Purpose) -> None:
        self._journal = journal
        self._purpose = purpose
        self.entry = ""
        """Name of the entry, once something was written."""

    def recover(self, path: str) -> None:
        """See `Journal.recover`."""
        self._journal.recover(path)

    def record(self, path: str, before: bytes, after: bytes) -> str:
        """See `Journal.record`."""
        self.entry = self._journal.record(path, before, after, self._purpose)
        return self.entry

    def forget(self, entry: str) -> None:
        """See `Journal.forget`."""
        self._journal.forget(entry)

    def found(self, path: str, content: bytes) -> str:
        """See `Journal.found`."""
        return self._journal.found(path, content)
