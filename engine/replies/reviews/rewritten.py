"""The function as a reviewer wrote it anew, in place of a report or below one."""

from __future__ import annotations

import re

from ...python.shape import same_program
from .. import fences
from ..python import has_code, parsed

LONGEST = 20_000
"""Characters of a function that are kept; a longer one is no repair of a body."""


def rewritten(text: str, name: str, source: str) -> str:
    """The last definition of the function that is another program than `source`, "" when there is none."""
    if not name:
        return ""
    defined = re.compile(rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{re.escape(name)}[ \t]*\(", re.MULTILINE)
    blocks = fences.blocks(text) or ([text] if is_bare_code(text) else [])
    for block in reversed(blocks):
        if len(block) <= LONGEST and defined.search(block):
            return "" if _same(block, source) else block.strip("\n")
    return ""


def is_bare_code(text: str) -> bool:
    """Whether a reply without a fence is nothing but code."""
    return len(text) <= LONGEST and "def " in text and has_code(text) and parsed(text.strip("\n")) is not None


def _same(block: str, source: str) -> bool:
    try:
        return same_program(block, source)
    except RecursionError:
        return False
