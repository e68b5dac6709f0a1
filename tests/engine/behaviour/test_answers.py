"""Answers, as examples and as lines of a docstring that doctest holds too."""

import doctest

import pytest
from redraft.engine.behaviour.answers import contradicted, doctest_of, example_of, typed, with_example
from redraft.engine.facts import Answer, Example, Stub
from redraft.engine.sources import find_stubs
from redraft.engine.sources.reading import decoded

TEXT = 'def f(xs):\n    """Something.\n\n    >>> f([1])\n    1\n    """\n    ...\n'


def stub() -> Stub:
    return find_stubs(decoded("a.py", TEXT.encode())).stubs[0]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("0", Answer(call="f(1)", gives="0")),
        (" [1,2] ", Answer(call="f(1)", gives="[1, 2]")),
        ("None", Answer(call="f(1)", gives="None")),
        ("ValueError", Answer(call="f(1)", raises="ValueError")),
        ("raises KeyError: 'a'", Answer(call="f(1)", raises="KeyError")),
        ("it should raise app.errors.Odd", Answer(call="f(1)", raises="Odd")),
    ],
)
def test_a_value_or_an_exception_can_be_typed(said: str, answer: Answer):
    assert typed("f(1)", said) == answer


@pytest.mark.parametrize("said", ["", "hello", "1 +", "f(1)", "open('a')", "raises an error", "x = 1", "[" * 5000])
def test_what_is_no_value_is_said_to_be_none(said: str):
    assert isinstance(typed("f(1)", said), str)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (Answer(call="f([2])", gives="2"), "return xs[0]"),
        (Answer(call="f([])", raises="IndexError"), "return xs[0]"),
        (Answer(call="f([2, 3])", gives="{2, 3}"), "return set(xs) if len(xs) > 1 else xs[0]"),
        (Answer(call="f([])", gives="None"), "return xs[0] if xs else None"),
        (
            Answer(call="f([3, 1])", gives="None", after=(("xs", "[1, 3]"),)),
            "if len(xs) == 1: return xs[0]\n    xs.sort()",
        ),
        (Answer(call="f([3, 1])", gives="1", after=(("xs", "[1, 3]"),)), "xs.sort(); return xs[0]"),
    ],
)
def test_an_answer_is_an_example_that_doctest_holds_and_that_is_read_back(answer: Answer, body: str):
    told = with_example(stub(), example_of(answer))
    source = told.header + "    " + body + "\n"
    found = find_stubs(decoded("a.py", (told.header + "    ...\n").encode())).stubs[0]
    assert len(found.examples) > len(stub().examples)
    space: dict[str, object] = {}
    exec(source, space)
    case = doctest.DocTestParser().get_doctest(told.header.split('"""')[1], space, "f", None, 0)
    assert doctest.DocTestRunner(verbose=False).run(case).failed == 0, doctest_of(answer)


def test_an_answer_that_leaves_it_open_is_no_example():
    with pytest.raises(ValueError, match="leaves it open"):
        example_of(Answer(call="f(1)"))


def test_an_answer_that_contradicts_the_persons_own_example_is_found():
    assert contradicted(stub(), Answer(call="f( [1] )", gives="2")) == Example(source="f([1])", want="1\n", line=4)
    assert contradicted(stub(), Answer(call="f(xs=[1])", raises="ValueError")) is not None
    assert contradicted(stub(), Answer(call="f([1])", gives="1")) is None
    assert contradicted(stub(), Answer(call="f([2])", gives="1")) is None
