"""Races between a write of ours and somebody's save of the same file: is what they saved ever lost?

python tests/performance/races.py [ROUNDS] [--folder FOLDER] [--seed N] [--kill SHARE] [--aim SHARE] [--way WAY]
                                  [--no-lease] [--no-exchange]

Each round: one process of ours writes a file that it read before, another saves it in one of eight ways, both with random
delays; in some rounds ours is killed with SIGKILL at a random moment. In the rounds that are aimed, the save begins (or
the kill comes) at one of the steps of the write, drawn by chance. Afterwards the saved text must be in the file, or in the
journal's contents, or, after a kill, be found by the next redraft. FOLDER decides which file system it is about; the last
two flags take away what some do not have.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import errno
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from redraft.engine.errors import SourceError
from redraft.engine.journal.journal import Journal
from redraft.engine.sources import Source, read, write
from redraft.engine.sources.writes.steps import Disk, NotHere

BASE = "def f(x):\n    ...\n\n\n" + "# a line that nobody touches\n" * 100
OURS = BASE.replace("...", "return x")
Pause = Callable[[], None]
"""Called between any two steps of a save."""

# ------------------------------------------------------------------------------------------ eight ways of saving


def in_place(path: Path, text: str, pause: Pause) -> None:
    """nano, and vim for files that are links: truncate and write."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    _write_slowly(descriptor, text, pause)


def overwrite(path: Path, text: str, pause: Pause) -> None:
    """Open to read and write, write over what is there, cut off the rest."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    _write_slowly(descriptor, text, pause, cut=True)


def rename_over(path: Path, text: str, pause: Pause) -> None:
    """Emacs, VS Code and most others where they save atomically."""
    _renamed(path, path.with_name("rename.new"), text, pause)


def backup_then_write(path: Path, text: str, pause: Pause) -> None:
    """vim with `backupcopy=no`: the old file gets another name, a new one is written under its own."""
    backup = path.with_name(path.name + "~")
    with contextlib.suppress(FileNotFoundError):
        path.rename(backup)
    pause()
    in_place(path, text, pause)
    pause()
    backup.unlink(missing_ok=True)


def unlink_then_create(path: Path, text: str, pause: Pause) -> None:
    """The simplest way: gone, and there again."""
    path.unlink(missing_ok=True)
    pause()
    in_place(path, text, pause)


def like_sed(path: Path, text: str, pause: Pause) -> None:
    """`sed -i`: what is there is read, changed, and renamed over."""
    try:
        there = path.read_text()
    except FileNotFoundError:
        there = ""
    pause()
    _renamed(path, path.with_name("sedAbC123"), there + text, pause)


def exchange(path: Path, text: str, pause: Pause) -> None:
    """A new file takes the place of the old one at once, and what came out is deleted."""
    fresh = path.with_name("exchange.new")
    fresh.write_text(text)
    pause()
    if _LIBC.renameat2(-100, os.fsencode(fresh), -100, os.fsencode(path), 2):
        fresh.rename(path)  # where files cannot be exchanged there may be nothing of that name for an instant
    pause()
    fresh.unlink(missing_ok=True)


def append(path: Path, text: str, pause: Pause) -> None:
    """`echo … >> file`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    _write_slowly(descriptor, text, pause)


WAYS = (in_place, overwrite, rename_over, backup_then_write, unlink_then_create, like_sed, exchange, append)
_LIBC = ctypes.CDLL(None, use_errno=True)


def _write_slowly(descriptor: int, text: str, pause: Pause, *, cut: bool = False) -> None:
    pause()
    os.write(descriptor, text.encode())
    if cut:
        pause()
        os.ftruncate(descriptor, len(text.encode()))
    pause()
    os.close(descriptor)


def _renamed(path: Path, fresh: Path, text: str, pause: Pause) -> None:
    fresh.write_text(text)
    pause()
    fresh.rename(path)


# ------------------------------------------------------------------------------------------ our side

STEPS = ("lease", "exchange", "rename", "enter", "exchanged", "pause", "unlink", "release")


