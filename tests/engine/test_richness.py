"""Points of a specification, one rule a test; the points are our choice (systems.md, 1.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.examples.richness import GATE, MOST, richness
from redraft.engine.facts import Example, Stub

BARE = Stub(path="a.py", name="f", line=1, header="def f(x):\n", body="...")
ONE = Example(source="f(1)\n", want="2\n")


def stub(*examples: Example, doc: str = "", header: str = "def f(x):\n", name: str = "f") -> Stub:
    return Stub(path="a.py", name=name, line=1, header=header, body="...", docstring=doc, examples=examples)


def points(found: Stub) -> dict[str, int]:
    return {part.name: part.points for part in richness(found).parts}


def test_a_bare_stub_has_no_points_and_is_lean() -> None:
    assert (richness(BARE).score, richness(BARE).is_lean) == (0, True)


@pytest.mark.parametrize(("number", "expected"), [(0, 0), (1, 2), (2, 2), (3, 3), (9, 3)])
def test_one_example_gives_two_points_and_three_give_three(number: int, expected: int) -> None:
    assert points(stub(*[ONE] * number))["examples"] == expected


def test_a_statement_that_expects_nothing_is_no_example() -> None:
    assert points(stub(Example(source="x = f(1)\n")))["examples"] == 0


def test_an_expected_exception_and_a_claim_are_examples() -> None:
    raising = Example(source="f(0)\n", raises="ValueError: 0")
    assert points(stub(raising, Example(source="f(1) == 2\n", compare="truth")))["examples"] == 2


@pytest.mark.parametrize(
    ("header", "annotated"),
    [
        ("def f(x: int) -> int:\n", True),
        ("def f(x: int):\n", False),
        ("def f(x) -> int:\n", False),
        ("def f(*xs: int, key: str = '', **more: int) -> int:\n", True),
        ("def f(*xs, key: str = '') -> int:\n", False),
        ("def f() -> None:\n", True),
        ("def f(:\n", False),
    ],
)
def test_annotations_count_when_every_parameter_and_the_result_have_one(header: str, annotated: bool) -> None:
    assert points(stub(header=header))["annotations"] == int(annotated)


def test_self_needs_no_annotation_in_a_method_and_does_in_a_function() -> None:
    header = "def push(self, x: int) -> None:\n"
    assert points(stub(header=header, name="Stack.push"))["annotations"] == 1
    assert points(stub(header=header, name="push"))["annotations"] == 0


def test_a_docstring_of_twenty_five_words_earns_a_point_and_its_examples_do_not_count() -> None:
    assert points(stub(doc="word " * 25))["docstring"] == 1
    assert points(stub(doc="word " * 24 + "\n    >>> f(one, two, three)\n"))["docstring"] == 0


@pytest.mark.parametrize("word", ["empty", "raises ValueError", "negative", "at most three", "boundaries"])
def test_a_word_about_an_edge_case_earns_a_point(word: str) -> None:
    assert points(stub(doc=f"Double x, {word}."))["edge cases"] == 1


def test_a_word_that_only_contains_one_does_not() -> None:
    assert points(stub(doc="Nonetheless it emptys knowledge."))["edge cases"] == 0


def test_the_gate_is_at_three_points() -> None:
    assert not richness(stub(ONE, doc="Zero gives zero.")).is_lean
    assert richness(stub(ONE)).is_lean
    assert GATE == 3


def test_what_would_raise_it_most_is_told_first_and_nothing_at_the_top() -> None:
    assert richness(BARE).advice == "add an example (>>>)"
    assert richness(stub(ONE)).advice == "add 2 more examples"
    full = stub(ONE, ONE, ONE, doc="empty " + "word " * 25, header="def f(x: int) -> int:\n")
    assert (richness(full).score, richness(full).advice) == (MOST, "")


@given(st.text(), st.text(max_size=60))
def test_no_text_of_a_docstring_or_header_breaks_it(doc: str, header: str) -> None:
    assert 0 <= richness(stub(doc=doc, header=header)).score <= MOST
