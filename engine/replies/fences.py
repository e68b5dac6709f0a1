"""The fenced code blocks of a reply."""

from __future__ import annotations

import re

from ..indent import ends_inside_string

_OPEN = re.compile(r"^([ \t>]*)(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})[ \t]*([^`\n]*)$")
_PYTHON = frozenset({"", "py", "python", "python3", "py3"})
_MOST_ENDS = 12
"""Fences within one block that are tried as its end; whole code has few in its strings."""


def blocks(text: str) -> list[str]:
    """The Python blocks in order, the last also if its fence is never closed; other languages' blocks if there is none.

    A fence that is indented deeper than the one that opened its block is a line of the code, and so is one that stands
    within a string of it (a docstring that shows how to call the function, say).
    """
    found: list[tuple[str, str]] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        opened = _OPEN.match(lines[at])
        at += 1
        if opened:
            tag = _tag(opened)
            end = _end(lines, at, opened, is_python=tag in _PYTHON)
            found.append((tag, "\n".join(lines[at:end])))
            at = end + 1
    python = [code for tag, code in found if tag in _PYTHON and code.strip()]
    return python or [code for _, code in found if code.strip()]


def is_open(text: str) -> bool:
    """Whether a text ends outside any closed block: what follows would belong to its code.

    >>> is_open("```python\\nx = 1"), is_open("```python\\nx = 1\\n```\\nSo it is"), is_open("x = 1")
    (True, False, True)
    """
    lines, at, ends_open = text.split("\n"), 0, True
    while at < len(lines):
        opened = _OPEN.match(lines[at])
        at += 1
        if opened:
            end = _end(lines, at, opened, is_python=_tag(opened) in _PYTHON)
            ends_open, at = end == len(lines), end + 1
    return ends_open


def _tag(opened: re.Match[str]) -> str:
    """The language that a fence names, "" for none."""
    return opened[3].strip().split(" ", 1)[0].split("{", 1)[0].lower()


def _end(lines: list[str], start: int, opened: re.Match[str], *, is_python: bool) -> int:
    """The line of the fence that closes a block, or the line after the last when none does."""
    margin, fence = len(opened[1]), opened[2]
    ends: list[int] = []
    for number in range(start, len(lines)):
        closed = _OPEN.match(lines[number])
        if closed and len(closed[1]) <= margin + 3 and closed[2].startswith(fence) and not closed[3].strip():
            if not is_python or not ends_inside_string("\n".join(lines[start:number])):
                return number
            ends.append(number)
            if len(ends) == _MOST_ENDS:
                break
    # A string that is never closed is the model's mistake, and no reason to take what follows for code.
    return ends[0] if ends and ends_inside_string("\n".join(lines[start:])) else len(lines)
