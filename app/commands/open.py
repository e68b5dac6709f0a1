"""`redraft PATH[::NAME]…`: watch files and folders, and draft what is saved."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ...engine.errors import UsageError
from ..common.session import Session, existing, session
from ..common.terminal import can_show


def run(args: argparse.Namespace) -> int:
    """Open the main screen, with the stub that `PATH::NAME` names in front.

    Raises:
        UsageError: there is no terminal to open a screen on, no such path, or no such stub.
        SourceError: the file of a stub that was named cannot be read.
    """
    paths = [existing(Path(target.partition("::")[0])) for target in args.paths]
    if not can_show():
        raise UsageError("a screen needs a terminal; without one, use `redraft run PATH::NAME`")
    here = session(args, paths[0])
    from ..application import RedraftApp

    return RedraftApp.watching(here, paths, first=_first(args.paths, here)).run() or 0


def _first(targets: Sequence[str], here: Session) -> str:
    """Key of the stub to begin with, "" when none was named."""
    for target in targets:
        path, named, name = target.partition("::")
        if named:
            from ..common.targets import stubs_of

            return stubs_of(f"{Path(path)}::{name}", here.settings.context_tokens)[0].key
    return ""
