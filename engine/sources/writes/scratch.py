"""The hidden files beside a source file while it is written: their names, and whose they are.

.NAME.MACHINE-PID-START.RANDOM.redraft-tmp         a whole file that changes places, or has changed them, with NAME
.NAME.MACHINE-PID-START.RANDOM.part.redraft-tmp    not whole yet: never anybody's but ours
.NAME.MACHINE-PID-START.RANDOM.aside.redraft-tmp   what NAME was, while nothing of that name is there
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

SUFFIX = ".redraft-tmp"
Kind = Literal["", ".part", ".aside"]

_OURS = re.compile(
    r"\.(?P<stem>.+)\.(?P<machine>[0-9a-f]{8})-(?P<pid>\d{1,10})-(?P<start>\d{1,20})\.[0-9a-f]{8}"
    r"(?P<kind>|\.part|\.aside)\.redraft-tmp",
    re.DOTALL,
)
_UNSIGNED = re.compile(r"\.(?P<stem>.+)\.[a-z0-9_]{8}\.redraft-tmp", re.DOTALL)
"""As redraft named them before it told whose they are."""
_LONGEST = 180
"""Bytes of a file's name that ours can repeat: file systems allow 255 in all."""
_FORGOTTEN = 3600.0
"""Seconds after which a file of a process that cannot be asked for (on another machine) is taken for left behind."""


class Writer(NamedTuple):
    """A process that writes files."""

    machine: str
    """Fingerprint of the host's name and of its process ids' name space."""
    pid: int
    start: int
    """When it began, in the kernel's ticks; 0 where that is not told."""

    def __str__(self) -> str:
        return f"{self.machine}-{self.pid}-{self.start}"

    @property
    def lives(self) -> bool | None:
        """Whether it still runs; None if it is elsewhere, so that we cannot know."""
        if self.machine != _machine():
            return None
        return _start_of(self.pid) == self.start


class Leftover(NamedTuple):
    """One such file."""

    path: Path
    target: Path
    """The file it is about."""
    kind: Kind
    writer: Writer | None


def this_process() -> Writer:
    """Us."""
    return Writer(_machine(), os.getpid(), _start_of(os.getpid()) or 0)


def lives(writer: str) -> bool:
    """Whether the process of that spelling still runs on this machine."""
    parts = writer.split("-")
    if len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()) or len(writer) > 60:
        return False
    return bool(Writer(parts[0], int(parts[1]), int(parts[2])).lives)


def beside(target: Path, kind: Kind = "", writer: Writer | None = None) -> Path:
    """A name for a new file beside `target`, in the same folder, that is not taken."""
    name = f".{_stem(target.name)}.{writer or this_process()}.{secrets.token_hex(4)}{kind}{SUFFIX}"
    return target.with_name(name)


def whole(part: Path) -> Path:
    """The name of a `.part` once it is whole."""
    return part.with_name(part.name.removesuffix(f".part{SUFFIX}") + SUFFIX)


def leftovers(place: Path) -> list[Leftover]:
    """What processes that are gone have left in a folder, or beside a file, in the order of age."""
    folder = place if place.is_dir() else place.parent
    wanted = None if place.is_dir() else _stem(place.name)
    found: list[tuple[int, Leftover]] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            leftover = _named(folder / entry.name)
            if leftover is None or wanted not in {None, _stem(leftover.target.name)}:
                continue
            status = _status(entry)
            if status and stat.S_ISREG(status.st_mode) and _left_behind(leftover.writer, status):
                found.append((status.st_mtime_ns, leftover if wanted is None else leftover._replace(target=place)))
    return [leftover for _, leftover in sorted(found)]


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:  # gone by now
        return None


def _named(path: Path) -> Leftover | None:
    """What a file's name says about it, if it is such a name."""
    if not path.name.endswith(SUFFIX):
        return None
    if match := _OURS.fullmatch(path.name):
        writer = Writer(match["machine"], int(match["pid"]), int(match["start"]))
        kinds: dict[str, Kind] = {".part": ".part", ".aside": ".aside"}
        return Leftover(path, path.with_name(match["stem"]), kinds.get(match["kind"], ""), writer)
    match = _UNSIGNED.fullmatch(path.name)
    return Leftover(path, path.with_name(match["stem"]), "", None) if match else None


def _left_behind(writer: Writer | None, status: os.stat_result) -> bool:
    alive = writer.lives if writer else None
    # Changing names changes the time of the inode, whatever the file's own time says.
    return not alive if alive is not None else time.time() - status.st_ctime > _FORGOTTEN


def _stem(name: str) -> str:
    raw = os.fsencode(name)
    if len(raw) <= _LONGEST:
        return name
    return f"{raw[: _LONGEST - 40].decode(errors='ignore')}.{hashlib.sha256(raw).hexdigest()[:16]}"


@cache
def _machine() -> str:
    space = ""
    with suppress(OSError):
        space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 (it leads to no file)
    return hashlib.sha256(f"{os.uname().nodename} {space}".encode()).hexdigest()[:8]


def _start_of(pid: int) -> int | None:
    """When a process began, in ticks, 0 where that is not told, None if it is gone."""
    if sys.platform != "linux":
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return None
        except OSError:
            return 0
        return 0
    try:
        told = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    # A killed process that nobody has waited for does nothing any more. Fields: proc(5), state is the third.
    return None if told[0] in {b"Z", b"X"} else int(told[19])
