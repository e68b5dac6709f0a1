"""A file of model weights: what it is, and how it gets here."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from ...errors import EnvironmentFault
from ...facts import Fact

SLACK_BYTES = 128 * 2**20
"""Room asked for beside the file itself: one packed part on its way, and a disk that is not full to the last byte."""


class Packages(Fact, frozen=True, forbid_unknown_fields=True):
    """The same bytes in packages, one part each; `{part}` stands for 1, 2, … in the texts."""

    name: str
    version: str
    member: str
    """Path of a part inside its package."""
    part_bytes: int
    """In each part but the last."""


class Weights(Fact, frozen=True):
    """One file of model weights, and what is known of the model in it."""

    file: str
    """Its path in the repository; for a file of the user's own, its name."""
    size: int
    """Bytes; 0, or about so many, while `sha256` is not known."""
    sha256: str
    """"" until its publisher has been asked."""
    repository: str = ""
    """Where the publisher has it on the hub, as OWNER/NAME; "" for a file of the user's own."""
    licence: str = ""
    revision: str = "main"
    called: str = ""
    """Its name in the catalogue, "" for what stands in none."""
    place: str = ""
    """Where a file of the user's own lies."""
    family: str = ""
    """The architecture, as GGUF files name it."""
    thinks: bool = False
    """Whether it thinks before it answers, when it is let."""
    good_for: str = ""
    context: int = 0
    """Most tokens that the model reads and writes in all; 0: not known."""
    layers: int = 0
    """0: not known."""
    cache: int = 0
    """Bytes of memory that a token of context takes; 0: not known."""
    seconds: float | None = None
    """Of a first draft on two cores; None: not measured."""
    packages: Packages | None = None

    @property
    def name(self) -> str:
        """The file's name without its ending: what servers and logs call the model."""
        return PurePosixPath(self.file).name.removesuffix(".gguf")

    @property
    def typed(self) -> str:
        """What a user types to name it."""
        return (
            self.called
            or self.place
            or f"hub:{self.repository}:{self.file}" + (f"@{self.revision}" if self.revision != "main" else "")
        )

    @property
    def kept_as(self) -> str:
        """Path of our copy below the folder of models: two files that are both called `model.gguf` stay apart."""
        name = PurePosixPath(self.file).name
        return name if self.called else f"{self.repository}/{name}"

    @property
    def parts(self) -> int:
        """How many packages carry it."""
        return -(-self.size // self.packages.part_bytes) if self.packages else 0


class Progress(Fact, frozen=True):
    """How far a fetch is."""

    done: int
    """Bytes."""
    total: int
    source: str
    """Where the bytes come from now, as people call it; "checking" while the hash is computed."""


class Source(Protocol):
    """Somewhere the file can be fetched from."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    async def continue_into(self, partial: Partial) -> None:
        """Append what is missing, from byte `partial.done` on.

        Raises:
            EnvironmentFault: it cannot be had here; what has come so far is kept for the next source.
        """
        ...


class Partial:
    """The file while it grows; `done` bytes of it are there."""

    def __init__(self, path: Path, weights: Weights, on_progress: Callable[[Progress], None]) -> None:
        self.path = path
        self.weights = weights
        self.source = ""
        self.done = path.stat().st_size if path.exists() else 0
        self._on_progress = on_progress
        self._shown = self.done

    def append(self, content: bytes | memoryview) -> None:
        """Add bytes at the end.

        Raises:
            EnvironmentFault: the disk is full, or more came than the file is long.
        """
        if self.done + len(content) > self.weights.size:
            raise EnvironmentFault(f"{self.source} sent more than the {self.weights.size} bytes of {self.weights.file}")
        try:
            with self.path.open("ab") as out:
                out.write(content)
        except OSError as error:
            self.done = self.path.stat().st_size if self.path.exists() else 0
            raise _disk_fault(error, self.path.parent, self.weights.size - self.done) from error
        self.done += len(content)
        self.on_the_way(0)

    def on_the_way(self, surplus: int) -> None:
        """Tell that `surplus` more bytes have arrived which are not appended yet; what is shown never goes back."""
        self._shown = max(self._shown, min(self.done + surplus, self.weights.size))
        self._on_progress(Progress(done=self._shown, total=self.weights.size, source=self.source))

    def start_over(self) -> None:
        """Forget what has come so far."""
        self.path.unlink(missing_ok=True)
        self.done = self._shown = 0


def remove(folder: Path, weights: Weights) -> int:
    """Delete our copy and any part of one from `folder`; gives the bytes freed. What others keep is left alone."""
    freed = 0
    for path in (folder / weights.kept_as, _partial_path(folder, weights)):
        if path.is_file():
            freed += path.stat().st_size
            path.unlink()
    return freed


async def pull(
    folder: Path, sources: Sequence[Source], on_progress: Callable[[Progress], None], weights: Weights
) -> Path:
    """Fetch the file into `folder` from the first source that has it, going on where an earlier fetch stopped.

    The file appears under its own name only when its size and SHA-256 are right. Cancelling keeps what has come.

    Raises:
        EnvironmentFault: no room, no source reachable, another fetch running, or wrong bytes from every source.
    """
    target = folder / weights.kept_as
    if has_size(target, weights):
        return target
    _make_folder(target.parent)
    with _only_one_fetch(folder, weights):
        partial = Partial(_partial_path(folder, weights), weights, on_progress)
        _check_room(folder, partial)
        problems: list[str] = []
        for source in sources:
            partial.source = source.name
            problem = await _try(source, partial)
            if problem is None:
                partial.path.replace(target)
                return target
            problems.append(f"{source.name}: {problem}")
        tried = "; ".join(problems) or "no source was given"
        raise EnvironmentFault(
            f"cannot fetch {weights.file}: {tried}. Try `redraft model pull {weights.typed}` again (it goes on where "
            f"it stopped), or put the file into {folder} yourself"
        )


async def _try(source: Source, partial: Partial) -> str | None:
    """None when the partial file is now whole and right, else what went wrong."""
    resumed = partial.done > 0
    for _attempt in range(2 if resumed else 1):
        try:
            if partial.done < partial.weights.size:
                await source.continue_into(partial)
        except _DiskFault:
            raise
        except EnvironmentFault as fault:
            return str(fault)
        if partial.done < partial.weights.size:
            return f"ended after {partial.done} of {partial.weights.size} bytes"
        if await _hash_is_right(partial):
            return None
        # The older part may be the wrong one: then the whole is fetched once more from the beginning.
        partial.start_over()
    return "its bytes do not have the published SHA-256, so they were thrown away"


async def _hash_is_right(partial: Partial) -> bool:
    arrived_from, partial.source = partial.source, "checking"
    partial.on_the_way(0)
    digest = await asyncio.to_thread(sha256_of, partial.path)
    partial.source = arrived_from
    return digest == partial.weights.sha256


def sha256_of(path: Path) -> str:
    """The hash of a whole file; reading gigabytes takes seconds. Raises: OSError."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class _DiskFault(EnvironmentFault):
    """This disk does not take the file: no other source can help."""


def _disk_fault(error: OSError, folder: Path, missing: int) -> _DiskFault:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _DiskFault(
            f"the disk of {folder} is full; the model needs {megabytes(missing)} more there. Make room and run "
            "`redraft model pull` again, or set REDRAFT_MODEL_DIR to a folder on another disk"
        )
    return _DiskFault(f"cannot write into {folder}: {error.strerror}. Set REDRAFT_MODEL_DIR to a folder of yours")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _disk_fault(error, folder, 0) from error


def _check_room(folder: Path, partial: Partial) -> None:
    missing = partial.weights.size - partial.done
    free = shutil.disk_usage(folder).free
    if free < missing + SLACK_BYTES:
        raise _DiskFault(
            f"the model takes {megabytes(partial.weights.size)} and {megabytes(missing)} of it are missing, but "
            f"{folder} has only {megabytes(free)} free. Make room, or set REDRAFT_MODEL_DIR to a folder elsewhere"
        )


def megabytes(size: float) -> str:
    """A number of bytes as people say it."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _partial_path(folder: Path, weights: Weights) -> Path:
    return folder / f"{weights.kept_as}.partial"


def has_size(path: Path, weights: Weights) -> bool:
    """Whether a file stands there that is as long as this one."""
    try:
        return path.is_file() and path.stat().st_size == weights.size
    except OSError:
        return False


@contextmanager
def _only_one_fetch(folder: Path, weights: Weights) -> Generator[IO[bytes], None, None]:
    target = folder / weights.kept_as
    with (target.parent / f".{target.name}.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise EnvironmentFault(f"another redraft is fetching {weights.file} into {folder}; wait for it") from busy
        yield lock
