"""`redraft tour`: a few stubs to try redraft on. Without a terminal, the first one is drafted and printed."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..cli.fetching import ensure_models
from ..cli.tour import laid_out
from ..common.headless import exit_code, print_state, run_once
from ..common.session import open_kit, session
from ..common.targets import stubs_of
from ..common.terminal import can_show


async def draft_first(args: argparse.Namespace, path: Path) -> int:
    """Draft the first stub of the tour without a screen."""
    here = session(args, path)
    await ensure_models([here.settings], here.environ)
    stub = stubs_of(str(path), here.settings.context_tokens)[0]
    async with open_kit(here) as kit:
        state = await run_once(here, kit, here.pipeline, stub, args)
    if not args.json:
        print_state(state, plain=args.plain)
    return exit_code(state)


def run(args: argparse.Namespace) -> int:
    """Open the tour, or draft its first stub where no screen can be opened."""
    import asyncio

    here = session(args)
    files = laid_out(Path(args.folder) if args.folder else here.places.data / "tour")
    if args.json or args.plain or not can_show():
        return asyncio.run(draft_first(args, files[0]))
    from ..application import RedraftApp

    return RedraftApp.tour(here, files).run() or 0
