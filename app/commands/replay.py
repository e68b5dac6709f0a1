"""`redraft replay LOG`: a recorded run again, in the screen it was made in or printed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ...engine.recording import line_of, read_log
from ...engine.state import state_of
from ..headless import print_state
from ..output import out
from ..session import session


def run(args: argparse.Namespace) -> int:
    """Show it with the original timing; without a terminal, print how it ended."""
    here = session(args)
    entries = read_log(Path(args.log))
    if args.json:
        for entry in entries:
            out(line_of(entry).decode().rstrip())
    elif args.plain or not sys.stdout.isatty():
        print_state(state_of(entries), plain=args.plain)
    else:
        from ..application import RedraftApp

        return RedraftApp.replay(here, entries, speed=args.speed).run() or 0
    return 0
