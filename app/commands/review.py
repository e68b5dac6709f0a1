"""`redraft review PATH::NAME`: a report on a function that is already written, its findings executed."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...engine.pipelines.catalogue import REVIEW, REVIEW_AND_FIX
from ...engine.sources import read, splice
from ..cli.fetching import ensure_models
from ..common.headless import exit_code, print_state, run_once
from ..common.output import out_exact
from ..common.session import open_kit, session
from ..common.targets import function_of, unified


async def run(args: argparse.Namespace) -> int:
    """Exit code 0 when the examples hold and nothing was reproduced, 1 otherwise."""
    here = session(args, Path(args.target.partition("::")[0]))
    stub = function_of(args.target, here.settings.context_tokens)
    await ensure_models([here.settings], here.environ)
    async with open_kit(here) as kit:
        state = await run_once(here, kit, REVIEW_AND_FIX if args.diff else REVIEW, stub, args)
    if not args.json:
        print_state(state, plain=args.plain)
        if args.diff and state.last_fix is not None and state.last_fix.problem is None:
            source = read(stub.path)
            out_exact(unified(stub.path, source.text, splice(source, stub, state.last_fix.body)).rstrip("\n"))
    code = exit_code(state)
    shown = state.review is not None and any(f.status == "reproduced" for f in state.review.findings)
    return max(code, 1) if shown else code
