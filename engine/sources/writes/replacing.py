"""Putting one file in the place of another so that no save of somebody else is lost, whenever it comes.

The two change places; then what came out is looked at. If it is not what was to be replaced, somebody saved in between,
and it goes back; what comes out then is looked at in the same way, until the newest save stands under the path.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from .held import Busy, Held, held
from .scratch import beside
from .steps import Disk, NotHere

_MOST_TURNS = 20
"""How often a save may fall into the instant in which an earlier one is put back, before that is given up."""


class Outcome(NamedTuple):
    """How it went. The scratch files may be removed once what was found is kept."""

    written: bool
    """Whether our content was put under the path and stayed there; else the newest save of others stands there."""
    found: tuple[bytes, ...] = ()
    """What others were seen to save meanwhile, wherever it is now."""


class Changed(Exception):
    """The file does not hold what it should; nothing was touched."""


class Replacement:
    """What is to be put in the place of `target`, in a `scratch` file beside it."""

    def __init__(self, target: Path, scratch: Path, disk: Disk) -> None:
        self.began = False
        """Whether anything was touched: from then on `scratch` and `aside` may hold somebody's save."""
        self.aside = beside(target, ".aside")
        """What `target` was, for as long as nothing has its name: only where files cannot be exchanged at once."""
        self._target = target
        self._scratch = scratch
        self._disk = disk
        self._at_once = True
        self._leases = False
        self._open = ExitStack()
        self._seen: list[Held] = []

    def run(self, before: bytes, after: bytes) -> Outcome:
        """Replace `before` by `after`, which the scratch file holds.

        Raises:
            Changed: the file holds something else.
            Busy: somebody has it open to write, and does not end.
            OSError: it is gone, or the file system refuses.
        """
        with self._open as opened:
            ours = opened.enter_context(Held(self._scratch, self._disk, after))
            theirs = opened.enter_context(Held(self._target, self._disk, before))
            self._leases = ours.leases_work()
            if self._leases:
                theirs.guard()
            if not theirs.untouched:
                raise Changed
            written = self._exchanged(ours, theirs)
            late = (theirs,) if written and theirs.wanted else ()
            return Outcome(written, tuple(dict.fromkeys(file.settled() for file in (*self._seen, *late))))

    def _exchanged(self, offered: Held | None, expected: Held) -> bool:
        """Whether our file has taken the place of what was expected there, and stayed."""
        for turn in range(_MOST_TURNS):
            try:
                self._swap(expected)
            except (FileNotFoundError, FileExistsError):
                if not self.began:
                    raise
                break  # removed, or saved anew since: what we hold is older
            if offered is not None:
                offered.release()  # who waits for it writes to where the path leads now
            came = held(self._scratch, self._disk)
            if came is not None:
                self._open.enter_context(came)
            if came is not None and came.identity == expected.identity:
                if expected.stays():
                    if turn == 0:
                        self._disk.unlink(self._scratch)
                    return turn == 0
                came = expected  # it has the lease: whoever waits for it must find it under the path again
            if came is not None:
                self._seen.append(came)
            if not self._still_there(offered):
                break
            assert offered is not None
            offered, expected = came, offered
        return False

    def _still_there(self, put: Held | None) -> bool:
        """Whether what we put under the path is there as we put it, and stays so while we look: else it is newer."""
        try:
            status = self._target.lstat()
            if put is None or (status.st_dev, status.st_ino) != put.identity:
                return False
            if self._leases:
                put.guard()
        except (OSError, Busy):
            return False
        return put.untouched

    def _swap(self, expected: Held) -> None:
        """Let scratch and target change places: at once if that can be, else with an instant in which there is none.

        Raises:
            FileNotFoundError: there is no target.
            FileExistsError: somebody made a new one in that instant; it stays, and what came out is among `_seen`.
        """
        if self._at_once:
            try:
                self._disk.exchange(self._scratch, self._target)
            except NotHere:
                self._at_once = False
            else:
                self.began = True
                return
        self._disk.rename(self._target, self.aside)
        began, self.began = self.began, True
        try:
            self._disk.enter(self._scratch, self._target)
        except FileExistsError:
            came = held(self.aside, self._disk)
            if came is not None and not (came.identity == expected.identity and came.content() == expected.known):
                self._seen.append(self._open.enter_context(came))
            raise
        except OSError:
            if not os.path.lexists(self._target):
                self._disk.rename(self.aside, self._target)
                self.began = began
            raise
        self._disk.rename(self.aside, self._scratch)
