"""`redraft web replay | lesson …`: a recorded race or the lessons in a browser."""

from __future__ import annotations

import argparse

from ...engine.errors import EnvironmentFault, UsageError
from ..common.output import out, say
from ..common.terminal import FOR_VISITORS

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted.

    Raises:
        UsageError: that is nothing that visitors may be shown.
        EnvironmentFault: what serves it is not installed, or the port is taken.
    """
    words = [word for word in args.what if word != "--"] or ["replay", "swap_pairs"]
    if words[0] not in FOR_VISITORS:
        raise UsageError(
            f"redraft web shows {' and '.join(FOR_VISITORS)}, not {words[0]!r}: visitors ask no model and write nothing"
        )
    if any(word.startswith("-") and word.partition("=")[0] not in {"--speed", "--in", "--level"} for word in words):
        raise UsageError("after what is shown come names, --speed, --in and --level; redraft's own options come before")
    try:
        from ..cli.visiting import MOST_VISITORS, Visitors, command_for, visit
    except ModuleNotFoundError as error:
        raise EnvironmentFault("what serves browsers is not installed: pip install 'redraft[web]'") from error
    if args.visit:
        return visit(words)
    server = Visitors(command_for(words), host=args.host, port=args.port, most=args.visitors or MOST_VISITORS)
    if args.host not in LOOPBACK:
        say(f"anybody who can reach {args.host} and knows the address may look; the text travels unencrypted")
    out(server.address)
    try:
        server.serve()
    except OSError as error:
        raise EnvironmentFault(f"{args.host}:{args.port} cannot be served on ({error.strerror})") from error
    return 0
