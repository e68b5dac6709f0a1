"""The benchmark files as they were published, known by the hash of what is in them; none is part of redraft."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

from ...errors import EnvironmentFault, SourceError
from ...facts import Fact
from ...system.nearest import nearest
from ...system.paths import make_folder
from ...system.regular import read_regular

LARGEST = 2_000_000_000
"""Bytes of one of the benchmark's files; the largest has half of them."""
CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0


class Release(Fact, frozen=True):
    """One published file of one version."""

    name: str
    """The file's name in our cache and in a folder given by `--data`, with or without `.gz`."""
    url: str
    sha256: str
    """Of the content, not packed."""
    size: int
    """Bytes, not packed."""
    version: str
    licence: str
    others: tuple[str, ...] = ()
    """Other names under which people keep the same content."""


_EVALPLUS = "https://github.com/evalplus/{0}_release/releases/download/{1}/{2}.gz"
_OCTOPACK = "https://raw.githubusercontent.com/bigcode-project/octopack/{0}/evaluation/{1}"
_REFLEXION = "https://raw.githubusercontent.com/noahshinn/reflexion/{0}/programming_runs/benchmarks/mbpp-py.jsonl"

HUMANEVAL_PLUS = Release(
    name="HumanEvalPlus-OriginFmt.jsonl",
    url=_EVALPLUS.format("humanevalplus", "v0.1.10", "HumanEvalPlus-OriginFmt.jsonl"),
    sha256="04228b8a570ff7c346c740b91f0c6a0b323f86a26e903db8477c6f2d10f38819",
    size=11_317_638,
    version="HumanEval+ v0.1.10",
    licence="Apache-2.0",
)
HUMANEVAL_MINI = Release(
    name="HumanEvalPlus-Mini.jsonl",
    url=_EVALPLUS.format("humanevalplus", "v0.1.10", "HumanEvalPlus-Mini.jsonl"),
    sha256="78fbba8865b20c5a979cda6e02fd72538e1762e65980af7d1a6e93c3e87e93af",
    size=218_838,
    version="HumanEval+ Mini v0.1.10",
    licence="Apache-2.0",
)
MBPP_PLUS = Release(
    name="MbppPlus-OriginFmt.jsonl",
    url=_EVALPLUS.format("mbppplus", "v0.2.0", "MbppPlus-OriginFmt.jsonl"),
    sha256="132d01c96df6b4b0fe0cbb8414092fe62c51b873b160d1ec8fc2ded28484865a",
    size=4_888_511,
    version="MBPP+ v0.2.0",
    licence="Apache-2.0",
)
MBPP_STUBS = Release(
    name="mbpp-py.jsonl",
    url=_REFLEXION.format("218cf0ef1df84b05ce379dd4a8e47f17766733a0"),
    sha256="b429c4433f38e3689b760c8093f549a995dd1fb2355c63926d5c700a197de057",
    size=314_874,
    version="typed MBPP stubs of Reflexion",
    licence="MIT",
    others=("mbpp_typed_stubs.jsonl",),
)
QUIXBUGS = Release(
    name="quixbugs_python.jsonl",
    url=_OCTOPACK.format("a589ede40ffe00a561bc9e8707f6bdca20221467", "QuixBugs/quixbugs_python.jsonl"),
    sha256="7322b63b31c2e20c7e05b97ef05e674e30eed5601df5cce7545a1a77031bf4d3",
    size=94_180,
    version="QuixBugs, Python, as in OctoPack",
    licence="MIT",
)
HUMANEVAL_PACK = Release(
    name="humanevalpack.jsonl",
    url=_OCTOPACK.format(
        "e17a8f6470264286bc6a52eb8263582083bf3bf6", "create/humaneval-x/data/python/data/humanevalpack.jsonl"
    ),
    sha256="b1376d72be4bd016a62ad043d9de3846edb8d63edf1222da802a31330c14c3a7",
    size=537_907,
    version="HumanEvalPack, Python (HumanEvalFix)",
    licence="Apache-2.0",
)

Fetch = Callable[[str], bytes]
"""The bytes behind a URL. Raises: EnvironmentFault."""


class Shelf:
    """Where the files come from: a folder the user names, else our cache, else the publisher, once."""

    def __init__(self, cache: Path, folder: Path | None = None, fetch: Fetch | None = None) -> None:
        self._cache, self._folder, self._fetch = cache, folder, fetch or downloaded
        self._read: dict[str, bytes] = {}

    @property
    def folder(self) -> Path | None:
        """The folder the user named, None without one."""
        return self._folder

    def content(self, release: Release) -> bytes:
        """The file's content, verified, not packed.

        Raises:
            SourceError: a file of that name is there and is another version, or broken.
            EnvironmentFault: it is nowhere and cannot be fetched.
        """
        if release.sha256 not in self._read:
            self._read[release.sha256] = self._found(release)
        return self._read[release.sha256]

    def _found(self, release: Release) -> bytes:
        for folder in (self._folder, self._cache):
            path = _beside(folder, release) if folder else None
            if path is not None:
                return verified(release, _bytes_of(path), str(path))
        if self._folder is not None:
            there = [entry.name for entry in self._folder.iterdir()] if self._folder.is_dir() else []
            hint = nearest(release.name, there)
            raise SourceError(f"{self._folder}: there is no {release.name}{hint}; it is published at {release.url}")
        raw = self._fetch(release.url)
        content = verified(release, raw, release.url)
        _keep(self._cache / f"{release.name}.gz", content)
        return content


def verified(release: Release, raw: bytes, origin: str) -> bytes:
    """The content in `raw`, unpacked if it is packed.

    Raises:
        SourceError: it is not the version that is pinned, or it is cut short.
    """
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, OSError, zlib.error) as error:
            raise SourceError(
                f"{origin}: the archive is broken or cut short ({error}); delete it and fetch it again"
            ) from None
    if hashlib.sha256(raw).hexdigest() == release.sha256:
        return raw
    if len(raw) < release.size:
        raise SourceError(
            f"{origin}: {len(raw):,} bytes where {release.version} has {release.size:,}: "
            "the file is cut short or of another version; delete it and fetch it again"
        )
    raise SourceError(f"{origin}: this is not {release.version}; that version is at {release.url}")


def downloaded(url: str) -> bytes:
    """The bytes behind a URL. Raises: EnvironmentFault."""
    import httpx2  # 0.13 s, needed only here

    try:
        answer = httpx2.get(url, follow_redirects=True, timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS))
        answer.raise_for_status()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise EnvironmentFault(
            f"{url}: cannot be fetched ({type(error).__name__}: {error}); "
            "fetch it elsewhere and name its folder with --data"
        ) from error
    return bytes(answer.content)


def _beside(folder: Path, release: Release) -> Path | None:
    names = (release.name, *release.others)
    return next((path for name in names for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _bytes_of(path: Path) -> bytes:
    try:
        return read_regular(path, LARGEST)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from error


def _keep(path: Path, content: bytes) -> None:
    """Into the cache in one piece; a cache that cannot be written costs the next download, nothing else."""
    try:
        make_folder(path.parent)
        descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=".fetching-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(gzip.compress(content, 6))
        Path(scratch).replace(path)
    except (OSError, EnvironmentFault):
        return
