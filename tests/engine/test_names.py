import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.python.names import importable, undefined


def test_a_name_that_nothing_defines_is_found_with_its_first_line():
    program = "import os\n\ndef f(x):\n    y = math.sqrt(x)\n    return math.floor(y) + os.getpid() + Foo\n"
    assert undefined(program, "f") == (("math", 4), ("Foo", 5))


@pytest.mark.parametrize(
    "body",
    [
        "return [a for a in x if a]",
        "def g(b):\n        return b + x\n    return g",
        "return (lambda c: c)(x)",
        "try:\n        return x\n    except ValueError as e:\n        return e",
        "import math\n    return math.pi",
        "global G\n    G = 1\n    return G",
        "return print, __name__, __file__",
        "if (n := x):\n        return n",
        "return H, later()",
        "match x:\n        case [a, *b]:\n            return a, b",
        "with open(x) as h:\n        return h",
    ],
)
def test_what_is_bound_somewhere_is_not_reported(body):
    assert undefined(f"H = 1\n\ndef f(x):\n    {body}\n\ndef later(): ...\n", "f") == ()


def test_a_class_attribute_is_no_name_inside_a_method():
    assert undefined("class A:\n    y = 1\n    def m(self):\n        return y\n", "A.m") == (("y", 4),)


def test_a_comprehension_keeps_its_variable():
    assert undefined("def f(x):\n    [q for q in x]\n    return q\n", "f") == (("q", 3),)


def test_the_function_may_be_nested_or_come_last_of_its_name():
    assert undefined("def outer():\n    a = 1\n    def inner():\n        return a + b\n", "outer.inner") == (("b", 4),)
    assert undefined("def f():\n    return a\n\ndef f():\n    return b\n", "f") == (("b", 5),)


@pytest.mark.parametrize("program", ["def f(:\n", "x = 1\n", "from m import *\ndef f():\n    return a\n"])
def test_nothing_is_said_of_what_cannot_be_known(program):
    assert undefined(program, "f") == ()


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("math", "import math"),
        ("Counter", "from collections import Counter"),
        ("List", "from typing import List"),
        ("Callable", "from collections.abc import Callable"),
        ("sqrt", "from math import sqrt"),
        ("reduce", "from functools import reduce"),
        ("Path", "from pathlib import Path"),
        ("np", None),
        ("helper", None),
        ("_thread", None),
    ],
)
def test_a_standard_name_comes_with_its_import(name, statement):
    assert importable(name) == statement


@given(st.text(max_size=60), st.text(max_size=10))
def test_any_program_is_read_without_an_exception(program, name):
    undefined(program, name)


def test_a_function_that_is_called_as_symtable_calls_a_module_is_read_like_others():
    program = "class S:\n    def top(self, n):\n        first = self.items[n]\n        return first + missing\n"
    assert undefined(program, "S.top") == (("missing", 4),)
