"""Which command opens a file at a line in the person's own editor."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from ..engine.errors import EnvironmentFault

_PLUS = {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "jed", "ed", "mg", "vis", "gvim"}
"""Take the line as `+LINE FILE`."""
_COLON = {"hx", "helix", "subl", "zed", "mate"}
"""Take it as `FILE:LINE`."""
_GOTO = {"code", "codium", "code-insiders", "cursor"}
"""Take it as `--goto FILE:LINE`; `--wait` makes them stay until the file is closed."""


def editor_command(environ: Mapping[str, str], path: str, line: int) -> list[str]:
    """What to run.

    Raises:
        EnvironmentFault: no editor is named.
    """
    named = environ.get("VISUAL") or environ.get("EDITOR")
    if not named:
        raise EnvironmentFault("no editor is named: set $EDITOR, for example EDITOR=vim, and start redraft again")
    words = shlex.split(named)
    name = Path(words[0]).name
    if name in _PLUS:
        return [*words, f"+{line}", path]
    if name in _COLON:
        return [*words, f"{path}:{line}"]
    if name in _GOTO:
        return [*words, "--wait", "--goto", f"{path}:{line}"]
    return [*words, path]
