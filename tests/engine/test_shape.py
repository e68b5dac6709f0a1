"""When two bodies are the same program, and how large one is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.python.shape import same_program, size


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(x):\n    return 2 * x\n", "def f(x):\n    return (2  *  x)  # twice\n"),
        ('def f(x):\n    """Double."""\n    return 2 * x\n', 'def f(x):\n    """Other words."""\n    return 2 * x\n'),
        ("def f(x):\n    return '''a'''\n", 'def f(x):\n    return "a"\n'),
        ("not python (", "not  python\n("),
    ],
)
def test_layout_comments_quotes_and_docstrings_make_no_other_program(one: str, other: str) -> None:
    assert same_program(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(x):\n    return 2 * x\n", "def f(x):\n    return x * 2\n"),
        ("def f(x):\n    return x\n", "def f(y):\n    return y\n"),
        ("def f(x):\n    return 1\n", "def f(x):\n    return 1.0\n"),
        ("not python (", "def f(x): pass\n"),
    ],
)
def test_another_order_name_or_constant_does(one: str, other: str) -> None:
    assert not same_program(one, other)


def test_branches_are_conditions_loops_handlers_and_comprehensions() -> None:
    body = (
        "if a:\n    b\nfor c in d:\n    e\nf = [g for g in h]\ntry:\n    i\nexcept J:\n    k\nl = m if n else o and p\n"
    )
    found = size(body)
    assert found is not None
    assert found.branches == 6


def test_what_does_not_parse_has_no_size() -> None:
    assert size("def f(:") is None


@given(st.text(max_size=80))
def test_every_text_is_the_same_program_as_itself(text: str) -> None:
    assert same_program(text, text)
