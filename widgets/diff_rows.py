"""The rows of a diff: hunks laid out as one column or two. Pure functions from facts to rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..engine.diff import DiffLine, Hunk, pairs
from .highlighting import python_lines
from .sheet import Row, Spot
from .text import Run, folded, length, marked, shown_line, shown_spans

Decision = Literal["accepted", "rejected"]
Side = Literal["old", "new"]

_SIGNS = {"same": " ", "added": "+", "removed": "-"}
LEAST_COLUMN = 28
"""Cells of a column below which two columns are not worth having."""


@dataclass(frozen=True)
class Shape:
    """How a diff is laid out."""

    width: int
    """Cells of a row, the cursor's column not counted."""
    split: bool
    wrap: bool


class Colours:
    """The lines of both texts in syntax inks; lines that follow each other are coloured together."""

    def __init__(self, hunks: Sequence[Hunk]) -> None:
        self._lines: dict[tuple[Side, int], tuple[Run, ...]] = {}
        for side in ("old", "new"):
            self._colour(side, hunks)

    def runs(self, line: DiffLine, side: Side) -> list[Run]:
        """One line, with the ink of its kind laid over what changed within it."""
        number = line.new if side == "new" else line.old
        runs = self._lines.get((side, number or 0), ((shown_line(line.text), ""),))
        if line.kind == "same" or not line.spans:
            return list(runs)
        return marked(runs, shown_spans(line.text, line.spans), f"on $diff-{line.kind}-word-bg")

    def _colour(self, side: Side, hunks: Sequence[Hunk]) -> None:
        unseen = "added" if side == "old" else "removed"
        block: list[tuple[int, str]] = []
        for line in (line for hunk in hunks for line in hunk.lines if line.kind != unseen):
            number = (line.old if side == "old" else line.new) or 0
            if block and number != block[-1][0] + 1:
                self._close(side, block)
                block = []
            block.append((number, shown_line(line.text)))
        self._close(side, block)

    def _close(self, side: Side, block: list[tuple[int, str]]) -> None:
        code = "\n".join(text for _, text in block)
        inside = _begins_inside_a_docstring(code)
        coloured = python_lines('"""\n' + code)[1:] if inside else python_lines(code)
        for (number, _), runs in zip(block, coloured, strict=False):
            self._lines[side, number] = runs


def _begins_inside_a_docstring(code: str) -> bool:
    """Whether the lines of a hunk, cut out of their text, most likely begin within a docstring."""
    first = next((line.strip() for line in code.split("\n") if '"""' in line), "")
    return code.count('"""') % 2 == 1 and (first == '"""' or not first.lstrip("rRbBuUfF").startswith('"""'))


def digits(hunks: Sequence[Hunk]) -> int:
    """Cells that the longest line number takes."""
    return len(str(max((line.old or 0, line.new or 0) for hunk in hunks for line in hunk.lines)[0])) if hunks else 1


def both_columns_fit(hunks: Sequence[Hunk], width: int) -> bool:
    """Whether every line fits into half the width, with its number and sign."""
    column = _column(width)
    room = column - digits(hunks) - 3
    longest = max((length([(shown_line(line.text), "")]) for hunk in hunks for line in hunk.lines), default=0)
    return column >= LEAST_COLUMN and longest <= room


def rows_of(hunks: Sequence[Hunk], colours: Colours, decided: Mapping[int, Decision], shape: Shape) -> Iterator[Row]:
    """All rows, hunk after hunk, each with its header; `Row.item` is the hunk's number."""
    gutter = digits(hunks)
    lay_out = _split_rows if shape.split else _unified_rows
    for hunk in hunks:
        decision = decided.get(hunk.number)
        yield _header(hunk, len(hunks), decision, shape.width)
        yield from lay_out(hunk, colours, decision, shape, gutter)
        yield Row()


def _header(hunk: Hunk, total: int, decision: Decision | None, width: int) -> Row:
    """Which hunk, where, and what can be done or was done with it; the offers are spots to click."""
    left: list[Run] = [(f"{hunk.number} of {total}", "bold"), (f"  {_place(hunk)}", "$muted")]
    offers = [("accept", "accept a", "$state-pass")] if decision != "accepted" else []
    offers += [("reject", "reject x", "$state-fail")] if decision != "rejected" else []
    if decision is not None:
        sign, ink = ("✓", "$state-pass") if decision == "accepted" else ("✗", "$state-fail")
        left.append((f"  {sign} {decision}", ink))
    if length(left) + _offered(offers) > width:
        offers = [(name, text[-1], ink) for name, text, ink in offers]
    if length(left) + _offered(offers) > width:
        left = [(f"{hunk.number} of {total}", "bold")]
    right: list[Run] = []
    spots: list[Spot] = []
    start = max(length(left) + 1, width - _offered(offers) + 1)
    for name, text, ink in offers:
        at = start + length(right) + bool(right)
        spots.append(Spot(at + 1, at + len(text) + 3, name))  # one to the right: the cursor's column comes first
        right += [(" ", "")] * bool(right) + [(f" {text} ", f"{ink} on $surface")]
    return Row([*left, (" " * (start - length(left)), ""), *right], hunk.number, "", tuple(spots))


