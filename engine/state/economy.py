"""What runs cost against one another (arXiv 2605.07248, 4.1): relative cost, return on it, and the planner's part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..events import CallStarted, Decomposed, Entry
from ..facts import Role
from .cost import Spending, total


def relative_cost(runs: Sequence[float | None], against: Sequence[float | None]) -> float | None:
    """Mean USD of some runs over the mean of others: Standard with the same model, or the homogeneous run.

    None when a cost is unknown, there are none, or the others cost nothing.
    """
    ours, theirs = _mean(runs), _mean(against)
    return None if ours is None or not theirs else ours / theirs


def roi(gain: float, relative: float | None) -> float | None:
    """Percentage points won for each multiple of the cost that was spent on top; None at a relative cost up to 1.

    >>> roi(7.0, 4.5)
    2.0
    >>> roi(3.0, 1.0) is None
    True
    """
    return None if relative is None or relative <= 1 else gain / (relative - 1)


def share(role: Role, spent: Mapping[Role, Spending]) -> float | None:
    """The part of all USD that went to a role, from 0 to 1; of all tokens when no price is known; None for no calls."""
    own, everyone = spent.get(role, Spending()), total(spent.values())
    if everyone.usd:
        return (own.usd or 0.0) / everyone.usd
    tokens = everyone.prompt_tokens + everyone.completion_tokens
    return (own.prompt_tokens + own.completion_tokens) / tokens if tokens else None


def decomposed(entries: Iterable[Entry]) -> bool:
    """Whether a planner was asked in this run, and introduced at least one helper."""
    events = [entry.event for entry in entries]
    planned = any(isinstance(event, CallStarted) and event.purpose in {"plan", "divide"} for event in events)
    return planned and any(isinstance(event, Decomposed) and event.helpers for event in events)


def decomposition_rate(runs: Sequence[Iterable[Entry]]) -> float | None:
    """The share of runs that were decomposed, from 0 to 1; None for no runs."""
    return sum(map(decomposed, runs)) / len(runs) if runs else None


def _mean(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) / len(known) if known and len(known) == len(costs) else None
