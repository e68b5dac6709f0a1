"""The fenced code blocks of a reply."""

from __future__ import annotations

import re

_OPEN = re.compile(r"^([ \t>]*)(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})[ \t]*([^`\n]*)$")
_PYTHON = frozenset({"", "py", "python", "python3", "py3"})


def blocks(text: str) -> list[str]:
    """The Python blocks in order, the last also if its fence is never closed; other languages' blocks if there is none.

    A fence that is indented deeper than the one that opened its block is a line of the code (of a docstring, say).
    """
    found: list[tuple[str, str]] = []
    lines: list[str] | None = None
    fence, margin, tag = "", 0, ""
    for line in text.split("\n"):
        opened = _OPEN.match(line)
        if lines is None:
            if opened:
                lines, margin, fence = [], len(opened[1]), opened[2]
                tag = opened[3].strip().split(" ", 1)[0].split("{", 1)[0].lower()
        elif opened and len(opened[1]) <= margin + 3 and opened[2].startswith(fence) and not opened[3].strip():
            found.append((tag, "\n".join(lines)))
            lines = None
        else:
            lines.append(line)
    if lines is not None:
        found.append((tag, "\n".join(lines)))
    python = [code for tag, code in found if tag in _PYTHON and code.strip()]
    return python or [code for _, code in found if code.strip()]
