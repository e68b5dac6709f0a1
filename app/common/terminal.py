"""Whether there is something to open a screen on: a terminal, or a browser that one is shown in."""

from __future__ import annotations

import os
import sys

FOR_VISITORS = ("replay", "lesson")
"""What visitors of `redraft web` may be shown: neither asks a model, and neither writes."""


def can_show() -> bool:
    """Whether a screen can be opened: both ends are a terminal, or Textual was told to draw elsewhere."""
    return bool(os.environ.get("TEXTUAL_DRIVER")) or (sys.stdin.isatty() and sys.stdout.isatty())
