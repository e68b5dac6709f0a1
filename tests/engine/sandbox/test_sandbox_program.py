"""The program as it is sent: bounded, expected outputs gone, line numbers kept."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.project import locate
from redraft.engine.sandbox.preloading import preloadable
from redraft.engine.sandbox.program import without_expected

STUB = '''def f(x):
    """Square.

    >>> f(2)
    4
    >>> [f(n)
    ...  for n in (1, 2)]
    [1,
     4]

    text stays
    >>> f("a")
    Traceback (most recent call last):
        ...
    TypeError: no
    """
    return x * x


a = 4
'''


def test_expected_outputs_are_emptied_and_all_else_stays() -> None:
    lines = without_expected(STUB).split("\n")
    assert len(lines) == len(STUB.split("\n"))
    emptied = {number + 1 for number, (old, new) in enumerate(zip(STUB.split("\n"), lines, strict=True)) if old != new}
    assert emptied == {5, 8, 9, 13, 14, 15}


@pytest.mark.parametrize(
    ("program", "left"),
    [
        ('"""\n>>> f()\n5"""\nx = 1\n', '"""\n>>> f()\n"""\nx = 1\n'),
        ('""">>> f()\n5\n"""\nx = 1\n', '""">>> f()\n\n"""\nx = 1\n'),
        ('"""\n>>> f()"""\nx = 1\n', '"""\n>>> f()"""\nx = 1\n'),
        ("'''\n>>> f()\n\"\"\"\n'''\nx = 1\n", "'''\n>>> f()\n\n'''\nx = 1\n"),
        ('def f(): r"""\n  >>> f()\n  5\n  """\n', 'def f(): r"""\n  >>> f()\n\n  """\n'),
    ],
)
def test_the_end_of_the_docstring_survives(program: str, left: str) -> None:
    assert without_expected(program) == left
    ast.parse(left)


QUOTES = {
    "in a string": 'Q = \'"""\'',
    "in a comment": '# a comment with """ in it',
    "escaped": 'Q = """a \\""" b"""\nS = "\\"\\"\\""',
    "of the other kind": 'Q = """it\'s \'\'\' inside"""',
    "behind an apostrophe": "Q = \"it's '''\"",
    "without an end": "Q = 'no end\nR = 1",
}


@pytest.mark.parametrize("kind", QUOTES)
def test_quotes_elsewhere_cost_neither_the_docstring_nor_what_it_hides(kind: str) -> None:
    emptied = STUB.replace("    4\n", "\n").replace("    [1,\n     4]\n", "\n\n")
    emptied = emptied.replace("    Traceback (most recent call last):\n        ...\n    TypeError: no\n", "\n\n\n")
    assert without_expected(f"{QUOTES[kind]}\n{STUB}") == f"{QUOTES[kind]}\n{emptied}"


def test_a_docstring_continued_by_backslashes_hides_nothing() -> None:
    program = 'def f(x):\n    "Square.\\n\\\n    >>> f(2)\\n\\\n    4\\n\\\n"\n'
    left = without_expected(program)
    assert "4" not in left
    ast.parse(left)


@pytest.mark.parametrize(
    "program", ['"' * 200_000, "'" * 200_000, '"' + "\\" * 200_000, '""" ' * 50_000, '"""\n>>> f()\n5\n"""\n' * 10_000]
)
def test_no_program_takes_long_to_be_made_ready(program: str) -> None:
    began = time.monotonic()
    assert without_expected(program).count("\n") == program.count("\n")
    assert time.monotonic() - began < 2


@given(st.lists(st.sampled_from(['"""', "'''", ">>> f()", "... 1", "5", "", "x = 1", "    7", "#"]), max_size=30))
def test_the_number_of_lines_never_changes(lines: list[str]) -> None:
    program = "\n".join(lines)
    assert without_expected(program).count("\n") == program.count("\n")


def test_a_program_without_examples_is_sent_as_it_is() -> None:
    program = "def f(x):\n    return x >> 2\n\n\nprint('>>> no example')\n"
    assert without_expected(program) == program


def test_only_what_is_imported_at_the_top_and_not_the_projects_own_is_imported_beforehand(tmp_path: Path) -> None:
    (tmp_path / "helper.py").touch()
    (tmp_path / "pkg").mkdir()
    program = "import os, json\nfrom math import pi\nimport helper\nfrom pkg.x import y\nimport antigravity\ndef f():\n    import csv\n"
    assert preloadable(program, locate(str(tmp_path / "draft.py"))) == ("json", "math", "os")


def test_imports_without_end_are_neither_looked_for_nor_an_error(tmp_path: Path) -> None:
    names = [f"x{number}" for number in range(30_000)]
    began = time.monotonic()
    assert len(preloadable(f"import {', '.join(names)}\n", locate(str(tmp_path / "draft.py")))) == 40
    assert time.monotonic() - began < 1
    # No file can have such a name, which asking for it would tell by an exception.
    assert (
        preloadable(f"import {'a' * 300}\nfrom a{chr(0x65E5) * 200} import b\n", locate(str(tmp_path / "draft.py")))
        == ()
    )
