"""What runs cost beside one another, in two tables that fit a terminal, and the hint below them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...engine.facts import ROLES
from ...engine.state.cost import Spending, shown
from ...engine.tables.cost_table import STANDARDS, Against, Row
from ...engine.tables.price_hint import Hint
from ...engine.tables.rendering import Table, columns_of
from ...widgets.signs import counted

NONE, UNKNOWN = "—", "n/a"


def used(rows: Sequence[Row]) -> Table:
    """What was run and what it took, each role below its pipeline."""
    heads = ("pipeline", "generator / planner", "runs", "verified", "calls", "tokens in", "tokens out", "cost")
    modes = _modes(rows)
    lines: list[tuple[str, ...]] = []
    for row in rows:
        lines.append((_pipeline(row, modes), _models(row), str(row.runs), str(row.verified), *_spent(row.spent)))
        if len(row.roles) > 1:
            lines += [
                (f"└ {role}", row.models.get(role, ""), "", "", *_spent(row.roles[role]))
                for role in ROLES
                if role in row.roles
            ]
    return _table("what these runs took, all of a line together", heads, lines, rows, _notes(rows))


def compared(rows: Sequence[Row]) -> Table:
    """What that is beside the standard and beside the homogeneous run."""
    heads = ("pipeline", "generator / planner", "× standard", "ROI", "× homogeneous", "planner", "split")
    modes = _modes(rows)
    lines = [
        (
            _pipeline(row, modes),
            _models(row),
            _times(row.standard),
            NONE if row.roi is None else f"{row.roi:.2f}",
            _times(row.homogeneous),
            _percent(row.planners_share),
            _percent(row.decomposition),
        )
        for row in rows
    ]
    return _table("beside one another, on the stubs that both were run on", heads, lines, rows, _meanings(rows))


def _table(
    title: str, heads: tuple[str, ...], lines: Sequence[tuple[str, ...]], rows: Sequence[Row], notes: Iterable[str]
) -> Table:
    """A table that names its models once where they are the same everywhere, and so fits 80 columns."""
    models = list(dict.fromkeys(map(_models, rows)))
    words = 2
    if len(models) == 1:
        heads, lines, words = (heads[0], *heads[2:]), [(line[0], *line[2:]) for line in lines], 1
        title = f"{title}: {models[0]}"
    return Table(
        name="costs", title=title, heads=heads, rows=columns_of(heads, *lines), words=words, notes=tuple(notes)
    )


def hint_lines(hint: Hint) -> list[str]:
    """Theorem 3 in a sentence for each planner, or what it lacks."""
    if not hint.prices:
        return [f"hint for the generator's price (Theorem 3): none; {hint.missing}"]
    lines: list[str] = []
    for planner, price in hint.prices.items():
        near = min(hint.generators, key=lambda model: abs(hint.generators[model][0] - price))
        lines.append(
            f"hint (Theorem 3): beside {planner} as the planner a generator is cheapest at ${price:.4g} "
            f"per million tokens; of these, {near} at ${hint.generators[near][0]:.4g} is nearest"
        )
    return lines


def _modes(rows: Sequence[Row]) -> bool:
    """Whether a line has to say in which mode it was run."""
    return len({row.mode for row in rows}) > 1


def _pipeline(row: Row, modes: bool) -> str:
    return f"{row.pipeline} ({row.mode})" if modes and row.mode else row.pipeline


def _models(row: Row) -> str:
    """The generator; the planner where it is another; other roles by name where they are others still."""
    generator = row.models.get("coder") or next(iter(row.models.values()), "?")
    planner = row.models.get("planner", generator)
    named = generator if planner == generator else f"{generator} / {planner}"
    others = [f"+ {role}={model}" for role, model in row.models.items() if role not in {"coder", "planner"}]
    return " ".join([named, *(other for other in others if not other.endswith(f"={generator}"))])


def _spent(spent: Spending) -> tuple[str, str, str, str]:
    about = "~" if spent.estimated else ""
    tokens = (f"{about}{spent.prompt_tokens:,}", f"{about}{spent.completion_tokens:,}")
    return (str(spent.calls), *tokens, shown(spent) if spent.calls else UNKNOWN)


def _times(against: Against | None) -> str:
    if against is None:
        return NONE
    return UNKNOWN if against.relative is None else f"{against.relative:.2f}"


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{100 * share:.0f} %"


def _notes(rows: Sequence[Row]) -> Iterator[str]:
    """What a reader of the first table must know."""
    yield "verified: every example holds, and every hidden test where a task has them"
    if any(row.usd is None for row in rows):
        yield "n/a, ≥: a price is unknown; settings give prices (roles.coder.price_in, …)"
    for asked, answered in dict.fromkeys(pair for row in rows for pair in row.answered.items()):
        yield f"{asked}: the server calls the model that answered {answered}"
    for row in rows:
        if row.shared:
            came = f"{row.shared} answers came in {counted(row.requests, 'request')} for several"
            yield f"{row.pipeline}: {came}, each with a prompt that was sent, and counts, once"
    if scripted := sum(row.scripted for row in rows):
        yield f"{scripted} of the runs had answers that a person wrote"


def _meanings(rows: Sequence[Row]) -> Iterator[str]:
    """What the columns of the second table hold, and where they stand on fewer stubs."""
    beside = {row.standard.pipeline for row in rows if row.standard is not None}
    standard = " or ".join(name for name in STANDARDS if name in beside) or STANDARDS[0]
    yield f"× standard: cost over that of {standard} with the same generator"
    yield "ROI: points of verified runs for each further multiple of that cost"
    yield "× homogeneous: cost over that of pat with the planner's model in both places"
    yield "planner: its part of the cost, or of the tokens where there is no price"
    yield "split: runs that a plan took apart"
    if any(not row.usd for row in rows):
        yield "without prices above 0 nothing can be compared; --price MODEL=IN,OUT tries some"
    several = len(set(map(_models, rows))) > 1
    for row in rows:
        name = f"{row.pipeline} · {_models(row)}" if several else row.pipeline
        for what, against in (("× standard", row.standard), ("× homogeneous", row.homogeneous)):
            if against is not None and against.stubs < row.stubs:
                yield f"{name}: {what} on {against.stubs} of its {row.stubs} stubs"
