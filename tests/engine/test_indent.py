"""Moving code sideways."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.indent import (
    dedented,
    indented,
    lines_of,
    reindented,
    without_margin,
)

CODE = [
    "x = 1\n",
    "if x:\n    y = 2\n    if y:\n        z = 3\nelse:\n    pass\n",
    's = """\n  kept\n\tas it is\n"""\nt = f"""a\n  {x}\n b"""\n',
    "for a in b:\n  # comment\n\n  c = [\n      1,\n  2,\n  ]\n",
    "x = 'a\u2028b'\n# \f form feed\ny = '\x1c'\n",
    "def f():\n\treturn 1\n",
    "x = \\\n    1\n",
    "x = 1\n\fy = 2\n",  # a form feed that would undo an indentation is dropped
]
MARGIN = st.sampled_from(["    ", "\t", "  "])


@given(st.sampled_from(CODE[:-1]), MARGIN)
def test_dedenting_undoes_indenting(code: str, margin: str):
    assert dedented(indented(code, margin)) == code
    assert without_margin(indented(code, margin), margin) == code


@given(st.sampled_from(CODE), MARGIN)
def test_indented_code_means_the_same(code: str, margin: str):
    moved = ast.parse("if 1:\n" + indented(code, margin)).body[0]
    assert isinstance(moved, ast.If)
    assert [ast.dump(node) for node in moved.body] == [ast.dump(node) for node in ast.parse(code).body]


@given(st.sampled_from(CODE), MARGIN)
def test_code_with_another_unit_of_indentation_means_the_same(code: str, unit: str):
    assert ast.dump(ast.parse(reindented(code, unit))) == ast.dump(ast.parse(code))


@given(st.text(alphabet="ab'\"\n\t \f\\()[]:#\u2028\x1c", max_size=40), MARGIN)
def test_any_text_survives(code: str, margin: str):
    for moved in (indented(code, margin), dedented(code), reindented(code, margin), without_margin(code, margin)):
        assert moved.count("\n") == code.count("\n")
        assert "".join(moved.split()) == "".join(code.split())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("if x:\n    y\n", "if x:\n\ty\n"),
        ("if x:\n  if y:\n    z\n", "if x:\n\tif y:\n\t\tz\n"),
        ("f(a,\n  b)\n", "f(a,\n  b)\n"),
        ("if x:\n    f(a,\n      b)\n", "if x:\n\tf(a,\n\t  b)\n"),
        ("if x:\n    # why\n    y\n", "if x:\n\t# why\n\ty\n"),
        ("if x:\n  y\nif z:\n    y\n", "if x:\n\ty\nif z:\n\ty\n"),
        ('if x:\n    """a\n    b"""\n', 'if x:\n\t"""a\n    b"""\n'),
        ("if x:\n    (\n", "if x:\n    (\n"),
    ],
)
def test_blocks_take_the_unit_and_continued_lines_keep_their_shape(code: str, expected: str):
    assert reindented(code, "\t") == expected


def test_blocks_that_contradict_each_other_stay_as_they_are():
    code = "if x:\n  if y:\n    z\nif w:\n    v\n"
    assert reindented(code, "\t") == code


@given(st.text(alphabet="a\n\f\r\u2028", max_size=20))
def test_lines_add_up_to_the_text(text: str):
    assert "".join(lines_of(text)) == text


def test_half_a_character_in_a_string_is_no_obstacle():
    code = 'x = """\n\ud800\n"""\ny = 1\n'
    assert indented(code, "  ") == '  x = """\n\ud800\n"""\n  y = 1\n'
    assert reindented("if x:\n  y = '''\n\ud800'''\n", "    ") == "if x:\n    y = '''\n\ud800'''\n"
