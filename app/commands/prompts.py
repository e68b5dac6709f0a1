"""`redraft prompts [NAME]`: the prompts there are, or one of them as it stands."""

from __future__ import annotations

import argparse
import os

from ...engine.paths import Places
from ...engine.prompts import Prompts
from ..output import out_exact


def run(args: argparse.Namespace) -> int:
    """List the names, or print the file in force."""
    prompts = Prompts(Places.of(os.environ).prompts)
    out_exact(prompts.show(args.name).rstrip("\n") if args.name else "\n".join(prompts.names()))
    return 0
