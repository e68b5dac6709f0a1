"""The cost model of arXiv 2605.07248: its theorems, its check values, and what it must not say."""

import math

import pytest
from grove import GOOD, HALF, PLAN, SAME, Stage, code
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine import events as ev
from redraft.engine.events import Entry
from redraft.engine.facts import Check, Draft, Example, Price, Report, Usage
from redraft.engine.state.cost import Spending, by_role
from redraft.engine.state.economy import (
    decomposition_rate,
    relative_cost,
    roi,
    share,
)
from redraft.engine.tables.price_hint import generator_price, price_and_reach
from redraft.engine.tables.theory import (
    Power,
    best_price,
    cost_of,
    fitted,
    mix_wins,
    some_mix_wins,
)

PAPER = Power(alpha=1722.2, beta=0.12)
PRICES = (0.11, 0.18, 0.35, 0.70)
"""Input prices of Qwen3 4B, 8B, 14B, 32B, USD per million tokens (appendix A)."""


def test_theorem_3_gives_the_papers_price():
    assert best_price(PAPER, planning=1270.73, largest=0.70) == pytest.approx(0.1148, abs=5e-5)


def test_a_generator_never_costs_more_than_the_large_model():
    assert best_price(PAPER, planning=1e9, largest=0.70) == 0.70


def test_the_best_price_is_where_the_cost_is_least():
    best = best_price(PAPER, planning=1270.73, largest=0.70)

    def cost(price: float) -> float:
        return cost_of(1e5, 3, price, PAPER.reach(price), 1270.73)

    assert min((cost(best * step), step) for step in (0.5, 0.8, 0.95, 1.0, 1.05, 1.25, 2.0))[1] == 1.0


@given(st.floats(1, 1e4), st.floats(0.05, 1.0))
def test_alpha_and_beta_come_back_from_models_that_follow_them(alpha: float, beta: float):
    true = Power(alpha=alpha, beta=beta)
    found = fitted([(price, true.reach(price)) for price in PRICES])
    assert found is not None
    assert (found.alpha, found.beta) == (pytest.approx(alpha, rel=1e-6), pytest.approx(beta, rel=1e-6))


@pytest.mark.parametrize(
    "models",
    [
        [],
        [(0.1, 1.0), (0.2, 2.0)],
        [(0.1, 1.0), (0.1, 2.0), (0.1, 3.0)],
        [(0.1, 3.0), (0.2, 2.0), (0.4, 1.0)],
        [(0.0, 1.0), (0.1, 0.0), (0.2, 1.0), (0.4, 2.0)],
    ],
    ids=["none", "two", "three of one price", "dearer is worse", "free or useless"],
)
def test_models_that_tell_nothing_give_no_fit(models: list[tuple[float, float]]):
    assert fitted(models) is None


def test_theorem_1_is_at_beta_1_what_the_paper_states():
    for n in (2, 3, 4, 7):
        bound = (0.5 - 1 / n**2) * 900 * 0.7 / n
        assert some_mix_wins(bound * 0.999, n, 900, 0.7)
        assert not some_mix_wins(bound * 1.001, n, 900, 0.7)


@pytest.mark.parametrize("beta", [0.12, 0.5])
@pytest.mark.parametrize("ways", [2, 3, 4])
def test_the_papers_bound_of_theorem_1_suffices_at_smaller_betas(ways: int, beta: float):
    bound = (0.5 - 1 / ways**2) * 900 * 0.7 / ways
    assert some_mix_wins(bound * 0.999, ways, 900, 0.7, beta)


@given(st.floats(0.01, 0.69), st.floats(1, 899), st.floats(0.1, 1e5))
def test_theorem_2_says_what_its_own_cost_says(cheap: float, near: float, planning: float):
    alone, mixed = cost_of(1e6, 3, 0.7, 900, planning), cost_of(1e6, 3, cheap, near, planning)
    if not math.isclose(alone, mixed, rel_tol=1e-9):
        assert mix_wins(planning, (cheap, near), (0.7, 900)) is (mixed < alone)


def test_a_small_model_that_reaches_as_far_need_only_be_cheaper():
    assert mix_wins(1e9, (0.1, 900), (0.7, 900))
    assert not mix_wins(1e9, (0.8, 900), (0.7, 900))


# ------------------------------------------------------------------------------------------ runs against runs


def test_relative_cost_is_a_ratio_of_means():
    assert relative_cost([0.2, 0.4], [0.1, 0.05]) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("runs", "against"), [([], [1.0]), ([1.0], []), ([None, 1.0], [1.0]), ([1.0], [None]), ([1.0], [0.0])]
)
def test_an_unknown_cost_makes_no_relative_cost(runs, against):
    assert relative_cost(runs, against) is None


