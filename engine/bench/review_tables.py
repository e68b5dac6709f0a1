"""The tables of *Review Beats Planning* (arXiv 2603.03406)."""

from __future__ import annotations

from collections.abc import Sequence

from ..tables.rendering import Table, columns_of
from .cells import NONE, change_cells, interval, percent, points_of
from .standing import Row


def a2(rows: Sequence[Row]) -> Table:
    """Systems, calls, HumanEval and HumanEval+, and what each gains."""
    heads = ("system", "calls", "HumanEval", "Δ", "HumanEval+", "Δ", "n", "95 %", "fixed", "broken", "p")
    mine = [row for row in rows if row.suite.startswith("humaneval")]
    return Table(
        name="A2",
        title="Review Beats Planning, table 2: systems on HumanEval and HumanEval+ (pass@1, percent)",
        heads=heads,
        rows=columns_of(heads, *(_a2_cells(row, mine) for row in mine)),
    )


def a3(rows: Sequence[Row]) -> Table:
    """Both suites side by side: what a review gains where specifications are rich, and where they are lean."""
    heads = ("system", "HumanEval+", "Δ", "n", "MBPP+", "Δ", "n")
    mine = [row for row in rows if row.suite in {"humaneval+", "mbpp+"}]
    cells: list[tuple[str, ...]] = []
    for pipeline, model, mode in dict.fromkeys((row.pipeline, row.model, row.mode) for row in mine):
        both = {row.suite: row for row in mine if (row.pipeline, row.model, row.mode) == (pipeline, model, mode)}
        cells.append((
            _named(pipeline, model, mode, mine),
            *_score(both.get("humaneval+")),
            *_score(both.get("mbpp+")),
        ))  # fmt: skip
    return Table(
        name="A3",
        title="Review Beats Planning, table 3: rich specifications beside lean ones (pass@1 by plus, percent)",
        heads=heads,
        rows=columns_of(heads, *cells),
    )


def a4(rows: Sequence[Row]) -> Table:
    """The leaderboard: systems by HumanEval+, best first."""
    heads = ("system", "HumanEval+", "95 %", "n")
    mine = sorted((row for row in rows if row.suite == "humaneval+"), key=lambda row: -row.plus.value)
    cells = [
        (_named(row.pipeline, row.model, row.mode, mine), percent(row.plus), interval(row.plus), str(row.plus.of))
        for row in mine
    ]
    return Table(
        name="A4",
        title="Review Beats Planning, table 4: leaderboard of HumanEval+ (pass@1, percent)",
        heads=heads,
        rows=columns_of(heads, *cells),
    )


def _score(row: Row | None) -> tuple[str, str, str]:
    return (NONE, NONE, NONE) if row is None else (percent(row.plus), points_of(row, plus=True), str(row.plus.of))


def _a2_cells(row: Row, rows: Sequence[Row]) -> tuple[str, ...]:
    suite = (row.suite,) if len({other.suite for other in rows}) > 1 else ()
    return (
        " · ".join((_named(row.pipeline, row.model, row.mode, rows), *suite)),
        f"{row.calls:.1f}",
        percent(row.base),
        points_of(row, plus=False),
        percent(row.plus) if row.has_plus else NONE,
        points_of(row, plus=True) if row.has_plus else NONE,
        str(row.base.of),
        interval(row.headline),
        *change_cells(row.change),
    )


def _named(pipeline: str, model: str, mode: str, rows: Sequence[Row]) -> str:
    """A system, with its model and mode where rows are of several."""
    several = len({(other.model, other.mode) for other in rows}) > 1
    return " · ".join((pipeline, *((model, mode) if several else ())))
