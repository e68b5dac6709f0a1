"""What redrafts that were killed have left beside source files: nothing of it is thrown away unseen."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..sources.reading import LARGEST, digest_of
from ..sources.writes.held import Held
from ..sources.writes.scratch import Leftover, leftovers
from ..sources.writes.steps import Disk
from ..system.regular import read_regular

if TYPE_CHECKING:
    from .journal import Journal

_MOST = 20
"""Leftovers that are looked at: one is what a killed redraft leaves, and anybody may make files of such names."""


def recover(path: str, journal: Journal, disk: Disk) -> list[str]:
    """Take care of what is left beside a file, or in a folder; gives what the user should know of it.

    What the journal does not know is kept there.

    Raises:
        SourceError: the journal cannot be written; what is left stays where it is.
    """
    told: list[str] = []
    room = 2 * LARGEST
    for leftover in leftovers(Path(os.path.realpath(path)))[:_MOST]:
        with suppress(OSError):
            room -= leftover.path.lstat().st_size
            if room > 0:
                told += _recovered(leftover, path, journal, disk)
    return told


def _recovered(leftover: Leftover, path: str, journal: Journal, disk: Disk) -> list[str]:
    named = str(Path(path) / leftover.target.name) if Path(path).is_dir() else path
    if leftover.kind == ".part":  # ours alone, and never under the file's own name
        disk.unlink(leftover.path)
        return []
    if leftover.kind == ".aside" and not os.path.lexists(leftover.target):
        disk.enter(leftover.path, leftover.target)
        return [f"{named}: the file was put back; a redraft that was ended in the middle of a write had set it aside"]
    with Held(leftover.path, disk) as file:
        content = file.settled()
        told = _interrupted(leftover, named, journal) + _kept(leftover, named, content, journal)
        if len(content) <= LARGEST:
            disk.unlink(leftover.path)
        if file.wanted and (late := file.settled()) != content:
            told += _kept(leftover, named, late, journal)
        return told


def _kept(leftover: Leftover, named: str, content: bytes, journal: Journal) -> list[str]:
    if journal.knows(content):
        return []
    if len(content) > LARGEST:
        return [f"{named}: a file too large to be kept was found beside it; look at {leftover.path}"]
    instead = _put_in_its_place(leftover, named, journal)
    place = journal.found(named, content, instead=instead)
    told = (
        f"{named}: a save of yours was found, which a redraft that was ended in the middle of a write had set aside; "
        f"it is kept as {place}"
    )
    return [told + (f"; `redraft undo {named}` puts it back" if instead else "")]


def _put_in_its_place(leftover: Leftover, named: str, journal: Journal) -> str:
    """The SHA-256 of our write that took this save's place, if that is what the file still holds; else ""."""
    with suppress(OSError):
        present = digest_of(read_regular(leftover.target, LARGEST))
        done = [kept for kept in journal.history(named) if kept.leads_back and not kept.undone]
        if done and done[-1].after == present and done[-1].by == str(leftover.writer):
            return present
    return ""


def _interrupted(leftover: Leftover, named: str, journal: Journal) -> list[str]:
    """A word on a file with several names that holds the beginning of our write, and the end of what was there."""
    with suppress(OSError):
        done = [kept for kept in journal.history(named) if kept.leads_back and not kept.undone]
        present = read_regular(leftover.target, LARGEST)
        ours = bool(done) and done[-1].by == str(leftover.writer)
        if ours and digest_of(present) not in {done[-1].before, done[-1].after} and journal.is_torn(present, done[-1]):
            return [f"{named}: a write was ended in the middle; `redraft undo {named}` takes it back"]
    return []
