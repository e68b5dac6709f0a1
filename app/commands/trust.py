"""`redraft trust [FOLDER]`: let a project's own settings name servers and commands, and its interpreter be started."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ...engine.errors import UntrustedInterpreter, UsageError
from ...engine.project import choose_environment, digest_of_file, locate
from ...engine.settings import Loaded
from ...engine.settings.trust import TrustBook, project_folder
from ...engine.system.paths import Places
from ..common.output import harmless, out, say
from ..common.session import session


def run(args: argparse.Namespace) -> int:
    """Show what the project asks for, and grant it when the user says so, or take it back."""
    folder = project_folder(Path(args.folder))
    loaded: Loaded = session(args, folder).loaded
    book = TrustBook(Places.of(os.environ))
    if args.no:
        book.forget(folder)
        out(harmless(f"{folder}: nothing is agreed to any more"))
        return 0
    if args.limited:
        book.allow_tier(folder, "D")
        out(harmless(f"{folder}: drafts run here even where they can read and change your files; --no takes it back"))
        return 0
    python = _odd_interpreter(folder, book)
    if loaded.withheld is None and not python:
        out(harmless(f"{folder}: nothing waits for trust"))
        return 0
    for key, value in loaded.withheld.asks if loaded.withheld else ():
        out(harmless(f"  {key} = {value}"))
    if python:
        out(harmless(f"  interpreter = {python} -> {Path(python).resolve()}, started outside of the sandbox"))
    if not (args.yes or _agrees(folder)):
        out("nothing was agreed to")
        return 1
    if loaded.withheld:
        book.trust(Path(loaded.withheld.folder), loaded.withheld.digest)
    if python:
        book.allow_interpreter(folder, digest_of_file(Path(python)))
    out(harmless(f"{folder}: this is now in force; a change of it asks again, `redraft trust --no` takes it back"))
    return 0


def _odd_interpreter(folder: Path, book: TrustBook) -> str:
    """The project's own interpreter when it is none that is started without being asked for, else ""."""
    try:
        choose_environment(None, locate(str(folder / "file.py")), {}, book.interpreters())
    except UntrustedInterpreter as error:
        return error.python
    return ""


def _agrees(folder: Path) -> bool:
    """Whether the user says yes.

    Raises:
        UsageError: nobody is there to be asked.
    """
    if not sys.stdin.isatty():
        raise UsageError("trust has to be given by somebody: call it in a terminal, or with --yes")
    say(f"put this into force for {folder}? [y/N]")
    return sys.stdin.readline(16).strip().lower() in {"y", "yes"}
