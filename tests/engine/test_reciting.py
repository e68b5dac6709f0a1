"""Bodies that recite the examples, told from bodies that work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.examples import extract
from redraft.engine.examples.reciting import recited
from redraft.engine.facts import Stub


def stub(parameters: str, *examples: tuple[str, str]) -> Stub:
    doc = "Say.\n\n" + "".join(f">>> {call}\n{want}\n" for call, want in examples)
    return Stub(
        path="a.py", name="f", line=1, header=f'def f({parameters}):\n    """Say."""\n', examples=extract(doc, "f")
    )


SQUARE = stub("n", ("f(2)", "4"), ("f(3)", "9"), ("f(4)", "16"))
JOIN = stub("a, b='x'", ("f([1], 'y')", "'1y'"), ("f([2, 3])", "'23x'"))
COMPARES = "it only compares its arguments with the examples' inputs and gives their answers back"


@pytest.mark.parametrize(
    "body",
    [
        "if n == 2:\n    return 4\nif n == 3:\n    return 9\nif n == 4:\n    return 16\nreturn 0",
        "if n == 2:\n    return 4\nelif 3 == n:\n    return 9\nelse:\n    return 16",
        "return 4 if n == 2 else 9 if n == 3 else 16",
        "return {2: 4, 3: 9, 4: 16}[n]",
        "return {2: 4, 3: 9, 4: 16}.get(n, 0)",
        "answers = {2: 4, 3: 9, 4: 16}\nif n in answers:\n    return answers[n]\nraise ValueError('unknown')",
        "match n:\n    case 2:\n        return 4\n    case 3:\n        return 9\n    case 4:\n        return 16",
        "for given, answer in [(2, 4), (3, 9), (4, 16)]:\n    if given == n:\n        return answer\nreturn None",
        "if str(n) == '2':\n    return 4\nif n == 3:\n    return 9\nif n == 4:\n    return 16",
        "'''Said again.'''\nif n in (2,):\n    return 4\nif n is 3:\n    return 9\nreturn 16",
        "try:\n    return {2: 4, 3: 9, 4: 16}[n]\nexcept KeyError:\n    return None",
    ],
)
def test_a_body_that_looks_its_answers_up_in_the_examples_is_told(body: str):
    assert recited(SQUARE, body) == COMPARES


@pytest.mark.parametrize(
    "body",
    [
        "if a == [1] and b == 'y':\n    return '1y'\nif a == [2, 3]:\n    return '23x'",
        "if (a, b) == ([1], 'y'):\n    return '1y'\nif a == [2, 3]:\n    return '23x'",
        "if repr(a) == '[1]':\n    return '1y'\nif repr(a) == '[2, 3]':\n    return '23x'",
    ],
)
def test_several_arguments_and_lists_are_compared_too(body: str):
    told = recited(JOIN, body)
    assert told == (COMPARES if "b ==" in body or "(a, b)" in body else "")


@pytest.mark.parametrize(
    "body",
    [
        "return n ** 2",
        "if n == 2:\n    return 4\nreturn n * n",
        "if n == 2:\n    return 4\nif n == 3:\n    return 9\nreturn n * n",
        "return {1: 1, 2: 4, 3: 9, 4: 16}[n]",
        "if n == 2:\n    return 4\nif n == 7:\n    return 49\nreturn 0",
        "return sum(n for _ in range(n))",
        "total = 0\nfor _ in range(n):\n    total += n\nreturn total",
        "return f(n - 1) + 2 * n - 1 if n else 0",
        "return pow(n, 2)",
        "if n ==",
        "",
        "pass",
    ],
)
def test_a_body_that_works_for_its_results_is_not_told(body: str):
    assert recited(SQUARE, body) == ""


def test_a_test_for_one_of_two_inputs_is_a_function_of_its_own():
    is_zero = stub("n", ("f(0)", "True"), ("f(1)", "False"))
    assert recited(is_zero, "return n == 0") == ""
    assert recited(is_zero, "if n == 0:\n    return True\nreturn False") == ""


def test_an_answer_that_needs_no_argument_is_told_where_there_is_one_answer_only():
    one = stub("n", ("f(2)", "4"))
    assert recited(one, "return 4") == "it ignores its arguments and gives the answer of the examples"
    assert recited(SQUARE, "return 4") == ""
    assert recited(stub("", ("f()", "4")), "return 4") == ""


def test_without_examples_nothing_can_be_recited():
    assert recited(stub("n"), "if n == 2:\n    return 4") == ""


@given(st.text(alphabet="ifn=24:9\n return{}[]()._x'", max_size=80))
def test_any_body_is_looked_at_without_an_exception(body: str):
    recited(SQUARE, body)


@pytest.mark.timeout(20)
def test_a_body_too_long_to_have_been_recited_is_not_read():
    assert recited(SQUARE, "\n".join(f"if n == {n}:\n    return {n}" for n in range(20_000))) == ""
