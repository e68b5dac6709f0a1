"""The scoreboard, and the papers' tables in their layout, from rows.

A is *Review Beats Planning* (arXiv 2603.03406), B is *PaT* (arXiv 2605.07248). How B sets its tables 2, 5 and 6 is not
in what we have of it: difficulty, wall clock and decomposition, which it reports, are what they show here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..cost import shown
from ..errors import UsageError
from ..facts import ROLES
from ..nearest import nearest
from .rendering import Table, columns_of
from .standing import Row
from .statistics import Paired, Share, roi

NONE = "—"
_LEGEND = (
    "95 %: Wilson's interval of plus (of base where there is no plus); fixed, broken: against the baseline, on the same"
    " problems; p: McNemar's exact test; calls and s: a problem on average; split: problems where a plan introduced a"
    " function, in percent"
)
Layout = Callable[[Sequence[Row]], Table]


def table(name: str, rows: Sequence[Row], notes: Sequence[str] = ()) -> Table:
    """The table of that name, with what its readers must know below it.

    Raises:
        UsageError: there is none of that name.
    """
    layout = LAYOUTS.get(name)
    if layout is None:
        raise UsageError(f"there is no table {name!r}{nearest(name, LAYOUTS)}")
    made = layout(rows)
    return Table(
        name=made.name,
        title=made.title,
        heads=made.heads,
        rows=made.rows,
        words=made.words,
        notes=tuple(dict.fromkeys([*made.notes, *_remarks(rows), *notes])),
    )


def percent(share: Share | None) -> str:
    """A share in percent, or a dash."""
    return NONE if share is None or not share.of else f"{100 * share.value:.1f}"


def interval(share: Share) -> str:
    """Its 95 % interval in percent."""
    low, high = share.interval
    return f"{100 * low:.0f}–{100 * high:.0f}" if share.of else NONE


def p_value(change: Paired | None) -> str:
    """McNemar's exact p."""
    if change is None:
        return NONE
    return "<0.001" if change.p < 0.001 else f"{change.p:.3f}"


def _change(change: Paired | None) -> tuple[str, str, str]:
    return (f"+{change.fixed}", f"-{change.broken}", p_value(change)) if change else (NONE, NONE, NONE)


def _points(row: Row, *, plus: bool) -> str:
    """Percentage points against the baseline, on the problems that both were run on."""
    change = row.change if plus else row.change_base
    return NONE if change is None or not change.n else f"{100 * (change.fixed - change.broken) / change.n:+.1f}"


def _usd(row: Row) -> str:
    return shown(row.spent) if row.spent.calls else "n/a"


def _scoreboard(rows: Sequence[Row]) -> Table:
    several = len({(row.model, row.mode) for row in rows}) > 1
    heads = (
        "pipeline", *(("model", "mode") if several else ()), "n", "base", "plus", "95 %", "fixed", "broken", "p",
        "calls", "tokens in", "tokens out", "cost", "s", "split",
    )  # fmt: skip
    cells = [
        (
            row.pipeline,
            *((row.model, row.mode) if several else ()),
            str(row.base.of),
            percent(row.base),
            percent(row.plus) if row.has_plus else NONE,
            interval(row.headline),
            *_change(row.change),
            f"{row.calls:.1f}",
            _tokens(row.spent.prompt_tokens, estimated=row.spent.estimated),
            _tokens(row.spent.completion_tokens, estimated=row.spent.estimated),
            _usd(row),
            f"{row.seconds:.1f}",
            percent(row.decomposed),
        )
        for row in rows
    ]
    suites = ", ".join(dict.fromkeys(row.suite for row in rows))
    told = "" if several or not rows else f" ({rows[0].model}, {rows[0].mode} mode)"
    return Table(
        name="scoreboard",
        title=f"{suites}: pass@1 in percent{told}",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=3 if several else 1,
        notes=(_LEGEND,),
    )


def _a2(rows: Sequence[Row]) -> Table:
    """Systems, calls, HumanEval and HumanEval+, and what each gains."""
    heads = ("system", "calls", "HumanEval", "Δ", "HumanEval+", "Δ", "n", "95 %", "fixed", "broken", "p")
    mine = [row for row in rows if row.suite.startswith("humaneval")]
    return Table(
        name="A2",
        title="Review Beats Planning, table 2: systems on HumanEval and HumanEval+ (pass@1, percent)",
        heads=heads,
        rows=columns_of(heads, *(_a_cells(row, mine) for row in mine)),
    )