@pytest.mark.parametrize("relative", [None, 0.5, 1.0])
def test_return_is_undefined_where_nothing_was_spent_on_top(relative):
    assert roi(5.0, relative) is None


@given(st.floats(-50, 50), st.floats(1.01, 20))
def test_return_times_what_was_spent_on_top_is_the_gain(gain: float, relative: float):
    assert roi(gain, relative) * (relative - 1) == pytest.approx(gain)  # type: ignore[operator]


PLANNED = {"f": code(HALF), "g": code(SAME, "g")}


async def test_the_planners_share_is_its_part_of_the_money_or_of_the_tokens():
    prices = {
        "coder": Price(input=1.0, output=1.0),
        "planner": Price(input=10.0, output=10.0),
        "tester": Price(input=1.0, output=1.0),
    }
    dear, free = await Stage(PLANNED, {"f": PLAN}, prices=prices).run(), await Stage(PLANNED, {"f": PLAN}).run()  # type: ignore[arg-type]
    parts = [
        share("planner", by_role([(c.role, c.tokens, c.cost) for c in grown.state.calls])) for grown in (dear, free)
    ]
    assert parts[0] > parts[1] > 0  # type: ignore[operator]
    assert share("planner", {}) is None
    assert share("planner", {"coder": Spending().plus(Usage(prompt_tokens=1), 1.0)}) == 0.0


async def test_the_decomposition_rate_counts_runs_whose_planner_introduced_a_helper():
    hit = (await Stage({"f": code(GOOD)}).run()).entries
    split = (await Stage(PLANNED, {"f": PLAN}).run()).entries
    written = (await Stage(PLANNED, {"f": code(GOOD)}).run()).entries
    assert decomposition_rate([hit, split, written, split]) == 0.5
    assert decomposition_rate([]) is None


# ------------------------------------------------------------------------------------------ a hint from one's own runs


def run_of(tokens: int, cost: float | None, *, passed: bool = True, plan: float | None = None) -> list[Entry]:
    """A log with one trial of so many tokens that cost so much, and a plan for two helpers."""
    draft = Draft(id="d1", body="return x")
    check = Check(example=Example(source="f(1)"), verdict="passed" if passed else "failed")
    events: list[ev.AnyEvent] = [
        ev.CallStarted(call="c1", role="coder", purpose="trial", model="m"),
        ev.CallEnded(call="c1", finish="stop", usage=Usage(completion_tokens=tokens), seconds=1.0, cost=cost),
        ev.Drafted(draft=draft, call="c1"),
        ev.Checked(report=Report(draft="d1", checks=(check,))),
    ]
    if plan is not None:
        events += [
            ev.CallStarted(call="c2", role="planner", purpose="plan", model="large"),
            ev.CallEnded(call="c2", finish="stop", usage=Usage(completion_tokens=9), seconds=1.0, cost=plan),
            ev.Decomposed(draft="d2", helpers=("g", "h")),
        ]
    return [Entry(at=0.0, event=event) for event in events]


def priced(price: float) -> list[Entry]:
    """A model of this price (USD per million tokens) that reaches as far as the paper's fit says."""
    tokens = round(PAPER.reach(price) / 2)
    return run_of(tokens, tokens * price / 1e6)


PLANS = [run_of(1, 0.0, plan=2 * 1270.73 / 1e6)]


def test_a_models_price_and_reach_come_from_its_own_runs():
    assert price_and_reach([run_of(100, 100e-6), run_of(300, 300e-6)]) == pytest.approx((1.0, 400.0))


def test_the_hint_of_runs_that_follow_the_papers_fit_is_the_papers_price():
    hint = generator_price([[priced(price)] for price in PRICES], PLANS)
    assert hint == pytest.approx(0.1148, rel=0.02)


@pytest.mark.parametrize(
    ("generators", "planned"),
    [
        ([[priced(0.1)], [priced(0.2)]], PLANS),
        ([[priced(0.1)], [priced(0.2)], [run_of(9, None)]], PLANS),
        ([[priced(0.1)], [priced(0.2)], [run_of(9, 1e-6, passed=False)]], PLANS),
        ([[priced(0.1)], [priced(0.2)], [priced(0.4)]], [priced(0.4)]),
    ],
    ids=["two models", "unknown price", "nothing solved", "nothing planned"],
)
def test_runs_that_tell_too_little_give_no_hint(generators, planned):
    assert generator_price(generators, planned) is None
