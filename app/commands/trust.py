"""`redraft trust [FOLDER]`: let a project's own settings name servers, commands and the interpreter."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...engine.settings import Loaded
from ...engine.trust import TrustBook
from ..output import out
from ..session import session


def run(args: argparse.Namespace) -> int:
    """Show what the project asks for, and grant or take back."""
    folder = Path(args.folder).resolve()
    here = session(args, folder)
    book = TrustBook(here.places)
    if args.no:
        book.forget(folder)
        out(f"{folder}: not trusted any more")
        return 0
    loaded: Loaded = here.loaded
    if loaded.withheld is None:
        out(f"{folder}: nothing waits for trust")
        return 0
    for key, value in loaded.withheld.asks:
        out(f"  {key} = {value}")
    book.trust(Path(loaded.withheld.folder), loaded.withheld.digest)
    out(f"{loaded.withheld.folder}: these settings are now in force; a change of the table asks again")
    return 0
