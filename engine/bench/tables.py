"""The scoreboard, and the papers' tables in their layout, from rows.

A is *Review Beats Planning* (arXiv 2603.03406; see `review_tables`), B is *PaT* (arXiv 2605.07248; see `pat_tables`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..behaviour.questions import AT_MOST
from ..errors import UsageError
from ..facts import ROLES
from ..system.nearest import nearest
from ..tables.rendering import Table, columns_of
from . import pat_tables, review_tables
from .cells import NONE, change_cells, interval, percent, tokens_of, usd_of
from .standing import Row
from .statistics import adjusted, least_split

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


def _scoreboard(rows: Sequence[Row]) -> Table:
    several = len({(row.model, row.mode) for row in rows}) > 1
    suites = tuple(dict.fromkeys(row.suite for row in rows))
    heads = (
        "pipeline", *(("model", "mode") if several else ()), *(("suite",) if len(suites) > 1 else ()),
        "n", "base", "plus", "95 %", "fixed", "broken", "p", "calls", "tokens in", "tokens out", "cost", "s", "split",
    )  # fmt: skip
    cells = [
        (
            row.pipeline,
            *((row.model, row.mode) if several else ()),
            *((row.suite,) if len(suites) > 1 else ()),
            str(row.base.of),
            percent(row.base),
            percent(row.plus) if row.has_plus else NONE,
            interval(row.headline),
            *change_cells(row.change),
            f"{row.calls:.1f}",
            tokens_of(row.spent.prompt_tokens, estimated=row.spent.estimated),
            tokens_of(row.spent.completion_tokens, estimated=row.spent.estimated),
            usd_of(row),
            f"{row.seconds:.1f}",
            percent(row.decomposed),
        )
        for row in rows
    ]
    told = "" if several or not rows else f" ({rows[0].model}, {rows[0].mode} mode)"
    return Table(
        name="scoreboard",
        title=f"{', '.join(suites)}: pass@1 in percent{told}",
        heads=heads,
        rows=columns_of(heads, *cells),
        words=(3 if several else 1) + (len(suites) > 1),
        notes=(_LEGEND,),
    )


def _remarks(rows: Sequence[Row]) -> Iterable[str]:
    """Below every table: the ceiling, the baseline, what was sorted, and what the numbers leave out."""
    alone = len({(row.model, row.suite) for row in rows}) == 1
    for row in {row.suite: row for row in sorted(rows, key=lambda row: row.base.of)}.values():
        if row.ceiling is not None and row.ceiling_base is not None:
            plus = f", plus {row.ceiling.passes}/{row.ceiling.of}" if row.has_plus else ""
            yield (
                f"{row.suite}: the canonical solutions, judged here in the same way, reach base "
                f"{row.ceiling_base.passes}/{row.ceiling_base.of}{plus}"
            )
    if any(row.pipeline == "ask-by-example" for row in rows):
        yield f"ask-by-example: the user is simulated; the canonical solution answers up to {AT_MOST} questions"
    for row in rows:
        yield from _about(row, alone=alone)
    for suite in dict.fromkeys(row.suite for row in rows):
        if len({row.base.of for row in rows if row.suite == suite}) > 1:
            yield f"{suite}: rows are of different problems; only fixed and broken compare like with like"
    yield from _chance(rows)
    if any(row.seeds > 1 for row in rows):
        yield (
            "several seeds are pooled: n counts problem and seed; Wilson's intervals and p take them as independent, "
            "the bootstrap draws problems"
        )


def _chance(rows: Sequence[Row]) -> Iterable[str]:
    """What several comparisons at once come to, and what so few problems cannot show."""
    compared = {_full_name(row): row.change for row in rows if row.change is not None and row.change.n}
    if len(compared) > 1:
        corrected = adjusted({name: change.p for name, change in compared.items()})
        told = "; ".join(f"{name} {p:.3f}" for name, p in corrected.items())
        yield f"p corrected for {len(compared)} comparisons (Holm): {told}"
    if compared:
        fewest, least = min(change.n for change in compared.values()), least_split(len(compared))
        yield (
            f"with {fewest} problems a difference under {min(100.0, 100 * least / fewest):.1f} points cannot be told "
            f"from chance here: {least} problems must go one way and none the other"
        )


def _full_name(row: Row) -> str:
    return f"{row.pipeline} · {row.model} · {row.mode} · {row.suite}"


def _about(row: Row, *, alone: bool) -> Iterable[str]:
    name = row.pipeline if alone else f"{row.pipeline} ({row.model}, {row.suite})"
    if row.baseline and row.change is not None:
        low, high = row.spread
        yield (
            f"{name} is compared with {row.baseline} on {row.change.n} problems: "
            f"{100 * (row.change.fixed - row.change.broken) / row.change.n:+.1f} points (95 %: {100 * low:+.1f} to "
            f"{100 * high:+.1f}, paired bootstrap)"
            if row.change.n
            else f"{name} and {row.baseline} have no problem in common"
        )
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
    for number, why in ((row.errors, "could not be run"), (row.faults, "ended with a fault in redraft itself")):
        if number:
            yield f"{name}: {number} problems {why} and count in nothing; run the command again to try them"
    if row.empty:
        yield f"{name}: {row.empty} of {row.base.of} answers held no code that can be used"
    if row.unreviewed:
        yield f"{name}: {row.unreviewed} of {row.base.of} drafts were not reviewed: no report came that can be read"
    if row.weak:
        yield f"{name}: {row.weak} verdicts are weaker, for the tests had to share a process with the program"


def _listed(kinds: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())


LAYOUTS: dict[str, Layout] = {
    "scoreboard": _scoreboard,
    "A2": review_tables.a2,
    "A3": review_tables.a3,
    "A4": review_tables.a4,
    "B1": pat_tables.b1,
    "B2": pat_tables.b2,
    "B3": pat_tables.b3,
    "B4": pat_tables.b4,
    "B5": pat_tables.b5,
    "B6": pat_tables.b6,
}
