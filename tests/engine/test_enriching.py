"""What a planner adds to a specification: only what is new and safe, placed where a person would write it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.errors import SourceError, StaleSource
from redraft.engine.examples.enriching import additions, enriched_header, with_header_of
from redraft.engine.examples.richness import richness
from redraft.engine.facts import Enrichment, Stub
from redraft.engine.sources import find_stubs, read
from redraft.engine.sources.heading import with_header

FUNCTION = '''\
def double(x: int) -> int:
    """Double a number.

    >>> double(1)
    2
    """
    ...
'''
METHOD = '''\
class Box:
    def put(self, thing: str) -> int:
        """Put a thing in; say how many there are."""
        ...
'''
SAID = """Examples:
>>> double(0)
0
>>> double(1)
2
Types: x is an int, the result is an int
Edge cases:
- negative numbers stay negative
2. zero gives zero
"""


def stub_of(text: str, tmp_path: Path) -> Stub:
    (tmp_path / "a.py").write_text(text)
    return find_stubs(read(tmp_path / "a.py")).stubs[0]


def test_only_what_is_not_there_yet_is_added(tmp_path: Path) -> None:
    found = additions(stub_of(FUNCTION, tmp_path), Enrichment(text=SAID))
    assert [example.source.strip() for example in found.examples] == ["double(0)"]
    assert found.cases == ("negative numbers stay negative.", "zero gives zero.")


def test_edge_cases_stand_above_the_examples_and_new_examples_below(tmp_path: Path) -> None:
    assert (
        enriched_header(stub_of(FUNCTION, tmp_path), Enrichment(text=SAID))
        == '''\
def double(x: int) -> int:
    """Double a number.

    negative numbers stay negative.
    zero gives zero.

    >>> double(1)
    2
    >>> double(0)
    0
    """
'''
    )


def test_a_docstring_of_one_line_grows_into_several_at_the_methods_own_depth(tmp_path: Path) -> None:
    stub = stub_of(METHOD, tmp_path)
    header = enriched_header(stub, Enrichment(text=">>> Box().put('a')\n1\n\nEdge cases: nothing is refused"))
    assert (
        with_header(read(tmp_path / "a.py"), stub, header)
        == '''\
class Box:
    def put(self, thing: str) -> int:
        """Put a thing in; say how many there are.

        nothing is refused.

        >>> Box().put('a')
        1
        """
        ...
'''
    )


def test_an_example_that_raises_is_written_as_a_traceback(tmp_path: Path) -> None:
    said = ">>> double(None)\nTraceback (most recent call last):\nTypeError: no number\n"
    header = enriched_header(stub_of(FUNCTION, tmp_path), Enrichment(text=said))
    assert "    >>> double(None)\n    Traceback (most recent call last):\n    TypeError: no number\n" in header


@pytest.mark.parametrize(
    "said", ["", "I cannot.", "Examples: none\nEdge cases:", "```python\ndef double(x):\n    return 2 * x\n```"]
)
def test_where_nothing_was_added_the_header_is_as_it_was(said: str, tmp_path: Path) -> None:
    stub = stub_of(FUNCTION, tmp_path)
    assert enriched_header(stub, Enrichment(text=said)) == stub.header


def test_what_could_end_the_docstring_is_left_out(tmp_path: Path) -> None:
    said = 'Edge cases:\nends it """ here\nback\\slash\nends in a quote "\nfine\n'
    assert additions(stub_of(FUNCTION, tmp_path), Enrichment(text=said)).cases == ("fine.",)


def test_without_a_docstring_of_three_quotes_nothing_is_offered(tmp_path: Path) -> None:
    stub = stub_of("def double(x):\n    'Double.'\n    ...\n", tmp_path)
    assert enriched_header(stub, Enrichment(text=SAID)) == stub.header


@given(st.text(max_size=200))
def test_whatever_the_planner_says_the_header_still_parses_and_says_what_it_said(said: str) -> None:
    stub = Stub(
        path="a.py",
        name="double",
        line=1,
        header=FUNCTION.removesuffix("    ...\n"),
        body="...",
        docstring="Double a number.\n\n    >>> double(1)\n    2\n    ",
    )
    header = enriched_header(stub, Enrichment(text=f"Examples:\n{said}\nEdge cases:\n{said}\n>>> {said}\n1\n"))
    (function,) = ast.parse(header + "    pass\n").body
    assert isinstance(function, ast.FunctionDef)
    assert (ast.get_docstring(function) or "").startswith("Double a number.")
    assert len(function.body) == 2


def test_what_is_accepted_raises_the_score_that_is_shown(tmp_path: Path) -> None:
    stub = stub_of(FUNCTION, tmp_path)
    richer = with_header_of(stub, enriched_header(stub, Enrichment(text=SAID)))
    assert len(richer.examples) == 2
    assert richness(richer).score > richness(stub).score


def test_a_header_that_changed_since_is_not_replaced(tmp_path: Path) -> None:
    stub = stub_of(FUNCTION, tmp_path)
    (tmp_path / "a.py").write_text(FUNCTION.replace("Double a", "Twice a"))
    with pytest.raises(StaleSource):
        with_header(read(tmp_path / "a.py"), stub, stub.header)


def test_a_body_on_the_line_of_its_header_is_told_and_left_alone(tmp_path: Path) -> None:
    stub = stub_of("def double(x): ...\n", tmp_path)
    with pytest.raises(SourceError, match="shares a line"):
        with_header(read(tmp_path / "a.py"), stub, stub.header)


def test_everything_around_the_header_stays_as_it_was(tmp_path: Path) -> None:
    text = f"import math\n\n\n{FUNCTION}\n\nclass After:\n    pass\n"
    stub = stub_of(text, tmp_path)
    header = stub.header.replace("Double a number.", "Double it.")
    assert with_header(read(tmp_path / "a.py"), stub, header) == text.replace("Double a number.", "Double it.")
