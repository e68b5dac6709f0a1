"""What changed between two texts, as hunks a person can accept one by one. Pure: no screen, no file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import Literal

from .facts import Fact

Span = tuple[int, int]
"""Columns `start` to `end` (not included) of a line that changed within it."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST_LINE = 400
"""Characters. Comparing longer lines word by word takes longer than anybody looks at them."""
_RELATED = 0.4
"""Two lines less alike than this (difflib's ratio) are shown as different lines, without marks inside."""


class DiffLine(Fact, frozen=True):
    """One line of a hunk. `old` and `new` are 1-based line numbers, None where the line is not in that text."""

    kind: Literal["same", "removed", "added"]
    text: str
    """Without its newline."""
    old: int | None = None
    new: int | None = None
    spans: tuple[Span, ...] = ()
    """What changed within the line; empty for kept lines, and where a whole line was removed or added."""
    ends: bool = True
    """Whether a newline follows; only a text's last line may lack one."""


class Hunk(Fact, frozen=True):
    """One change that can be accepted by itself, with kept lines around it. No two hunks share a line.

    The change itself is `old[old_start - 1 : old_start - 1 + old_count]`, replaced by the lines whose kind is "added".
    """

    number: int
    """1-based position among the hunks of one diff."""
    lines: tuple[DiffLine, ...]
    """In the order of a unified view: kept, removed, added, kept."""
    old_start: int
    """1-based line in the old text where the change begins; for an insertion, the line it comes before."""
    old_count: int
    new_start: int
    new_count: int

    @property
    def title(self) -> str:
        """How diff tools head it: "@@ -3,2 +3,4 @@"."""
        return f"@@ -{self.old_start},{self.old_count} +{self.new_start},{self.new_count} @@"


Pair = tuple[DiffLine | None, DiffLine | None]
"""One row of a split view; None where one side has nothing."""


def hunks(old: str, new: str, *, context: int | None = 3) -> tuple[Hunk, ...]:
    """The changes from `old` to `new`, in order. `context` limits the kept lines on either side; None shows all."""
    before, after = _lines(old), _lines(new)
    changes = _changes(before, after)
    rooms = _context_rooms(changes, len(before), context)
    return tuple(
        _hunk(number, change, room, before, after)
        for number, (change, room) in enumerate(zip(changes, rooms, strict=True), start=1)
    )


def apply(old: str, accepted: Iterable[Hunk]) -> str:
    """`old` with only these hunks of its diff applied; all of them give the new text, none gives `old`."""
    lines = _lines(old)
    for hunk in sorted(accepted, key=lambda hunk: hunk.old_start, reverse=True):
        start = hunk.old_start - 1
        lines[start : start + hunk.old_count] = [
            line.text + ("\n" if line.ends else "") for line in hunk.lines if line.kind == "added"
        ]
    return "".join(lines)


def pairs(hunk: Hunk) -> tuple[Pair, ...]:
    """The rows of a split view: kept lines on both sides, removed lines beside the added ones."""
    first = next(n for n, line in enumerate(hunk.lines) if line.kind != "same")
    removed = [line for line in hunk.lines if line.kind == "removed"]
    added = [line for line in hunk.lines if line.kind == "added"]
    lead, tail = hunk.lines[:first], hunk.lines[first + len(removed) + len(added) :]
    return (*((line, line) for line in lead), *zip_longest(removed, added), *((line, line) for line in tail))


def matching_lines(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Runs `(start in old, start in new, length)` of equal lines, in order; equal ends cost next to nothing."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    # difflib may pass over frequent lines, which makes a coarser diff; for long middles it must, or it takes minutes.
    popular = len(middle_old) * len(middle_new) > 4_000_000
    matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=popular)
    middle = [(head + block.a, head + block.b, block.size) for block in matcher.get_matching_blocks() if block.size]
    ends = [(0, 0, head)] if head else []
    return ends + middle + ([(len(old) - tail, len(new) - tail, tail)] if tail else [])