def _offered(offers: Sequence[tuple[str, str, str]]) -> int:
    """Cells that the offers take, with the gap before each."""
    return sum(len(text) + 3 for _, text, _ in offers)


def _place(hunk: Hunk) -> str:
    """Where in the old text: "line 3", "lines 3–6", "after line 2"."""
    if not hunk.old_count:
        return f"after line {hunk.old_start - 1}" if hunk.old_start > 1 else "at the top"
    last = hunk.old_start + hunk.old_count - 1
    return f"line {last}" if hunk.old_count == 1 else f"lines {hunk.old_start}–{last}"


def _fill(kind: str, decision: Decision | None) -> str:
    """The ink under a line; what was turned down has none."""
    return "" if kind == "same" or decision == "rejected" else f"on $diff-{kind}-bg"


def _body(line: DiffLine, side: Side, colours: Colours, decision: Decision | None) -> list[Run]:
    ending = [] if line.ends else [(" no newline at the end", "italic $muted")]
    if decision == "rejected" and line.kind != "same":
        return [(shown_line(line.text), "$muted"), *ending]
    return [*colours.runs(line, side), *ending]


def _sign(line: DiffLine, decision: Decision | None) -> Run:
    if line.kind == "same":
        return ("  ", "")
    return (f"{_SIGNS[line.kind]} ", "$muted" if decision == "rejected" else f"bold $diff-{line.kind}-fg")


def _number(number: int | None, gutter: int) -> str:
    return f"{number:>{gutter}}" if number is not None else " " * gutter


def _unified_rows(hunk: Hunk, colours: Colours, decision: Decision | None, shape: Shape, gutter: int) -> Iterator[Row]:
    room = max(1, shape.width - 2 * gutter - 4)
    for line in hunk.lines:
        runs = _body(line, "old" if line.kind == "removed" else "new", colours, decision)
        lines = folded(runs, room) if shape.wrap else [runs]
        for place, piece in enumerate(lines):
            numbers = (
                f"{_number(line.old, gutter)} {_number(line.new, gutter)} " if not place else " " * (2 * gutter + 2)
            )
            sign = _sign(line, decision) if not place else ("↪ ", "$line-number")
            yield Row([(numbers, "$line-number"), sign, *piece], hunk.number, _fill(line.kind, decision))


def _split_rows(hunk: Hunk, colours: Colours, decision: Decision | None, shape: Shape, gutter: int) -> Iterator[Row]:
    column = _column(shape.width)
    if not shape.wrap:
        widest = max((length([(shown_line(line.text), "")]) for line in hunk.lines), default=0)
        column = max(column, widest + gutter + 3)
    for was, becomes in pairs(hunk):
        left = _cells(was, "old", colours, decision, shape, column, gutter)
        right = _cells(becomes, "new", colours, decision, shape, column, gutter)
        blank = [(" " * column, "")]
        for n in range(max(len(left), len(right))):
            before = left[n] if n < len(left) else blank
            after = right[n] if n < len(right) else blank
            yield Row([*before, ("│", "$line-number"), *after], hunk.number)


def _cells(
    line: DiffLine | None,
    side: Side,
    colours: Colours,
    decision: Decision | None,
    shape: Shape,
    column: int,
    gutter: int,
) -> list[list[Run]]:
    """One side of a line, as many rows as it needs, each exactly as wide as the column."""
    if line is None:
        return [[("╱" * column, "$diff-nothing")]]
    under = _fill(line.kind, decision)
    room = max(1, column - gutter - 3)
    runs = _body(line, side, colours, decision)
    pieces = folded(runs, room) if shape.wrap else [runs]
    number = _number(line.old if side == "old" else line.new, gutter)
    rows: list[list[Run]] = []
    for place, piece in enumerate(pieces):
        lead: list[Run] = [(f"{number} ", "$line-number"), _sign(line, decision)]
        if place:
            lead = [(" " * (gutter + 1), ""), ("↪ ", "$line-number")]
        filler = " " * max(0, column - length(lead) - length(piece))
        rows.append([(text, f"{under}|{ink}") for text, ink in [*lead, *piece, (filler, "")]])
    return rows


def _column(width: int) -> int:
    """Cells of one of two columns with a line between them."""
    return max(1, (width - 1) // 2)
