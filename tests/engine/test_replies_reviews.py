import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.facts import Example, Finding
from redraft.engine.replies import REVIEW_SCHEMA, checks, review

SOURCE = 'def f(xs):\n    """Sum them."""\n    total = 1\n    for x in xs:\n        total += x\n    return total\n'
BUG = {"quote": "total = 1", "claim": "starts at one", "call": "f([])", "comes_out": "1", "should_be": "0"}


def read(text):
    return review(text, "d1", SOURCE, "m")


def said(findings, verdict="bugs"):
    return json.dumps({"findings": findings, "verdict": verdict})


FOUND = Finding(claim="starts at one", quote="total = 1", line=3, call="f([])", comes_out="1", should_be="0")


@pytest.mark.parametrize(
    "text",
    [
        said([BUG]),
        "Here is my review:\n```json\n" + said([BUG]) + "\n```\nDone.",
        "I think {x} is wrong. " + said([BUG]) + " That's all.",
        said([BUG]).replace('"0"}', '"0",}'),
        said([BUG, BUG])[:-60],
        json.dumps([BUG]),
        "<think>{}</think>" + said([BUG]),
    ],
    ids=["bare", "fenced", "in prose", "trailing comma", "cut off", "a list", "after thinking"],
)
def test_a_json_report_is_read_in_any_shape(text):
    result = read(text)
    assert (result.draft, result.model, result.verdict, result.findings, result.text) == (
        "d1",
        "m",
        "bugs",
        (FOUND,),
        text,
    )


@pytest.mark.parametrize(
    "text",
    [
        "no bugs",
        "NO BUGS.",
        "**No bugs found.**",
        "The code looks correct.",
        "Verdict: no bugs\n\nIt starts at line 1 and should work.",
        "LGTM",
        said([], "clean"),
        '{"findings": []}',
        said([{**BUG, "call": ""}], "clean"),
    ],
)
def test_an_all_clear_is_read(text):
    assert (read(text).verdict, read(text).findings) == ("clean", ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "maybe",
        "The code looks correct, but I am not sure.",
        '{"findings": [',
        "{}",
        '{"a": 1}',
    ],
)
def test_what_is_no_report_is_unreadable(text):
    assert (read(text).verdict, read(text).findings) == ("unreadable", ())


def test_a_call_that_shows_a_bug_outweighs_the_verdict():
    assert read(said([BUG], "clean")).verdict == "bugs"


def test_the_papers_bullets_are_findings():
    text = "Bugs:\n- Line 3 sets `total = 1`; `f([])` returns `1`, should be `0`\n  because nothing was added.\n- line 5 adds twice\n"
    result = read(text)
    assert result.verdict == "bugs"
    assert [(f.line, f.quote, f.call, f.comes_out, f.should_be) for f in result.findings] == [
        (3, "total = 1", "f([])", "1", "0"),
        (5, "", "", "", ""),
    ]
    assert result.findings[0].claim.endswith("because nothing was added.")


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        ("total = 1", 3),
        ("    total=1", 3),
        ("3: total = 1", 3),
        ("`total += x`", 5),
        ("for x in xs", 4),
        ("total = 10", 3),
        ("totl += x", 5),
        ("return nothing", None),
        ("t", None),
    ],
)
def test_a_line_is_marked_only_when_the_quote_is_in_the_source(quote, line):
    assert read(said([{**BUG, "quote": quote, "line": 2}])).findings[0].line == line


@pytest.mark.parametrize(("stated", "line"), [(2, 2), ("line 4", 4), (99, None), (0, None), (None, None)])
def test_a_stated_number_counts_only_without_a_quote_and_within_the_source(stated, line):
    assert read(said([{**BUG, "quote": "", "line": stated}])).findings[0].line == line


def test_the_stated_number_chooses_among_equal_lines():
    source = "a = 1\nb()\na = 1\n"
    found = review(said([{**BUG, "quote": "a = 1", "line": 3}]), "d1", source, "m").findings
    assert found[0].line == 3


