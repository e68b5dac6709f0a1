"""Every kind of function is found, speaks through its examples, and is the one that is written."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.errors import StaleSource
from redraft.engine.facts import Stub
from redraft.engine.sources import find_functions, find_stubs, relocate, splice
from redraft.engine.sources.reading import decoded


def stubs(text: str) -> tuple[Stub, ...]:
    return find_stubs(decoded("kinds.py", textwrap.dedent(text).encode())).stubs


def named(text: str, name: str) -> Stub:
    return next(stub for stub in stubs(text) if stub.name == name)


KINDS = {
    "a method": ("class A:\n    def f(self):\n        ...\n", "A.f"),
    "a class method": ("class A:\n    @classmethod\n    def f(cls):\n        ...\n", "A.f"),
    "a static method": ("class A:\n    @staticmethod\n    def f():\n        ...\n", "A.f"),
    "a property": ("class A:\n    @property\n    def f(self):\n        ...\n", "A.f"),
    "a setter": (
        "class A:\n    @property\n    def f(self):\n        return 1\n\n    @f.setter\n    def f(self, v):\n        ...\n",
        "A.f",
    ),
    "a cached function": ("from functools import cache\n\n\n@cache\ndef f(x):\n    ...\n", "f"),
    "one with arguments in its decorator": (
        "import functools\n\n\n@functools.lru_cache(maxsize=None)\ndef f(x):\n    ...\n",
        "f",
    ),
    "one under a decorator of the project": (
        "def loud(g):\n    return g\n\n\n@loud\n@loud\ndef f(x):\n    ...\n",
        "f",
    ),
    "an async function": ("async def f(x):\n    ...\n", "f"),
    "a generator": ('def f(n):\n    """\n    >>> list(f(2))\n    [0, 1]\n    """\n', "f"),
    "one in an if": ("import sys\n\nif sys.version_info > (3,):\n    def f(x):\n        ...\n", "f"),
    "one in an else": ("if 0:\n    pass\nelse:\n    def f(x):\n        ...\n", "f"),
    "one in a try": ("try:\n    import nothing\nexcept ImportError:\n    def f(x):\n        ...\n", "f"),
    "one in a with": ("import contextlib\n\nwith contextlib.suppress(Exception):\n    def f(x):\n        ...\n", "f"),
    "one in a match": ("match 1:\n    case 1:\n        def f(x):\n            ...\n", "f"),
    "one in a class in a class": ("class A:\n    class B:\n        def f(self):\n            ...\n", "A.B.f"),
    "an implementation of overloads": (
        "from typing import overload\n@overload\ndef f(x: int): ...\n@overload\ndef f(x: str): ...\ndef f(x):\n    ...\n",
        "f",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_stub_and_a_body_goes_below_its_header(kind: str):
    text, name = KINDS[kind]
    source = decoded("kinds.py", text.encode())
    (stub,) = find_stubs(source).stubs
    assert (stub.name, stub.key) == (name, "kinds.py::A.f#2" if kind == "a setter" else f"kinds.py::{name}")
    margin = stub.margin + stub.indent
    written = splice(source, stub, "y = 1\nreturn y\n")
    without_placeholder = text.removesuffix(f"{margin}...\n")
    assert written.rstrip("\n") == without_placeholder + f"{margin}y = 1\n{margin}return y"


# ------------------------------------------------------------------------------------------- docstrings around it

STACK = '''\
"""A module.

