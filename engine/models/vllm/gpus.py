"""The accelerators of this machine and their memory, as `nvidia-smi` tells; or, where asked for, its processor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from ...errors import EnvironmentFault, UsageError
from ...facts import Fact

PROGRAM = "nvidia-smi"
QUERY = ("--query-gpu=index,uuid,name,memory.total,memory.free", "--format=csv,noheader,nounits")
SECONDS = 20.0
"""The driver takes some seconds to wake up where no persistence daemon runs."""
REMEDY = (
    "name a server that runs elsewhere (`--base-url`, docs/serving.md), use the embedded model (`redraft model pull`), "
    "or try with --cpu and a small model"
)


class Device(Fact, frozen=True):
    """Something that can hold a model. Memory in MiB, as the driver counts."""

    index: int
    """nvidia-smi's number; 0 for the processor."""
    name: str
    total_mib: int
    free_mib: int
    uuid: str = ""
    kind: Literal["gpu", "cpu"] = "gpu"

    @property
    def shown(self) -> str:
        """ "GPU 1 (NVIDIA L40S, 45.0 of 48.0 GB free)"."""
        label = f"GPU {self.index}" if self.kind == "gpu" else "the processor"
        return f"{label} ({self.name}, {gigabytes(self.free_mib):.1f} of {gigabytes(self.total_mib):.1f} GB free)"


def gigabytes(mib: float) -> float:
    """MiB as GB of 10⁹ bytes, in which sizes of models are given."""
    return mib * 2**20 / 1e9


def parsed(listing: str) -> tuple[Device, ...]:
    """What `nvidia-smi` printed for `QUERY`, in its order. Lines that are no card with memory of its own are left out.

    >>> parsed("0, GPU-1a, NVIDIA L40S, 46068, 45512")[0].free_mib
    45512
    >>> parsed("No devices were found")
    ()
    """
    found: list[Device] = []
    for line in listing.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) < 5:
            continue
        # A name may hold a comma; the numbers stand at the ends. Cards without memory of their own say "[N/A]".
        index, uuid, name, total, free = cells[0], cells[1], ", ".join(cells[2:-2]), cells[-2], cells[-1]
        if all(number.isascii() and number.isdigit() for number in (index, total, free)) and int(total):
            found.append(
                Device(
                    index=int(index), uuid=uuid, name=name, total_mib=int(total), free_mib=min(int(free), int(total))
                )
            )
    return tuple(found)


def assumed(words: str) -> tuple[Device, ...]:
    """Cards that are not here, for a plan of another machine: "2x24GB" or "1x80GB,2x24GB", as cards are sold.

    >>> [device.total_mib for device in assumed("2x24GB")]
    [24576, 24576]

    Raises:
        UsageError: it is no such list.
    """
    sizes: list[int] = []
    for word in words.split(","):
        said = re.fullmatch(r"(\d{1,2})x(\d{1,4})GB", word.strip(), re.IGNORECASE | re.ASCII)
        if said is None or not int(said[1]) or not int(said[2]):
            raise UsageError(
                f"--assume {words}: write a number of cards and their size, for example 2x24GB or 1x80GB,2x24GB"
            )
        sizes += [int(said[2])] * int(said[1])
    return tuple(
        Device(index=number, name=f"assumed, {size} GB", total_mib=size * 1024, free_mib=size * 1024)
        for number, size in enumerate(sizes)
    )


def allowed(devices: Sequence[Device], visible: str | None) -> tuple[Device, ...]:
    """Those that `CUDA_VISIBLE_DEVICES` names, in its order; None leaves all.

    As CUDA reads it: numbers or beginnings of UUIDs, and nothing counts behind the first that is no device.
    """
    if visible is None:
        return tuple(devices)
    chosen: list[Device] = []
    for word in visible.split(","):
        device = _named(devices, word.strip())
        if device is None or device in chosen:
            break
        chosen.append(device)
    return tuple(chosen)


def _named(devices: Sequence[Device], word: str) -> Device | None:
    if word.isascii() and word.isdigit():
        return next((device for device in devices if device.index == int(word)), None)
    matching = [device for device in devices if word and device.uuid.startswith(word)]
    return matching[0] if len(matching) == 1 else None


async def find_gpus(environ: Mapping[str, str], program: Sequence[str] = (PROGRAM,)) -> tuple[Device, ...]:
    """The cards that we may use, at least one.

    Raises:
        EnvironmentFault: there is none, or the driver does not answer; the text says which, and what else can be done.
    """
    devices = parsed(await _listing(program, environ))
    if not devices:
        raise EnvironmentFault(f"{program[0]} lists no NVIDIA GPU with memory of its own; {REMEDY}")
    visible = environ.get("CUDA_VISIBLE_DEVICES")
    chosen = allowed(devices, visible)
    if not chosen:
        raise EnvironmentFault(
            f"CUDA_VISIBLE_DEVICES={visible!r} leaves none of the {len(devices)} GPUs of this machine "
            "(slices of a card, MIG, cannot be shared out here); unset it, or name whole cards"
        )
    return chosen


async def _listing(program: Sequence[str], environ: Mapping[str, str]) -> str:
    name = program[0]
    try:
        child = await asyncio.create_subprocess_exec(
            *program,
            *QUERY,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(environ),
        )
    except OSError as problem:
        raise EnvironmentFault(
            f"no NVIDIA GPU was found: {name} cannot be run ({problem.strerror}); {REMEDY}"
        ) from None
    try:
        async with asyncio.timeout(SECONDS):
            raw, _ = await child.communicate()
    except TimeoutError:
        raise EnvironmentFault(
            f"{name} gave no answer within {SECONDS:.0f} s; look at the driver, then retry"
        ) from None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    text = raw.decode(errors="replace")
    if child.returncode:
        said = " ".join(text.split())[:200] or f"exit status {child.returncode}"
        raise EnvironmentFault(f"{name} finds no usable GPU: {said}; {REMEDY}")
    return text


def the_processor(meminfo: Path = Path("/proc/meminfo")) -> Device:
    """This machine's processor and main memory. Raises: EnvironmentFault where it cannot be read."""
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        total, free = (int(lines[name].split()[0]) // 1024 for name in ("MemTotal", "MemAvailable"))
    except (OSError, KeyError, ValueError, IndexError):
        raise EnvironmentFault(f"{meminfo}: the size of the memory cannot be read; --cpu works on Linux only") from None
    return Device(index=0, name=f"{os.cpu_count() or 1} cores", total_mib=total, free_mib=free, kind="cpu")
