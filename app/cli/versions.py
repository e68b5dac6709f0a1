"""A file as it was: another file, or a revision that git knows."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from ...engine.errors import SourceError, UsageError
from ...engine.sources import Source
from ...engine.sources.reading import LARGEST, decoded, read

_REVISION = re.compile(r"[\w.@{}^~/:+-]{1,200}\Z")
_SECONDS = 10.0


async def version_of(path: str, wanted: str) -> Source:
    """The file's text in another version: `wanted` is a file, or else a revision of git.

    Raises:
        UsageError: it is neither, or git is not there.
        SourceError: it cannot be read.
    """
    if await asyncio.to_thread(Path(wanted).is_file):
        return await asyncio.to_thread(read, wanted)
    if not _REVISION.match(wanted) or wanted.startswith("-"):
        raise UsageError(f"--with {wanted}: there is no such file, and no revision is called so")
    return decoded(path, await _shown(Path(path), wanted))


async def _shown(path: Path, revision: str) -> bytes:
    """The bytes of a file in a revision. Plumbing: `git show` would run what a repository's settings name."""
    command = ("git", "-C", str(path.parent), "cat-file", "blob", f"{revision}:./{path.name}")
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
    except FileNotFoundError:
        raise UsageError(f"--with {revision}: there is no such file, and git is not installed") from None
    try:
        async with asyncio.timeout(_SECONDS):
            text, complaint = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise SourceError(f"git did not give {revision} within {_SECONDS:g} s") from None
    if process.returncode:
        said = complaint.decode(errors="replace").strip().partition("\n")[0][:200]
        raise UsageError(f"--with {revision}: there is no such file, and git says: {said}")
    if len(text) > LARGEST:
        raise SourceError(f"{path} in {revision}: larger than {LARGEST // 1024} kB")
    return text
