"""`redraft trust [FOLDER]`: let a project's own settings name servers, commands and the interpreter."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ...engine.paths import Places
from ...engine.settings import Loaded
from ...engine.trust import TrustBook, project_folder
from ..output import harmless, out
from ..session import session


def run(args: argparse.Namespace) -> int:
    """Show what the project asks for, and grant or take back."""
    folder = project_folder(Path(args.folder))
    loaded: Loaded = session(args, folder).loaded
    book = TrustBook(Places.of(os.environ))
    if args.no:
        book.forget(folder)
        out(f"{folder}: nothing is agreed to any more")
    elif args.limited:
        book.allow_tier(folder, "D")
        out(f"{folder}: drafts run here even where they can read and change your files; --no takes it back")
    elif loaded.withheld is None:
        out(f"{folder}: nothing waits for trust")
    else:
        for key, value in loaded.withheld.asks:
            out(harmless(f"  {key} = {value}"))
        book.trust(Path(loaded.withheld.folder), loaded.withheld.digest)
        out(f"{loaded.withheld.folder}: these settings are now in force; a change of the table asks again")
    return 0
