"""The table of a race as its screen shows it."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.tables.race_table import Row
from ...engine.tables.race_text import HEADS, cells
from ...widgets.results.score_table import Column, Line
from ...widgets.signs import STUBS
from ...widgets.text import Run

_WEIGHTS = {"in": 6, "out": 5, "cost": 4, "seconds": 3, "calls": 2, "against raw-coder": 1}
COLUMNS = tuple(
    Column(
        head,
        numbers=head in {"visible", "hidden", "calls", "in", "out", "seconds", "cost"},
        weight=_WEIGHTS.get(head, 0),
    )
    for head in HEADS
)
_SIGNS = {**STUBS, "failed": STUBS["problem"], "running": STUBS["drafting"]}


def lines(rows: Sequence[Row]) -> tuple[Line, ...]:
    """A line for every row; the key is the lane's number, from 1."""
    return tuple(Line(tuple(_inked(row)), number) for number, row in enumerate(rows, start=1))


def _inked(row: Row) -> list[Run]:
    texts = dict(zip(HEADS, cells(row), strict=True))
    sign = _SIGNS[row.verdict]
    inks = {"lane": "bold", "verdict": sign.ink, "cost": "$muted", "in": "$muted", "out": "$muted"}
    if row.change is not None:
        inks["against raw-coder"] = "$state-fail" if row.change.direction == "regression" else "$state-pass"
    texts["verdict"] = f"{sign.mark} {texts['verdict']}"
    return [(texts[head], inks.get(head, "")) for head in HEADS]
