"""`redraft doctor`: how well untrusted code is contained here, what would make it better, and what runs models."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ...engine.models.embedded.catalogue import default
from ...engine.models.embedded.finding import find
from ...engine.run.opening import sandbox_choice
from ...engine.sandbox import diagnose
from ...engine.system.version import VERSION
from ..cli.engine_lines import running, running_lines
from ..common.output import (
    harmless,
    out,
    out_json,
    paint,
)
from ..common.session import session


async def run(args: argparse.Namespace) -> int:
    """0 when drafts would run, 3 when nothing may run here."""
    here = session(args)
    box = here.settings.sandbox
    # As for a file in this folder, which need not be there.
    found = await diagnose(sandbox_choice(here.settings, here.environ), str(Path.cwd() / "file.py"))
    runs = found.tier <= box.lowest_tier
    model = find(here.environ, default())
    runs_models = await running(here.settings, here.environ, here.places, speed=args.speed)
    if args.json:
        out_json({"version": VERSION, "python": sys.version.split()[0], "sandbox": found, "model": str(model or ""),
                  "models": runs_models})  # fmt: skip
        return 0 if runs else 3
    colours = paint(plain=args.plain)
    out(f"redraft {VERSION} on Python {sys.version.split()[0]}")
    out(f"protection: {colours('green' if found.tier in 'AB' else 'yellow', found.shown)} (tier {found.tier})")
    out(f"  {found.explained}")
    for layer in found.layers:
        sign = colours("green", "✓") if layer.holds else colours("yellow", "–")
        out(f"  {sign} {layer.name:<22} {layer.what}")
    if found.problem:
        out(f"  missing because: {harmless(found.problem)}")
    out(f"interpreter: {harmless(found.interpreter)} ({found.version}), {harmless(found.chosen_by)}")
    if found.started != found.interpreter:
        out(f"  started is {harmless(found.started)}; its packages are taken in after the lock-down")
    if found.advice:
        out(f"to raise it: {found.advice}")
    out(f"embedded model: {model or 'not fetched; `redraft model pull` does it'}")
    for line in running_lines(runs_models, colours):
        out(line)
    return 0 if runs else 3
