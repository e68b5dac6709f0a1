"""`redraft costs [LOG…]`: what recorded runs cost beside one another, and what a generator should cost."""

from __future__ import annotations

import argparse

from ...engine.facts import Fact
from ...engine.tables.cost_table import Row, rows
from ...engine.tables.price_hint import Hint, hint_of
from ...engine.tables.rendering import as_plain
from ..cli.cost_lines import compared, hint_lines, used
from ..cli.cost_logs import found_in, prices_of
from ..common.output import (
    columns,
    harmless,
    out,
    out_json,
    say,
)
from ..common.session import session


class Costs(Fact, frozen=True):
    """The answer for programs."""

    rows: tuple[Row, ...]
    hint: Hint
    unfinished: int
    """Runs that did not come to an end of their own; they are left out."""
    unreadable: tuple[str, ...]
    """Files that are no run logs, and why."""


def run(args: argparse.Namespace) -> int:
    """0 when there are runs to tell of.

    Raises:
        UsageError: there is none, or a price cannot be read.
        SourceError: a file that was named is no log.
    """
    found = found_in(args.logs, session(args).runs.folder, prices_of(args.price))
    told, hint = rows(found.runs), hint_of([run.entries for run in found.runs])
    if args.json:
        out_json(Costs(rows=told, hint=hint, unfinished=found.unfinished, unreadable=found.unreadable))
        return 0
    out(as_plain(used(told), columns()))
    out(as_plain(compared(told), columns()))
    for line in hint_lines(hint):
        out(harmless(line))
    if found.unfinished:
        say(f"left out: {found.unfinished} that did not come to an end of their own")
    for problem in found.unreadable:
        say(f"left out: {problem}")
    return 0