>>> drained(Stack([1, 2]))
[2, 1]
"""


class Stack:
    """Things on one another.

    >>> s = Stack([])
    >>> s.push(1)
    >>> limit = 3
    >>> s.pop()
    1
    """

    def __init__(self, things):
        self.things = things

    def push(self, thing):
        self.things.append(thing)

    def pop(self):
        """Take the topmost.

        >>> Stack([7]).pop()
        7
        """
        ...


def drained(stack):
    return [stack.pop() for _ in range(2)]
'''


def test_a_method_is_held_against_the_docstring_of_its_class_with_what_comes_before():
    (pop,) = stubs(STACK)
    own, of_class = pop.examples
    assert (own.source, own.session, own.line) == ("Stack([7]).pop()", "", 27)
    assert (of_class.source, of_class.session, of_class.line) == ("s.pop()", "class Stack", 14)
    assert of_class.before == ("s = Stack([])", "s.push(1)", "limit = 3")


def test_a_function_is_held_against_the_docstring_of_its_module():
    (drained,) = find_functions(decoded("kinds.py", STACK.encode()), "drained")
    assert [(e.source, e.session, e.line) for e in drained.examples] == [
        ("drained(Stack([1, 2]))", "the module", 3)
    ]  # fmt: skip


def test_the_examples_of_one_docstring_follow_one_another():
    text = """
        class Tally:
            '''
            >>> t = Tally()
            >>> t.add(2)
            >>> x = 1
            >>> t.add(3)
            '''
            def add(self, n): ...
    """
    assert [(e.source, e.before) for e in named(text, "Tally.add").examples] == [
        ("t.add(2)", ("t = Tally()",)),
        ("t.add(3)", ("x = 1",)),
    ]


@pytest.mark.parametrize(
    ("method", "statement"),
    [
        ("__init__", "A(1)"),
        ("__new__", "A(1)"),
        ("__call__", "a(1)"),
        ("__len__", "len(a)"),
        ("__repr__", "a"),
        ("__str__", "print(a)"),
        ("__add__", "a + a"),
        ("__iadd__", "a += 1"),
        ("__getitem__", "a[1]"),
        ("__setitem__", "a[1] = 2"),
        ("__delitem__", "del a[1]"),
        ("__contains__", "1 in a"),
        ("__contains__", "1 not in a"),
        ("__eq__", "a == 1"),
        ("__iter__", "for x in a: pass"),
        ("__iter__", "list(a)"),
        ("__neg__", "-a"),
        ("__enter__", "with a: pass"),
        ("__format__", "f'{a}'"),
        ("push", "A.push(a, 1)"),
        ("push", "a.push(1).pop()"),
        ("push", "list(map(a.push, [1]))"),
        ("pop", "a.push(1).pop()"),
    ],
)
def test_python_asks_a_class_for_its_members_by_name_or_by_sign(method: str, statement: str):
    text = f'class A:\n    """\n    >>> {statement}\n    """\n    def {method}(self, *others): ...\n'
    text = text.replace("    >>>", "    >>> a = made()\n    >>>") + "def made() -> A:\n    return A()\n"
    assert statement in [example.source for example in named(text, f"A.{method}").examples]


@pytest.mark.parametrize(
    "statement", ["b.push(1)", "push(1)", "'push'", "B().push(1)", "print('A.push(1)')", "x.append(1)"]
)
def test_what_only_looks_like_a_call_is_no_example(statement: str):
    text = f'''
        class A:
            """
            >>> b = B()
            >>> {statement}
            """
            def push(self, x): ...
        class B:
            def push(self, x):
                return x
    '''
    assert named(text, "A.push").examples == ()


def test_a_session_that_imports_its_own_module_calls_the_function_all_the_same():
    for begin, call in (
        ("from kinds import f", "f(1)"),
        ("import kinds", "kinds.f(1)"),
        ("import kinds as k", "k.f(1)"),
        ("from kinds import *", "f(1)"),
    ):
        text = f'"""\n>>> {begin}\n>>> {call}\n1\n"""\ndef f(x): ...\n'
        (example,) = named(text, "f").examples
        assert (example.source, example.before) == (call, (begin,))


# ------------------------------------------------------------------------------------------- what waits

INFLECTION = '''\
def camelize(string):
    """
    >>> camelize("device_type")
    'DeviceType'
    >>> camelize(underscore("IOError"))
    'IoError'
    """
    ...


def underscore(word):
    """
    >>> underscore("DeviceType")
    'device_type'
    """
    ...
'''


def waits(text: str, name: str) -> list[tuple[str, ...]]:
    return [example.waits_for for example in named(text, name).examples]


def test_an_example_that_calls_another_stub_waits_for_it():
    assert waits(INFLECTION, "camelize") == [(), ("underscore",)]
    assert waits(INFLECTION, "underscore") == [()]


def test_it_waits_no_more_when_the_other_is_written():
    source = decoded("kinds.py", INFLECTION.encode())
    camelize, underscore = find_stubs(source).stubs
    written = decoded("kinds.py", splice(source, underscore, "return word.lower()").encode())
    fresh = relocate(written, camelize)
    assert fresh is not None
    assert [example.waits_for for example in fresh.examples] == [(), ()]


@pytest.mark.parametrize(
    "between",
    [
        "def g(x):\n    return h(x)\n",
        "def g(x):\n    return [h(y) for y in x]\n",
        "def g(x):\n    def inner():\n        return h(x)\n    return inner()\n",
        "def g(x, y=h):\n    return y(x)\n",
        "def g(x):\n    return k(x)\ndef k(x):\n    return h(x)\n",
        "def g(x):\n    return k(x)\ndef k(x):\n    return g(x) if x else h(x)\n",
        "@h\ndef g(x):\n    return x\n",
        "def k(x):\n    return h(x)\ng = k\n",
        "class g:\n    def __init__(self, x):\n        h(x)\n",
        "class K:\n    def __init__(self, x):\n        self.m()\n    def m(self):\n        h(1)\nclass g(K):\n    pass\n",
        "class K:\n    def m(self):\n        h(1)\ndef g(x):\n    k = K()\n    return k.m()\n",
        "class K:\n    def m(self):\n        h(1)\ndef g(k: 'K'):\n    return k.m()\n",
        "class K:\n    def m(self):\n        h(1)\nJ = K\ndef g(x):\n    return J().m()\n",
        "class K:\n    @property\n    def m(self):\n        h(1)\ndef g(x):\n    return K().m\n",
        "async def g(x):\n    return await h(x)\n",
        "def g(x):\n    return f'{h(x)}'\n",
        "def g(x):\n    with h(x) as y:\n        return y\n",
    ],
)
def test_an_example_waits_through_written_functions_too(between: str):
    text = 'def f(x):\n    """\n    >>> f(g(1))\n    1\n    """\n    ...\n' + between + "def h(x): ...\n"
    assert waits(text, "f") == [("h",)]


@pytest.mark.parametrize(
    "between",
    [
        "def g(h):\n    return h(1)\n",
        "def g(x):\n    h = len\n    return h(x)\n",
        "def g(x):\n    return x.h\n",
        "def g(x):\n    return dict(h=x)\n",
        "def g(x):\n    return 'h(x)'\n",
        "def g(x):\n    return [h for h in x]\n",
        "from math import sqrt as h\ndef g(x):\n    import math as h\n    return h\n",
        "def g(x):\n    return x  # h(x)\n",
        "def g(x: h) -> h:\n    return x\n",
    ],
)
def test_a_name_that_means_something_else_is_not_waited_for(between: str):
    text = 'def f(x):\n    """\n    >>> f(g(1))\n    1\n    """\n    ...\n' + between + "def h(x): ...\n"
    assert waits(text, "f") == [()]


def test_a_method_that_a_class_below_overrides_is_not_waited_for():
    text = """
        class Base:
            def pull(self):
                '''
                >>> Queue().peek()
                1
                '''
                ...
            def peek(self):
                return self._next()
            def _next(self):
                raise NotImplementedError
        class Queue(Base):
            def _next(self):
                return 1
    """
    assert waits(text, "Base.pull") == [()]


def test_what_a_statement_that_waits_did_to_a_variable_is_waited_for_too():
    text = """
        class Stack:
            '''
            >>> s = Stack()
            >>> other = Stack()
            >>> s.push(1)
            >>> s.pop()
            1
            >>> other.pop()
            >>> s = Stack()
            >>> s.pop()
            '''
            def push(self, x): ...
            def pop(self): ...
    """
    assert [(e.source, e.waits_for) for e in named(text, "Stack.pop").examples] == [
        ("s.pop()", ("Stack.push",)),
        ("other.pop()", ()),
        ("s.pop()", ()),
    ]


def test_looking_at_something_with_a_method_that_is_missing_does_not_change_it():
    text = """
        class Stack:
            '''
            >>> s = Stack()
            >>> len(s)
            0
            >>> s.pop()
            '''
            def __len__(self): ...
            def pop(self): ...
    """
    assert waits(text, "Stack.pop") == [()]


def test_a_variable_that_no_call_can_change_stays_as_it_is():
    text = """
        def f(x):
            '''
            >>> word = "a"
            >>> y = g(word)
            >>> f(word)
            1
            >>> f(y)
            2
            '''
            ...
        def g(x): ...
    """
    assert waits(text, "f") == [(), ("g",), (), ("g",)]


def test_other_definitions_of_the_same_name_are_not_waited_for():
    text = """
        if one:
            def f(x):
                '''
                >>> f(1)
                1
                '''
                ...
        else:
            def f(x):
                ...
    """
    assert [example.waits_for for example in stubs(text)[0].examples] == [()]


def test_a_getter_and_its_setter_wait_for_one_another():
    text = """
        class T:
            '''
            >>> t = T()
            >>> t.x = 3
            >>> t.x
            3
            '''
            @property
            def x(self): ...
            @x.setter
            def x(self, value): ...
    """
    getter, setter = stubs(text)
    assert [(e.source, e.waits_for) for e in getter.examples] == [("t.x", ("T.x (setter)",))]
    assert [(e.source, e.waits_for) for e in setter.examples] == [("t.x = 3", ()), ("t.x", ("T.x",))]


@pytest.mark.parametrize(
    ("begin", "call"),
    [
        ("from words import camel", "camel(x)"),
        ("from .words import camel", "camel(x)"),
        ("from .words import camel as c", "c(x)"),
        ("import words", "words.camel(x)"),
        ("from . import words", "words.camel(x)"),
        ("from pack.words import camel", "camel(x)"),
        ("from pack import camel", "camel(x)"),
    ],
)
def test_a_function_of_a_module_beside_it_is_waited_for(tmp_path, begin: str, call: str):
    home = tmp_path / "pack"
    home.mkdir()
    (home / "__init__.py").write_text("from .words import camel\n")
    (home / "words.py").write_text("def camel(x):\n    ...\n\n\ndef other(x):\n    return x\n")
    text = (
        f'{begin}\n\n\ndef g(x):\n    return {call}\n\n\ndef f(x):\n    """\n    >>> f(g(1))\n    1\n    """\n    ...\n'
    )
    (stub,) = find_stubs(decoded(str(home / "own.py"), text.encode())).stubs
    (names,) = [example.waits_for for example in stub.examples]
    assert [name.rpartition(".")[2] for name in names] == ["camel"]
    (home / "words.py").write_text("def camel(x):\n    return x\n")
    (stub,) = find_stubs(decoded(str(home / "own.py"), text.encode())).stubs
    assert [example.waits_for for example in stub.examples] == [()]


# ------------------------------------------------------------------------------------------- two of one name

TWINS = '''\
if one:
    def f(x):
        """Doc."""
        ...
else:
    def f(x):
        """Doc."""
        ...
'''


def test_functions_of_one_name_have_keys_of_their_own():
    first, second = stubs(TWINS)
    assert (first.key, first.label, second.key, second.label) == ("kinds.py::f#1", "f@2", "kinds.py::f#2", "f@6")


@pytest.mark.parametrize("number", [0, 1])
def test_exactly_the_one_that_is_meant_is_written(number: int):
    source = decoded("kinds.py", TWINS.encode())
    parts = TWINS.split("        ...\n")
    parts[number] += "        return 1\n"
    parts[1 - number] += "        ...\n"
    assert splice(source, find_stubs(source).stubs[number], "return 1") == "".join(parts)


def test_the_second_is_found_again_when_the_first_was_filled():
    source = decoded("kinds.py", TWINS.encode())
    first, second = find_stubs(source).stubs
    now = decoded("kinds.py", splice(source, first, "return 1").encode())
    assert splice(now, second, "return 2").count("return") == 2
    with pytest.raises(StaleSource):
        splice(now, first, "return 3")


def test_nothing_is_written_when_another_of_the_name_came_or_went():
    source = decoded("kinds.py", TWINS.encode())
    first, _ = find_stubs(source).stubs
    left = decoded("kinds.py", TWINS[TWINS.index("    def f(x)", 40) :].replace("    ", "", 1).encode())
    for now in (left, decoded("kinds.py", (TWINS + "def f(x): ...\n").encode())):
        with pytest.raises(StaleSource):
            splice(now, first, "return 1")


def test_declarations_do_not_count_as_functions_of_the_name():
    text = KINDS["an implementation of overloads"][0]
    (stub,) = find_functions(decoded("kinds.py", text.encode()), "f")
    assert stub.nth == (1, 1)


def test_registrations_of_one_name_are_told_apart():
    text = """
        import functools
        @functools.singledispatch
        def show(x):
            return "?"
        @show.register
        def _(x: int):
            '''
            >>> show(1)
            'int'
            '''
            ...
        @show.register(str)
        def _(x):
            ...
    """
    first, second = stubs(text)
    assert (first.key, second.key) == ("kinds.py::_#1", "kinds.py::_#2")
    assert [example.waits_for for example in first.examples] == [()]


# ------------------------------------------------------------------------------------------- whatever stands there

PIECES = st.sampled_from([
    "class A", "class B(A)", "def f(self)", "def f", "(x)", ":", "\n", "\n    ", "\n        ", "...", "return ", "f(1)",
    "A().f()", '"""', ">>> ", ">>> a = A()", ">>> a.f(", "a.f(1)", "@property", "@f.setter", "@overload", "import f",
    "from . import f", "if x", "else", "await ", "lambda f: ", "[f for f in f]", "x = f", "*", "**", "#", "\\", "'",
])  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_has_stubs_with_examples_or_none(text: str):
    source = decoded("kinds.py", text.encode("utf-8", "surrogatepass"))
    for stub in find_stubs(source).stubs:
        assert all(example.line for example in stub.examples)
        assert all(len(names) <= 8 for names in (example.waits_for for example in stub.examples))
