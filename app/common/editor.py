"""Which command opens a file at a line in the user's own editor."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ...engine.errors import EnvironmentFault

_PLUS = {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "jed", "ed", "mg", "vis", "gvim"}
"""Take the line as `+LINE FILE`."""
_COLON = {"hx", "helix", "subl", "zed", "mate"}
"""Take it as `FILE:LINE`."""
_GOTO = {"code", "codium", "code-insiders", "cursor"}
"""Take it as `--goto FILE:LINE`; `--wait` makes them stay until the file is closed."""


def editor_command(environ: Mapping[str, str], path: str, line: int) -> list[str]:
    """What to run.

    Raises:
        EnvironmentFault: no editor is named, or not as a shell would read it.
    """
    named = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        words = shlex.split(named)
    except ValueError as error:
        raise EnvironmentFault(f"$EDITOR is {named!r}: {error}; mend it, and start redraft again") from None
    if not words:
        raise EnvironmentFault("no editor is named: set $EDITOR, for example EDITOR=vim, and start redraft again")
    name = Path(words[0]).name
    if name in _PLUS:
        return [*words, f"+{line}", path]
    if name in _COLON:
        return [*words, f"{path}:{line}"]
    if name in _GOTO:
        return [*words, "--wait", "--goto", f"{path}:{line}"]
    return [*words, path]


def edited(command: list[str]) -> str:
    """Run an editor until it is closed; why that failed, or "". Raises nothing: a lent terminal must come back."""
    try:
        ended = subprocess.run(command, check=False)
    except OSError as error:
        return f"{command[0]} cannot be started ({error.strerror or error}); set $EDITOR"
    return f"{command[0]} ended with an error ({ended.returncode})" if ended.returncode else ""
