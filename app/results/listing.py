"""Which problems are listed, and what is said above them; values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ...engine.bench.browsing import (
    KINDS,
    MARKS,
    Case,
    Kind,
    Results,
)
from ...widgets.filter_bar import Filter
from ...widgets.signs import counted
from ..common.arrangement import SMALLEST
from .words import SAYS

BESIDE_FROM = 120
"""Columns from which problems and result stand side by side."""
STACKED_FROM = 40
"""Lines from which they stand one above the other where they do not fit side by side."""
LEFT_BELOW_SCORES = 19
"""Lines that are left for everything else when the table stands above it."""
Front = Literal["problems", "result", "table"]


class Listing(NamedTuple):
    """A choice among the problems of `results`."""

    results: Results
    kind: Kind | None = None
    """None for all."""
    column: int | None = None
    """The column that the filters speak of, None for any."""
    sought: str = ""

    @property
    def cases(self) -> tuple[Case, ...]:
        """The problems that are left."""
        return self.results.chosen(self.kind, self.column, self.sought)

    @property
    def title(self) -> str:
        """What is listed, and how much."""
        where = "" if self.column is None else f" of {self.results.names[self.column]}"
        return f"{self.kind or 'all'}{where}: {counted(len(self.cases), 'problem')}"

    @property
    def nothing(self) -> str:
        """What is said where nothing is left."""
        if not self.results.cases:
            return "no results yet; they appear here as they are written"
        sought = f" with {self.sought!r} in its id or name" if self.sought else ""
        return f"no problem{sought}" + (f" is {self.kind}" if self.kind else "")

    def filters(self, keys: Mapping[str, tuple[str, ...]]) -> tuple[Filter, ...]:
        """All filters, each with its key and with how many problems it would list."""

        def key(name: str) -> str:
            return next(iter(keys.get(f"results.{name}", ())), "")

        every = Filter("", "all", "all", key("all"), count=len(self.results.cases))
        kinds = (
            Filter(
                kind, *SAYS[kind], key(kind.replace(" ", "_")), MARKS[kind], len(self.results.chosen(kind, self.column))
            )
            for kind in KINDS
        )
        return (every, *kinds)


class Fit(NamedTuple):
    """What a results screen shows at one size."""

    tiny: bool
    """Nothing useful can be shown."""
    beside: bool
    """Problems and result stand side by side."""
    scores: bool
    body: bool
    problems: bool
    result: bool


def fit(width: int, height: int, front: Front, score_lines: int) -> Fit:
    """What fits into `width` columns and `height` lines, for a table of so many lines."""
    tiny = width < SMALLEST[0] or height < SMALLEST[1]
    beside, table = width >= BESIDE_FROM, front == "table"
    both = beside or height >= STACKED_FROM
    return Fit(
        tiny=tiny,
        beside=beside,
        scores=not tiny and (table or height - score_lines >= LEFT_BELOW_SCORES),
        body=not tiny and not table,
        problems=both or front != "result",
        result=both or front == "result",
    )
