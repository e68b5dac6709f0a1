"""Which of two a reviewer named."""

from __future__ import annotations

import re
from typing import Literal

_ALONE = re.compile(r"^\W*(?:(?:candidate|answer|choice|draft|option)\W+)?([AB])\b(?!\w)", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:candidate|answer|choice|draft|option|choose|prefer|is)\W+([AB])\b")


def choice(text: str) -> Literal["A", "B"] | None:
    """The letter that an answer begins with, else the only one it names; None when it names neither or both.

    >>> choice("B"), choice("**A** is right"), choice("I prefer B."), choice("both A and B"), choice("A bug is here")
    ('B', 'A', 'B', None, None)
    """
    lines = text.strip().splitlines()
    first = _ALONE.match(lines[0]) if lines else None
    if first and (first[1].isupper() or len(lines[0].strip()) <= 2) and _ends_there(lines[0][first.end() :]):
        return "A" if first[1].upper() == "A" else "B"
    named = {letter for letter in _NAMED.findall(text) if isinstance(letter, str)}
    return None if len(named) != 1 else "A" if named == {"A"} else "B"


def _ends_there(rest: str) -> bool:
    """Whether the letter was a name and no article: "A bug" is one."""
    return not re.match(r"\s+(?!is\b|because\b|since\b|as\b|wins\b|handles\b)\w", rest)
