"""A hint from a person's own runs: what the generator may cost beside a given planner (arXiv 2605.07248, Theorem 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..events import (
    CallEnded,
    CallStarted,
    Checked,
    Decomposed,
    Drafted,
    Entry,
    NodeOpened,
)
from ..facts import Fact
from ..state.cost import PER
from .theory import LEAST_MODELS, best_price, fitted

Run = Sequence[Entry]
_WRITING = frozenset({"trial", "draft", "conquer"})
_PLANNING = frozenset({"plan", "divide"})


class Hint(Fact, frozen=True):
    """What Theorem 3 says of a person's own runs, or why it says nothing."""

    prices: dict[str, float] = {}
    """By planner: the generator's best price beside it, USD per million tokens."""
    generators: dict[str, tuple[float, float]] = {}
    """By model: price (USD per million tokens) and reach (tokens), of those whose runs tell both."""
    missing: str = ""
    """What it would take, in words, when there is no price."""


def hint_of(runs: Sequence[Run]) -> Hint:
    """The generator's best price beside each planner of these runs, whatever pipelines they are of."""
    writing = {model: [_only(run, model) for run in runs] for model in _models(runs, _WRITING)}
    shown = {model: found for model, own in writing.items() if (found := price_and_reach(own)) is not None}
    grown = [run for run in runs if any(isinstance(entry.event, NodeOpened) for entry in run)]
    planners = _models(grown, _PLANNING)
    planned = {planner: [run for run in grown if planner in _models([run], _PLANNING)] for planner in planners}
    known = [planner for planner, own in planned.items() if planning_cost(own) is not None]
    found = {planner: generator_price([writing[model] for model in shown], planned[planner]) for planner in known}
    prices = {planner: price for planner, price in found.items() if price is not None}
    return Hint(prices=prices, generators=shown, missing="" if prices else _missing(shown, bool(known)))


def _missing(shown: Mapping[str, tuple[float, float]], planned: bool) -> str:
    """Why nothing follows."""
    if len({price for price, _ in shown.values()}) < LEAST_MODELS:
        named = f" ({', '.join(shown)})" if shown else ""
        return (
            f"it takes {LEAST_MODELS} generators with different, known prices, each of which solved something at once; "
            f"these runs have {len(shown)}{named}"
        )
    if not planned:
        return "it takes a run in which a planner whose price is known split a function; none of these is one"
    return "it takes dearer generators that write longer functions at once; those of these runs do not"


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
    solved: list[float] = []
    for run in runs:
        calls = _calls(run, _WRITING)
        if any(ended.cost is None for ended in calls.values()):
            return None
        usd += sum(ended.cost or 0.0 for ended in calls.values())
        tokens += sum(ended.usage.prompt_tokens + ended.usage.completion_tokens for ended in calls.values())
        solved += [_wrote(calls[call], calls.values()) for call in _solving(run) if call in calls]
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


def _wrote(ended: CallEnded, calls: Iterable[CallEnded]) -> float:
    """Tokens of an answer; where a server counts several as one, their mean."""
    if not ended.usage.pooled:
        return ended.usage.completion_tokens
    shared = [call.usage.completion_tokens for call in calls if call.request == ended.request]
    return sum(shared) / len(shared)


def _models(runs: Iterable[Run], purposes: frozenset[str]) -> tuple[str, ...]:
    """The models that were asked for such a thing, in the order in which they first were."""
    started = (entry.event for run in runs for entry in run)
    return tuple(dict.fromkeys(e.model for e in started if isinstance(e, CallStarted) and e.purpose in purposes))


def _only(run: Run, model: str) -> Run:
    """The run as if nobody but this model had been asked."""
    return [entry for entry in run if not isinstance(entry.event, CallStarted) or entry.event.model == model]


def _solving(run: Iterable[Entry]) -> list[str]:
    """The calls whose draft passed all its checks."""
    events = [entry.event for entry in run]
    passed = {event.report.draft for event in events if isinstance(event, Checked) and event.report.all_passed}
    return [event.call for event in events if isinstance(event, Drafted) and event.draft.id in passed and event.call]
