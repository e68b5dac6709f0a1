"""Which paths in some folders were touched, for as long as one listens; folders may come, go and be replaced."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

import watchfiles

from ..errors import SourceError

Folders = Callable[[], set[str]]
"""The folders that matter now; asked again whenever one came or went."""

_DEBOUNCE_MS = 50
_ALIVE_MS = 5_000
"""How often we look whether the folders are still the same ones; the kernel does not tell when one was moved away."""
_RETURN_SECONDS = 1.0
"""How often we look for a folder that went away."""


class Events(Protocol):
    """A source of touched paths."""

    async def touched(self) -> set[str] | None:
        """Wait for the next paths; None when anything may have happened, as at the beginning."""
        ...

    def close(self) -> None:
        """Stop watching. Waits for nothing."""
        ...


class FolderEvents:
    """Events of the folders themselves and their direct entries; of sub-folders only if `folders` names them."""

    def __init__(self, folders: Folders, *, step_ms: int, polling: bool | None) -> None:
        """Watching begins with the first call of `touched`. A step is how often the kernel's events are collected."""
        self._folders = folders
        self._step_ms = step_ms
        self._polling = polling
        self._stop = _Stop()
        self._watched: dict[str, Identity] = {}
        self._batches: Iterator[set[str]] | None = None
        self._edited = False
        """Whether Python was touched since it was asked which folders matter: it may import from others now."""
        self._coming: asyncio.Future[set[str]] | None = None
        """The next paths, being waited for in a thread."""

    async def touched(self) -> set[str] | None:
        """Wait for the next paths, or None whenever watching began (anew): what happened before was not seen.

        Raises:
            SourceError: the kernel refuses to watch.
        """
        try:
            while True:
                if self._batches is None:
                    if await asyncio.to_thread(self._begin):
                        self._wait_for_more()
                        await asyncio.to_thread(self._stop.listening.wait)
                        return None
                    await asyncio.sleep(_RETURN_SECONDS)
                elif touched := await self._more():
                    return touched
        except asyncio.CancelledError:
            # The thread sees this within one step and ends by itself; nobody waits for it.
            self.close()
            raise

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _wait_for_more(self) -> asyncio.Future[set[str]]:
        self._coming = asyncio.get_running_loop().run_in_executor(None, self._next)
        return self._coming

    async def _more(self) -> set[str]:
        coming = self._coming or self._wait_for_more()
        try:
            return await coming
        finally:
            self._coming = None

    def _begin(self) -> bool:
        """Watch what is there, and tell whether there is anything."""
        self._stop.listening.clear()
        self._watched, self._edited = _identities(self._folders), False
        self._batches = self._listening() if self._watched else None
        return self._batches is not None

    def _next(self) -> set[str]:
        """The next touched paths; none when nothing happened for a while, or when other folders are to be watched."""
        assert self._batches is not None
        if self._edited and self._begin_again():
            return set()
        try:
            touched = next(self._batches, None)
        finally:
            self._stop.listening.set()  # also when it could not begin: nobody is to wait for that
        if touched is None or (_changed(self._watched, self._folders, touched) and not self._stop.is_set()):
            self._batches = None
        self._edited = any(path.endswith(".py") for path in touched or ())
        return touched or set()

    def _begin_again(self) -> bool:
        """Stop listening if other folders matter now that whoever was told of the last paths has read them."""
        self._edited = False
        if _identities(self._folders) == self._watched:
            return False
        self._batches = None
        return True

    def _listening(self) -> Iterator[set[str]]:
        try:
            for changes in watchfiles.watch(
                *sorted(self._watched),
                watch_filter=None,
                debounce=_DEBOUNCE_MS,
                step=self._step_ms,
                stop_event=self._stop,
                rust_timeout=_ALIVE_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
                force_polling=self._polling,
                recursive=False,
            ):
                yield {path for _, path in changes}
        except FileNotFoundError:
            return  # a folder went away between the look and the watch
        except OSError as error:
            raise SourceError(
                f"{min(self._watched)}: this folder cannot be watched ({error.strerror or error}); "
                "raise fs.inotify.max_user_watches, or watch by polling"
            ) from None


class _Stop(threading.Event):
    """Asked at every step whether to stop: the first question tells that the kernel is listened to from here on."""

    def __init__(self) -> None:
        super().__init__()
        self.listening = threading.Event()

    def is_set(self) -> bool:
        """Whether to stop."""
        self.listening.set()
        return super().is_set()

    def set(self) -> None:
        """Stop, and let nobody wait for a beginning."""
        super().set()
        self.listening.set()


Identity = tuple[int, int]
"""Device and inode: a folder that was replaced by one of the same name has another."""


def _identities(folders: Folders) -> dict[str, Identity]:
    found = {folder: _identity(folder) for folder in folders()}
    return {folder: identity for folder, identity in found.items() if identity}


def _identity(folder: str) -> Identity | None:
    try:
        status = os.stat(folder)  # noqa: PTH116 (paths stay text here)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _changed(watched: dict[str, Identity], folders: Folders, touched: set[str]) -> bool:
    """Whether other folders are to be watched than are. The whole tree is asked only when a folder or link was touched.

    A watched folder that is itself touched may have been replaced by one that got the same inode: the kernel's watch
    went with the old one.
    """
    if not touched.isdisjoint(watched):
        return True
    if any(_identity(folder) != identity for folder, identity in watched.items()):
        return True
    leads_elsewhere = any(path not in watched and (os.path.isdir(path) or os.path.islink(path)) for path in touched)  # noqa: PTH112, PTH114
    return leads_elsewhere and _identities(folders) != watched
