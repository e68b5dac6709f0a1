"""Telling thoughts, repetitions of the prefill and the answer apart, however the stream is cut into chunks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from redraft.engine.models.answer import Answer, Chunk, Counts
from redraft.engine.models.chat import Ask, Message, Reply, texts
from redraft.engine.models.continuation import Continuation
from redraft.engine.models.http.content import spoken, thought
from redraft.engine.models.thoughts import ThoughtSplitter

STUB = '```python\ndef double(n: int) -> int:\n    """Twice n.\n\n    >>> double(2)\n    4\n    """\n'
BODY = "    return n * 2\n```"


def chunked(text: str, cuts: list[int]) -> list[str]:
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    return [text[a:b] for a, b in pairwise(places)]


def continued(prefill: str, *chunks: str) -> tuple[str, Continuation]:
    guard = Continuation(prefill)
    text = "".join(map(guard.feed, chunks))
    return text + guard.end(), guard


cuts = st.lists(st.integers(0, 200), max_size=40)


@given(cuts)
def test_a_repeated_prefill_is_taken_away_however_it_is_cut(places: list[int]):
    text, guard = continued(STUB, *chunked(STUB + BODY, places))
    assert (text, guard.restarted, guard.stripped) == (BODY, True, True)


@pytest.mark.parametrize(
    "again",
    [
        STUB.removeprefix("```python\n"),
        STUB.replace("```python", "```"),
        "\n" + STUB,
        STUB.replace("    ", "  "),
        STUB.rstrip("\n") + "  \n",
    ],
)
def test_a_repetition_with_other_spacing_or_fence_is_still_one(again: str):
    assert continued(STUB, *again, *BODY)[0] == BODY


@given(st.text(alphabet="def double(n):\n `\"'3", max_size=80), cuts)
def test_a_continuation_comes_through_unchanged(body: str, places: list[int]):
    text, guard = continued(STUB, *chunked("    x = 1\n" + body, places))
    assert (text, guard.restarted) == ("    x = 1\n" + body, False)


@given(st.text(max_size=60), st.text(max_size=60), cuts)
def test_without_a_repetition_no_character_is_lost(prefill: str, said: str, places: list[int]):
    text, guard = continued(prefill, *chunked(said, places))
    assert guard.stripped or text == said


@pytest.mark.parametrize(
    ("said", "restarted"),
    [
        ("def double(n: int) -> int:\n    return n + n", True),
        ("```python\ndef double(n: int) -> int:\n    return n + n", True),
        ("def double(n: int) -> int:", True),
        ("def helper(n):\n    return n", False),
        ("d = n\n    return d", False),
        ("", False),
    ],
)
def test_a_first_line_said_again_is_a_restart(said: str, restarted: bool):
    text, guard = continued(STUB, *said)
    assert (text, guard.restarted) == (said, restarted)


def test_a_short_prefill_proves_nothing():
    assert continued("[", "[1, 2]]")[0] == "[1, 2]]"


def split(*chunks: str, inside: bool = True) -> tuple[str, str]:
    splitter = ThoughtSplitter(inside=inside)
    thought: list[str] = []
    said: list[str] = []
    for part in [*(part for chunk in chunks for part in splitter.feed(chunk)), *splitter.end()]:
        if part.kind == "was thought":
            thought += said
            said = []
        else:
            (thought if part.kind == "thought" else said).append(part.text)
    return "".join(thought), "".join(said)


@given(cuts, st.sampled_from(["", "\n", "  \n"]))
def test_leading_thoughts_are_split_off_however_they_are_cut(places: list[int], lead: str):
    said = lead + "<think>\nis it < 3? </th\n</think>\n\nreturn '<think></think>'"
    assert split(*chunked(said, places)) == ("is it < 3? </th\n", "return '<think></think>'")


@given(st.text(max_size=60).filter(lambda text: not text.lstrip().startswith("<think>")), cuts)
def test_text_that_does_not_begin_with_thoughts_is_all_answer(said: str, places: list[int]):
    assert split(*chunked(said, places)) == ("", said)


TAGS = [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<Thought>", "</Thought>"), ("[THINK]", "[/THINK]"),
        ("<reasoning>", "</reasoning>"), ("◁think▷", "◁/think▷")]  # fmt: skip


@given(cuts, st.sampled_from(TAGS), st.sampled_from(["", "Well.\n", "```\ncode\n```\n  "]))
def test_thoughts_between_tags_at_the_beginning_of_any_line_are_split_off(
    places: list[int], tags: tuple[str, str], before: str
):
    said = f"{before}{tags[0]}is it < [3]?{tags[1]}\n    return 1\n    return 2"
    assert split(*chunked(said, places)) == ("is it < [3]?", f"{before}    return 1\n    return 2")


@given(cuts, st.sampled_from([close for _, close in TAGS]), st.sampled_from(["\n", "\n\n", ""]))
def test_all_before_a_closing_tag_that_nothing_opened_was_a_thought(places: list[int], close: str, end: str):
    said = f"First I try\n```python\nreturn 0\n```\nNo.{close}{end}return 1\n"
    assert split(*chunked(said, places)) == ("First I try\n```python\nreturn 0\n```\nNo.", "return 1\n")


@pytest.mark.parametrize(
    "code",
    [
        'return text.split("</think>")[-1]\n',
        "return re.sub('<think>.*?</think>', '', text)\n",
        "```python\nx = a </think> b\n```",
        "```python\n<think>\n```\n",
        "a `</think>` tag ends it",
    ],
)
@given(cuts)
def test_code_that_quotes_tags_is_an_answer(code: str, places: list[int]):
    assert split(*chunked(code, places)) == ("", code)


def test_an_answer_to_text_that_names_tags_may_name_them_anywhere():
    asked = Ask(messages=(Message(role="user", content="drop what stands before </think>"),))
    reply = folded(asked, Chunk(text="def f(t):\n    # up to </think>\n    return t"), Chunk(finish="stop"))
    assert (reply.text, reply.thinking) == ("def f(t):\n    # up to </think>\n    return t", "")


@given(
    st.lists(
        st.sampled_from(["<think>", "</think>", "\n", "```", "x", " ", "[THINK]", "</", "[/THINK]", "{"]), max_size=30
    ),
    cuts,
)
def test_how_a_stream_is_cut_does_not_matter(parts: list[str], places: list[int]):
    said = "".join(parts)
    assert split(*chunked(said, places)) == split(said)


def test_no_text_takes_more_than_linear_time_to_split():
    # Quadratic, these would take minutes.
    for tag in ("<think>", "</think>", "\n```", "<", "\n"):
        split(tag * (400_000 // len(tag)))


def test_a_thought_that_was_taken_for_the_answer_is_taken_back_in_the_pieces_too():
    answer = Answer(asking(), prefilled=False)
    pieces = [
        *answer.take(Chunk(text="no, wait\n"), 1.0),
        *answer.take(Chunk(text="</think>\nyes"), 2.0),
        *answer.end(),
    ]
    assert [piece.text for piece in pieces if piece.taken_back] == [""]
    assert texts(pieces) == ("yes", "no, wait\n") == (answer.reply.text, answer.reply.thinking)


def test_json_that_came_as_a_thought_is_the_answer_although_thoughts_were_asked_for():
    asked = replace(asking(thinking=True), schema={"type": "object"})
    reply = folded(asked, Chunk(thinking='{"findings": []}'), Chunk(finish="stop"))
    assert (reply.text, reply.thinking) == ('{"findings": []}', "")


@pytest.mark.parametrize(
    ("content", "said", "thought"),
    [
        ("yes", "yes", ""),
        (None, "", ""),
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}], "", "hm"),
        ([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "yes"}], "yes", "hm"),
        ([{"type": "text", "text": "y"}, "es"], "yes", ""),
        ([{"type": "reference", "reference_ids": [1]}, {"type": "text", "text": "yes"}], "yes", ""),
        ({"type": "text", "text": "yes"}, "yes", ""),
        ([[[[[[["deep"]]]]]]], "", ""),
        (7, "", ""),
        ([{"type": 3, "text": {"text": None}}], "", ""),
    ],
)
def test_a_content_may_be_text_or_parts_of_it(content: object, said: str, thought: str):
    assert spoken(content) == (said, thought)


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning": "hm"},
        {"reasoning_content": "hm"},
        {"thinking": "hm"},
        {"reasoning": "hm", "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]},
        {"reasoning_details": [{"type": "reasoning.text", "text": "hm"}, {"type": "reasoning.encrypted", "data": "x"}]},
        {"reasoning": None, "reasoning_content": [{"type": "text", "text": "hm"}]},
    ],
)
def test_thoughts_beside_the_content_have_many_names(delta: dict[str, object]):
    assert thought(delta) == "hm"


def test_thoughts_that_never_close_are_thoughts():
    assert split("<think>", "and on </thi") == ("and on </thi", "")


def folded(ask: Ask, *chunks: Chunk) -> Reply:
    answer = Answer(ask, prefilled=False)
    for n, chunk in enumerate(chunks, 1):
        answer.take(chunk, float(n))
    answer.end()
    return answer.reply


def asking(thinking: bool = False) -> Ask:
    return Ask(messages=(Message(role="user", content="q"),), thinking=thinking)


def test_a_template_that_opens_the_thought_itself_leaves_only_the_closing_tag():
    reply = folded(asking(thinking=True), Chunk(text="let me see</think>\n\nyes"), Chunk(finish="stop"))
    assert (reply.thinking, reply.text) == ("let me see", "yes")


def test_thoughts_cut_by_length_are_not_taken_for_the_answer():
    reply = folded(asking(), Chunk(thinking="hmm"), Chunk(finish="length"))
    assert (reply.thinking, reply.text, reply.finish) == ("hmm", "", "length")


def test_times_run_from_the_request_to_the_first_and_the_last_text():
    reply = folded(asking(), Chunk(), Chunk(text="a"), Chunk(text="b"), Chunk(finish="stop"), Chunk(counts=Counts()))
    assert (reply.first_seconds, reply.seconds) == (2.0, 3.0)


@given(st.lists(st.tuples(st.text(max_size=12), st.booleans()), max_size=20))
def test_pieces_put_together_are_the_reply(parts: list[tuple[str, bool]]):
    answer = Answer(asking(thinking=True), prefilled=False)
    pieces = [p for text, thought in parts for p in answer.take(_chunk(text, thought), 1.0)]
    pieces += answer.end()
    if "</think>" not in answer.reply.text:
        assert "".join(p.text for p in pieces if not p.thinking) == answer.reply.text
        assert "".join(p.text for p in pieces if p.thinking) == answer.reply.thinking


def _chunk(text: str, thought: bool) -> Chunk:
    return Chunk(thinking=text) if thought else Chunk(text=text)
