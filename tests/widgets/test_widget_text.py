import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.widgets.text import (
    clipped,
    folded,
    length,
    marked,
    paragraphs,
    plain,
    shown,
    shown_line,
    shown_spans,
    sliced,
)
from rich.cells import cell_len

anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
code_like = st.text(alphabet="ab[]()/=@\\\"' \t\n\r漢é\x1b\x00\u202e\ud800é😀❤\ufe0f🇩🇪👍🏽\u0301", max_size=60)
texts = anything | code_like
runs = st.lists(st.tuples(texts.map(shown_line), st.sampled_from(["", "bold", "$muted"])), max_size=5)


@given(texts)
def test_what_is_shown_has_no_control_format_or_surrogate_character(text: str) -> None:
    unsafe = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not [char for char in shown(text) if char != "\n" and unicodedata.category(char) in unsafe]


@given(texts)
def test_what_is_shown_has_the_lines_of_the_text(text: str) -> None:
    assert shown(text).count("\n") == text.count("\n")
    assert shown(text).splitlines() == shown(text).removesuffix("\n").split("\n") or not shown(text)


@given(texts)
def test_what_is_shown_can_be_encoded(text: str) -> None:
    shown(text).encode()


@given(texts)
def test_showing_twice_changes_nothing(text: str) -> None:
    assert shown(shown(text)) == shown(text)


@given(texts, st.integers(0, 60))
def test_what_is_shown_of_a_beginning_is_the_beginning_of_what_is_shown(text: str, size: int) -> None:
    assert shown(text).startswith(shown(text[:size]))


def test_markup_and_code_stay_as_they_are() -> None:
    text = "x[/y] [@click=app.quit] list[int] m[i][j] [/] \\["
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("\x1b[31m", "␛[31m"),
        ("\0", "␀"),
        ("a\tb", "a   b"),
        ("漢\tb", "漢  b"),
        ("\x7f", "␡"),
        ("\u202eevil", "�evil"),
        ("\ud800", "�"),
        ("a\r\nb", "a␍\nb"),
        ("a\u2028b", "a�b"),
        ("❤\ufe0f", "❤"),
        ("שלום", "שלום"),
    ],
)
def test_harmful_characters_become_pictures(text: str, picture: str) -> None:
    assert shown(text) == picture


@given(texts, st.data())
def test_spans_are_carried_over_to_what_is_shown(text: str, draw: st.DataObject) -> None:
    start = draw.draw(st.integers(0, len(text)))
    end = draw.draw(st.integers(start, len(text)))
    [(first, last)] = shown_spans(text, [(start, end)])
    assert shown(text)[:first] == shown(text[:start])
    assert shown(text)[:last] == shown(text[:end])


@given(texts.map(shown_line), st.integers(0, 30))
def test_clipped_text_fits(text: str, width: int) -> None:
    assert cell_len(clipped(text, width)) <= width


@given(runs, st.integers(2, 40), st.booleans())
def test_folded_lines_fit_and_lose_nothing_but_spaces(line: list[tuple[str, str]], width: int, words: bool) -> None:
    lines = folded(line, width, words=words)
    assert all(length(row) <= width for row in lines)
    joined = "".join(plain(row) for row in lines)
    assert (joined.replace(" ", "") if words else joined) == (plain(line).replace(" ", "") if words else plain(line))


def test_a_space_beyond_the_last_cell_is_not_kept() -> None:
    assert folded([("a" * 19 + " ", "")], 19, words=True) == [[("a" * 19, "")]]


def test_prose_is_folded_between_words() -> None:
    assert paragraphs("one two three", 8) == [[("one two ", "")], [("three", "")]]


@given(runs, st.integers(0, 30), st.integers(0, 30))
def test_a_slice_is_the_slice_of_the_plain_text(line: list[tuple[str, str]], start: int, end: int) -> None:
    assert plain(sliced(line, start, end)) == plain(line)[start:end]


@given(runs, st.data())
def test_marks_change_inks_and_never_text(line: list[tuple[str, str]], draw: st.DataObject) -> None:
    size = len(plain(line))
    edges = sorted(draw.draw(st.lists(st.integers(0, size), min_size=4, max_size=4)))
    spans = [(edges[0], edges[1]), (edges[2], edges[3])]
    result = marked(line, spans, "on $mark")
    assert plain(result) == plain(line)
    touched = "".join(text for text, ink in result if ink.endswith("on $mark"))
    assert touched == "".join(plain(line)[start:end] for start, end in spans)


def test_a_wide_character_in_a_column_of_one_cell_takes_a_line() -> None:
    assert folded([("漢字", "")], 1) == [[("漢", "")], [("字", "")]]
