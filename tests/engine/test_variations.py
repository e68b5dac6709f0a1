"""Calls that no example makes, made of those that the examples make."""

from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.examples.agreement import same_outcome
from redraft.engine.examples.variations import MOST, variations
from redraft.engine.facts import Example, Outcome, Stub


def calls(*sources: str, name: str = "f", **more: object) -> tuple[str, ...]:
    examples = tuple(Example(source=source, want="1\n", **more) for source in sources)  # type: ignore[arg-type]
    return variations(Stub(path="a.py", name=name, line=1, header=f"def {name}(x): ...\n", examples=examples))


def test_one_argument_is_changed_at_a_time_and_the_rest_stays():
    assert calls("f(3, key=True)\n")[:2] == ("f(4, key=True)", "f(2, key=True)")
    assert "f(3, key=False)" in calls("f(3, key=True)\n")


def test_no_variation_is_an_example():
    assert not {"f(1)", "f(2)"} & set(calls("f(1)", "f(2)"))


def test_examples_take_turns_so_that_a_long_one_does_not_crowd_out_the_others():
    many = calls("f([1, 2, 3, 4, 5, 6], 'abcdef')", "f([9], 'z')")
    assert any("'z'" in call for call in many[:2]) and any("'abcdef'" in call for call in many[:2])
    assert len(calls("f([1, 2, 3], [4, 5, 6], 'abc', 1, 2.5, (1,))")) == MOST


def test_what_is_no_call_of_the_function_with_plain_arguments_has_none():
    assert calls("g(1)", "f(x)", "s = f(1)", "f(1).y", "f(open('a'))") == ()
    assert calls("Stack().push(1)", name="Stack.push") == ()
    assert calls("f(1)", waits_for=("g",)) == ()


@given(st.recursive(st.integers() | st.floats() | st.text() | st.booleans() | st.none(), st.lists, max_leaves=8))
def test_every_variation_is_one_call_whatever_the_argument(value: object):
    for call in calls(f"f({value!r})"):
        compile(call, "", "eval")


def test_outcomes_are_the_same_by_value_or_by_the_class_of_what_was_raised():
    def outcome(value: str) -> Outcome:
        return Outcome(status="returned", value=value, printed=value + "\n")

    bad, other = (Outcome(status="raised", raised=f"{name}: no") for name in ("ValueError", "KeyError"))
    assert same_outcome(outcome("{1, 2}"), outcome("{2, 1}"))
    assert not same_outcome(outcome("1"), outcome("2"))
    assert same_outcome(bad, Outcome(status="raised", raised="ValueError: other words"))
    assert not same_outcome(Outcome(status="not run"), Outcome(status="not run"))
    assert not same_outcome(bad, other) and not same_outcome(bad, outcome("1"))