class Watched(Disk):
    """The real disk, on which something happens when a step is come to for the nth time."""

    def __init__(self, events: list[tuple[str, int, Callable[[], None]]], flags: argparse.Namespace) -> None:
        self._events = events
        self._flags = flags
        self._counts: Counter[str] = Counter()

    def _at(self, step: str) -> None:
        self._counts[step] += 1
        for when, nth, happens in self._events:
            if (when, nth) == (step, self._counts[step]):
                happens()

    def exchange(self, one: Path, other: Path) -> None:
        self._at("exchange")
        if self._flags.no_exchange:
            raise NotHere(errno.ENOSYS, "taken away")
        super().exchange(one, other)
        self._at("exchanged")

    def enter(self, scratch: Path, target: Path) -> None:
        self._at("enter")
        super().enter(scratch, target)

    def rename(self, old: Path, new: Path) -> None:
        self._at("rename")
        super().rename(old, new)

    def unlink(self, path: Path) -> None:
        self._at("unlink")
        super().unlink(path)

    def lease(self, descriptor: int, *, alone: bool = False) -> bool:
        leased = not self._flags.no_lease and super().lease(descriptor, alone=alone)
        self._at("lease")
        return leased

    def release(self, descriptor: int) -> None:
        self._at("release")
        super().release(descriptor)

    def pause(self, seconds: float) -> None:
        self._at("pause")
        super().pause(seconds)


# ------------------------------------------------------------------------------------------ one round


class Race:
    """Rounds in one folder."""

    def __init__(self, folder: Path, luck: random.Random, flags: argparse.Namespace) -> None:
        self.folder = folder
        self.luck = luck
        self.flags = flags
        self.replaced, self.done = self._calibrated()
        """Seconds after which an undisturbed write has replaced the file, and is over."""
        self.counts: Counter[str] = Counter()
        self.lost: list[str] = []

    def round(self, way: Callable[[Path, str, Pause], None], number: int) -> None:
        """Let one race happen, and look what became of the save."""
        file, journal = self._prepared(number)
        luck, kill, aimed = self.luck, self.luck.random() < self.flags.kill, self.luck.random() < self.flags.aim
        text = f"# saved by {way.__name__} in round {number}\n" * luck.choice((1, 30, 2000))
        marker = text[: text.index("\n")].encode()
        pauses = [luck.choice((0, 0, luck.uniform(0, 0.003))) for _ in range(4)]
        source, start = read(file), time.monotonic() + 0.004
        hears, tells = os.pipe()
        at_a_step = kill and aimed and luck.random() < 0.7
        disk = self._disk(tells if aimed else None, kills=at_a_step)
        ours = _forked(lambda: _ours(source, journal, start, disk))
        os.close(tells)
        delay = luck.uniform(0, 0.001) if aimed else self._moment()
        theirs = _forked(lambda: _theirs(file, text, way, hears if aimed else start, delay, pauses))
        os.close(hears)
        if kill and not at_a_step:
            _wait_until(start + self._moment())
            os.kill(ours, signal.SIGKILL)
        ended = {0: "written", 3: "refused", 4: "put back", -signal.SIGKILL: "killed"}.get(_status(ours), "crashed")
        if _status(theirs):
            raise SystemExit(f"round {number}: the saving process failed")
        self.counts[ended] += 1
        where = self._found(file, journal, marker)
        self.counts[where] += 1
        if where == "lost" or ended == "crashed":
            self.lost.append(f"round {number}: {way.__name__}, ours was {ended}")
        Journal(journal).recover(str(file))
        if not file.exists() or any(path.name.endswith(".redraft-tmp") for path in file.parent.iterdir()):
            self.counts["left in disorder"] += 1
        shutil.rmtree(file.parent)

    def _moment(self) -> float:
        """Seconds after the start of a write, more often before the replacing than after."""
        return self.luck.uniform(0, 2 * self.replaced if self.luck.random() < 0.7 else 1.2 * self.done)

    def _disk(self, tells: int | None, *, kills: bool) -> Disk:
        """The disk of our process: it may tell theirs to begin at one step, and be its end at that or another one."""

        def tell() -> None:
            assert tells is not None
            os.write(tells, b"x")
            time.sleep(wait)

        luck, events = self.luck, list[tuple[str, int, Callable[[], None]]]()
        wait = luck.choice((0, luck.uniform(0, 0.002), luck.uniform(0, 0.01)))
        if tells is not None:
            events.append((luck.choice(STEPS), luck.choice((1, 1, 2, 3)), tell))
        if kills:
            events.append((luck.choice(STEPS), luck.choice((1, 1, 2, 3)), lambda: os.kill(os.getpid(), signal.SIGKILL)))
        return Watched(events, self.flags)

    def _found(self, file: Path, journal: Path, marker: bytes) -> str:
        if file.exists() and marker in file.read_bytes():
            return "in the file"
        if _kept(journal, marker):
            return "in the journal"
        if _next_redraft_finds(file, journal, marker):
            return "found by the next redraft"
        return "lost"

    def _prepared(self, number: int) -> tuple[Path, Path]:
        folder = self.folder / f"round{number}"
        folder.mkdir()
        file = folder / "shapes.py"
        file.write_text(BASE)
        return file, folder / "journal"

    def _calibrated(self) -> tuple[float, float]:
        replaced: list[float] = []
        done: list[float] = []
        for number in range(9):
            file, journal = self._prepared(-1 - number)
            disk = self._disk(None, kills=False)
            source, inode, start = read(file), _inode(file), time.monotonic() + 0.004
            ours = _forked(
                lambda source=source, journal=journal, start=start, disk=disk: _ours(source, journal, start, disk)
            )
            while _inode(file) == inode:
                pass
            replaced.append(time.monotonic() - start)
            _status(ours)
            done.append(time.monotonic() - start)
            shutil.rmtree(file.parent)
        return sorted(replaced)[4], sorted(done)[4]


