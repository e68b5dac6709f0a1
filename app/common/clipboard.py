"""The desktop's own ways to the clipboard: a terminal may not pass on what it is asked to copy, and never says so."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence

from ...engine.system.programs import find_program

_SECONDS = 2.0
Command = tuple[str, ...]


def tools(
    environ: Mapping[str, str], platform: str, find: Callable[[str], str | None] = find_program
) -> tuple[Command, ...]:
    """The programs that take a text on standard input and that fit where we run."""
    wanted: list[Command] = []
    if platform == "darwin":
        wanted.append(("pbcopy",))
    if environ.get("WAYLAND_DISPLAY"):
        wanted.append(("wl-copy",))
    if environ.get("DISPLAY"):
        wanted.append(("xclip", "-selection", "clipboard", "-in"))
    if environ.get("TMUX"):
        wanted.append(("tmux", "load-buffer", "-w", "-"))
    return tuple((path, *rest) for name, *rest in wanted if (path := find(name)))


def copy_by(commands: Sequence[Command], text: str) -> tuple[str, ...]:
    """Give the text to each of these programs, and tell the names of those that took it."""
    return tuple(command[0].rpartition("/")[2] for command in commands if _took(command, text))


def _took(command: Command, text: str) -> bool:
    try:
        done = subprocess.run(
            command,
            input=text.encode(errors="replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
