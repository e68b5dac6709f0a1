"""What calls cost, and that nobody is told less than the truth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.facts import Price, Usage
from redraft.engine.state.cost import (
    Spending,
    by_role,
    cost,
    shown,
    total,
)

CHEAP = Price(input=0.5, output=2.0)


def test_a_call_costs_its_prompt_and_its_answer_each_at_its_price():
    assert cost(Usage(prompt_tokens=1_000_000, completion_tokens=500_000), CHEAP) == pytest.approx(1.5)


def test_a_call_without_a_price_costs_nobody_knows_what():
    assert cost(Usage(prompt_tokens=10), None) is None


def test_a_free_model_costs_nothing_and_that_is_known():
    assert cost(Usage(prompt_tokens=10), Price(input=0, output=0)) == 0.0
    assert shown(Spending().plus(Usage(), 0.0)) == "$0.00"


def test_a_total_with_an_unknown_call_is_not_known_but_its_least_is():
    spent = Spending().plus(Usage(prompt_tokens=10), 0.5).plus(Usage(prompt_tokens=5, estimated=True), None)
    assert (spent.usd, spent.known, spent.partial, spent.estimated) == (None, 0.5, True, True)
    assert shown(spent) == "≥$0.50"


def test_a_total_of_unknown_calls_only_is_not_available():
    spent = Spending().plus(Usage(), None)
    assert (spent.usd, spent.partial, shown(spent)) == (None, False, "n/a")


def test_each_role_that_was_asked_has_its_own_total():
    one, two = Usage(prompt_tokens=10, completion_tokens=1), Usage(prompt_tokens=20, completion_tokens=2)
    spent = by_role([("coder", one, 0.1), ("reviewer", two, None), ("coder", two, 0.2)])
    assert list(spent) == ["coder", "reviewer"]
    assert (spent["coder"].calls, spent["coder"].prompt_tokens, spent["coder"].usd) == (2, 30, pytest.approx(0.3))
    assert total(spent.values()).usd is None and total(spent.values()).calls == 3


def test_nothing_spent_reads_as_not_available():
    assert (shown(Spending()), total([]).usd) == ("n/a", None)


usages = st.builds(
    Usage, prompt_tokens=st.integers(0, 9999), completion_tokens=st.integers(0, 9999), estimated=st.booleans()
)
calls = st.lists(st.tuples(st.sampled_from(["coder", "reviewer"]), usages, st.none() | st.floats(0, 10)), max_size=12)


@given(calls)
def test_the_total_over_roles_is_the_total_over_calls(made: list[tuple[str, Usage, float | None]]):
    together = Spending()
    for _, usage, usd in made:
        together = together.plus(usage, usd)
    summed = total(by_role(made).values())  # type: ignore[arg-type]
    assert (summed.calls, summed.unpriced, summed.estimated) == (together.calls, together.unpriced, together.estimated)
    assert summed.known == (None if together.known is None else pytest.approx(together.known))
    assert (summed.usd is None) == (not made or any(usd is None for _, _, usd in made))


@given(st.floats(min_value=1e-9, max_value=1e4))
def test_a_cost_above_zero_never_reads_as_zero(usd: float):
    assert float(shown(Spending(calls=1, known=usd)).removeprefix("$")) == pytest.approx(usd, rel=0.5)
