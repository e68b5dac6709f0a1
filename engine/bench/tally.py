"""How far a benchmark has come, column by column, while it runs."""

from __future__ import annotations

from msgspec.structs import replace

from ..facts import Fact
from ..state.cost import Spending
from .lines import Column, Line


class Tally(Fact, frozen=True):
    """How far a column has come."""

    column: Column
    total: int
    done: int = 0
    base: int = 0
    plus: int = 0
    errors: int = 0
    faults: int = 0
    """Problems with which redraft itself failed."""
    empty: int = 0
    """Answers without code."""
    spent: Spending = Spending()

    def plus_line(self, line: Line) -> Tally:
        """The same, and one more result."""
        if line.status == "error":
            return replace(self, errors=self.errors + 1)
        if line.status == "fault":
            return replace(self, faults=self.faults + 1)
        return replace(
            self,
            done=self.done + 1,
            base=self.base + line.base,
            plus=self.plus + line.plus,
            empty=self.empty + (line.judged == "no code"),
            spent=self.spent + line.spent,
        )
