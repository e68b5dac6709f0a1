"""Calls that candidates are compared with: made of the examples and of the annotations."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.behaviour.inputs import LONGEST, MOST, inputs
from redraft.engine.behaviour.kinds import Kinds
from redraft.engine.facts import Example, Stub
from redraft.engine.sources import find_stubs
from redraft.engine.sources.reading import decoded


def stubs(text: str) -> tuple[Stub, ...]:
    return find_stubs(decoded("a.py", text.encode())).stubs


def calls(*sources: str, name: str = "f", **more: object) -> tuple[str, ...]:
    examples = tuple(Example(source=source, want="1\n", **more) for source in sources)  # type: ignore[arg-type]
    return inputs(Stub(path="a.py", name=name, line=1, header=f"def {name}(x, key=None):\n", examples=examples)).calls


def called(text: str) -> tuple[str, ...]:
    (stub,) = stubs(text)
    return inputs(stub).calls


def test_the_examples_own_calls_are_among_them_and_one_argument_is_varied_at_a_time():
    found = calls("f(3, key=True)\n")
    assert {"f(3, key=True)", "f(4, True)", "f(0, True)", "f(-3, True)", "f(3, False)"} <= set(found)


def test_the_shortest_come_first():
    found = calls("f([1, 2, 3], 'abc')")
    assert list(found) == sorted(found, key=len)


def test_a_list_is_varied_to_empty_one_two_equal_reversed_and_long():
    found = calls("f([1, 2, 3])")
    assert {"f([])", "f([1])", "f([1, 1])", "f([3, 2, 1])", "f([1, 2, 3, 1, 2, 3, 1, 2, 3])"} <= set(found)


def test_a_tuple_keeps_its_length():
    assert all(len(ast.literal_eval(call[2:-1])) == 2 for call in calls("f((1, 2))"))


def test_what_is_no_call_of_the_function_with_plain_arguments_gives_none():
    assert calls("g(1)", "f(x)", "s = f(1)", "f(a.b)") == ()
    assert calls("f(1)", waits_for=("g",)) == ()


def test_without_annotations_and_examples_it_is_said_why_there_is_none():
    (stub,) = stubs("def f(a, b):\n    ...\n")
    assert inputs(stub) == (
        (),
        "no input can be made: it has no example that calls it, and its parameters no annotation",
    )


def test_a_nested_function_cannot_be_called_from_outside():
    (stub,) = stubs("def outer():\n    def inner(x: int) -> int:\n        ...\n    return inner\n")
    assert "cannot be called from outside" in inputs(stub).why_none


def test_annotations_alone_are_enough():
    found = called("def f(xs: list[int], flag: bool = False) -> int:\n    ...\n")
    assert {"f([])", "f([1])", "f([1, 1])", "f([1], True)"} <= set(found)


def test_none_is_given_where_it_is_allowed_and_nowhere_else():
    assert "f(None)" in called("def f(x: int | None) -> int:\n    ...\n")
    assert "f(None)" in called("from typing import Optional\ndef f(x: Optional[int]) -> int:\n    ...\n")
    assert "f(None)" not in called("def f(x: int) -> int:\n    ...\n")


def test_the_modules_own_classes_are_made():
    found = called(
        "from dataclasses import dataclass\nfrom enum import Enum\nfrom typing import NamedTuple\n"
        "class Colour(Enum):\n    RED = 1\n    BLUE = 2\n"
        "class Point(NamedTuple):\n    x: int\n    y: int\n"
        "@dataclass\nclass Item:\n    name: str\n    at: Point\n    colour: Colour\n"
        "def f(item: Item, colour: Colour) -> int:\n    ...\n"
    )
    assert "f(Item('a', Point(1, 1), Colour.BLUE), Colour.BLUE)" in found
    assert any("Item(''," in call for call in found) and any("Point(0, 1)" in call for call in found)


def test_names_of_the_library_are_spelled_as_the_file_imports_them():
    assert "f(dt.date(2024, 2, 29))" in called("import datetime as dt\ndef f(day: dt.date) -> int:\n    ...\n")
    assert "f(D('0'))" in called("from decimal import Decimal as D\ndef f(x: D) -> int:\n    ...\n")
    assert called("def f(day: Date) -> int:\n    ...\n") == ()


def test_a_method_is_called_on_the_object_that_an_example_makes():
    text = 'class Stack:\n    def __init__(self, size):\n        self.size = size\n\n    def push(self, x: int) -> int:\n        """\n        >>> Stack(3).push(2)\n        1\n        """\n        ...\n'
    found = called(text)
    assert "Stack(3).push(2)" in found and "Stack(3).push(0)" in found
    bare = text.replace(">>> Stack(3).push(2)\n        1", "")
    (stub,) = stubs(bare)
    assert "how its object is made" in inputs(stub).why_none


def test_what_is_lazy_is_collected_and_what_awaits_is_run():
    assert "list(f(1))" in called("from typing import Iterator\ndef f(n: int) -> Iterator[int]:\n    ...\n")
    assert "asyncio.run(f(1))" in called("import asyncio\nasync def f(n: int) -> int:\n    ...\n")


def test_calls_that_others_thought_of_are_taken_if_they_call_the_function():
    (stub,) = stubs("def f(n: int) -> int:\n    ...\n")
    found = inputs(stub, ["f( 12345 )", "g(1)", "f(", "import os"]).calls
    assert "f(12345)" in found and not {"g(1)", "import os"} & set(found)


PLAIN = st.recursive(
    st.integers() | st.floats() | st.text(max_size=30) | st.booleans() | st.none() | st.binary(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(PLAIN, st.integers(0, 3))
def test_every_input_is_one_call_whatever_the_argument_and_an_equal_seed_gives_equal_ones(value: object, seed: int):
    stub = Stub(
        path="a.py", name="f", line=1, header="def f(x, key=None):\n", examples=(Example(source=f"f({value!r}, 1)"),)
    )
    found = inputs(stub, seed=seed)
    assert found == inputs(stub, seed=seed)
    assert len(found.calls) <= MOST and len(set(found.calls)) == len(found.calls)
    for call in found.calls:
        assert len(call) <= LONGEST and isinstance(ast.parse(call, mode="eval").body, ast.Call)


ANNOTATIONS = st.recursive(
    st.sampled_from(["int", "str", "float", "bool", "bytes", "None", "object", "list", "dict", "Literal['a', 2]"]),
    lambda inner: (
        st.builds("list[{}]".format, inner)
        | st.builds("dict[str, {}]".format, inner)
        | st.builds("tuple[{}, {}]".format, inner, inner)
        | st.builds("tuple[{}, ...]".format, inner)
        | st.builds("{} | {}".format, inner, inner)
        | st.builds("Optional[{}]".format, inner)
        | st.builds("Callable[[{}], {}]".format, inner, inner)
    ),
    max_leaves=6,
)


@given(ANNOTATIONS)
def test_every_value_of_an_annotation_is_an_expression_that_runs(annotation: str):
    tree = ast.parse(annotation, mode="eval").body
    for text in Kinds(None).values(tree):
        eval(compile(text, "", "eval"), {})


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [("list[str]", list), ("dict[str, int]", dict), ("set[int]", set), ("tuple[int, str]", tuple)],
)
def test_values_are_of_the_annotations_type(annotation: str, kind: type):
    found = [eval(text) for text in Kinds(None).values(ast.parse(annotation, mode="eval").body)]
    assert found and all(type(value) is kind for value in found)
