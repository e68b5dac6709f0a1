"""A hint from a person's own runs: what the generator may cost beside a given planner (arXiv 2605.07248, Theorem 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .cost import PER
from .events import CallEnded, CallStarted, Checked, Decomposed, Drafted, Entry
from .theory import best_price, fitted

Run = Sequence[Entry]
_WRITING = frozenset({"trial", "draft", "conquer"})
_PLANNING = frozenset({"plan", "divide"})


def generator_price(generators: Sequence[Sequence[Run]], planned: Sequence[Run]) -> float | None:
    """The price in USD per million tokens at which a generator is cheapest beside the planner of `planned` runs.

    `generators` are the runs of one model each, three models at least. None when they tell too little: fewer models,
    unknown prices, nothing solved or nothing planned, or a dearer model that writes less.
    """
    shown = [found for runs in generators if (found := price_and_reach(runs)) is not None]
    power, planning = fitted(shown), planning_cost(planned)
    if power is None or planning is None or len(shown) < len(generators):
        return None
    return best_price(power, planning, max(price for price, _ in shown))


def price_and_reach(runs: Sequence[Run]) -> tuple[float, float] | None:
    """What a model costs (USD per million tokens it read or wrote) and how long a function it writes at once (tokens).

    With difficulties drawn evenly from (0, p], as the theory has it, those solved are p/2 long on average.
    """
    usd, tokens = 0.0, 0
    solved: list[int] = []
    for run in runs:
        calls = _calls(run, _WRITING)
        if any(ended.cost is None for ended in calls.values()):
            return None
        usd += sum(ended.cost or 0.0 for ended in calls.values())
        tokens += sum(ended.usage.prompt_tokens + ended.usage.completion_tokens for ended in calls.values())
        solved += [calls[call].usage.completion_tokens for call in _solving(run) if call in calls]
    return (usd / tokens * PER, 2 * sum(solved) / len(solved)) if usd > 0 and solved else None


def planning_cost(runs: Sequence[Run]) -> float | None:
    """D_L: what a plan costs for each helper it introduces, in millionths of a USD; None when nothing was planned."""
    ended = [call for run in runs for call in _calls(run, _PLANNING).values()]
    helpers = sum(len(e.event.helpers) for run in runs for e in run if isinstance(e.event, Decomposed))
    if not helpers or any(call.cost is None for call in ended):
        return None
    return sum(call.cost or 0.0 for call in ended) * PER / helpers


def _calls(run: Iterable[Entry], purposes: frozenset[str]) -> dict[str, CallEnded]:
    """The calls of a kind that gave an answer, by id."""
    events = [entry.event for entry in run]
    wanted = {e.call for e in events if isinstance(e, CallStarted) and e.purpose in purposes}
    return {e.call: e for e in events if isinstance(e, CallEnded) and e.call in wanted}


def _solving(run: Iterable[Entry]) -> list[str]:
    """The calls whose draft passed all its checks."""
    events = [entry.event for entry in run]
    passed = {event.report.draft for event in events if isinstance(event, Checked) and event.report.all_passed}
    return [event.call for event in events if isinstance(event, Drafted) and event.draft.id in passed and event.call]
