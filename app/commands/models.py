"""`redraft models`: the model servers that answer on this machine, and the model each role uses."""

from __future__ import annotations

import argparse

from ...engine.facts import ROLES
from ...engine.models.discovery import DEFAULT, discover
from ...engine.models.embedded.casting import played
from ...engine.models.embedded.catalogue import Catalogue, default
from ...engine.models.embedded.finding import find
from ...engine.models.offered import offered
from ...engine.settings.checking import without_password
from ..cli.server_lines import able, offered_lines, server_lines
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
    named = offered(here.environ)
    # OLLAMA_HOST tells where on this machine to look; to another machine nothing is sent unasked.
    own = [one.url for one in named if one.is_local and "OLLAMA_HOST" in one.variables]
    found = await discover(urls=tuple(dict.fromkeys((*own, *DEFAULT))))
    catalogue = Catalogue(here.environ)
    cast = played(here.settings, catalogue)
    roles = {role: here.settings.role(role) for role in ROLES}
    embedded = find(here.environ, default())
    if args.json:
        out_json({
            "roles": {role: {"base_url": r.base_url, "model": r.model} for role, r in roles.items()},
            "servers": found,
            "models": {server.url: able(server) for server in found},
            "offered": named,
            "embedded": str(embedded) if embedded else None,
        })  # fmt: skip
        return 0
    colours = paint(plain=args.plain)
    out(colours("bold", "roles"))
    for role, r in roles.items():
        embedded_name = next((model.typed for one, model in cast.items() if one == role), "")
        out(f"  {role:<9} {harmless(embedded_name or r.model or 'the first it lists')}  {without_password(r.base_url)}")
    for line in (*server_lines(found, colours), *offered_lines(named, colours)):
        out(line)
    out(colours("bold", "on this machine without a server"))
    for model in dict.fromkeys((*catalogue.models, *cast.values())):
        if (place := find(here.environ, model)) is not None or model in cast.values():
            out(f"  {harmless(model.typed)}: {place or 'not fetched yet; `redraft model pull` does it'}")
    out("  `redraft model list` shows what else there is")
    return 0
