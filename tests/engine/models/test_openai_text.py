"""Telling thoughts, repetitions of the prefill and the answer apart, however the stream is cut into chunks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.facts import Usage
from redraft.engine.models.answer import Answer, Chunk
from redraft.engine.models.chat import Ask, Message, Reply, Sampling
from redraft.engine.models.continuation import Continuation
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


def test_thoughts_that_never_close_are_thoughts():
    assert split("<think>", "and on </thi") == ("and on </thi", "")


def folded(ask: Ask, *chunks: Chunk) -> Reply:
    answer = Answer(ask, prefilled=False)
    for n, chunk in enumerate(chunks, 1):
        answer.take(chunk, float(n))
    answer.end()
    return answer.reply


def asking(thinking: bool = False, **sampling: int) -> Ask:
    return Ask(messages=(Message(role="user", content="q"),), thinking=thinking, sampling=Sampling(**sampling))


def test_a_template_that_opens_the_thought_itself_leaves_only_the_closing_tag():
    reply = folded(asking(thinking=True), Chunk(text="let me see</think>\n\nyes"), Chunk(finish="stop"))
    assert (reply.thinking, reply.text) == ("let me see", "yes")


def test_thoughts_cut_by_length_are_not_taken_for_the_answer():
    reply = folded(asking(), Chunk(thinking="hmm"), Chunk(finish="length"))
    assert (reply.thinking, reply.text, reply.finish) == ("hmm", "", "length")


def test_times_run_from_the_request_to_the_first_and_the_last_text():
    reply = folded(asking(), Chunk(), Chunk(text="a"), Chunk(text="b"), Chunk(finish="stop"), Chunk(usage=Usage()))
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
