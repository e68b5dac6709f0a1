"""Reading what there is, then following what is saved; every step is told in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ...engine.errors import SourceError
from ...engine.journal.journal import Journal
from ...engine.settings import Settings
from ...engine.sources import (
    Found,
    Source,
    find_stubs,
    in_order,
    read,
)
from ...engine.sources.folders import python_files, source_folders
from ...engine.watching.folder_events import Events, FolderEvents, Folders
from ...engine.watching.watcher import (
    Beside,
    Ignored,
    OwnWrites,
    Saved,
    Watching,
    saves,
)
from .queue import Following, counted


class Looked(NamedTuple):
    """One file as it was read; `source` is None, and `why` says why, when it could not be."""

    path: str
    source: Source | None
    found: Found
    why: str = ""
    fault: Exception | None = None
    """What in redraft itself failed on it."""


class Told(NamedTuple):
    """To whom is told what is seen."""

    say: Callable[[str], None]
    """In passing."""
    warn: Callable[[str], None]
    fault: Callable[[Exception], str]
    """Of a fault of redraft's own, once; gives words for it."""


def look(paths: Iterable[Path], tokens: int) -> list[Looked]:
    """What these files and folders hold."""
    return [_look(str(path), tokens) for path in _files(paths)]


def recover_beside(paths: Iterable[Path], journal: Journal) -> None:
    """Take care of what redrafts that were killed have left beside these files, and in these folders.

    Raises:
        SourceError: the journal cannot be written; what is left stays where it is.
    """
    for path in paths:
        for place in source_folders(path) if path.is_dir() else (path,):
            journal.recover(str(place))


async def watch(
    following: Following,
    paths: Sequence[Path],
    settings: Settings,
    own_writes: OwnWrites,
    told: Told,
) -> None:
    """Take in what is there, have the first stub drafted, and then follow every save until cancelled.

    Raises:
        SourceError: a folder cannot be watched.
    """
    tokens = settings.context_tokens
    how = Watching(settle_seconds=settings.watch.settle, polling=settings.watch.poll)
    files = await asyncio.to_thread(look, paths, tokens)
    for file in files:
        if file.fault is not None:
            told.warn(f"{file.path}: not read: {told.fault(file.fault)}")
        elif file.why:
            told.warn(file.why)
    await take_in(following, files, told.say)
    known = {file.path: file.source.digest for file in files if file.source is not None}
    events = partial(_events, following)
    async with aclosing(saves(paths, own_writes, how, known=known, events=events)) as seen:
        async for save in seen:
            try:
                await _follow(following, save, tokens, told.say)
            except Exception as error:  # noqa: BLE001 - it is kept and told; the next save is looked at
                why = f"not read: {told.fault(error)}"
                for path in save.paths if isinstance(save, Beside) else (save.path,):
                    told.say(f"{Path(path).name}: {why}")
                    following.lost(path, why)


async def _follow(
    following: Following, save: Saved | Ignored | Beside, tokens: int, say: Callable[[str], None]
) -> None:
    """Take in one save."""
    match save:
        case Beside(paths=touched):
            await look_again(following, "", tokens)
            if asked := await following.mended(touched):
                say(f"{Path(touched[0]).name} saved: drafting {asked[0].name}")
        case Ignored(why="own write"):
            pass  # What we have written was told when we did.
        case Ignored(path=path, why=why):
            say(f"{Path(path).name}: {why}")
            if why == "deleted":
                following.gone(path)
            elif why != "unchanged":
                following.lost(path, why)
        case Saved(path=path, source=source):
            found = await asyncio.to_thread(find_stubs, source, tokens=tokens)
            say(f"{Path(path).name} saved: {await following.saw(source, found.stubs)}")
            await look_again(following, source.path, tokens)
            await following.mended([source.path])


def _events(following: Following, folders: Folders, how: Watching) -> Events:
    """Events of the watched folders, and of those from which a file with a stub imports."""
    return FolderEvents(lambda: folders() | following.import_folders(), step_ms=how.step_ms, polling=how.polling)


async def look_again(following: Following, changed: str, tokens: int) -> None:
    """Read the stubs of all other files anew: what they wait for may stand in the one that changed."""
    concerned = {card.stub.path for card in following.shelf.cards} - {changed}
    for source in [following.sources[path] for path in concerned & following.sources.keys()]:
        found = await asyncio.to_thread(find_stubs, source, tokens=tokens)
        await following.saw(source, found.stubs, draft=False)


async def take_in(following: Following, files: list[Looked], say: Callable[[str], None]) -> None:
    """Put what these files hold on the shelf, and ask for the first of their stubs."""
    total = tuple(stub for file in files for stub in file.found.stubs)
    for file in files:
        if file.source is not None:
            await following.saw(file.source, file.found.stubs, draft=False)
    if total:
        named = (stub.key for stub in total if stub.key == following.first)
        key = next(named, in_order(total)[0].key)
        if not ((card := following.shelf.get(key)) and card.drafted):  # A race's winner may be its proposal.
            following.ask(key)
    what = files[0].path if len(files) == 1 else f"{len(files)} files" if files else "for a Python file to appear"
    problem = next((file.found.problem for file in files if file.found.problem), "")
    say(f"watching {what}: {counted(total)}{f' ({problem})' if problem else ''}")


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from python_files(path)
        else:
            yield path


def _look(path: str, tokens: int) -> Looked:
    try:
        source = read(path)
        return Looked(path, source, find_stubs(source, tokens=tokens))
    except SourceError as error:
        return Looked(path, None, Found(path=path), str(error))
    except Exception as error:  # noqa: BLE001 - told by whoever asked; the other files are read
        return Looked(path, None, Found(path=path), fault=error)
