"""Finding the line a reviewer speaks of: quotes beat numbers, and small models quote lines that are not there."""

from __future__ import annotations

import difflib
import re

_NUMBERED = re.compile(r"^\s*(?:line\s+)?(\d{1,5})\s*[:|.)]\s?", re.IGNORECASE)
_SHORTEST = 4
"""Characters a part of a line must have to stand for it."""
_CLOSE, _APART = 0.85, 0.05
"""How alike a close match must be (difflib's ratio), and how much more than the second best."""
_MOST_LINES = 2000


def line_of(quote: str, source: list[str], stated: int | None = None) -> int | None:
    """1-based line that a quote is of: exact, else with other spaces, else the only close one; None if there is none.

    `stated` is the number the reviewer gave: it chooses among equal lines, and counts alone when nothing is quoted.
    """
    wanted, number = _wanted(quote)
    stated = stated if stated is not None else number
    if not wanted:
        return stated if stated is not None and 1 <= stated <= len(source) else None
    for tighten in (str.strip, _spaceless):
        lines = [tighten(line) for line in source[:_MOST_LINES]]
        short = tighten(wanted)
        whole = [n for n, line in enumerate(lines, 1) if line == short]
        parts = [n for n, line in enumerate(lines, 1) if len(short) >= _SHORTEST and short in line]
        for found in (whole, parts):
            if found and (found is whole or len(found) == 1 or stated in found):
                return stated if stated in found else found[0]
    return _closest(wanted, source[:_MOST_LINES])


def _wanted(quote: str) -> tuple[str, int | None]:
    """The first line that is quoted, and the number before it (the prompt numbers the lines)."""
    lines = [line.strip() for line in quote.strip().strip("`").split("\n")]
    first = next((line for line in lines if line and not line.startswith("```")), "")
    numbered = _NUMBERED.match(first)
    if not numbered:
        return first, None
    return first[numbered.end() :].strip(), int(numbered[1])


def _spaceless(line: str) -> str:
    return re.sub(r"\s+", "", line)


def _closest(wanted: str, source: list[str]) -> int | None:
    if len(wanted) < _SHORTEST or len(wanted) > 300:
        return None
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    ratios: list[tuple[float, int]] = []
    for number, line in enumerate(source, 1):
        matcher.set_seq1(line.strip()[:300])
        if matcher.real_quick_ratio() >= _CLOSE - _APART and matcher.quick_ratio() >= _CLOSE - _APART:
            ratios.append((matcher.ratio(), number))
    ratios.sort(key=lambda found: (-found[0], found[1]))
    if not ratios or ratios[0][0] < _CLOSE or (len(ratios) > 1 and ratios[1][0] > ratios[0][0] - _APART):
        return None
    return ratios[0][1]
