"""What is read out of single replies, and that no text takes long or breaks anything."""

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.replies import REVIEW_SCHEMA, review
from redraft.engine.replies.schema import FINDINGS

SOURCE = '''def clamp(x: int, low: int, high: int) -> int:
    """x, but no less than low and no more than high."""
    if x >= high:
        return high - 1
    return max(x, low)
'''
ONE = 'def f(xs: list[int]) -> str:\n    """Join them."""\n    return ",".join(map(str, xs))\n'
BUG = "`clamp(5, 0, 3)` returns `2`, should be `3`."


def read(text, source=SOURCE):
    return review(text, "d1", source, "m")


def shown(text, source=SOURCE):
    return [(f.call, f.comes_out, f.should_be) for f in read(text, source).findings]


# ---------------------------------------------------------------------------------------------- thoughts


@pytest.mark.parametrize(
    "thought",
    [
        "<think>{}</think>",
        "<thinking>\n{}\n</thinking>",
        "<thought>{}</thought>\n",
        "[THINK]{}[/THINK]",
        "{}</think>",
        "{}\n[/THINK]",
        "<reasoning>{}</reasoning>",
        "<|begin_of_thought|>{}<|end_of_thought|>",
        "<seed:think>{}</seed:think>",
        "◁think▷{}◁/think▷",
        "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>",
        "<THINK>{}</THINK>",
    ],
)
def test_what_was_only_thought_decides_nothing(thought):
    assert read(thought.format("NO BUGS") + BUG).verdict == "bugs"
    assert read(thought.format(BUG) + "NO BUGS").verdict == "clean"


@pytest.mark.parametrize("text", ["<think>" + BUG, "<think>NO BUGS</think>", "<think>NO BUGS", BUG + "</think>\n"])
def test_a_reply_of_nothing_but_thoughts_is_no_review(text):
    assert read(text).verdict == "unreadable"


def test_a_tag_that_is_quoted_as_code_hides_nothing():
    assert read("`<think>` is never closed, so f is wrong").verdict == "bugs"


# ---------------------------------------------------------------------------------------------- inputs and results


@pytest.mark.parametrize(
    "text",
    [
        BUG,
        "clamp(5, 0, 3) gives 2 instead of 3",
        "Expected 3 but got 2 for clamp(5, 0, 3). That is wrong.",
        "With x = 5, low = 0 and high = 3 it returns 2, but the right answer is 3.",
        "When called with x=5, low=0, high=3 the result is wrong: it returns `2`, it should be `3`.",
        "**Bug**: upper bound.\n- Input: `clamp(5, 0, 3)`\n- Expected: `3`\n- Actual: `2`",
        "**Bug**: upper bound.\n- Input: x=5, low=0, high=3\n- Expected: 3\n- Actual: 2",
        "| call | expected | actual |\n|---|---|---|\n| `clamp(5, 0, 3)` | 3 | 2 |",
        '{"bugs": [{"input": {"x": 5, "low": 0, "high": 3}, "expected": 3, "actual": 2, "issue": "bound"}]}',
        '{"bugs": [{"input": "5, 0, 3", "expected": 3, "actual": 2, "issue": "bound"}]}',
        "`clamp(5, 0, 3)` は `2` を返しますが、`3` を返すべきです。",
        "`clamp(5, 0, 3)` 返回 2，应该返回 3。",
    ],
)
def test_an_input_is_made_of_what_a_report_names(text):
    assert shown(text) == [("clamp(5, 0, 3)", "2", "3")]


@pytest.mark.parametrize(
    "text",
    [
        "It is wrong when x is 5.",
        "It is wrong for negative x, with low = 0 and high = n.",
        "The call `max(x, low)` is wrong.",
        "`clamp(x, low, high)` is wrong.",
        "clamp(5, 0, is wrong.",
        "clamp(...) is wrong.",
    ],
)
def test_no_input_is_made_up_where_an_argument_is_left_open(text):
    result = read(text)
    assert (result.verdict, [f.call for f in result.findings]) == ("bugs", [""])


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("It fails for an empty list.", "f([])"),
        ("It fails when `xs` is empty.", "f([])"),
        ("It fails if the input is empty: for empty input it raises IndexError.", "f([])"),
        ("For input [1] it returns the wrong text.", "f([1])"),
        ("It fails for an empty string.", ""),
        ("It fails for non-empty lists.", ""),
    ],
)
def test_the_only_argument_may_be_named_in_words(text, call):
    assert [f.call for f in read(text, ONE).findings] == [call]


def test_a_method_is_called_only_with_its_object():
    source = "def pop(self):\n    return self._items.pop()\n"
    assert [f.call for f in read("`pop()` raises IndexError, should return None", source).findings] == [""]
    assert [f.call for f in read("`Stack().pop()` fails", source).findings] == ["Stack().pop()"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("line 4 returns too little", 4),
        ("line 40 returns too little", None),
        ("Zeile 4 ist falsch", 4),
        ("第4行错误", 4),
        ("`return high - 1` is wrong", 4),
        ("`return lower` is wrong", None),
        ("It returns too little", None),
    ],
)
def test_a_finding_has_the_line_that_is_there_or_none(text, line):
    assert [f.line for f in read(text).findings] == [line]


def test_code_is_no_value_that_could_come_out():
    text = "`clamp(5, 0, 3)` is wrong: `high - 1` should be `high`."
    assert shown(text) == [("clamp(5, 0, 3)", "", "")]


# ---------------------------------------------------------------------------------------------- bad input


