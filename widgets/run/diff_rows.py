"""The rows of a diff: hunks laid out as one column or two. Pure functions from facts to rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Literal

from rich.cells import cell_len

from ...engine.diff import DiffLine, Hunk, pairs
from ..highlighting import python_lines
from ..rows import Row, Spot
from ..text import (
    Run,
    breaks,
    length,
    marked,
    shown_line,
    shown_spans,
    sliced,
)

Decision = Literal["accepted", "rejected"]
Side = Literal["old", "new"]
Keys = tuple[str, str]
"""The keys that accept and reject, as a person reads them."""
Piece = Callable[[], list[Run]]
"""Makes the runs of one line of a column, once it is seen."""

_SIGNS = {"same": " ", "added": "+", "removed": "-"}
LEAST_COLUMN = 28
"""Cells of a column below which two columns are not worth having."""


@dataclass(frozen=True)
class Page:
    """How a diff is laid out."""

    width: int
    """Cells of a row, the cursor's column not counted."""
    split: bool
    wrap: bool
    gutter: int
    """Cells of a line number."""
    decided: Mapping[int, Decision]
    """By the hunk's number."""
    keys: Keys | None = ("a", "x")
    """None where nothing is to be decided."""

    @property
    def column(self) -> int:
        """Cells of one of two columns with a line between them."""
        return max(1, (self.width - 1) // 2)


def rows_of(hunks: Sequence[Hunk], page: Page) -> Iterator[Row]:
    """All rows, hunk after hunk, each with its header; `Row.item` is the hunk's number."""
    for hunk in hunks:
        yield _header(hunk, len(hunks), page)
        yield from _split_rows(hunk, page) if page.split else _unified_rows(hunk, page)
        if hunk is not hunks[-1]:
            yield Row()


def digits(hunks: Sequence[Hunk]) -> int:
    """Cells that the longest line number takes."""
    return len(str(max((line.old or 0, line.new or 0) for hunk in hunks for line in hunk.lines)[0])) if hunks else 1


def both_columns_fit(hunks: Sequence[Hunk], page: Page) -> bool:
    """Whether every line fits into half the width, with its number and sign."""
    return page.column >= LEAST_COLUMN and _longest(hunks) <= page.column - page.gutter - 3


def _longest(hunks: Sequence[Hunk]) -> int:
    return max((cell_len(shown_line(line.text)) for hunk in hunks for line in hunk.lines), default=0)


# ---------------------------------------------------------------------------------------- headers


def _header(hunk: Hunk, total: int, page: Page) -> Row:
    """Which hunk, where, and what can be done or was done with it; the offers are spots to click."""
    decision = page.decided.get(hunk.number)
    left: list[Run] = [(f"{hunk.number} of {total}", "bold"), (f"  {_place(hunk)}", "$muted")]
    offers: list[tuple[str, str, str]] = []
    if page.keys and decision != "accepted":
        offers.append(("accept", f"accept {page.keys[0]}", "$state-pass"))
    if page.keys and decision != "rejected":
        offers.append(("reject", f"reject {page.keys[1]}", "$state-fail"))
    if decision is not None:
        sign, ink = ("✓", "$state-pass") if decision == "accepted" else ("✗", "$state-fail")
        left.append((f"  {sign} {decision}", ink))
    if length(left) + _offered(offers) > page.width:
        offers = [(name, text.partition(" ")[2], ink) for name, text, ink in offers]
    if length(left) + _offered(offers) > page.width:
        left = [(f"{hunk.number} of {total}", "bold")]
    right: list[Run] = []
    spots: list[Spot] = []
    start = max(length(left) + 1, page.width - _offered(offers) + 1)
    for name, text, ink in offers:
        at = start + length(right) + bool(right)
        spots.append(Spot(at + 1, at + len(text) + 3, name))  # one to the right: the cursor's column comes first
        right += [(" ", "")] * bool(right) + [(f" {text} ", f"{ink} on $panel")]
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


# ---------------------------------------------------------------------------------------- one column, or two


def _unified_rows(hunk: Hunk, page: Page) -> Iterator[Row]:
    gutter, colours = page.gutter, Colours(hunk)
    decision = page.decided.get(hunk.number)
    for line in hunk.lines:
        numbers = f"{_number(line.old, gutter)} {_number(line.new, gutter)} "
        side: Side = "old" if line.kind == "removed" else "new"
        for piece in _pieces(line, side, colours, decision, page, numbers, page.width):
            yield Row(piece, hunk.number, _fill(line.kind, decision))


def _split_rows(hunk: Hunk, page: Page) -> Iterator[Row]:
    colours = Colours(hunk)
    column = page.column if page.wrap else max(page.column, _longest([hunk]) + page.gutter + 3)
    blank: Piece = partial(list[Run], [(" " * column, "")])
    for was, becomes in pairs(hunk):
        left = _cells(was, "old", colours, page, hunk.number, column)
        right = _cells(becomes, "new", colours, page, hunk.number, column)
        for n in range(max(len(left), len(right))):
            before = left[n] if n < len(left) else blank
            after = right[n] if n < len(right) else blank
            yield Row(partial(_beside, before, after), hunk.number)


def _beside(left: Piece, right: Piece) -> list[Run]:
    return [*left(), ("│", "$line-number"), *right()]


def _cells(line: DiffLine | None, side: Side, colours: Colours, page: Page, hunk: int, column: int) -> list[Piece]:
    """One side of a line, as many rows as it needs, each exactly as wide as the column."""
    if line is None:
        return [partial(list[Run], [("╱" * column, "$diff-nothing")])]
    decision = page.decided.get(hunk)
    number = f"{_number(line.old if side == 'old' else line.new, page.gutter)} "
    under = _fill(line.kind, decision)
    return [
        partial(_filled, piece, column, under) for piece in _pieces(line, side, colours, decision, page, number, column)
    ]


def _filled(piece: Piece, column: int, under: str) -> list[Run]:
    """A piece on its ground, to the column's edge."""
    runs = piece()
    filler = (" " * max(0, column - length(runs)), "")
    return [(text, f"{under}|{ink}") for text, ink in (*runs, filler)]


# ---------------------------------------------------------------------------------------- lines


class Colours:
    """The lines of one hunk in syntax inks, coloured when the first of them is seen."""

    def __init__(self, hunk: Hunk) -> None:
        self._hunk = hunk
        self._side = cache(self._coloured)

    def runs(self, line: DiffLine, side: Side) -> list[Run]:
        """One line, with the ink of its kind laid over what changed within it."""
        number = line.old if side == "old" else line.new
        runs = self._side(side).get(number or 0, ((shown_line(line.text), ""),))
        if line.kind == "same" or not line.spans:
            return list(runs)
        return marked(runs, shown_spans(line.text, line.spans), f"on $diff-{line.kind}-word-bg")

    def _coloured(self, side: Side) -> dict[int, tuple[Run, ...]]:
        unseen = "added" if side == "old" else "removed"
        lines = [line for line in self._hunk.lines if line.kind != unseen]
        code = "\n".join(shown_line(line.text) for line in lines)
        inside = _begins_inside_a_docstring(code)
        coloured = python_lines('"""\n' + code)[1:] if inside else python_lines(code)
        numbers = ((line.old if side == "old" else line.new) or 0 for line in lines)
        return dict(zip(numbers, coloured, strict=False))


def _begins_inside_a_docstring(code: str) -> bool:
    """Whether the lines of a hunk, cut out of their text, most likely begin within a docstring."""
    first = next((line.strip() for line in code.split("\n") if '"""' in line), "")
    return code.count('"""') % 2 == 1 and (first == '"""' or not first.lstrip("rRbBuUfF").startswith('"""'))


def _pieces(
    line: DiffLine,
    side: Side,
    colours: Colours,
    decision: Decision | None,
    page: Page,
    numbers: str,
    width: int,
) -> list[Piece]:
    """A line with its numbers and its sign, in as many pieces as it takes to fit into `width` cells."""
    text = shown_line(line.text) + ("" if line.ends else _NO_NEWLINE)
    room = max(1, width - len(numbers) - 2)
    stretches = breaks(text, room) if page.wrap else [(0, len(text))]
    first: list[Run] = [(numbers, "$line-number"), _sign(line, decision)]
    later: list[Run] = [(" " * len(numbers), ""), ("↪ ", "$line-number")]
    body = partial(_body, line, side, colours, decision)
    return [partial(_piece, later if place else first, body, *stretch) for place, stretch in enumerate(stretches)]


_NO_NEWLINE = "  no newline at the end"


def _piece(lead: list[Run], body: Piece, start: int, end: int) -> list[Run]:
    return [*lead, *sliced(body(), start, end)]


def _body(line: DiffLine, side: Side, colours: Colours, decision: Decision | None) -> list[Run]:
    ending = [] if line.ends else [(_NO_NEWLINE, "italic $muted")]
    if decision == "rejected" and line.kind != "same":
        return [(shown_line(line.text), "$muted"), *ending]
    return [*colours.runs(line, side), *ending]


def _sign(line: DiffLine, decision: Decision | None) -> Run:
    if line.kind == "same":
        return ("  ", "")
    return (f"{_SIGNS[line.kind]} ", "$muted" if decision == "rejected" else f"bold $diff-{line.kind}-fg")


def _fill(kind: str, decision: Decision | None) -> str:
    """The ink under a line; what was turned down has none."""
    return "" if kind == "same" or decision == "rejected" else f"on $diff-{kind}-bg"


def _number(number: int | None, gutter: int) -> str:
    return f"{number:>{gutter}}" if number is not None else " " * gutter
