"""`redraft undo PATH`: take the last write to a file back."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ...engine.journal import Journal
from ...engine.paths import Places
from ..output import out
from ..session import existing


def run(args: argparse.Namespace) -> int:
    """Undo, or redo when that is the command."""
    journal = Journal(Places.of(os.environ).state / "journal")
    path: str = args.path
    if not journal.history(path):
        existing(Path(path))
    if args.command == "redo":
        journal.redo(path)
        out(f"{path}: the last undone write was made again")
    else:
        journal.undo(path)
        out(f"{path}: the last write was taken back; `redraft redo {path}` makes it again")
    return 0
