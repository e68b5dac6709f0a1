"""Writing what was chosen, taking it back, and writing it again; nothing of this happens unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from ...engine.facts import Stub
from ...engine.journal.journal import Journal, Kept, Purpose
from ...engine.sources import Source
from ...engine.sources.heading import with_header_and_body
from ...engine.sources.merge import Landing, write_merged, write_text_merged
from ...engine.sources.writes.writing import Keeper
from ..run.comparison import Comparison, Decisions, Sides


class _Write(NamedTuple):
    """One write of this session."""

    entry: str
    """Its name in the journal: other sessions write there too."""
    key: str = ""
    """The stub's; "" for a write that was no body: it is undone like any other."""
    base: Source | None = None
    """The file before it."""
    there: Stub | None = None
    """The function as it stood before it."""
    run: str = ""
    told: str = ""
    """What of the run's changes had been written by then: "all", "1 of 3 hunks"."""


class WentBack(NamedTuple):
    """What undoing or redoing came to."""

    key: str
    """Of the stub whose body it was, "" if it was none of this session's."""
    told: str
    """In words: whose write it was."""
    hunks: str = ""
    """What of the changes in front is written now, "" for nothing."""


class Accepting:
    """What was decided about each stub's changes, kept in step with what its file holds."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._decisions: dict[str, Decisions] = {}
        self._bases: dict[str, tuple[Source, Stub]] = {}
        """By key: the file that the next body is made for, and the function as it stands in it."""
        self._writes: dict[str, list[_Write]] = {}
        """By path."""
        self._undone: dict[str, list[_Write]] = {}

    def began(self, stub: Stub, source: Source) -> None:
        """A run on the stub began, with its file as it is in `source`."""
        self._bases[stub.key] = (source, stub)

    def decisions(self, key: str, run: str) -> Decisions:
        """What was decided about the changes of this run."""
        known = self._decisions.get(key)
        return known if known is not None and known.run == run else Decisions(run=run)

    def reject(self, stub: Stub, run: str, sides: Sides, numbers: tuple[int, ...]) -> None:
        """Remember that these changes are not wanted; the file stays as it is."""
        self._decisions[stub.key] = self.decisions(stub.key, run).with_(sides, numbers, "rejected")

    async def accept(
        self, stub: Stub, run: str, comparison: Comparison, numbers: tuple[int, ...], *, pipeline: str = ""
    ) -> Landing:
        """Write the function with these changes and those accepted before.

        Nothing was written, and nothing is remembered, with conflicts, or if the file holds all of it already.

        Raises:
            SourceError: the file cannot be written, or was saved at the same moment; then that is what it holds.
        """
        chosen = self.decisions(stub.key, run).with_(comparison.sides, numbers, "accepted")
        decided = chosen.on(comparison.sides)
        body, header = comparison.body(stub, decided), comparison.headed(stub, decided)
        base, there = self._bases[stub.key]
        journal = self.journal.labelled(Purpose(function=stub.name, pipeline=pipeline, draft=comparison.draft))
        there = replace(stub, header=there.header, body=there.body)
        landing = await asyncio.to_thread(_written, base, there, header, body, journal)
        if landing.changed:
            self._decisions[stub.key] = chosen
            self._bases[stub.key] = (landing.source, replace(there, header=header, body=body))
            told = chosen.told(len(comparison.hunks), comparison.sides)
            told += ", merged with your edits" if landing.merged else ""
            self._writes.setdefault(stub.path, []).append(_Write(journal.entry, stub.key, base, there, run, told))
            self._undone.pop(stub.path, None)
        return landing

    def rewrote(self, path: str, entry: str) -> None:
        """Something else than a body was written into the file, under this name in our journal."""
        self._writes.setdefault(path, []).append(_Write(entry))
        self._undone.pop(path, None)

    async def undo(self, path: str) -> WentBack:
        """Take the last write to a file back, whichever session made it.

        Raises:
            SourceError: there is nothing to undo, or the file was edited since.
        """
        kept = await asyncio.to_thread(self.journal.undo, path)
        return self._went(kept, self._moved(kept, path, self._writes, self._undone, back=True))

    async def redo(self, path: str) -> WentBack:
        """Make the write again that was undone last.

        Raises:
            SourceError: there is nothing to redo, or the file was edited since.
        """
        kept = await asyncio.to_thread(self.journal.redo, path)
        return self._went(kept, self._moved(kept, path, self._undone, self._writes, back=False))

    def last(self, sources: Iterable[Source], *, undone: bool = False) -> str:
        """The one of these files whose write was the last that can be taken back, or made again; "" for none."""
        return self.journal.last({source.path: source.digest for source in sources}, undone=undone)

    def written(self, key: str, run: str) -> str:
        """What of this run's changes the last write that stands has brought into the file: "all", "1 of 3 hunks"."""
        writes = [write for path in self._writes for write in self._writes[path] if write.key == key]
        return writes[-1].told if writes and writes[-1].run == run else ""

    def _went(self, kept: Kept, key: str) -> WentBack:
        known = self._decisions.get(key)
        return WentBack(key, self.journal.told(kept), self.written(key, known.run) if known is not None else "")

    def _moved(
        self, kept: Kept, path: str, taken: dict[str, list[_Write]], given: dict[str, list[_Write]], *, back: bool
    ) -> str:
        """Swap what a write replaced with what stands there now, so that the way leads back again; gives its stub."""
        if not taken.get(path) or taken[path][-1].entry != kept.id:
            return ""
        write = taken[path].pop()
        if write.base is None or write.there is None:
            given.setdefault(path, []).append(write)
            return ""
        base, there = self._bases[write.key]
        given.setdefault(path, []).append(write._replace(base=base, there=there))
        self._bases[write.key] = (write.base, write.there)
        known = self._decisions[write.key]
        self._decisions[write.key] = known.undone() if back else known.redone()
        return write.key


def _written(base: Source, there: Stub, header: str, body: str, journal: Keeper) -> Landing:
    """Write a body, and a header where that is another one, into the file they were made for."""
    if header == there.header:
        return write_merged(base, there, body, journal)
    return write_text_merged(base, with_header_and_body(base, there, header, body), journal)
