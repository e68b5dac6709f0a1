"""`redraft prompts [NAME]`: the prompts there are, one of them as it stands, or what is sent for a function."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ...engine.errors import UsageError
from ...engine.prompts import Prompts
from ...engine.system.paths import Places
from ..common.output import (
    out,
    out_exact,
    out_json,
    paint,
)


def run(args: argparse.Namespace) -> int:
    """List the names, print the file in force, or show the messages for a function."""
    if args.target:
        return _show(args)
    if args.verb or args.mode:
        raise UsageError("--verb and --mode belong to --for; write `redraft prompts --for PATH::NAME --verb review`")
    prompts = Prompts(Places.of(os.environ).prompts)
    if args.json:
        out_json({"name": args.name, "text": prompts.show(args.name)} if args.name else {"names": prompts.names()})
    else:
        out_exact(prompts.show(args.name).rstrip("\n") if args.name else "\n".join(prompts.names()))
    return 0


def _show(args: argparse.Namespace) -> int:
    # Settings, tree-sitter and the pipelines' words are needed here only.
    from ...engine.sources import read, told_of
    from ..cli.prompt_preview import preview, preview_lines
    from ..common.session import session
    from ..common.targets import function_of

    if args.name:
        raise UsageError("name a prompt, or a function with --for, not both")
    here = session(args, Path(args.target.partition("::")[0]))
    tokens = here.settings.context_tokens
    stub = function_of(args.target, tokens)
    told = told_of(read(stub.path), stub.name, tokens=tokens)
    shown = preview(here.settings, Prompts(here.places.prompts), stub, args.verb or "draft", told)
    if args.json:
        out_json(shown)
    else:
        out("\n".join(preview_lines(shown, paint(plain=args.plain))))
    return 0
