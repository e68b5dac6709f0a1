"""A budget is held against what was used, between two calls."""

import pytest
from redraft.engine.errors import BudgetSpent
from redraft.engine.events import CallEnded, CallFailed, CallStarted, Decided
from redraft.engine.facts import Usage
from redraft.engine.kit import Budget
from redraft.engine.run.budget import Allowance

BEGUN = CallStarted(call="c1", role="coder", purpose="draft", model="m")
CALL = CallEnded(call="c1", finish="stop", usage=Usage(prompt_tokens=60, completion_tokens=40), seconds=1.0, cost=0.5)


def allowance(budget: Budget, *events) -> Allowance:
    made = Allowance(budget)
    for event in events:
        made.count(event)
    return made


def test_without_a_budget_anything_may_be_used():
    allowance(Budget(), *[BEGUN, CALL] * 1000).check(seconds=1e9)


@pytest.mark.parametrize(
    ("budget", "calls"),
    [
        (Budget(calls=3), 3),
        (Budget(tokens=300), 3),
        (Budget(usd=1.5), 3),
        (Budget(tokens=250), 3),
        (Budget(calls=1), 1),
    ],
)
def test_a_budget_is_spent_once_what_it_allows_was_used(budget: Budget, calls: int):
    allowance(budget, *[BEGUN, CALL] * (calls - 1)).check(seconds=0.0)
    with pytest.raises(BudgetSpent):
        allowance(budget, *[BEGUN, CALL] * calls).check(seconds=0.0)


def test_seconds_are_those_since_the_run_began():
    allowance(Budget(seconds=10.0)).check(seconds=9.9)
    with pytest.raises(BudgetSpent, match=r"10 of 10 seconds are used; raise budget\.seconds to go on"):
        allowance(Budget(seconds=10.0)).check(seconds=10.0)


def test_a_call_that_failed_counts_as_a_call():
    with pytest.raises(BudgetSpent):
        allowance(Budget(calls=1), BEGUN, CallFailed(call="c1", problem="gone")).check(seconds=0.0)


def test_a_call_that_is_under_way_counts_as_a_call_so_that_many_at_once_do_not_slip_through():
    with pytest.raises(BudgetSpent):
        allowance(Budget(calls=2), BEGUN, BEGUN).check(seconds=0.0)


def test_what_is_no_call_counts_for_nothing():
    allowance(Budget(calls=1), Decided(what="so")).check(seconds=0.0)
