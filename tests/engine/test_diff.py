"""Hunks: accepted one by one, in any combination, without losing a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.diff import (
    apply,
    changed_spans,
    hunks,
    matching_lines,
    pairs,
)

LINE = st.sampled_from(["a", "b", "c", "    return x", "\f", "u\u2028v", "", "x = [1, 2]", "x = [1, 3]"])
TEXT = st.builds(lambda lines, end: "\n".join(lines) + end, st.lists(LINE, max_size=12), st.sampled_from(["", "\n"]))
CONTEXT = st.sampled_from([None, 0, 1, 3])


@given(TEXT, TEXT, CONTEXT)
def test_all_hunks_give_the_new_text_and_none_the_old(old: str, new: str, context: int | None):
    found = hunks(old, new, context=context)
    assert apply(old, found) == new
    assert apply(old, ()) == old


@given(TEXT, TEXT, st.data())
def test_any_subset_keeps_every_line_that_both_texts_share(old: str, new: str, data: st.DataObject):
    found = hunks(old, new, context=None)
    chosen = [hunk for hunk in found if data.draw(st.booleans())]
    shared = [line.text for hunk in found for line in hunk.lines if line.kind == "same"]
    result = iter(apply(old, chosen).split("\n"))
    assert all(line in result for line in shared)


@given(TEXT, TEXT, st.data())
def test_hunks_are_independent(old: str, new: str, data: st.DataObject):
    found = hunks(old, new)
    chosen = [hunk for hunk in found if data.draw(st.booleans())]
    rest = [hunk for hunk in found if hunk not in chosen]
    assert apply(old, chosen) == apply(old, reversed(chosen))
    # Taking the others back from the new text comes to the same.
    back = {hunk.number: hunk for hunk in hunks(old, new)}
    lines = new.split("\n")
    for hunk in reversed(rest):
        removed = [line.text for line in back[hunk.number].lines if line.kind == "removed"]
        start = hunk.new_start - 1
        lines[start : start + hunk.new_count] = removed
    assert [line for line in lines if line] == [line for line in apply(old, chosen).split("\n") if line]


@given(TEXT, TEXT, CONTEXT)
def test_no_line_is_shown_twice_and_numbers_are_right(old: str, new: str, context: int | None):
    lines = [line for hunk in hunks(old, new, context=context) for line in hunk.lines]
    for side, text in (("old", old), ("new", new)):
        numbered = [(getattr(line, side), line.text) for line in lines if getattr(line, side) is not None]
        assert [number for number, _ in numbered] == sorted({number for number, _ in numbered})
        assert all(text.split("\n")[number - 1] == shown for number, shown in numbered)


@given(TEXT, TEXT)
def test_a_diff_without_limit_shows_all_of_both_texts(old: str, new: str):
    found = hunks(old, new, context=None)
    if found:
        lines = [line for hunk in found for line in hunk.lines]
        assert "".join(line.text + "\n" * line.ends for line in lines if line.old) == old
        assert "".join(line.text + "\n" * line.ends for line in lines if line.new) == new


@given(TEXT, TEXT)
def test_a_split_view_has_the_same_lines_as_a_unified_one(old: str, new: str):
    for hunk in hunks(old, new):
        rows = pairs(hunk)
        assert [left for left, _ in rows if left] == [line for line in hunk.lines if line.kind != "added"]
        assert [right for _, right in rows if right] == [line for line in hunk.lines if line.kind != "removed"]


@given(st.lists(LINE, max_size=12), st.lists(LINE, max_size=12))
def test_matching_runs_are_equal_and_in_order(old: list[str], new: list[str]):
    end = (0, 0)
    for at_old, at_new, size in matching_lines(old, new):
        assert old[at_old : at_old + size] == new[at_new : at_new + size]
        assert end <= (at_old, at_new) and size > 0
        assert end[0] <= at_old and end[1] <= at_new
        end = (at_old + size, at_new + size)


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_is_not_marked_as_changed_is_equal(old: str, new: str):
    in_old, in_new = changed_spans(old, new)
    if in_old or in_new:
        assert without(old, in_old) == without(new, in_new)


def without(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """The text without what the spans mark."""
    return "".join(char for at, char in enumerate(text) if not any(start <= at < end for start, end in spans))


def test_a_changed_word_is_marked_within_its_line():
    [hunk] = hunks("total = a + b\n", "total = a - b\n")
    assert [(line.kind, line.text, line.spans) for line in hunk.lines] == [
        ("removed", "total = a + b", ((10, 11),)),
        ("added", "total = a - b", ((10, 11),)),
    ]


def test_lines_that_have_little_in_common_are_not_marked():
    assert changed_spans("return sorted(values)", "while True:") == ((), ())
    assert changed_spans("x" * 500, "x" * 499) == ((), ())


def test_distant_changes_are_hunks_of_their_own_with_context():
    old = "".join(f"{n}\n" for n in range(20))
    found = hunks(old, old.replace("3\n", "three\n", 1).replace("17\n", ""))
    assert [(hunk.number, hunk.title) for hunk in found] == [(1, "@@ -4,1 +4,1 @@"), (2, "@@ -18,1 +18,0 @@")]
    assert [line.text for line in found[1].lines] == ["14", "15", "16", "17", "18", "19"]


def test_a_last_line_without_newline_is_known():
    [hunk] = hunks("a", "a\n")
    assert [(line.kind, line.ends) for line in hunk.lines] == [("removed", False), ("added", True)]


def test_equal_texts_have_no_hunks():
    assert hunks("a\nb", "a\nb") == ()
