"""`redraft model pull|path|remove`: the weights of the embedded model."""

from __future__ import annotations

import argparse
import os
import sys

from ...engine.errors import EnvironmentFault
from ...engine.models.embedded import weights
from ..cli.fetching import fetch
from ..common.output import out, out_json, say


async def run(args: argparse.Namespace) -> int:
    """Fetch them, say where they are, or delete them."""
    environ = dict(os.environ)
    if args.action == "remove":
        freed = weights.remove(weights.models_folder(environ))
        _answer(args, {"freed": freed}, f"{freed / 1e6:,.0f} MB freed")
        return 0
    path = weights.find(environ)
    if path is None and args.action == "path":
        raise EnvironmentFault("the embedded model is not on this machine; `redraft model pull` fetches it")
    if path is None:
        ask = not args.yes and sys.stdin.isatty() and sys.stderr.isatty()
        path = await fetch(environ, ask=ask, index_url=args.index_url)
    elif args.action == "pull":
        say("it is there already")
    _answer(args, {"path": str(path)}, str(path))
    return 0


def _answer(args: argparse.Namespace, answer: dict[str, object], words: str) -> None:
    out_json(answer) if args.json else out(words)
