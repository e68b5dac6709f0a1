"""Reading what a project brings along: regular files of a bounded size, and nothing else."""

from __future__ import annotations

from pathlib import Path


def small_text(path: Path, largest: int) -> str:
    """The text of a regular file of at most so many bytes, "" when it is none or cannot be read."""
    try:
        if not path.is_file() or path.stat().st_size > largest:
            return ""
        return path.read_text("utf-8", "replace")
    except (OSError, ValueError):
        return ""