def _a3(rows: Sequence[Row]) -> Table:
    """The same systems where the specification is lean."""
    heads = ("system", "calls", "MBPP", "Δ", "MBPP+", "Δ", "n", "95 %", "fixed", "broken", "p")
    mine = [row for row in rows if row.suite.startswith("mbpp")]
    return Table(
        name="A3",
        title="Review Beats Planning, table 3: the same on MBPP and MBPP+, where prompts are lean (pass@1, percent)",
        heads=heads,
        rows=columns_of(heads, *(_a_cells(row, mine) for row in mine)),
    )


def _a_cells(row: Row, rows: Sequence[Row]) -> tuple[str, ...]:
    several = len({(other.model, other.mode) for other in rows}) > 1
    return (
        f"{row.pipeline} · {row.model} · {row.mode}" if several else row.pipeline,
        f"{row.calls:.1f}",
        percent(row.base),
        _points(row, plus=False),
        percent(row.plus) if row.has_plus else NONE,
        _points(row, plus=True) if row.has_plus else NONE,
        str(row.base.of),
        interval(row.headline),
        *_change(row.change),
    )


_B_SCORES = (
    ("HumanEval", "humaneval+", False),
    ("HumanEval+", "humaneval+", True),
    ("MBPP", "mbpp-175", False),
    ("MBPP+", "mbpp-175", True),
)


