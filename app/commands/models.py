"""`redraft models`: the model servers that answer on this machine, and the model each role uses."""

from __future__ import annotations

import argparse

from ...engine.facts import ROLES
from ...engine.models.discovery import discover
from ...engine.models.embedded.catalogue import default
from ...engine.models.embedded.finding import find
from ..common.output import (
    harmless,
    out,
    out_json,
    paint,
)
from ..common.session import session


async def run(args: argparse.Namespace) -> int:
    """List only what answers within half a second."""
    here = session(args)
    found = await discover()
    roles = {role: here.settings.role(role) for role in ROLES}
    embedded = find(here.environ, default())
    if args.json:
        out_json({
            "roles": {role: {"base_url": r.base_url, "model": r.model} for role, r in roles.items()},
            "servers": found,
            "embedded": str(embedded) if embedded else None,
        })  # fmt: skip
        return 0
    colours = paint(plain=args.plain)
    out(colours("bold", "roles"))
    for role, r in roles.items():
        out(f"  {role:<9} {r.model or ('qwen2.5-coder-1.5b' if r.embedded else 'the first it lists')}  {r.base_url}")
    out(colours("bold", "servers on this machine"))
    for server in found:
        out(f"  {server.url}  {server.kind or 'unknown'}")
        for name in server.models:
            out(f"      {harmless(name)}")
    if not found:
        out("  none answers on the usual ports (11434, 1234, 8080, 8000)")
    out(colours("bold", "embedded"))
    out(f"  {default().name}: {embedded or 'not fetched yet; `redraft model pull` does it'}")
    return 0
