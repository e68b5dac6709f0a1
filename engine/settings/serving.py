"""The note that `redraft serve` leaves for other sessions of the same user: which server plays which role, and its key.

The note counts only while the lock beside it is held. The kernel lets go of that lock when the holder ends, however it
ends, so that a note which was left behind by a crash is never believed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ..errors import EnvironmentFault
from ..facts import Fact, Role
from ..system.paths import PRIVATE, make_folder, write_private

NOTE = "serving.json"
LOCK = "serving.lock"


class Served(Fact, frozen=True):
    """Who plays one role."""

    base_url: str
    """Several addresses are separated by commas."""
    model: str


class Serving(Fact, frozen=True):
    """All that other sessions need to know."""

    pid: int
    """Of `redraft serve`."""
    roles: Mapping[Role, Served]
    key: str = ""
    """Never shown; the file that holds it is its owner's alone."""

    def __repr__(self) -> str:
        return f"Serving(pid={self.pid}, roles={self.roles!r})"


class Board:
    """Where the note is put up. Only its one holder may write."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def show(self, serving: Serving) -> None:
        """Put the note up, in place of an earlier one. Raises: EnvironmentFault."""
        write_private(self._path, msgspec.json.encode(serving))

    def clear(self) -> None:
        """Take the note down."""
        self._path.unlink(missing_ok=True)


@contextmanager
def board(state: Path) -> Iterator[Board]:
    """The board of this state folder, for the length of the block; the note is taken down with it.

    Raises:
        EnvironmentFault: another `redraft serve` has it.
    """
    import fcntl  # not on every platform, and needed here only

    make_folder(state)
    lock = os.open(state / LOCK, os.O_RDWR | os.O_CREAT, PRIVATE & 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _read(state / NOTE)
            who = f" (process {other.pid})" if other else ""
            raise EnvironmentFault(
                f"another `redraft serve`{who} is at work; end it first, or set REDRAFT_HOME to keep apart"
            ) from None
        mine = Board(state / NOTE)
        mine.clear()
        try:
            yield mine
        finally:
            mine.clear()
    finally:
        os.close(lock)


def serving_now(state: Path) -> Serving | None:
    """What `redraft serve` serves at this moment, None when it does not run or is not ready."""
    note = _read(state / NOTE)
    return note if note is not None and _is_held(state / LOCK) else None


def _read(path: Path) -> Serving | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Serving)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None


def _is_held(path: Path) -> bool:
    """Whether somebody holds the lock; looking disturbs nobody."""
    try:
        import fcntl

        lock = os.open(path, os.O_RDONLY)
    except (ImportError, OSError):
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(lock)
