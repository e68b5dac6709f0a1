"""Seeing saves: what an editor did to a file, told once, after it has come to rest.

Editors rename, truncate, delete and touch; the kinds of events are therefore never looked at, only the content.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from ..errors import SourceError
from ..facts import Fact
from ..sources.folders import is_python, python_files, source_folders
from ..sources.reading import (
    LARGEST,
    Source,
    decoded,
    digest_of,
)
from ..sources.syntax import problem_of
from ..system.regular import read_regular
from .folder_events import Events, FolderEvents, Folders


class Watching(Fact, frozen=True):
    """How to watch."""

    settle_seconds: float = 0.15
    """Between two looks at a file that must agree. Slow writers pause for less."""
    patience_seconds: float = 10.0
    """How long a file may go on changing before we say so."""
    step_ms: int = 60
    """How often the events are collected: smaller is sooner, and costs more when idle (0.11 % of a core)."""
    polling: bool | None = None
    """Ask the disk instead of the kernel, as network mounts need; None leaves it to watchfiles (which polls on WSL)."""


class Saved(Fact, frozen=True):
    """A file has a new content, which is a program."""

    path: str
    source: Source

    @property
    def text(self) -> str:
        """The content, newlines as LF."""
        return self.source.text

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return self.source.digest


class Ignored(Fact, frozen=True):
    """Something happened to a file that is no reason to draft."""

    path: str
    why: str
    """For the status line: "own write", "unchanged", "does not parse yet: line 7", "deleted", "is a folder now", …"""


class Beside(Fact, frozen=True):
    """Python files that are not watched themselves were touched: what imports them may do otherwise now."""

    paths: tuple[str, ...]
    """As events name them, in alphabetical order."""


Seen = Saved | Ignored | Beside


class OwnWrites(Protocol):
    """Who knows what we wrote ourselves; `journal.OwnWrites` does."""

    def take(self, path: str, digest: str) -> bool:
        """Whether this content of the file is our own last write. It answers once."""
        ...

    def overwritten(self, path: str, digest: str) -> bool:
        """Whether our own last write, never taken, is gone again and this stands there."""
        ...


Sleep = Callable[[float], Awaitable[None]]


EventSource = Callable[[Folders, Watching], Events]
"""Begins to watch folders; the tests have one that needs no kernel."""

USUAL = Watching()


async def saves(
    paths: Iterable[str | os.PathLike[str]],
    own_writes: OwnWrites,
    settings: Watching = USUAL,
    *,
    known: Mapping[str, str] | None = None,
    sleep: Sleep = asyncio.sleep,
    events: EventSource | None = None,
) -> AsyncGenerator[Seen, None]:
    """What happens to these files and folders from now on, until the caller stops listening or is cancelled.

    `known` gives the SHA-256 of contents the caller has seen already, by path. What the other files hold at the
    beginning counts as seen too.

    Raises:
        SourceError: a folder cannot be watched.
    """
    watch = _Watch(paths, own_writes, settings, sleep)
    await asyncio.to_thread(watch.look_around, known or {})
    source = (events or _folder_events)(watch.folders, settings)
    try:
        while True:
            touched = await source.touched()
            concerned = watch.concerned(touched)
            for seen in await watch.settled(concerned):
                yield seen
            if beside := await asyncio.to_thread(watch.beside, touched or ()):
                yield Beside(paths=beside)
    finally:
        source.close()


def _folder_events(folders: Folders, settings: Watching) -> Events:
    return FolderEvents(folders, step_ms=settings.step_ms, polling=settings.polling)


class _Content(Fact, frozen=True):
    """One look at a file."""

    state: str
    """"" for a readable file, else what is there instead ("deleted", "is a folder now", …)."""
    digest: str = ""
    stamp: tuple[int, int, int] = (0, 0, 0)
    """Inode and times. Never a reason to draft; equal stamps mean that nobody touched the file at all."""
    raw: bytes = b""

    @property
    def mark(self) -> tuple[str, str]:
        """What two looks must agree on."""
        return self.state, self.digest


class _Watch:
    """Which files are watched, and what was last seen in each."""

    def __init__(
        self, paths: Iterable[str | os.PathLike[str]], own_writes: OwnWrites, settings: Watching, sleep: Sleep
    ) -> None:
        """`paths` may be files (they need not exist yet) and folders."""
        named = [Path(path) for path in paths]
        self._roots = [path for path in named if path.is_dir()]
        self._named = [path for path in named if not path.is_dir()]
        self._last: dict[str, _Content] = {}
        self._own_writes = own_writes
        self._settings = settings
        self._sleep = sleep

    @property
    def _files(self) -> dict[str, str]:
        """The user's spelling of each file, by where it really is, as events name it: a link may come, go or turn."""
        return {_real(path): str(path) for path in self._named}

    def look_around(self, known: Mapping[str, str]) -> None:
        """Take as seen what is known, and else what is there."""
        for path in [*map(str, self._named), *(str(path) for root in self._roots for path in python_files(root))]:
            look = _Content(state="", digest=known[path]) if path in known else _look(path)
            self._last[path] = msgspec.structs.replace(look, raw=b"")

    def folders(self) -> set[str]:
        """The folders whose direct entries matter now."""
        # A file that is a link is saved where it leads to, and replaced where it lies.
        found = {str(Path(_real(path)).parent) for path in self._named}
        found |= {str(path.absolute().parent) for path in self._named}
        return found | {_real(folder) for root in self._roots for folder in source_folders(root)}

    def concerned(self, touched: Iterable[str] | None) -> list[str]:
        """Those of the touched paths that are watched, as the user spells them; None stands for any."""
        if touched is None:
            below = [str(path) for root in self._roots for path in python_files(root)]
            return list(dict.fromkeys([*map(str, self._named), *below, *self._last]))
        found: dict[str, None] = {}
        files = self._files
        for path in sorted(touched):
            named = files.get(path) or files.get(_real(Path(path))) or self._below_a_root(path)
            if named:
                found[named] = None
        return list(found)

    def beside(self, touched: Iterable[str]) -> tuple[str, ...]:
        """The Python files among the touched paths that are not watched themselves."""
        return tuple(path for path in sorted(touched) if is_python(Path(path).name) and not self.concerned([path]))

    async def settled(self, paths: list[str]) -> list[Seen]:
        """Wait until these files have come to rest, and say what became of each."""
        found: list[Seen] = []
        waited = 0.0
        looks = await asyncio.to_thread(_look_at, paths)
        while looks:
            await self._sleep(self._settings.settle_seconds)
            waited += self._settings.settle_seconds
            again = await asyncio.to_thread(_look_at, list(looks))
            for path, content in again.items():
                at_rest = content.mark == looks[path].mark
                if at_rest:
                    found.extend(await asyncio.to_thread(self._verdict, path, content))
                elif waited >= self._settings.patience_seconds:
                    found.append(Ignored(path=path, why="still being written"))
                else:
                    continue
                del looks[path]
            looks = {path: again[path] for path in looks}
        return found

    def _below_a_root(self, path: str) -> str | None:
        for root in self._roots:
            real = _real(root)
            inside = path.startswith(real + os.sep) and is_python(Path(path).name)
            if inside and _real(Path(path).parent) in {_real(folder) for folder in source_folders(root)}:
                return str(root / Path(path).relative_to(real))
        return None

    def _verdict(self, path: str, content: _Content) -> list[Seen]:
        """What there is to say about a file at rest: nothing when it never was there, or is the one we saw last."""
        before = self._last.get(path, _ABSENT)
        self._last[path] = msgspec.structs.replace(content, raw=b"")
        # Who puts the old content back before we have seen our own write of the new one has changed the file.
        put_back = self._own_writes.overwritten(path, content.digest)
        if content.mark == before.mark and not put_back:
            untouched = before.stamp in {content.stamp, _ABSENT.stamp}
            return [] if content.state or untouched else [Ignored(path=path, why="unchanged")]
        if content.state:
            return [Ignored(path=path, why=content.state)]
        if self._own_writes.take(path, content.digest):
            return [Ignored(path=path, why="own write")]
        try:
            source = decoded(path, content.raw)
        except SourceError as error:
            return [Ignored(path=path, why=str(error).removeprefix(f"{path}: "))]
        problem = problem_of(source.text)
        return [Ignored(path=path, why=problem) if problem else Saved(path=path, source=source)]


_ABSENT = _Content(state="deleted")


def _look_at(paths: list[str]) -> dict[str, _Content]:
    return {path: _look(path) for path in paths}


def _look(path: str) -> _Content:
    try:
        status = os.stat(path)  # noqa: PTH116 (paths stay text here)
        if status.st_size > LARGEST:
            return _Content(state="is too large now")
        raw = read_regular(path, LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return _Content(state="deleted")
    except IsADirectoryError:
        return _Content(state="is a folder now")
    except OSError as error:
        return _Content(state=f"cannot be read ({error.strerror or error})")
    stamp = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
    return _Content(state="", digest=digest_of(raw), stamp=stamp, raw=raw)


def _real(path: Path) -> str:
    return os.path.realpath(path)
