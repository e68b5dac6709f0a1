"""Finding a text in the rows of a sheet: plain, with smart case, also where a line was broken to fit."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .text import Run, divided, length, plain, shown_line

BESIDE = "$line-number"
"""Ink of line numbers and rules: what is written in it stands beside the text and is not searched."""
BROKEN = "↪ "
"""What stands, in that ink, before the rest of a line that was broken."""


class Found(NamedTuple):
    """A stretch of a row that is sought: characters from `start` up to `end`."""

    start: int
    end: int
    number: int
    """Of the place, from 0; a place that goes on in the next row has a stretch in both."""


class _Stretch(NamedTuple):
    """A part of a row that is text."""

    row: int
    start: int
    column: int
    """Cells before it."""
    text: str
    goes_on: bool
    """Whether it is the rest of a line that was broken above."""


class Lines:
    """The text of rows as it was before lines were broken."""

    def __init__(self, rows: Iterable[Sequence[Run]]) -> None:
        lines: list[list[_Stretch]] = []
        above: dict[int, list[_Stretch]] = {}
        for number, runs in enumerate(rows):
            here: dict[int, list[_Stretch]] = {}
            for stretch in _stretches(number, runs):
                line = above[_nearest(above, stretch.column)] if stretch.goes_on and above else []
                if not line:
                    lines.append(line)
                line.append(stretch)
                here[stretch.column] = line
            above = here
        self._stretches = [stretch for line in lines for stretch in line]
        self._offsets: list[int] = []
        self.by_row: dict[int, list[int]] = {}
        """Numbers of a row's stretches."""
        offset, parts = 0, list[str]()
        for line in lines:
            for stretch in line:
                self.by_row.setdefault(stretch.row, []).append(len(self._offsets))
                self._offsets.append(offset)
                parts.append(stretch.text)
                offset += len(stretch.text)
            parts.append("\n")
            offset += 1
        self.text = "".join(parts)

    def stretch(self, number: int) -> tuple[int, int, int]:
        """Row, first character in it, and offset in `text` of a stretch."""
        return self._stretches[number].row, self._stretches[number].start, self._offsets[number]

    def end(self, number: int) -> int:
        """Offset in `text` behind a stretch."""
        return self._offsets[number] + len(self._stretches[number].text)

    def at(self, offset: int) -> int:
        """Number of the stretch that holds a character of `text`."""
        return bisect_right(self._offsets, offset) - 1


class Places:
    """Where a text stands, in order: capitals count if it has any. An empty text stands nowhere."""

    def __init__(self, lines: Lines, sought: str) -> None:
        self._lines = lines
        wanted = shown_line(sought)
        self._length = len(wanted)
        case = 0 if any(letter.isupper() for letter in wanted) else re.IGNORECASE
        found = re.finditer(re.escape(wanted), lines.text, case) if wanted else ()
        self._offsets = [match.start() for match in found]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._offsets)

    def row(self, number: int) -> int:
        """The row in which a place begins."""
        return self._lines.stretch(self._lines.at(self._offsets[number]))[0]

    def rows(self, number: int) -> range:
        """All rows that a place is in."""
        last = self._lines.at(self._offsets[number] + self._length - 1)
        return range(self.row(number), self._lines.stretch(last)[0] + 1)

    def start(self, number: int) -> int:
        """Characters before a place in its row."""
        _, start, offset = self._lines.stretch(self._lines.at(self._offsets[number]))
        return start + self._offsets[number] - offset

    def after(self, row: int, start: int) -> int:
        """The first place from this character of this row on; the first of all if there is none."""
        later = [number for number in self._lines.by_row if number >= row]
        if not later:
            return 0
        first = min(self._lines.stretch(number)[2] for number in self._lines.by_row[min(later)])
        number = bisect_left(self._offsets, first)
        while number < len(self) and (self.row(number), self.start(number)) < (row, start):
            number += 1
        return number if number < len(self) else 0

    def within(self, row: int) -> list[Found]:
        """The stretches of a row that are sought, in order."""
        found: list[Found] = []
        for number in self._lines.by_row.get(row, ()):
            _, start, offset = self._lines.stretch(number)
            end = self._lines.end(number)
            place = bisect_right(self._offsets, offset - self._length)
            while place < len(self) and self._offsets[place] < end:
                at = self._offsets[place]
                inside = max(at, offset), min(at + self._length, end)
                if inside[0] < inside[1]:
                    found.append(Found(start + inside[0] - offset, start + inside[1] - offset, place))
                place += 1
        return found


class Search:
    """A search in rows that may change meanwhile: its places, and which of them is the current one."""

    def __init__(self) -> None:
        self._lines: Lines | None = None
        self._places: Places | None = None
        self._from = (0, 0)
        """Row, and character in it, from which the current place is the first."""
        self.place = 0
        """Number of the current place, from 0."""

    @property
    def count(self) -> int:
        """How many places there are."""
        return len(self._places) if self._places is not None else 0

    @property
    def at(self) -> tuple[int, int]:
        """Row of the current place, and the characters before it there."""
        assert self._places is not None
        return self._places.row(self.place), self._places.start(self.place)

    def begin(self, row: int) -> None:
        """Search from this row on; with every letter anew."""
        self._from = (row, 0)

    def look(self, rows: Iterable[Sequence[Run]], sought: str) -> None:
        """Find these places; `rows` are read only if they were forgotten."""
        if not sought:
            self._places = None
            return
        if self._lines is None:
            self._lines = Lines(rows)
        self._places = Places(self._lines, sought)
        self.place = self._places.after(*self._from)

    def forget_rows(self) -> None:
        """Other rows: the current place stays where it is, as far as it is there."""
        self._lines = None
        if self.count:
            self._from = self.at

    def step(self, steps: int) -> set[int]:
        """Go so many places on; after the last comes the first. Gives the rows that look different now."""
        if not self._places:
            return set()
        before, self.place = self.place, (self.place + steps) % len(self._places)
        self._from = self.at
        return {*self._places.rows(before), *self._places.rows(self.place)}

    def lit(self, row: int, runs: Sequence[Run]) -> Sequence[Run]:
        """A row in which what was found stands out."""
        found = self._places.within(row) if self._places else ()
        return lit(runs, found, self.place) if found else runs


def lit(runs: Sequence[Run], found: Sequence[Found], current: int) -> list[Run]:
    """Runs in which what was found stands out, the current place most of all."""
    offset, stretches, inks = 0, list[tuple[int, int]](), list[str]()
    for start, end, number in found:
        stretches += [(offset, start), (start, end)]
        inks += ["", "reverse bold" if number == current else "bold underline"]
        offset = end
    parts = divided(runs, [*stretches, (offset, len(plain(runs)))])
    return [
        (text, f"{under}|{ink}" if ink else under)
        for part, ink in zip(parts, [*inks, ""], strict=True)
        for text, under in part
    ]


def _stretches(row: int, runs: Sequence[Run]) -> Iterator[_Stretch]:
    """The parts of a row between what stands beside them."""
    start = at = 0
    text, before = "", ""
    for place, (piece, ink) in enumerate(runs):
        if not ink.endswith(BESIDE):
            text += piece
        at += len(piece)
        if ink.endswith(BESIDE) or place == len(runs) - 1:
            if text:
                column = length([(plain(runs)[:start], "")])
                yield _Stretch(row, start, column, text, before.endswith(BROKEN))
            start, text, before = at, "", piece


def _nearest(above: dict[int, list[_Stretch]], column: int) -> int:
    """The column of the row above that one in this row goes on from."""
    return max((other for other in above if other <= column), default=min(above))
