"""`redraft compare PATH::NAME`: with which calls a function does something else than in another version of its file."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...engine.behaviour.versions import Change, VersionDiff, compare_versions
from ...engine.errors import UsageError
from ...engine.facts import Stub
from ...engine.run.opening import limits, sandbox_choice
from ...engine.sandbox import open_sandbox
from ...engine.sources import Source, find_functions
from ..cli.caller import ends_with_caller
from ..cli.versions import version_of
from ..common.output import (
    Paint,
    harmless,
    out,
    out_json,
    paint,
)
from ..common.session import session
from ..common.targets import function_of


async def run(args: argparse.Namespace) -> int:
    """0 when both do the same with every input, 1 when they differ."""
    path = args.target.partition("::")[0]
    here = session(args, Path(path))
    new = function_of(args.target, here.settings.context_tokens)
    old = _there(await version_of(new.path, args.other), new, args.other)
    async with ends_with_caller():
        sandbox = await open_sandbox(sandbox_choice(here.settings, here.environ))
        try:
            found = await compare_versions(sandbox, limits(here.settings.sandbox), old, new)
        finally:
            await sandbox.aclose()
    if found.why_none:
        raise UsageError(f"{args.target}: cannot be compared: {found.why_none}")
    if args.json:
        out_json({"function": new.key, "with": args.other, "inputs": found.inputs, "changes": found.changes})
    else:
        out("\n".join(difference_lines(found, args.other, paint(plain=args.plain))))
    return 1 if found.changes else 0


def difference_lines(found: VersionDiff, version: str, colours: Paint) -> list[str]:
    """The changed results for people, the number of them first."""
    if not found.changes:
        return [colours("green", f"the same as {harmless(version)} with all {found.inputs} inputs")]
    head = f"{len(found.changes)} of {found.inputs} results are not as in {harmless(version)}"
    return [colours("yellow", head), *(_line(change, colours) for change in found.changes)]


def _line(change: Change, colours: Paint) -> str:
    before, now = (harmless(" ".join(result.brief.split())) for result in (change.before, change.now))
    return f"  {harmless(change.call)}: {colours('red', before)} → {colours('green', now)}"


def _there(source: Source, new: Stub, version: str) -> Stub:
    """The function in the other version.

    Raises:
        UsageError: it is not there.
    """
    found = find_functions(source, new.name)
    if not found:
        raise UsageError(f"{new.key}: {new.name} is not in {version}")
    return next((one for one in found if one.nth == new.nth), found[0])