def _inode(file: Path) -> int:
    try:
        return file.stat().st_ino
    except FileNotFoundError:  # where files cannot be exchanged at once
        return 0


def _ours(source: Source, journal: Path, start: float, disk: Disk) -> int:
    _wait_until(start)
    try:
        write(source, OURS, Journal(journal), disk=disk)
    except SourceError as error:
        return 4 if "kept as" in str(error) else 3
    return 0


def _theirs(
    file: Path,
    text: str,
    way: Callable[[Path, str, Pause], None],
    start: float | int,
    delay: float,
    pauses: list[float],
) -> int:
    rest = iter(pauses)
    if isinstance(start, int):
        os.read(start, 1)  # or the end of the other side
        start = time.monotonic()
    _wait_until(start + delay)
    way(file, text, lambda: time.sleep(next(rest, 0)))
    return 0


def _kept(journal: Path, marker: bytes) -> bool:
    contents = journal / "contents"
    return contents.is_dir() and any(marker in path.read_bytes() for path in contents.iterdir())


def _next_redraft_finds(file: Path, journal: Path, marker: bytes) -> bool:
    Journal(journal).recover(str(file))
    return _kept(journal, marker) or (file.exists() and marker in file.read_bytes())


def _wait_until(moment: float) -> None:
    while (left := moment - time.monotonic()) > 0:
        if left > 0.001:
            time.sleep(left - 0.0005)


def _forked(work: Callable[[], int]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        status = work()
    except Exception as error:  # noqa: BLE001 (the child must not go on as its parent)
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        status = 9
    os._exit(status)


def _status(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", type=int, nargs="?", default=400)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kill", type=float, default=0.25, help="share of the rounds in which our process is killed")
    parser.add_argument(
        "--aim", type=float, default=0.5, help="share of the rounds in which a step of the write is aimed at"
    )
    parser.add_argument("--no-lease", action="store_true")
    parser.add_argument("--no-exchange", action="store_true")
    parser.add_argument("--way", choices=[way.__name__ for way in WAYS], default=None)
    args = parser.parse_args()
    ways = [way for way in WAYS if args.way in {None, way.__name__}]
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        race = Race(Path(name), random.Random(args.seed), args)
        print(f"a write replaces the file after {race.replaced * 1e3:.1f} ms, is over after {race.done * 1e3:.1f} ms")
        for number in range(args.rounds):
            race.round(ways[number % len(ways)], number)
    for outcome, count in race.counts.most_common():
        print(f"{count:6d}  {outcome}")
    for line in race.lost[:40]:
        print(line)
    print(f"{len(race.lost)} lost in {args.rounds} races")
    return 1 if race.lost else 0


if __name__ == "__main__":
    sys.exit(main())
