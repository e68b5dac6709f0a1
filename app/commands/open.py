"""`redraft PATH…`: watch files and folders, and draft what is saved."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ...engine.errors import UsageError
from ..session import existing, session


def run(args: argparse.Namespace) -> int:
    """Open the main screen.

    Raises:
        UsageError: there is no terminal to open a screen on, or no such path.
    """
    paths = [existing(Path(path)) for path in args.paths]
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("a screen needs a terminal; without one, use `redraft run PATH::NAME`")
    here = session(args, paths[0])
    from ..application import RedraftApp

    return RedraftApp.watching(here, paths).run() or 0
