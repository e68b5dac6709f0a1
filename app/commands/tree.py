"""`redraft tree LOG`: the tree that a recorded run grew, printed, or as a picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...engine.errors import UsageError
from ...engine.recording import read_log
from ...engine.state import state_of
from ..output import harmless, out, out_json, paint
from ..tree_lines import as_facts, tree_lines
from ..tree_picture import picture_of


def run(args: argparse.Namespace) -> int:
    """0 when there is a tree to show.

    Raises:
        UsageError: the run grew none.
        SourceError: the file is no log.
    """
    state = state_of(read_log(Path(args.log)))
    if not state.tree.nodes:
        grown = f"a run of {state.pipeline}" if state.pipeline else "this run"
        raise UsageError(f"{args.log}: {grown} grows no tree; a run of pat or funcoder does")
    if args.svg:
        path = picture_of(state, Path(args.svg))
        out(f"written: {path}")
    elif args.json:
        out_json(as_facts(state))
    else:
        colours = paint(plain=args.plain)
        for number, line in enumerate(tree_lines(state)):
            out(colours("bold", harmless(line)) if not number else harmless(line))
    return 0