def _b1(rows: Sequence[Row]) -> Table:
    """Methods by model: four scores, their average, relative cost, return on investment."""
    heads = ("model", "method", *(name for name, _, _ in _B_SCORES), "avg", "cost ×", "ROI")
    cells: list[tuple[str, ...]] = []
    for model, pipeline in dict.fromkeys((row.model, row.pipeline) for row in rows):
        mine = _by_suite(rows, model, pipeline)
        standard = _by_suite(rows, _coder(model), "standard") or _by_suite(rows, _coder(model), "raw-coder")
        average, other = _average(mine), _average(standard)
        relative = _relative(mine, standard)
        gained = roi(average - other, relative) if None not in (average, other, relative) else None  # type: ignore[operator, arg-type]
        cells.append(
            (
                model,
                pipeline,
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
        notes=("ROI: points of the average gained for each further multiple of Standard's cost; — at cost 1 or less",),
    )


def _b2(rows: Sequence[Row]) -> Table:
    """xCodeEval by difficulty; a suite named "xcodeeval-hard" is the rows of that difficulty."""
    levels = ("easy", "mid", "hard", "expert")
    heads = ("model", "method", *levels, "all", "cost")
    cells: list[tuple[str, ...]] = []
    for model, pipeline in dict.fromkeys((row.model, row.pipeline) for row in rows if "xcodeeval" in row.suite):
        mine = _by_suite(rows, model, pipeline)
        there = [mine[f"xcodeeval-{level}"] for level in levels if f"xcodeeval-{level}" in mine]
        every = Share(passes=sum(row.base.passes for row in there), of=sum(row.base.of for row in there))
        shares = [mine[f"xcodeeval-{level}"].base if f"xcodeeval-{level}" in mine else None for level in levels]
        spent = " + ".join(_usd(row) for row in there) if len(there) == 1 else _joined_usd(there)
        cells.append((model, pipeline, *map(percent, shares), percent(every), spent))
    return Table(
        name="B2",
        title="PaT, table 2: xCodeEval by difficulty (percent of problems solved)",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=2,
        notes=() if cells else ("no result here is of xCodeEval, whose data cannot be shipped",),
    )


def _b3(rows: Sequence[Row]) -> Table:
    """Small generators with large planners, against the homogeneous PaT that costs most."""
    mine = [row for row in rows if row.pipeline == "pat"]
    alone = [row for row in mine if " + " not in row.model and row.usd is not None]
    largest = max(alone, key=lambda row: row.usd or 0.0, default=None)
    heads = ("generator + planner", "suite", "base", "plus", "95 %", "cost", "cost ×", "split")
    cells = [
        (
            row.model,
            row.suite,
            percent(row.base),
            percent(row.plus) if row.has_plus else NONE,
            interval(row.headline),
            _usd(row),
            f"{row.usd / largest.usd:.2f}" if largest and largest.usd and row.usd is not None else "n/a",
            percent(row.decomposed),
        )
        for row in mine
    ]
    against = largest.model if largest else "nothing: no cost is known"
    return Table(
        name="B3",
        title=f"PaT, table 3: heterogeneous models (cost as a multiple of homogeneous PaT with {against})",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=2,
    )


def _b5(rows: Sequence[Row]) -> Table:
    """Wall clock."""
    heads = ("model", "method", "suite", "s a problem", "× standard", "calls", "tokens out")
    cells: list[tuple[str, ...]] = []
    for row in rows:
        standard = next((r for r in rows if r.pipeline in {"standard", "raw-coder"} and r.suite == row.suite
                         and _coder(r.model) == _coder(row.model)), None)  # fmt: skip
        times = f"{row.seconds / standard.seconds:.2f}" if standard and standard.seconds else NONE
        out = _tokens(row.spent.completion_tokens, estimated=row.spent.estimated)
        cells.append((row.model, row.pipeline, row.suite, f"{row.seconds:.2f}", times, f"{row.calls:.1f}", out))
    return Table(
        name="B5",
        title="PaT: wall clock of a problem on average, here",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=3,
    )


def _b6(rows: Sequence[Row]) -> Table:
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
                _tokens(planner.prompt_tokens + planner.completion_tokens, estimated=planner.estimated)
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


def _remarks(rows: Sequence[Row]) -> Iterable[str]:
    """Below every table: the ceiling, the baseline, what was sorted, and what the numbers leave out."""
    alone = len({(row.model, row.suite) for row in rows}) == 1
    for row in rows:
        if row.ceiling is not None and row.ceiling_base is not None:
            plus = f", plus {row.ceiling.passes}/{row.ceiling.of}" if row.has_plus else ""
            yield (
                f"{row.suite}: the canonical solutions, judged here in the same way, reach base "
                f"{row.ceiling_base.passes}/{row.ceiling_base.of}{plus}"
            )
    for row in rows:
        yield from _about(row, alone=alone)
    if any(row.seeds > 1 for row in rows):
        yield "several seeds are pooled: n counts problem and seed; the intervals take them as independent"


def _about(row: Row, *, alone: bool) -> Iterable[str]:
    name = row.pipeline if alone else f"{row.pipeline} ({row.model}, {row.suite})"
    if row.baseline and row.change is not None:
        yield f"{name} is compared with {row.baseline} on {row.change.n} problems"
    if row.regressions:
        yield f"{name}: broken by {_listed(row.regressions)}"
    if row.improvements:
        yield f"{name}: fixed were {_listed(row.improvements)}"
    if len(row.roles) > 1:
        spent = [
            f"{role} {row.roles[role].calls} calls, {row.roles[role].prompt_tokens:,} tokens in, "
            f"{row.roles[role].completion_tokens:,} out"
            for role in ROLES
            if role in row.roles
        ]
        yield f"{name}: {'; '.join(spent)}"
    if row.errors:
        yield f"{name}: {row.errors} problems could not be run and count in nothing; run the command again to try them"
    if row.empty:
        yield f"{name}: {row.empty} of {row.base.of} answers held no code that can be used"
    if row.weak:
        yield f"{name}: {row.weak} verdicts are weaker, for the tests had to share a process with the program"


def _listed(kinds: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())


def _tokens(number: int, *, estimated: bool) -> str:
    return f"{'~' if estimated else ''}{number:,}"


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
    """Mean cost over mean cost of the suites that both ran; None when a price is unknown or nothing was paid."""
    common = sorted(mine.keys() & standard.keys())
    costs = [(mine[suite].usd, standard[suite].usd) for suite in common]
    if not costs or any(a is None or b is None for a, b in costs):
        return None
    own, theirs = sum(a or 0.0 for a, _ in costs), sum(b or 0.0 for _, b in costs)
    return own / theirs if theirs else None


def _joined_usd(rows: Sequence[Row]) -> str:
    costs = [row.spent.usd for row in rows]
    return "n/a" if not costs or None in costs else f"${sum(cost or 0.0 for cost in costs):.2f}"


def _coder(model: str) -> str:
    return model.partition(" + ")[0]


LAYOUTS: dict[str, Layout] = {
    "scoreboard": _scoreboard,
    "A2": _a2,
    "A3": _a3,
    "B1": _b1,
    "B2": _b2,
    "B3": _b3,
    "B5": _b5,
    "B6": _b6,
}
