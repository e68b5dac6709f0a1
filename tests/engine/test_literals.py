"""Plain values cross as text and come back the same, whatever the text is."""

from __future__ import annotations

import contextlib
import math
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redraft.engine.python.literals import (
    NotPlain,
    parsed,
    same,
    spelling,
)
from redraft.engine.sandbox.child import child_values as values
from redraft.engine.sandbox.splitting import Split, asserts_of, split

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.binary(max_size=20)
    | st.just(...)
)
KEYS = st.booleans() | st.integers() | st.text(max_size=5) | st.tuples(st.integers(), st.text(max_size=3))
PLAIN = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.tuples(inner)
        | st.just(())
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.sets(KEYS, max_size=4)
        | st.frozensets(KEYS, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
@settings(deadline=None)
def test_a_plain_value_comes_back_the_same(value: object) -> None:
    text = values.spelled(value)
    assert text is not None
    back = parsed(text)
    assert repr(back) == repr(value) or back == value
    assert same(value, eval(spelling(value)))


@given(st.text(max_size=200))
@settings(deadline=None)
def test_no_text_makes_reading_raise_anything_else(text: str) -> None:
    with contextlib.suppress(NotPlain):
        parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500,
        "-" * 50_000 + "1",
        "1+" * 20_000 + "1",
        "__import__('os')",
        "bytearray(10**9)",
        "bytearray(9)",
        "{**{}}",
        "{[]: 1}",
        "f''",
        "(" * 90 + ")" * 89,
        "9" * 10_000,
        "x",
        "",
        "set(1)",
        "[x for x in y]",
        "'" + "a" * 400_000 + "'",
    ],
)
def test_a_hostile_spelling_is_not_plain(text: str) -> None:
    with pytest.raises(NotPlain):
        parsed(text)


@pytest.mark.parametrize("form", ["{%s}", "set([%s])", "frozenset((%s,))", "{%s: 0}", "[{(%s,)}]"])
def test_a_set_whose_members_share_a_hash_is_not_made(form: str) -> None:
    # Numbers are hashed modulo 2**61 - 1; so many in one set take four seconds.
    numbers = [str((2**61 - 1) * n) for n in range(1, 16_000)]
    between = {"{%s: 0}": ": 0, ", "[{(%s,)}]": ",), ("}.get(form, ", ")
    with pytest.raises(NotPlain):
        parsed(form % between.join(numbers))
    few = form % between.join(numbers[:100])
    assert spelling(parsed(few))


def test_bytes_may_be_all_the_same() -> None:
    assert parsed(f"bytearray({bytes(50_000)!r})") == bytearray(50_000)


def test_infinities_and_huge_numbers_cross() -> None:
    for value in (math.inf, -math.inf, 10**20_000, -(10**20_000), bytearray(b"x"), 1 + 2j):
        text = values.spelled(value)
        assert text is not None and parsed(text) == value
    assert same(math.nan, parsed(values.spelled(math.nan) or ""), tolerant=True)


class Count(int):
    def __repr__(self) -> str:
        return "lies"

    def __int__(self) -> int:
        return 0


class Names(list[str]):
    def __iter__(self):
        return iter(["lies"])


class Liar:
    @property
    def __class__(self):
        return int

    def __eq__(self, other: object) -> bool:
        return True


def test_a_subclass_counts_as_its_base_value_whatever_it_says_of_itself() -> None:
    assert (values.spelled(Count(5)), values.type_name(Count(5)).rpartition(".")[2]) == ("5", "Count")
    assert values.spelled(Names(["a"])) == "['a']"


def test_what_is_not_plain_has_no_spelling() -> None:
    deep: object = []
    for _ in range(200):
        deep = [deep]
    for value in (Liar(), object(), [Liar()], deep, "x" * 500_000, {1: len}, 1 << (1 << 24)):
        assert values.spelled(value) is None


@pytest.mark.parametrize(
    ("test", "parts"),
    [
        ("assert f(2) == 4", Split(call="f(2)", relation="==", want="4")),
        ("assert f(2) == 4, 'message'", Split(call="f(2)", relation="==", want="4")),
        ("assert [1, 2] == f(sorted([2, 1]))", Split(call="f(sorted([2, 1]))", relation="==", want="[1, 2]")),
        ("assert f(2) is None", Split(call="f(2)", relation="is", want="None")),
        ("assert f(2) != -1", Split(call="f(2)", relation="!=", want="-1")),
        ("assert not f(2)", Split(call="f(2)", relation="false")),
        ("assert f(2)", Split(call="f(2)", relation="true")),
        ("assert f([x for x in range(3)]) == 1", Split(call="f([x for x in range(3)])", relation="==", want="1")),
        ("assert abs(f(2) - 4) < 1e-6", None),
        ("assert f(helper) == 4", None),
        ("assert f(2) == g(2)", None),
        ("assert f(2) == f(3)", None),
        ("x = 1\nassert f(x) == 4", None),
        ("assert f(2) == 4 == 4", None),
        ("assert f(2) < 4", None),
        ("assert (", None),
        ("assert " + "(" * 400, None),
    ],
)
def test_only_one_assert_about_one_call_is_split(test: str, parts: Split | None) -> None:
    assert split(test, "f") == parts


def test_the_asserts_of_a_check_function_become_tests_of_their_own() -> None:
    check = "def check(candidate):\n    # easy\n    assert True\n    assert candidate(1) == 2, 'm'\n    assert not candidate(0)\n"
    assert asserts_of(check, "f") == ("assert f(1) == 2, 'm'", "assert not f(0)")


def test_a_check_function_that_does_more_stays_whole() -> None:
    check = "def check(candidate):\n    for n in range(3):\n        assert candidate(n) == n\n"
    assert asserts_of(check, "f") == (check + "\n\ncheck(f)\n",)


def test_the_bootstrap_imports_nothing_but_the_standard_library() -> None:
    import ast

    folder = Path(sys.modules["redraft.engine.sandbox.child.child_values"].__file__ or "").parent
    for file in folder.glob("child*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] in sys.stdlib_module_names or name.startswith("child_"), (file.name, name)


@pytest.mark.parametrize("got", [complex(1.7e308, 1.7e308), 1 << 5000])
def test_a_number_too_large_to_be_compared_is_another(got: object) -> None:
    assert not same(1j, got, tolerant=True)
