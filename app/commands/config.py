"""`redraft config show`: every setting, and where it comes from."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..common.output import out, out_json
from ..common.session import session


def run(args: argparse.Namespace) -> int:
    """Print the settings in force for the path given."""
    here = session(args, Path(args.target))
    if args.json:
        out_json([{"key": o.key, "value": o.value, "from": o.source} for o in here.loaded.origins])
        return 0
    wide = max(len(o.key) for o in here.loaded.origins)
    value_wide = min(40, max(len(o.value) for o in here.loaded.origins))
    for origin in here.loaded.origins:
        out(f"{origin.key:<{wide}}  {origin.value:<{value_wide}}  {origin.source}")
    return 0
