"""`redraft undo PATH`: take the last write to a file back."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ...engine.journal.journal import Journal
from ...engine.system.paths import Places
from ..common.output import harmless, out
from ..common.session import beside, existing


def run(args: argparse.Namespace) -> int:
    """Undo, or redo when that is the command."""
    journal = Journal(Places.of(os.environ).state / "journal")
    path: str = args.path
    beside(Path(path), journal)
    if not journal.history(path):
        existing(Path(path))
    if args.command == "redo":
        out(harmless(f"{path}: {journal.told(journal.redo(path))}"))
    else:
        out(harmless(f"{path}: {journal.told(journal.undo(path))}; `redraft redo {path}` makes it again"))
    return 0
