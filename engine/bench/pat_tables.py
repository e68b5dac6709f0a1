"""The tables of *PaT* (arXiv 2605.07248).

How it sets its tables 2, 5 and 6 is not in what we have of it: difficulty, wall clock and decomposition, which it
reports, are what they show here.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..state.economy import relative_cost, roi
from ..tables.rendering import Table, columns_of
from .cells import NONE, interval, percent, tokens_of, usd_of
from .lines import model_in
from .standing import Row
from .statistics import Share

_B_SCORES = (
    ("HumanEval", "humaneval+", False),
    ("HumanEval+", "humaneval+", True),
    ("MBPP", "mbpp-175", False),
    ("MBPP+", "mbpp-175", True),
)


def b1(rows: Sequence[Row]) -> Table:
    """Methods by model: four scores, their average, relative cost, return on investment."""
    heads = ("model", "method", *(name for name, _, _ in _B_SCORES), "avg", "cost ×", "ROI")
    cells: list[tuple[str, ...]] = []
    for model, pipeline, mode in dict.fromkeys((row.model, row.pipeline, row.mode) for row in rows):
        same = [row for row in rows if row.mode == mode]
        mine, coder = _by_suite(same, model, pipeline), model_in(model, "coder")
        standard = _by_suite(same, coder, "standard") or _by_suite(same, coder, "raw-coder")
        average, other = _average(mine), _average(standard)
        relative = _relative(mine, standard)
        gained = None if average is None or other is None else roi(average - other, relative)
        cells.append(
            (
                model,
                _method(pipeline, mode, rows),
                *(_b_score(mine, suite, plus=plus) for _, suite, plus in _B_SCORES),
                NONE if average is None else f"{average:.2f}",
                "n/a" if relative is None else f"{relative:.2f}",
                NONE if gained is None else f"{gained:.2f}",
            )
        )
    return Table(
        name="B1",
        title="PaT, table 1: methods by model (pass@1, percent; cost as a multiple of Standard's with the same model)",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=2,
        notes=(
            "ROI: points of the average gained for each further multiple of Standard's cost; — at cost 1 or less",
            *_whole_mbpp(rows),
        ),
    )


def b2(rows: Sequence[Row]) -> Table:
    """xCodeEval by difficulty; a suite named "xcodeeval-hard" is the rows of that difficulty."""
    levels = ("easy", "mid", "hard", "expert")
    heads = ("model", "method", *levels, "all", "cost ×")
    cells: list[tuple[str, ...]] = []
    of_levels = [row for row in rows if "xcodeeval" in row.suite]
    for model, pipeline, mode in dict.fromkeys((row.model, row.pipeline, row.mode) for row in of_levels):
        mine = _by_suite([row for row in rows if row.mode == mode], model, pipeline)
        there = [mine[f"xcodeeval-{level}"] for level in levels if f"xcodeeval-{level}" in mine]
        every = Share(passes=sum(row.base.passes for row in there), of=sum(row.base.of for row in there))
        shares = [mine[f"xcodeeval-{level}"].base if f"xcodeeval-{level}" in mine else None for level in levels]
        coder, same = model_in(model, "coder"), [row for row in of_levels if row.mode == mode]
        relative = _relative(mine, _by_suite(same, coder, "standard") or _by_suite(same, coder, "raw-coder"))
        times = "n/a" if relative is None else f"{relative:.2f}"
        cells.append((model, _method(pipeline, mode, rows), *map(percent, shares), percent(every), times))
    return Table(
        name="B2",
        title="PaT, table 2: xCodeEval by difficulty (percent of problems solved; cost as a multiple of Standard's)",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=2,
        notes=() if cells else ("no result here is of xCodeEval, whose data cannot be shipped",),
    )


def b3(rows: Sequence[Row]) -> Table:
    """Small generators with large planners, against PaT with the planner's model in both places."""
    heads = ("generator + planner", "suite", "base", "plus", "95 %", "cost", "cost ×", "split")
    cells: list[tuple[str, ...]] = []
    for row in rows:
        if row.pipeline != "pat":
            continue
        same = [other for other in rows if other.mode == row.mode]
        alone = _by_suite(same, model_in(row.model, "planner"), "pat").get(row.suite)
        relative = relative_cost([row.usd], [alone.usd]) if alone else None
        cells.append(
            (
                row.model,
                row.suite,
                percent(row.base),
                percent(row.plus) if row.has_plus else NONE,
                interval(row.headline),
                usd_of(row),
                "n/a" if relative is None else f"{relative:.2f}",
                percent(row.decomposed),
            )
        )
    return Table(
        name="B3",
        title="PaT, table 3: heterogeneous models (cost as a multiple of PaT's with the planner's model in all roles)",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=2,
    )


