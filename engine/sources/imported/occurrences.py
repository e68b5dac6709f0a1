"""Where a module may bind a name, told from its text alone: parsing costs fifty times as much as looking."""

from __future__ import annotations

import re
from dataclasses import dataclass

Span = tuple[int, int]

_MOST = 2000
"""Occurrences of one name that are looked at."""
_MOST_DECORATING = 40
"""Lines above a definition in which its decorators are looked for."""
_DEFINES = re.compile(rb"(?:(?:async[ \t]+)?def|class)[ \t]+")
_LISTED = re.compile(rb"(?:type[ \t]+|(?:\w+[ \t]*(?:as[ \t]+\w+[ \t]*)?,[ \t]*)*(?:\w+[ \t]+as[ \t]+)?)?\Z")
_BINDS = re.compile(rb"[ \t]*(?:[:=,)\\\[\n]|#|as\b|\Z)")
_STATEMENT = re.compile(rb"^[^\s#)\]}]", re.M)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """What the text of a module says of a name."""

    likely: bool = False
    """Whether the module may bind it."""
    span: Span | None = None
    """The one definition at the margin, with its decorators, if nothing else binds the name."""


def occurrences(raw: bytes, name: str) -> Occurrences:
    """Look for the lines that may bind a name. Never says no where there is a binding in the usual layout."""
    word = name.encode("utf-8", "replace")
    heads: list[int] = []
    others = inner = False
    at = raw.find(word)
    for _ in range(_MOST):
        if at < 0:
            break
        line = raw.rfind(b"\n", 0, at) + 1
        before = raw[line:at] if at - line < 400 else b"="
        if not (raw[at - 1 : at].isalnum() or raw[at - 1 : at] == b"_") and not _goes_on(raw, at + len(word)):
            stripped = before.strip(b" \t(")
            if _DEFINES.fullmatch(before.lstrip()):
                inner = inner or before[:1] in {b" ", b"\t"}
                heads += [] if before[:1] in {b" ", b"\t"} else [line]
            elif stripped.startswith((b"from ", b"from\t", b"import ", b"import\t")):
                others = True
            elif _LISTED.match(before.lstrip(b" \t(")) and _BINDS.match(raw, at + len(word)):
                inner, others = (True, others) if before[:1] in {b" ", b"\t"} else (inner, True)
        at = raw.find(word, at + len(word))
    if len(heads) == 1 and not others:
        return Occurrences(likely=True, span=_span(raw, heads[0]))
    return Occurrences(likely=bool(heads) or others or inner)


def _goes_on(raw: bytes, at: int) -> bool:
    after = raw[at : at + 1]
    return after.isalnum() or after == b"_" or after >= b"\x80"


def _span(raw: bytes, line: int) -> Span:
    """A definition from its first decorator to the next statement at the margin."""
    after = _STATEMENT.search(raw, raw.find(b"\n", line) + 1 or len(raw))
    return _first_decorator(raw, line), after.start() if after else len(raw)


def _first_decorator(raw: bytes, line: int) -> int:
    first = at = line
    for _ in range(_MOST_DECORATING):
        if not at:
            break
        above = raw.rfind(b"\n", 0, at - 1) + 1
        text = raw[above:at]
        if text[:1] == b"@":
            first = above
        elif text[:1] not in {b" ", b"\t", b")", b"#", b"]", b"}"}:
            break
        at = above
    return first
