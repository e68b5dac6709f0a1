"""Whether models fit into this machine's memory: arithmetic on what the system says and what files take."""

from __future__ import annotations

import os
from pathlib import Path

from ...facts import Fact
from .server import Tuning
from .weights import Weights

OWN_BYTES = 300 * 10**6
"""Of a server beside weights and cache: the program, and what it computes in. Measured for 1.5B with our batches."""
UNKNOWN_CACHE = 2**17
"""Bytes a token of context is taken for where nothing says how many; models of 4B take this many."""
UNLIMITED = 2**60
"""Control groups write a number as large where there is no limit."""


class Memory(Fact, frozen=True):
    """Main memory, in bytes, as far as this process may have it."""

    total: int
    free: int | None = None
    """What could be had now without swapping; None where the system does not say."""


class Need(Fact, frozen=True):
    """What one model takes while it is loaded, in bytes."""

    weights: int
    cache: int
    """For its context."""
    own: int
    """The server itself, and the prompts that it keeps."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.cache + self.own

    @property
    def least(self) -> int:
        """What it cannot start without."""
        return self.weights + self.cache


def needed(weights: Weights, tuning: Tuning) -> Need:
    """What a model takes when it is served so."""
    return Need(
        weights=weights.size,
        cache=(weights.cache or UNKNOWN_CACHE) * tuning.context,
        own=OWN_BYTES + tuning.prompt_cache_mib * 2**20,
    )


def memory_now(system: Path = Path("/")) -> Memory | None:
    """This machine's memory, or the part of it that this process is given; None where nobody says."""
    whole = _whole(system / "proc/meminfo")
    if whole is None:
        return None
    limits = [one for one in map(_group, _groups(system)) if one is not None]
    return Memory(
        total=min([whole.total, *(limit.total for limit in limits)]),
        free=min([free for free in (whole.free, *(limit.free for limit in limits)) if free is not None], default=None),
    )


def _whole(meminfo: Path) -> Memory | None:
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        total, free = (int(lines[name].split()[0]) * 1024 for name in ("MemTotal", "MemAvailable"))
    except (OSError, KeyError, ValueError, IndexError):
        return _installed()
    return Memory(total=total, free=free)


def _installed() -> Memory | None:
    """As POSIX tells it, where there is no `/proc`: macOS."""
    try:
        return Memory(total=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (ValueError, OSError, AttributeError):
        return None


def _groups(system: Path) -> list[Path]:
    """The control groups that bound us (version 2): ours, and those it stands in."""
    root = system / "sys/fs/cgroup"
    try:
        entries = (system / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        entries = []
    named = next((line[3:] for line in entries if line.startswith("0::/")), "/").strip("/")
    ours = root / named
    return [place for place in (ours, *ours.parents) if place.is_relative_to(root)]


def _group(folder: Path) -> Memory | None:
    """What a group may have; None where it has no limit."""
    try:
        limit = int((folder / "memory.max").read_text())
        used = int((folder / "memory.current").read_text())
        lines = (line.split() for line in (folder / "memory.stat").read_text().splitlines())
        # Pages of files that nobody has used lately are given up before anything else is.
        spare = next((int(line[1]) for line in lines if line and line[0] == "inactive_file"), 0)
    except (OSError, ValueError, IndexError):
        return None
    return Memory(total=limit, free=max(0, limit - used + spare)) if 0 < limit < UNLIMITED else None
