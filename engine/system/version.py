"""Which redraft this is."""

from __future__ import annotations

from functools import cache
from importlib import metadata


@cache
def version() -> str:
    """The installed version, "0+unknown" when redraft is run without being installed."""
    try:
        return metadata.version("redraft")
    except metadata.PackageNotFoundError:
        return "0+unknown"