def changed_spans(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Where two lines differ, word by word: spans in the old one and in the new one; none when they hardly resemble."""
    if max(len(old), len(new)) > _LONGEST_LINE:
        return (), ()
    words_old, words_new = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, words_old, words_new, autojunk=False)
    if matcher.ratio() < _RELATED:
        return (), ()
    changed = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        _columns(words_old, [(code[1], code[2]) for code in changed]),
        _columns(words_new, [(code[3], code[4]) for code in changed]),
    )


Change = tuple[int, int, int, int]
"""Lines `old[a:b]` became `new[c:d]`, 0-based."""


def _changes(before: list[str], after: list[str]) -> list[Change]:
    edges = [(0, 0, 0), *matching_lines(before, after), (len(before), len(after), 0)]
    gaps = [(a + size, c, b + size, d) for (a, b, size), (c, d, _) in pairwise(edges)]
    return [gap for gap in gaps if gap[0] < gap[1] or gap[2] < gap[3]]


def _context_rooms(changes: list[Change], total: int, context: int | None) -> list[Span]:
    """How many kept lines each change shows before and after it; the lines between two changes are shared out."""
    rooms: list[Span] = []
    free = 0
    for number, (start, end, _, _) in enumerate(changes):
        last = number + 1 == len(changes)
        gap = total - end if last else changes[number + 1][0] - end
        # All kept lines between two changes are shown when there is room; the first change takes the smaller half.
        before = start if number == 0 else free
        after = gap if last else gap // 2
        free = gap - after
        rooms.append((before, after) if context is None else (min(before, context), min(after, context)))
    return rooms


def _hunk(number: int, change: Change, room: Span, before: list[str], after: list[str]) -> Hunk:
    start, end, new_start, new_end = change
    removed = [_line("removed", before[n], old=n + 1) for n in range(start, end)]
    added = [_line("added", after[n], new=n + 1) for n in range(new_start, new_end)]
    removed, added = _marked(removed, added)
    lead = [
        _line("same", before[start - back], old=start - back + 1, new=new_start - back + 1)
        for back in range(room[0], 0, -1)
    ]
    tail = [_line("same", before[end + n], old=end + n + 1, new=new_end + n + 1) for n in range(room[1])]
    return Hunk(
        number=number,
        lines=(*lead, *removed, *added, *tail),
        old_start=start + 1,
        old_count=end - start,
        new_start=new_start + 1,
        new_count=new_end - new_start,
    )


def _line(
    kind: Literal["same", "removed", "added"], raw: str, old: int | None = None, new: int | None = None
) -> DiffLine:
    return DiffLine(kind=kind, text=raw.removesuffix("\n"), old=old, new=new, ends=raw.endswith("\n"))


def _marked(removed: list[DiffLine], added: list[DiffLine]) -> tuple[list[DiffLine], list[DiffLine]]:
    """The same lines, with marks where the nth removed line and the nth added line resemble each other."""
    removed, added = list(removed), list(added)
    for n, (was, becomes) in enumerate(zip(removed, added, strict=False)):
        in_old, in_new = changed_spans(was.text, becomes.text)
        removed[n] = _with_spans(was, in_old)
        added[n] = _with_spans(becomes, in_new)
    return removed, added


def _with_spans(line: DiffLine, spans: tuple[Span, ...]) -> DiffLine:
    return DiffLine(kind=line.kind, text=line.text, old=line.old, new=line.new, spans=spans, ends=line.ends)


def _columns(words: list[str], ranges: list[Span]) -> tuple[Span, ...]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return tuple((starts[a], starts[b]) for a, b in ranges if a < b)


def _lines(text: str) -> list[str]:
    # Not splitlines: a form feed or U+2028 inside a line does not end it.
    return re.findall(r"[^\n]*\n|[^\n]+", text)
