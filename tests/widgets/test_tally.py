"""Examples and tests in words."""

from __future__ import annotations

import pytest
from redraft.app.common.output import Paint, verdict_line
from redraft.app.run.sentences import ending
from redraft.engine.facts import Asserted, Check, Draft, Example, Relation, Report, Solution, Stub, UnusedTest
from redraft.engine.state.run import RunState
from redraft.widgets.run.stage_bar import StageBar
from redraft.widgets.run.tally import expectation, failing_score, score, standing

DRAFT = Draft(id="d1", body="return 1\n")


def check(number: int, *, passed: bool = True, of: int | None = None) -> Check:
    """An assertion of the test with this number, or of another."""
    name = f"tests/test_a.py::test_{number if of is None else of}"
    asserted = Asserted(where=f"tests/test_a.py:{number}", name=name, setup=("cart = Cart()",))
    example = Example(source=f"f({number})", want="1", compare="value", origin="test", test=asserted)
    return Check(example=example, verdict="passed" if passed else "failed", got="1" if passed else "2")


def example(*, passed: bool = True) -> Check:
    return Check(example=Example(source="f(0)", want="0\n"), verdict="passed" if passed else "failed")


def state(*checks: Check) -> RunState:
    report = Report(draft="d1", checks=checks)
    tests = tuple(each.example for each in checks if each.example.test)
    unused = (UnusedTest(where="tests/test_a.py:30", why="takes a fixture (client)"),)
    stub = Stub(
        path="a.py", name="f", line=1, header="def f(x):\n", examples=(example().example,), tests=tests, unused=unused
    )
    solution = Solution(draft=DRAFT, report=report, why="why")
    return RunState(run="r", status="settled", stub=stub, drafts=(DRAFT,), reports={"d1": report}, solution=solution)


ALL = (example(), check(1), check(2), check(3, of=2), check(4))
ONE_FAILS = (example(), check(12, passed=False), check(13, of=12), check(2), check(3), check(4))


def test_a_draft_that_stands_is_verified_also_by_the_tests():
    assert ending(state(*ALL), str)[0] == "verified, also by 3 of your tests; 1 test not used. diff.accept_all accepts"
    assert ending(state(check(1)), str)[0] == "verified by 1 of your tests; 1 test not used. diff.accept_all accepts"
    line = verdict_line(state(*ALL).solution, state(*ALL), Paint(on=False))
    assert line == "verified, also by 3 of your tests: the example holds (why)"


def test_a_draft_that_fails_a_test_says_which():
    assert standing(Report(draft="d1", checks=ONE_FAILS)) == (
        "1 of 1 example holds, 1 of 4 of your tests fails: tests/test_a.py:12"
    )
    line = verdict_line(state(*ONE_FAILS).solution, state(*ONE_FAILS), Paint(on=False))
    assert line == "1 of 1 example holds, 1 of 4 of your tests fails: tests/test_a.py:12 (why)"
    assert ending(state(*ONE_FAILS), str)[0].startswith(
        "1 of 1 example holds, 1 of 4 of your tests fails: tests/test_a.py:12 ("
    )
    assert "0 of 1 example" in standing(Report(draft="d1", checks=(example(passed=False), check(1))))


@pytest.mark.parametrize(
    ("relation", "told"),
    [("==", "1"), ("!=", "not 1"), ("<", "< 1"), ("in", "one of 1"), ("has", "has in it 1"), ("close", "about 1"), ("runs", "raises nothing")],
)  # fmt: skip
def test_every_relation_has_words(relation: Relation, told: str):
    test = Asserted(where="t.py:1", name="t", relation=relation)
    assert expectation(Example(source="f()", want="1", compare="value", origin="test", test=test)) == told


def test_one_way_of_counting_examples_once_and_tests_once_whatever_they_assert():
    cases = {
        "1 of 1, 3 of 3 tests": ALL,
        "1 of 1, 3 of 4 tests": ONE_FAILS,
        "1 of 1 test": (check(1), check(2, of=1)),
        "1 of 2": (example(), example(passed=False)),
    }
    assert [score(Report(draft="d1", checks=checks)) for checks in cases.values()] == list(cases)
    assert failing_score(Report(draft="d1", checks=ONE_FAILS)) == "1 of 5 fail"
    assert failing_score(Report(draft="d1", checks=cases["1 of 2"])) == "1 of 2 fail"


def test_the_stages_count_as_the_pane_of_the_examples_does():
    bar = StageBar()
    bar.set_reactive(StageBar.state, state(*ALL))
    assert "examples 1 of 1, 3 of 3 tests" in "".join(text for text, _ in bar.runs(200))
