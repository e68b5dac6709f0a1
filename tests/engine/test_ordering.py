"""Which of several stubs is drafted first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.facts import Example, Stub
from redraft.engine.sources import find_stubs, in_order
from redraft.engine.sources.ordering import _circles
from redraft.engine.sources.reading import decoded


def order(text: str) -> list[str]:
    return [stub.name for stub in in_order(find_stubs(decoded("own.py", text.encode())).stubs)]


def function(name: str, doc: str = "") -> str:
    return f'def {name}(x):\n    """Do.\n\n    {doc}\n    """\n    ...\n\n\n'


def test_without_needs_it_is_the_order_of_the_file():
    assert order(function("b") + function("a") + function("c")) == ["b", "a", "c"]


@pytest.mark.parametrize(
    "doc", [">>> a(c(1))\n    2", "It calls `c`.", "It uses :func:`c`.", "As c(x) does.", "See ``c``.", "See `~c()`."]
)
def test_what_examples_and_docstrings_name_comes_first(doc: str):
    assert order(function("a", doc) + function("b") + function("c")) == ["c", "a", "b"]


@pytest.mark.parametrize("doc", ["Gives c things.", "See `other.c`.", "The c's.", "dict(c=1)", ">>> a('c')\n    2"])
def test_a_word_of_prose_is_no_need(doc: str):
    assert order(function("a", doc) + function("b") + function("c")) == ["a", "b", "c"]


def test_in_a_circle_examples_count_before_docstrings():
    assert order(function("a", ">>> a(b(1))\n    2") + function("b", "The inverse of `a`.")) == ["b", "a"]


def test_a_circle_of_examples_keeps_the_order_of_the_file():
    circle = function("a", ">>> a(b(1))\n    2") + function("b", ">>> b(a(1))\n    2")
    assert order(circle) == ["a", "b"]
    assert order(function("c", ">>> c(a(1))\n    2") + circle) == ["a", "b", "c"]


def test_a_method_needs_the_others_of_its_class_that_its_examples_call():
    text = (
        "class Stack:\n    def pop(self):\n        '''\n        >>> s = Stack()\n        >>> s.push(1)\n"
        "        >>> s.pop()\n        1\n        '''\n        ...\n    def push(self, x): ...\n    def __init__(self): ...\n"
    )
    assert order(text) == ["Stack.push", "Stack.__init__", "Stack.pop"]


def test_a_decorator_comes_before_what_it_decorates():
    assert order("@loud\n" + function("a") + function("loud")) == ["loud", "a"]


def test_another_file_is_needed_by_the_name_of_its_module():
    waits = Example(source="f(1)", want="1\n", waits_for=("words.camel",))
    first = Stub(path="a.py", name="f", line=1, header="def f():\n", examples=(waits,))
    others = (
        Stub(path="b.py", name="camel", line=1, header=""),
        Stub(path="words.py", name="camel", line=1, header=""),
    )
    assert [stub.path for stub in in_order([first, *others])] == ["words.py", "a.py", "b.py"]


@given(st.lists(st.sets(st.integers(0, 7)), min_size=1, max_size=8))
def test_circles_come_after_what_they_need_and_hold_those_that_need_each_other(needs: list[set[int]]):
    numbers = range(len(needs))
    needs = [{other for other in found if other in numbers} for found in needs]
    reach = [{n} for n in numbers]
    for _ in numbers:
        reach = [found.union(*(reach[other] | needs[other] for other in found)) for found in reach]
    groups = _circles(numbers, needs.__getitem__)
    assert sorted(n for group in groups for n in group) == list(numbers)
    place = {n: at for at, group in enumerate(groups) for n in group}
    for a in numbers:
        for b in reach[a]:
            assert place[b] <= place[a]
            assert (place[a] == place[b]) == (a in reach[b])
    assert all(group == sorted(group) for group in groups)


def test_a_chain_of_many_stubs_is_no_matter_of_depth():
    stubs = [
        Stub(path="a.py", name=f"f{n}", line=n, header="", examples=(Example(source="", waits_for=(f"f{n + 1}",)),))
        for n in range(3000)
    ]
    assert [stub.line for stub in in_order(stubs)] == list(range(2999, -1, -1))