def b4(rows: Sequence[Row]) -> Table:
    """Which model generates and which plans: four scores, their average, what a planner adds, and the average cost."""
    heads = ("generator", "planner", *(name for name, _, _ in _B_SCORES), "avg", "Δ", "cost")
    cells: list[tuple[str, ...]] = []
    mine = [row for row in rows if row.pipeline == "pat"]
    for model, mode in dict.fromkeys((row.model, row.mode) for row in mine):
        same = [row for row in mine if row.mode == mode]
        coder, planner = model_in(model, "coder"), model_in(model, "planner")
        found, alone = _by_suite(same, model, "pat"), _by_suite(same, coder, "pat")
        average, other = _average(found), _average(alone) if coder != planner else None
        known = [row.usd for row in found.values()]
        cost = None if None in known else sum(usd or 0.0 for usd in known) / len(known)
        cells.append(
            (
                coder,
                f"{planner} · {mode}" if len({row.mode for row in mine}) > 1 else planner,
                *(_b_score(found, suite, plus=plus) for _, suite, plus in _B_SCORES),
                NONE if average is None else f"{average:.2f}",
                NONE if average is None or other is None else f"{average - other:+.2f}",
                "n/a" if cost is None else f"${cost:.4f}",
            )
        )
    return Table(
        name="B4",
        title="PaT, table 4: generators and planners (pass@1, percent; cost in USD a problem)",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=2,
        notes=("Δ: points of the average against the same generator that plans for itself", *_whole_mbpp(mine)),
    )


def b5(rows: Sequence[Row]) -> Table:
    """Wall clock."""
    heads = ("model", "method", "suite", "s a problem", "× standard", "calls", "tokens out")
    cells: list[tuple[str, ...]] = []
    for row in rows:
        standard = next((r for r in rows if r.pipeline in {"standard", "raw-coder"} and r.suite == row.suite
                         and model_in(r.model, "coder") == model_in(row.model, "coder") and r.mode == row.mode),
                        None)  # fmt: skip
        times = f"{row.seconds / standard.seconds:.2f}" if standard and standard.seconds else NONE
        out = tokens_of(row.spent.completion_tokens, estimated=row.spent.estimated)
        cells.append((row.model, row.pipeline, row.suite, f"{row.seconds:.2f}", times, f"{row.calls:.1f}", out))
    return Table(
        name="B5",
        title="PaT: wall clock of a problem on average, here",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=3,
    )


def b6(rows: Sequence[Row]) -> Table:
    """How often plans are needed."""
    heads = ("model", "method", "suite", "n", "split", "95 %", "planner calls", "planner tokens", "base", "plus")
    cells: list[tuple[str, ...]] = []
    for row in rows:
        planner = row.roles.get("planner")
        cells.append(
            (
                row.model,
                row.pipeline,
                row.suite,
                str(row.base.of),
                percent(row.decomposed),
                interval(row.decomposed) if row.decomposed else NONE,
                f"{planner.calls / row.base.of:.2f}" if planner and row.base.of else NONE,
                tokens_of(planner.prompt_tokens + planner.completion_tokens, estimated=planner.estimated)
                if planner
                else NONE,
                percent(row.base),
                percent(row.plus) if row.has_plus else NONE,
            )
        )
    return Table(
        name="B6",
        title="PaT: decomposition rate (percent of problems with a plan that introduced a function)",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=3,
    )


def _whole_mbpp(rows: Sequence[Row]) -> tuple[str, ...]:
    """Says so where all of MBPP+ stand for the problems that the paper ran."""
    suites = {row.suite for row in rows}
    if "mbpp+" not in suites or "mbpp-175" in suites:
        return ()
    return ("MBPP: all 378 problems of MBPP+, not the 175 that the paper ran (`redraft bench mbpp-175` runs those)",)


def _method(pipeline: str, mode: str, rows: Sequence[Row]) -> str:
    """The name of a row, with its mode where rows are of several."""
    return f"{pipeline} · {mode}" if len({row.mode for row in rows}) > 1 else pipeline


def _by_suite(rows: Sequence[Row], model: str, pipeline: str) -> dict[str, Row]:
    return {row.suite: row for row in rows if row.model == model and row.pipeline == pipeline}


def _b_suite(rows: dict[str, Row], suite: str) -> Row | None:
    """Where the 175 problems were not run, all of MBPP+ stand for them."""
    return rows.get(suite) or (rows.get("mbpp+") if suite == "mbpp-175" else None)


def _b_score(rows: dict[str, Row], suite: str, *, plus: bool) -> str:
    row = _b_suite(rows, suite)
    return NONE if row is None else percent(row.plus if plus else row.base)


def _average(rows: dict[str, Row]) -> float | None:
    """Of the four scores; None when one is missing."""
    found = [_b_suite(rows, suite) for _, suite, _ in _B_SCORES]
    shares = [(row.plus if plus else row.base).value for row, (_, _, plus) in zip(found, _B_SCORES, strict=True) if row]
    return 100 * sum(shares) / len(shares) if len(shares) == len(_B_SCORES) else None


def _relative(mine: dict[str, Row], standard: dict[str, Row]) -> float | None:
    """Relative cost on the suites that both ran."""
    common = sorted(mine.keys() & standard.keys())
    return relative_cost([mine[suite].usd for suite in common], [standard[suite].usd for suite in common])
