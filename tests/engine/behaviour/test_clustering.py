"""Which candidates do the same, and which input tells the others apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.behaviour.clustering import agreement, clustered, differing, disputed
from redraft.engine.behaviour.outcomes import Done, result_of, same_done, same_outcome
from redraft.engine.behaviour.questions import answer_of, question, remaining, says
from redraft.engine.facts import Answer, Behaviours, Outcome, Result


def gives(value: object, printed: str = "") -> Done:
    return Done(
        Outcome(status="returned", value=repr(value), printed=f"{printed}{value!r}\n", type_name="builtins.int")
    )


def raises(what: str) -> Done:
    return Done(Outcome(status="raised", raised=what))


def table(**candidates: list[object]) -> Behaviours:
    """Candidates by what they give; a text that begins with "!" is raised."""
    did = {
        name: [raises(value[1:]) if isinstance(value, str) and value.startswith("!") else gives(value) for value in row]
        for name, row in candidates.items()
    }
    return clustered([f"f({n})" for n in range(len(next(iter(candidates.values()))))], did)


# ------------------------------------------------------------------------------------------------ the same


def test_outcomes_are_the_same_by_value_or_by_the_class_of_what_was_raised():
    assert same_done(gives({1, 2}), gives({2, 1}))
    assert same_done(gives(0.1 + 0.2), gives(0.3))
    assert not same_done(gives(1), gives(2)) and not same_done(gives(1), gives(True))
    assert same_done(raises("ValueError: no"), raises("ValueError: other words"))
    assert not same_done(raises("ValueError: no"), raises("KeyError: no")) and not same_done(
        raises("ValueError"), gives(1)
    )
    assert not same_outcome(Outcome(status="not run"), Outcome(status="not run"))


def test_what_is_printed_counts_and_so_does_what_a_call_does_to_its_arguments():
    assert not same_done(gives(1, "hi\n"), gives(1))
    changed = Done(gives(1).outcome, (("xs", gives([1, 2]).outcome),))
    assert not same_done(gives(1), changed) and same_done(changed, changed)
    assert result_of(changed).brief == "1; xs is [1, 2] then"


def test_an_object_without_a_text_of_its_own_cannot_be_compared_and_that_is_said():
    lazy = Done(Outcome(status="returned", printed="<generator object f at 0x7f01>\n", type_name="builtins.generator"))
    assert result_of(lazy) == Result(kind="opaque", text="an object of generator, which cannot be compared")


def test_a_flood_is_shortened_and_said_to_be():
    result = result_of(gives("a" * 5000))
    assert result.cut and len(result.text) == 200


def test_equal_rows_are_one_behaviour_and_the_heaviest_comes_first():
    found = table(d1=[1, 0], d2=[1, 2], d3=[1, 2])
    assert [group.drafts for group in found.groups] == [("d2", "d3"), ("d1",)]
    assert found.results[1][0].text == "2" and found.result(found.groups[1], 1).text == "0"
    assert differing(found, "d1", "d3") == (1,) and differing(found, "d2", "d3") == ()
    assert agreement(found) == {"d2": 3.0, "d3": 3.0, "d1": 2.0}


def test_an_input_with_which_everybody_raises_type_error_is_left_out():
    assert table(d1=["!TypeError: no", 1], d2=["!TypeError: nope", 2]).inputs == ("f(1)",)
    assert table(d1=["!TypeError: no"], d2=[2]).inputs == ("f(0)",)


def test_what_gives_something_else_each_time_is_a_behaviour_of_its_own():
    found = clustered(["f(0)"], {"d1": [gives(1)], "d2": [None], "d3": [None]})
    assert [group.drafts for group in found.groups] == [("d2", "d3"), ("d1",)]
    assert found.results[0][0].kind == "unsteady"
    assert question(found) is not None, "somebody does something there that could be wanted"


VALUES = st.integers(0, 2) | st.sampled_from(["!ValueError: a", "!KeyError: b"])
ROWS = st.integers(1, 6).flatmap(
    lambda inputs: st.lists(st.lists(VALUES, min_size=inputs, max_size=inputs), min_size=1, max_size=7)
)


@given(ROWS)
def test_groups_partition_the_candidates_by_what_they_do(rows: list[list[object]]):
    names = [f"d{n}" for n in range(len(rows))]
    found = table(**dict(zip(names, rows, strict=True)))
    assert sorted(d for group in found.groups for d in group.drafts) == sorted(names)
    assert [group.weight for group in found.groups] == sorted((group.weight for group in found.groups), reverse=True)
    for one, row in zip(names, rows, strict=True):
        for other, its in zip(names, rows, strict=True):
            assert (found.group_of(one) == found.group_of(other)) == (row == its)
            assert len(differing(found, one, other)) == sum(a != b for a, b in zip(row, its, strict=True))


@given(ROWS)
def test_disputed_are_the_inputs_that_tell_candidates_apart(rows: list[list[object]]):
    did = {f"d{n}": [raises(v[1:]) if isinstance(v, str) else gives(v) for v in row] for n, row in enumerate(rows)}
    assert disputed(did, len(rows[0])) == [n for n in range(len(rows[0])) if len({row[n] for row in rows}) > 1]


# ------------------------------------------------------------------------------------------------ the question


def test_the_input_that_splits_best_is_asked_and_the_simplest_of_equals():
    found = table(d1=[1, 1, 1], d2=[1, 2, 2], d3=[1, 3, 3], d4=[2, 1, 1])
    ask = question(found)
    assert ask is not None and ask.call == "f(1)"
    assert ask.told == "f(1): 2 of 4 give 1, 1 gives 2, 1 gives 3"


def test_inputs_that_most_refuse_are_asked_last():
    found = table(d1=["!ValueError: a", 1], d2=["!KeyError: b", 2], d3=["!KeyError: b", 2])
    ask = question(found)
    assert ask is not None and ask.call == "f(1)"


def test_no_question_where_all_agree_or_what_differs_can_only_be_refused():
    assert question(table(d1=[1], d2=[1])) is None
    assert (
        question(
            clustered(["f(0)"], {"d1": [Done(Outcome(status="timeout"))], "d2": [Done(Outcome(status="crashed"))]})
        )
        is None
    )


def test_candidates_that_contradict_an_answer_fall_away():
    found = table(d1=[0, 5], d2=["!IndexError: x", 5], d3=["!IndexError: y", 6])
    raised = Answer(call="f(0)", raises="IndexError")
    assert [group.drafts for group in remaining(found, [raised])] == [("d2",), ("d3",)]
    assert remaining(found, [Answer(call="f(0)", gives="7")]) == ()
    ask = question(found, [Answer(call="f(0)")])
    assert ask is not None and ask.call == "f(1)", "what does not matter is not asked again, and nobody falls away"


def test_only_those_among_whom_is_asked_count():
    found = table(d1=[0], d2=[1], d3=[2])
    assert question(found, among={"d1"}) is None
    ask = question(found, among={"d1", "d3"})
    assert ask is not None and ask.of == 2


@given(ROWS)
def test_every_answer_to_a_question_leaves_fewer_and_the_questions_end(rows: list[list[object]]):
    found = table(**{f"d{n}": row for n, row in enumerate(rows)})
    answers: list[Answer] = []
    while (ask := question(found, answers)) is not None:
        before = remaining(found, answers)
        option = ask.options[-1]
        answers.append(answer_of(ask, option))
        after = remaining(found, answers)
        assert says(answers[-1], option.result)
        assert sum(group.weight for group in after) == option.weight < sum(group.weight for group in before)
    left = remaining(found, answers)
    assert len(left) <= 1 and len(answers) <= len(found.groups)
