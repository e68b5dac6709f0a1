"""Which lanes of a race do the same."""

from redraft.engine.behaviour.clustering import clustered
from redraft.engine.behaviour.lanes import told_alike
from redraft.engine.behaviour.outcomes import Done
from redraft.engine.facts import Behaviours, Outcome


def table(**lanes: list[int]) -> Behaviours:
    did = {
        name: [Done(Outcome(status="returned", value=str(value), printed=f"{value}\n")) for value in row]
        for name, row in lanes.items()
    }
    return clustered([f"f({n})" for n in range(len(next(iter(lanes.values()))))], did)


def test_lanes_that_do_the_same_are_told_together_and_the_others_with_a_call_that_shows_it():
    assert told_alike(table(raw=[1, 2], pat=[1, 2], debate=[1, 3])) == (
        "raw, pat: the same with 2 calls",
        "debate: not as raw with 1 of 2 calls (f(1) is 3 and not 2)",
    )
    assert told_alike(table(raw=[1, 2], pat=[1, 2])) == ("all that settled do the same with 2 calls",)


def test_where_nothing_was_compared_nothing_is_told():
    assert told_alike(Behaviours()) == () and told_alike(table(raw=[1])) == ()