def test_a_report_that_repeats_itself_is_one_finding():
    assert len(read(f"- {BUG}\n" * 40).findings) == 1
    assert len(read("- line 4 is wrong\n" * 40).findings) == 1


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        ("### Correctness\n- Order ✘ (the result is sorted)\n\n### Style\n- fine", "bugs"),
        ("**Correctness**\nThe last item is lost.\n\n**Performance**\nGood.", "bugs"),
        ("### Style\n- fine\n\nVerdict: correct", "clean"),
        ("### Correctness\nThe last item seems lost.\n\n### Style\nclean\n\nOn second thought: no bugs.", "clean"),
        ("## Readability\nGood.\n\nNO BUGS", "clean"),
        ("## Style\nFine.", "clean"),
        ("Es gibt keinen Fehler; leere Texte ergeben 0.", "clean"),
    ],
)
def test_a_word_on_style_below_its_heading_is_no_verdict_on_the_code(report: str, verdict: str):
    assert review(report, "d1", SOURCE, "m").verdict == verdict


def test_of_forty_findings_the_first_are_kept_and_the_rest_are_counted():
    result = read("".join(f"{n}. `clamp({n}, 0, 3)` returns `2`, should be `3`\n" for n in range(40)))
    assert (len(result.findings), result.left_out) == (FINDINGS, 40 - FINDINGS)
    assert result.findings[0].call == "clamp(0, 0, 3)"


FIXED = SOURCE.replace("high - 1", "high")


@pytest.mark.parametrize(
    "text",
    [
        FIXED,
        f"```python\n{FIXED}```",
        f"```\n{FIXED}```",
        f"Here is the corrected function:\n\n```python\n{FIXED}```\nNow it is correct.",
        json.dumps({"corrected_code": FIXED}),
    ],
)
def test_the_function_in_place_of_a_report_is_a_candidate(text):
    result = read(text)
    assert (result.verdict, result.findings, result.candidate.strip()) == ("bugs", (), FIXED.strip())


def test_the_same_function_again_is_no_candidate_and_no_review():
    result = read(f"```python\n{SOURCE.replace('x, but no', 'No')}```")
    assert (result.verdict, result.candidate) == ("unreadable", "")


def test_another_way_to_write_it_below_an_all_clear_is_no_candidate():
    result = read(f"NO BUGS. It could be shorter:\n```python\n{FIXED}```")
    assert (result.verdict, result.candidate) == ("clean", "")


@pytest.mark.parametrize(
    "text",
    [
        "", " \n", "...", "1.\n2.\n3.", "I like turtles.", "Sure! Please provide the code.", "I'm sorry, I can't help with that.",
        "I cannot tell whether this is right.", '"""', "{}", "[", '{"findings": [', "- - -",
    ],
)  # fmt: skip
def test_what_says_nothing_of_the_code_is_no_review(text):
    assert (read(text).verdict, read(text).findings) == ("unreadable", ())


# ---------------------------------------------------------------------------------------------- json that is cut off


WHOLE = json.dumps(
    {
        "findings": [
            {
                "quote": "return high - 1",
                "call": "clamp(5, 0, 3)",
                "comes_out": "2",
                "should_be": "3",
                "claim": "bound",
            },
            {"quote": "max(x, low)", "call": "clamp(0, 1, 3)", "comes_out": "1", "should_be": "1", "claim": "other"},
        ],
        "verdict": "bugs",
    }
)


@pytest.mark.parametrize("end", range(WHOLE.index("should_be"), len(WHOLE)))
def test_wherever_a_report_in_json_is_cut_what_was_whole_is_kept_and_no_half_value_is(end):
    result = read(WHOLE[:end])
    assert result.verdict == "bugs"
    assert result.findings[0].call == "clamp(5, 0, 3)"
    assert {f.should_be for f in result.findings} <= {"3", "1", ""}
    assert {f.call for f in result.findings} <= {"clamp(5, 0, 3)", "clamp(0, 1, 3)", ""}


def test_our_own_schema_is_read():
    schema: Any = REVIEW_SCHEMA
    part = dict.fromkeys(schema["properties"]["findings"]["items"]["properties"], "")
    whole = {"findings": [{**part, "call": "clamp(5, 0, 3)", "should_be": "3"}], "verdict": "bugs"}
    assert shown(json.dumps(whole)) == [("clamp(5, 0, 3)", "", "3")]


# ---------------------------------------------------------------------------------------------- hostile texts


PIECES = (
    "`", "*", '{"', "[{", "no ", "not find ", "returns `clamp(", "clamp(", "((((", "line 3 is wrong.\n", "|a|b|\n", "|", "<think>",
    "</think>", "word ", "w", '"', "'", "it returns a should b ", "# a\n", "错误", ". ", "Input: ", "- Input: `f([])`\n", "```\n",
    "x = ", "expected ", '{"findings": ["\\', '{"findings":', '"a",', "def clamp(x):\n", "-", "_", "a.", "a(b)", "neither a ",
    '"findings": [{"a": "', "tried ", "first thought ", "looking at the ", "✅❌", "\r", "first,", "\ud800",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_text_is_read_in_bounded_time(piece):
    read(piece)
    began = time.process_time()
    result = read(piece * (300_000 // len(piece)))
    assert time.process_time() - began < 5
    msgspec.json.encode(result)


@given(
    st.lists(
        st.sampled_from([*PIECES, "NO BUGS", BUG, "\n", "\n\n", ", but ", "Verdict: ", "1. ", "**", "? "]), max_size=30
    )
)
def test_any_mixture_of_what_reports_are_made_of_is_read(pieces):
    result = read("".join(pieces))
    msgspec.json.encode(result)
    assert result.verdict != "clean" or not result.findings
    assert len(result.findings) <= FINDINGS
