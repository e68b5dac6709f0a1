"""A speaker's notes: Markdown with a heading for each chapter, told when the replay comes there."""

from __future__ import annotations

import re
from pathlib import Path

from ...engine.errors import UsageError
from ...engine.system.regular import read_regular

LARGEST = 200_000
_HEADING = re.compile(r"^#+[ \t]*(.+?)[ \t]*$", re.MULTILINE)


def read_notes(path: Path) -> dict[str, str]:
    """What to say, by chapter: "4 proof" is one lane's, "proof" any lane's.

    Raises:
        UsageError: the file cannot be read, or has no heading.
    """
    try:
        text = read_regular(path, LARGEST).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from error
    parts = _HEADING.split(text.replace("\r\n", "\n"))[1:]
    if not parts:
        raise UsageError(f"{path}: notes have a heading for each chapter, such as `# 4 proof`; this file has none")
    return {name.casefold(): " ".join(said.split()) for name, said in zip(parts[::2], parts[1::2], strict=True)}


def note_for(notes: dict[str, str], chapter: str) -> str:
    """What to say in a chapter, "" for nothing."""
    name = chapter.casefold()
    return notes.get(name) or notes.get(name.partition(" ")[2], "")
