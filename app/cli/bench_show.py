"""`redraft bench show`: the results of one file in a screen, or printed where there is no terminal."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...engine.bench.browsing import (
    KINDS,
    Results,
    problems_table,
    scores_of,
)
from ...engine.errors import SourceError, UsageError
from ...engine.run.recording import SUFFIX
from ...engine.tables import rendering
from ..common.output import (
    columns,
    out,
    out_exact,
    out_json,
    say,
)
from ..common.session import Session, existing
from ..common.terminal import can_show
from ..results.reading import Reading, local_shelf


async def show_results(args: argparse.Namespace, here: Session) -> int:
    """Open the screen; printed are the table and what came of every problem.

    Raises:
        UsageError: not one file is named, it is not there, or what is named as the folder of logs is none.
        SourceError: the file holds no results.
    """
    path = _file(args, here)
    logs = Path(args.logs) if args.logs else None
    if logs is not None and not logs.is_dir():
        raise UsageError(f"{logs}: there is no such folder of logs; it is what `redraft bench --logs` was given")
    shelf = local_shelf(here.places.cache / "bench", Path(args.data) if args.data else None)
    reading = Reading(path, shelf, logs)
    results = reading.look()
    if results is None:
        raise SourceError(f"{path}: the file is empty")
    shape = args.json or args.csv or args.markdown or args.plain
    if shape or not can_show():
        return _printed(args, reading, results)
    from ..application import RedraftApp
    from ..results.screen import ResultsScreen

    return await RedraftApp(here, ResultsScreen(here, reading)).run_async() or 0


def _file(args: argparse.Namespace, here: Session) -> Path:
    if len(args.files) == 1:
        return existing(Path(args.files[0]))
    folder = here.places.state / "bench"
    there = sorted(str(path) for path in folder.glob(f"*{SUFFIX}"))
    hint = f"; there are {', '.join(there)}" if there else ""
    raise UsageError(f"name one file of results: redraft bench show FILE{hint}")


def _printed(args: argparse.Namespace, reading: Reading, results: Results) -> int:
    """The table of all columns, and a line for every problem."""
    if trouble := reading.read_stubs():
        say(f"without failure classes: {trouble}")
    results = reading.results() or results
    made, listed = scores_of(results, reading.stubs)[0], problems_table(results)
    if args.json:
        out_json(_as_facts(results))
    elif args.csv:
        out_exact(rendering.as_csv(listed).rstrip("\n"))
    else:
        for table in (made, listed):
            text = rendering.as_markdown(table) if args.markdown else rendering.as_plain(table, columns())
            out(text if table is made else text.rstrip("\n"))
    return 0


def _as_facts(results: Results) -> dict[str, object]:
    """The same for programs."""
    return {
        "suite": results.header.suite,
        "columns": results.columns,
        "counts": {kind: len(results.chosen(kind)) for kind in KINDS},
        "problems": [
            {
                "problem": case.problem,
                "name": case.name,
                "cells": [
                    {"column": number, "outcome": cell.outcome, "kinds": cell.kinds, "run": cell.line.run}
                    for number, cell in enumerate(case.cells)
                    if cell is not None
                ],
            }
            for case in results.cases
        ],
    }
