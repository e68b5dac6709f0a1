"""What runs models here: llama.cpp as the package that redraft brings, or a `llama-server` program of the user's."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import ModelError
from ...facts import Fact
from ...system.programs import find_program

OURS, PROGRAM = "xllamacpp", "llama-server"
OLDEST = 7500
"""The first build of llama.cpp that is known to place layers on a GPU by itself and to keep prompts within a bound."""
SECONDS = 20.0
"""A GPU's driver takes some to wake up."""
MOST_BYTES = 64_000
_BUILD = re.compile(r"version:\s*(?:[\d.]*\.)?(\d+)\b")
_DEVICE = re.compile(r"\s+(\w+): (.+?) \((\d+) MiB, (\d+) MiB free\)")
_OUR_DEVICES = """\
import xllamacpp
for one in xllamacpp.get_device_info():
    if "GPU" in one["type"].name:
        total, free = one["memory_total"] >> 20, one["memory_free"] >> 20
        print(f"  {one['name']}: {one['description']} ({total} MiB, {free} MiB free)")
"""


class Gpu(Fact, frozen=True):
    """A card that an engine can use."""

    name: str
    total: int
    """Bytes."""
    free: int


class Engine(Fact, frozen=True):
    """What runs a model."""

    name: str
    program: str = ""
    """Path of the user's own server program; "" for ours."""
    build: str = ""
    gpus: tuple[Gpu, ...] = ()
    why: str = ""
    """Why it is this one, where there was a choice."""


def missing(chosen: str, environ: Mapping[str, str]) -> str:
    """What to do before any model can run here, "" when one can. Starts nothing.

    `chosen` is `embedded.engine` of the settings.
    """
    if chosen in {"auto", OURS} and importlib.util.find_spec(OURS) is not None:
        return ""
    if chosen == OURS:
        return f"the engine {OURS} is not installed; install redraft with its extra: pip install 'redraft[embedded]'"
    name = PROGRAM if chosen == "auto" else chosen
    if _found(name, environ):
        return ""
    if chosen != "auto":
        return f"embedded.engine names {name!r}, which is not on the path and cannot be run; name a llama.cpp server"
    return (
        "models on this machine need llama.cpp, which is not installed: pip install 'redraft[embedded]' (or put a "
        f"{PROGRAM} on the path, or name a model server with --base-url)"
    )


async def engine_for(chosen: str, environ: Mapping[str, str]) -> Engine:
    """The engine that runs models here: ours, unless another is named or has a GPU that ours cannot use.

    Raises:
        ModelError: there is none, or the one that is named cannot be used ("no engine").
    """
    if problem := missing(chosen, environ):
        raise ModelError(problem, kind="no engine")
    ours = importlib.util.find_spec(OURS) is not None
    program = "" if chosen == OURS else _found(PROGRAM if chosen == "auto" else chosen, environ)
    if chosen != "auto" and program:
        return await _of_program(program, environ, "the settings name it")
    if not program:
        return Engine(name=OURS, build=_our_build())
    if not ours:
        return await _of_program(program, environ, f"{OURS} is not installed")
    try:
        theirs = await _of_program(program, environ, "it has a GPU that ours cannot use")
    except ModelError as problem:
        return Engine(name=OURS, build=_our_build(), why=str(problem))
    gpus = await our_gpus(environ) if theirs.gpus else ()
    if theirs.gpus and not gpus:
        return theirs
    return Engine(name=OURS, build=_our_build(), gpus=gpus, why=f"{program} has no GPU that ours cannot use")


async def our_gpus(environ: Mapping[str, str]) -> tuple[Gpu, ...]:
    """The cards that the package can use. Asked in a process of its own: loading it takes a while, and may fail."""
    return _gpus(await _said([sys.executable, "-P", "-c", _OUR_DEVICES], environ))


def _our_build() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(OURS)
    except PackageNotFoundError:
        return ""


def _found(name: str, environ: Mapping[str, str]) -> str:
    """The program of this name or path, "" when it is not there."""
    return find_program(str(Path(name).expanduser()), environ.get("PATH", os.defpath)) or ""


async def _of_program(program: str, environ: Mapping[str, str], why: str) -> Engine:
    """A `llama-server`, looked at. Raises: ModelError: it is none, or too old."""
    told = await _said([program, "--version"], environ)
    build = _BUILD.search(told)
    if build is None:
        raise ModelError(f"{program} does not tell its version as a llama.cpp server does", kind="no engine")
    number = int(build[1])
    # 0 is what builds say that were made without their history: nothing is known of their age.
    if 0 < number < OLDEST:
        raise ModelError(
            f"{program} is too old: build {number}, and {OLDEST} or newer is needed; take a newer one, or set "
            f"embedded.engine to {OURS!r}",
            kind="no engine",
        )
    gpus = _gpus(await _said([program, "--list-devices"], environ))
    return Engine(name=PROGRAM, program=program, build=f"build {number}" if number else "", gpus=gpus, why=why)


def _gpus(listing: str) -> tuple[Gpu, ...]:
    """What was printed of devices.

    >>> _gpus("Available devices:\\n  CUDA0: NVIDIA L4 (23034 MiB, 22500 MiB free)")[0].name
    'NVIDIA L4'
    """
    found = (_DEVICE.fullmatch(line) for line in listing.splitlines())
    return tuple(
        Gpu(name=one[2][:80], total=int(one[3][:9]) * 2**20, free=int(one[4][:9]) * 2**20) for one in found if one
    )


async def _said(command: Sequence[str], environ: Mapping[str, str]) -> str:
    """What a program prints within its time, on either stream; "" when it cannot be run."""
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(environ),
        )
    except OSError:
        return ""
    assert child.stdout
    try:
        async with asyncio.timeout(SECONDS):
            raw = b""
            while len(raw) < MOST_BYTES and (more := await child.stdout.read(MOST_BYTES - len(raw))):
                raw += more
    except TimeoutError:
        return ""
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return raw.decode(errors="replace")
