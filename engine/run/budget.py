"""What a run has used, held against what it may."""

from __future__ import annotations

from ..errors import BudgetSpent
from ..events import AnyEvent, CallEnded, CallStarted
from ..kit import Budget


class Allowance:
    """Counts the calls of one log: each from its beginning, for several may be under way; what it used at its end."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._calls = self._tokens = 0
        self._usd = 0.0

    def count(self, event: AnyEvent) -> None:
        """Take note of a call that begins or is over."""
        if isinstance(event, CallStarted):
            self._calls += 1
        elif isinstance(event, CallEnded):
            self._tokens += event.usage.prompt_tokens + event.usage.completion_tokens
            self._usd += event.cost or 0.0

    def check(self, seconds: float) -> None:
        """Whether one more call may be made, `seconds` after the run began. Raises: BudgetSpent."""
        budget = self._budget
        for used, most, what in (
            (self._calls, budget.calls, "calls"),
            (self._tokens, budget.tokens, "tokens"),
            (seconds, budget.seconds, "seconds"),
            (self._usd, budget.usd, "USD"),
        ):
            if most is not None and used >= most:
                raise BudgetSpent(f"{used:.4g} of {most:.4g} {what} are used; raise budget.{what.lower()} to go on")
