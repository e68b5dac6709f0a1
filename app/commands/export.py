"""`redraft export LOG | FOLDER`: a recorded run or race as a page that plays, an asciicast, a picture or Markdown."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from ...engine.errors import EnvironmentFault, UsageError
from ...engine.state.run import state_of
from ...engine.system.regular import open_to_write
from ..common.output import out
from ..common.session import session
from ..replay.export.page import page
from ..replay.export.slide import slide
from ..replay.logs import lane_logs

USUAL_SECONDS = 30.0


def run(args: argparse.Namespace) -> int:
    """0 once all that was asked for is written."""
    here, logs = session(args), lane_logs(args.logs)
    wanted = {name: Path(where) for name in ("html", "cast", "svg", "markdown") if (where := getattr(args, name))}
    if not wanted:
        raise UsageError("say as what: --html FILE, --cast FILE, --svg FILE or --markdown FILE")
    for kind, path in wanted.items():
        if path.exists() and not args.force:
            raise UsageError(f"{path}: is there already; --force writes over it")
        match kind:
            case "html":
                made = page(logs)
            case "markdown":
                made = slide(logs, [state_of(log.entries) for log in logs])
            case _:
                from ..cli.filming import cast, picture

                asked = cast(here, logs, args.within or USUAL_SECONDS) if kind == "cast" else picture(here, logs)
                made = asyncio.run(asked)
        try:
            with open_to_write(path) if args.force else path.open("xb") as file:
                file.write(made.encode())
        except OSError as error:
            raise EnvironmentFault(f"{path}: cannot be written ({error.strerror})") from error
        out(f"{path}: written, {len(made.encode()) / 1000:.0f} kB")
    return 0
