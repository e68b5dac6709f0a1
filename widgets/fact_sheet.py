"""A sheet of headings, facts, text and code: all about one thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from textual.reactive import reactive

from .highlighting import TOO_LONG, python_lines
from .rows import Row
from .sheet import Sheet
from .text import Run, clipped, folded, paragraphs, shown, shown_line

_LABEL = 12
"""Cells of a fact's name."""


@dataclass(frozen=True)
class Part:
    """Something that is told; the text may come from strangers."""

    kind: Literal["heading", "fact", "text", "code"]
    text: str
    label: str = ""
    """Of a fact."""
    ink: str = ""


class FactSheet(Sheet):
    """Shows `parts` from the top; `key` names what they are about, and another thing begins at its top again."""

    parts: reactive[tuple[Part, ...]] = reactive(tuple[Part, ...], init=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._key = ""

    def tell(self, key: str, parts: tuple[Part, ...]) -> None:
        """Tell of something; of the same thing as before it keeps its place."""
        before, self._key = self._key, key
        self.parts = parts
        if before != key:
            self.scroll_to(y=0, animate=False, force=True)

    def rows(self, width: int) -> list[Row]:
        """All parts."""
        return [row for number, part in enumerate(self.parts) for row in _rows(part, width, first=not number)]

    def watch_parts(self) -> None:
        """Lay out anew."""
        self.relayout()


def _rows(part: Part, width: int, *, first: bool) -> Iterator[Row]:
    match part.kind:
        case "heading":
            if not first:
                yield Row()
            yield from (Row(line) for line in paragraphs(part.text, width, part.ink or "bold $primary"))
        case "fact":
            yield from _fact(part, width)
        case "text":
            yield from (Row(line) for line in paragraphs(part.text, width, part.ink))
        case "code":
            yield from _code(part.text, width)


def _fact(part: Part, width: int) -> Iterator[Row]:
    label = clipped(shown_line(part.label), _LABEL - 1).ljust(_LABEL)
    if width < 3 * _LABEL:
        yield from (Row(line) for line in paragraphs(f"{part.label}: {part.text}", width, part.ink))
        return
    for line in paragraphs(part.text, width - _LABEL, part.ink) or [[("", "")]]:
        yield Row([(label, "$muted"), *line])
        label = " " * _LABEL


def _code(code: str, width: int) -> Iterator[Row]:
    text = shown(code.rstrip("\n"))
    lines: tuple[tuple[Run, ...], ...] = (
        python_lines(text) if len(text) <= TOO_LONG else tuple(((line, ""),) for line in text.split("\n"))
    )
    for line in lines:
        pieces = folded(line, max(1, width - 2)) or [[]]
        for number, piece in enumerate(pieces):
            yield Row([("↪ " if number else "  ", "$line-number"), *piece])
