"""Printing what a benchmark showed: tables, bars, the plane."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...engine.bench import pictures, tables
from ...engine.bench.ledger import read_ledger
from ...engine.bench.lines import Header, Line
from ...engine.bench.published import published_table, published_tables
from ...engine.bench.reviewers import marks_of, reviewers_table
from ...engine.bench.standing import Row, rows_by_level
from ...engine.bench.suites.datasets import BASE_ONLY, load_suite
from ...engine.bench.suites.problems import Suite
from ...engine.bench.suites.releases import Shelf
from ...engine.errors import RedraftError, SourceError, UsageError
from ...engine.facts import Stub
from ...engine.system.regular import open_to_write
from ...engine.tables import rendering
from ..common.output import (
    columns,
    out,
    out_exact,
    out_json,
    say,
)


def print_results(args: argparse.Namespace, suite: Suite, lines: Sequence[Line], path: Path) -> None:
    """The table of one suite, for people or for programs."""
    if not lines:
        say(f"{path}: no results yet")
        return
    if suite.name.startswith("reviewers"):
        marks = marks_of(lines)
        if args.json:
            out_json({"suite": suite.name, "marks": marks, "notes": suite.notes})
        else:
            _print(args, reviewers_table(marks, suite.name, _facts_of(suite, path)), ())
        return
    stubs = {problem.id: problem.stub for problem in suite.problems}
    rows = rows_by_level(lines, suite.name, has_plus=suite.has_plus, stubs=stubs)
    _show(args, rows, _facts_of(suite, path))


def print_tables(args: argparse.Namespace, shelf: Shelf) -> int:
    """Tables of results that are there; several suites in one table."""
    if not args.files:
        raise UsageError("name the files of results: redraft bench tables FILE …")
    rows: list[Row] = []
    notes: list[str] = []
    for name in args.files:
        header, lines = read_ledger(Path(name))
        if header.suite.startswith("reviewers"):
            _print(args, reviewers_table(marks_of(lines), header.suite, (_told(header, name),)), ())
            continue
        has_plus = header.suite not in BASE_ONLY
        rows += rows_by_level(lines, header.suite, has_plus=has_plus, stubs=_stubs(header, shelf))
        notes.append(_told(header, name))
    if rows:
        _show(args, rows, notes)
    return 0


def _stubs(header: Header, shelf: Shelf) -> Mapping[str, Stub]:
    """The stubs, by which regressions are sorted; without the files they are not."""
    try:
        suite = load_suite(header.suite, shelf, mend="unpatched" not in header.options)
    except RedraftError as error:
        say(f"regressions are not sorted: {error}")
        return {}
    return {problem.id: problem.stub for problem in suite.problems}


def _facts_of(suite: Suite, path: Path) -> tuple[str, ...]:
    return (f"results: {path}", f"data: {'; '.join(suite.versions)}", *suite.notes)


def _told(header: Header, name: str) -> str:
    options = f" ({', '.join(header.options)})" if header.options else ""
    return f"{Path(name).name}: {header.suite}{options}, {header.began_at}, {header.machine}, redraft {header.redraft}"


def _show(args: argparse.Namespace, rows: Sequence[Row], notes: Sequence[str]) -> None:
    name = args.table or "scoreboard"
    made = tables.table(name, rows, notes)
    printed = published_table(name) if args.published else None
    if args.published and printed is None:
        say(f"{name}: there is nothing published to show beside it; there is for {', '.join(published_tables())}")
    if printed is not None and args.csv:
        raise UsageError("--published is shown apart, and CSV has one table: take text, --markdown or --json")
    if args.svg:
        _draw(Path(args.svg), rows, made.title)
    if args.json:
        out_json({"table": made, "rows": rows, **({"published": printed} if printed else {})})
    else:
        _print(args, made, rows)
        if printed is not None:
            out("")
            _print(args, printed, ())


def _print(args: argparse.Namespace, made: rendering.Table, rows: Sequence[Row]) -> None:
    if args.csv:
        out_exact(rendering.as_csv(made).rstrip("\n"))
    elif args.markdown:
        out_exact(rendering.as_markdown(made).rstrip("\n"))
    else:
        out(rendering.as_plain(made, columns()).rstrip("\n"))
        if rows and not args.plain:
            out("\n" + pictures.bars_text(rows) + "\n" + pictures.plane_text(rows).rstrip("\n"))


def _draw(folder: Path, rows: Sequence[Row], title: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, drawn in (
            ("plane.svg", pictures.plane_svg(rows, title)),
            ("bars.svg", pictures.bars_svg(rows, title)),
        ):
            with open_to_write(folder / name) as file:
                file.write(drawn.encode())
    except OSError as error:
        raise SourceError(f"{folder}: the pictures cannot be written ({error.strerror})") from error
