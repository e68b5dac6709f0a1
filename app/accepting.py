"""Writing what was chosen, taking it back, and writing it again; nothing of this happens unasked."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from msgspec.structs import replace

from ..engine.facts import Stub
from ..engine.journal import Journal
from ..engine.merge import Landing, write_merged
from ..engine.sources import Source
from .comparison import Comparison, Decisions, Sides


class _Write(NamedTuple):
    """One write of this session."""

    key: str
    base: Source
    """The file before it."""
    there: str
    """The stub's body before it."""


class Accepting:
    """What was decided about each stub's changes, kept in step with what its file holds."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._decisions: dict[str, Decisions] = {}
        self._bases: dict[str, tuple[Source, str]] = {}
        """By key: the file that the next body is made for, and the body that stands in it."""
        self._writes: dict[str, list[_Write | None]] = {}
        """By path; None for a write that was no body: it is undone like any other."""
        self._undone: dict[str, list[_Write | None]] = {}

    def began(self, stub: Stub, source: Source) -> None:
        """A run on the stub began, with its file as it is in `source`."""
        self._bases[stub.key] = (source, stub.body)

    def decisions(self, key: str, run: str) -> Decisions:
        """What was decided about the changes of this run."""
        known = self._decisions.get(key)
        return known if known is not None and known.run == run else Decisions(run=run)

    def reject(self, stub: Stub, run: str, sides: Sides, numbers: tuple[int, ...]) -> None:
        """Remember that these changes are not wanted; the file stays as it is."""
        self._decisions[stub.key] = self.decisions(stub.key, run).with_(sides, numbers, "rejected")

    async def accept(self, stub: Stub, run: str, comparison: Comparison, numbers: tuple[int, ...]) -> Landing:
        """Write the function with these changes and those accepted before.

        Nothing was written, and nothing is remembered, with conflicts, or if the file holds all of it already.

        Raises:
            SourceError: the file cannot be written; it is as it was.
        """
        chosen = self.decisions(stub.key, run).with_(comparison.sides, numbers, "accepted")
        body = comparison.body(stub, chosen.on(comparison.sides))
        base, there = self._bases[stub.key]
        landing = await asyncio.to_thread(write_merged, base, replace(stub, body=there), body, self.journal)
        if landing.changed:
            self._decisions[stub.key] = chosen
            self._bases[stub.key] = (landing.source, body)
            self._writes.setdefault(stub.path, []).append(_Write(stub.key, base, there))
            self._undone.pop(stub.path, None)
        return landing

    def rewrote(self, path: str) -> None:
        """Something else than a body was written into the file, through our journal."""
        self._writes.setdefault(path, []).append(None)
        self._undone.pop(path, None)

    async def undo(self, path: str) -> str:
        """Take the last write to a file back; gives the key of its stub, "" if an earlier session wrote it.

        Raises:
            SourceError: there is nothing to undo, or the file was edited since.
        """
        await asyncio.to_thread(self.journal.undo, path)
        return self._moved(path, self._writes, self._undone, back=True)

    async def redo(self, path: str) -> str:
        """Make the write again that was undone last; gives the key of its stub, or "".

        Raises:
            SourceError: there is nothing to redo, or the file was edited since.
        """
        await asyncio.to_thread(self.journal.redo, path)
        return self._moved(path, self._undone, self._writes, back=False)

    def can_undo(self, path: str) -> bool:
        """Whether this session has written to the file."""
        return bool(self._writes.get(path))

    def can_redo(self, path: str) -> bool:
        """Whether this session has taken a write to the file back."""
        return bool(self._undone.get(path))

    def _moved(
        self, path: str, taken: dict[str, list[_Write | None]], given: dict[str, list[_Write | None]], *, back: bool
    ) -> str:
        """Swap what a write replaced with what stands there now, so that the way leads back again."""
        if not taken.get(path):
            return ""
        write = taken[path].pop()
        if write is None:
            given.setdefault(path, []).append(None)
            return ""
        base, there = self._bases[write.key]
        given.setdefault(path, []).append(_Write(write.key, base, there))
        self._bases[write.key] = (write.base, write.there)
        known = self._decisions[write.key]
        self._decisions[write.key] = known.undone() if back else known.redone()
        return write.key