@pytest.mark.parametrize(
    ("call", "kept"),
    [
        ("f([1])", "f([1])"),
        (">>> f([1])", "f([1])"),
        ("`>>> f([1])`", "f([1])"),
        (">>>f([1])", "f([1])"),
        (">>> f([1,\n... 2])\n3", "f([1,\n2])"),
        (">>> [1, 3, 2, 5]", ""),
        ("`f([1])`", "f([1])"),
        ("f([1]) == 2", "f([1])"),
        ("assert f([1]) == 2", "f([1])"),
        ("[1, 2]", "f([1, 2])"),
        ("xs = [1, 2]", "f([1, 2])"),
        ("an empty list", "f([])"),
        ("a list of numbers", ""),
        ("xs", ""),
        ("f(xs)", ""),
        ("len([])", "len([])"),
        ("f(", ""),
    ],
)
def test_a_call_is_kept_only_if_it_can_be_run(call, kept):
    assert read(said([{**BUG, "call": call}])).findings[0].call == kept


def test_a_call_written_as_a_session_brings_what_should_come_out():
    found = read(said([{**BUG, "call": ">>> f([1])\n1", "should_be": ""}])).findings[0]
    assert (found.call, found.should_be) == ("f([1])", "1")


def test_numbers_and_texts_are_capped():
    result = read(said([{**BUG, "call": f"f([{n}])", "claim": "x" * 1000, "quote": "y" * 1000} for n in range(30)]))
    assert (len(result.findings), result.left_out) == (10, 20)
    assert max(len(f.claim) + len(f.quote) for f in result.findings) <= 1100


def test_values_that_are_no_text_are_spelled_as_python_spells_them():
    found = read(said([{**BUG, "comes_out": True, "should_be": [0]}])).findings[0]
    assert (found.comes_out, found.should_be) == ("True", "[0]")


def test_the_schema_puts_the_evidence_before_the_verdict():
    properties = REVIEW_SCHEMA["properties"]
    assert isinstance(properties, dict)
    assert list(properties) == ["findings", "verdict"]
    assert "maxLength" in json.dumps(REVIEW_SCHEMA)
    assert json.dumps(REVIEW_SCHEMA).count('"additionalProperties": false') == 2


@given(st.text() | st.text(alphabet='{}[]",:findgsverct\\ \n-*1line', max_size=200))
def test_any_review_is_read_without_an_exception(text):
    json.dumps(read(text).text).encode()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda x: (
            st.lists(x) | st.dictionaries(st.sampled_from(["findings", "verdict", "quote", "call", "claim", "line"]), x)
        ),
    )
)
def test_any_json_is_read_without_an_exception(value):
    read(json.dumps(value))


# ---------------------------------------------------------------------------------------------- generated checks


def test_asserts_are_read_one_by_one_from_wherever_they_stand():
    text = """Here are tests:
```python
def test_f():
    assert f([1]) == 1, "one"
    assert f(
        [1,
         2]) == 3
    assert f([2]) is None
    assert not f([])
    assert f([1]) > 0
    assert (f([5]) == 5)
```
"""
    assert checks(text, "f") == (
        Example(source="f([1])", want="1", compare="value", origin="generated"),
        Example(source="f([1, 2])", want="3", compare="value", origin="generated"),
        Example(source="f([2])", want="None", compare="value", origin="generated"),
        Example(source="not f([])", compare="truth", origin="generated"),
        Example(source="f([1]) > 0", compare="truth", origin="generated"),
        Example(source="f([5])", want="5", compare="value", origin="generated"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "assert g(1) == 2",
        "assert x == f(1)",
        "assert f(x) == 1",
        "assert f(1",
        "assert True",
        "assert f == 1",
        "f(1) == 2",
    ],
)
def test_what_cannot_be_run_alone_or_is_about_something_else_is_dropped(text):
    assert checks(text, "f") == ()


def test_a_broken_assert_does_not_cost_the_next():
    assert [e.source for e in checks("assert f((1) == 2\nassert f(2) == 3\n", "f")] == ["f(2)"]


def test_repeated_checks_are_kept_once_contradictory_ones_not_at_all_and_ten_are_enough():
    text = "assert f(0) == 1\nassert f(0)==1\nassert f(1) == 1\nassert f(1) == 2\n"
    assert [e.source for e in checks(text, "f")] == ["f(0)"]
    assert len(checks("".join(f"assert f({n}) == {n}\n" for n in range(30)), "f")) == 10


@given(st.text() | st.text(alphabet="asert f(1)=\n'\"[", max_size=100))
def test_any_list_of_checks_is_read_without_an_exception(text):
    checks(text, "f")
