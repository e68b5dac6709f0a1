"""What llama.cpp's log says of why a model could not be loaded, in a user's words."""

from __future__ import annotations

import re
from pathlib import Path

MOST_BYTES = 200_000
"""Of a log, from its end: the reason stands near it."""
_ARCHITECTURE = re.compile(r"unknown model architecture: '([\w.-]{1,60})'")
_REASONS = (
    (
        re.compile(r"unknown pre-tokenizer type: '([\w.-]{1,60})'"),
        "this llama.cpp does not know its way of cutting words ({}): a newer one may",
    ),
    (
        re.compile(r"(?:failed to allocate|unable to allocate|out of memory|cannot allocate)", re.IGNORECASE),
        "there was not enough memory",
    ),
    (
        re.compile(r"data is not within the file bounds|tensor '[^']{1,80}' data|file is corrupted"),
        "the file is damaged",
    ),
)


def reason_in(log: Path) -> str:
    """The reason as an addition to a sentence (", because …"), "" when none is found."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - MOST_BYTES))
            text = file.read(MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""
    if found := _ARCHITECTURE.search(text):
        return f", because this llama.cpp does not know models of the kind {found[1]!r}: a newer one may"
    for pattern, words in _REASONS:
        if found := pattern.search(text):
            return f", because {words.format(*found.groups())}"
    return ""
