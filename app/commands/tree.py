"""`redraft tree LOG`: the tree that a recorded run grew, printed, or as a picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...engine.errors import UsageError
from ...engine.state.run import state_of
from ..cli.tree_lines import as_facts, tree_lines
from ..common.output import (
    harmless,
    out,
    out_json,
    paint,
)
from ..replay.logs import lane_logs
from ..tree.picture import picture_of


def run(args: argparse.Namespace) -> int:
    """0 when there is a tree to show. Of a race it is the tree of the first lane that grew one.

    Raises:
        UsageError: no run of these grew one.
        SourceError: a file is no log.
    """
    states = [state_of(lane.entries) for lane in lane_logs([args.log])]
    state = next((state for state in states if state.tree.nodes), None)
    if state is None:
        ran = ", ".join(dict.fromkeys(state.pipeline for state in states))
        raise UsageError(f"{args.log}: a run of {ran} grows no tree; one of pat or funcoder does")
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
