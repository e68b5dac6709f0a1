"""Text of strangers made fit for a terminal, and laid out in cells.

File contents, model replies and test output may hold control characters, escape sequences, lone surrogates or
characters that turn the reading direction. `shown` makes all of them visible and harmless. A `Run` is a piece of text
and its ink (a style, see `ink`); a line on the screen is a sequence of runs. Nothing here knows markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len

Run = tuple[str, str]
"""Text without newlines, and the ink it is written in ("" for the widget's own colour)."""

TAB = 4
"""Columns between tab stops."""

_HARMFUL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufe0e\ufe0f\ufff0-\uffff\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Control, format and surrogate characters, and those that end a line for some readers and not for others."""

_VARIATIONS = (0xFE0E, 0xFE0F)
"""Selectors between the pictures of one character: with them no part of a line could be measured by itself."""

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def shown(text: str) -> str:
    """`text` with harmful characters replaced by visible ones and tabs by spaces; "\\n" stays and alone ends a line.

    What it gives for a prefix of `text` is a prefix of what it gives for `text`, so that offsets can be carried over.

    >>> shown("a\\x1b[2Jb")
    'a␛[2Jb'
    """
    if text.isascii() and text.isprintable():
        return text
    if "\t" in text:
        text = "\n".join(map(_without_tabs, text.split("\n")))
    return _HARMFUL.sub(_picture, text)


def shown_line(text: str) -> str:
    """`text` as `shown`, on one line: a newline is drawn as "⏎".

    >>> shown_line("one\\ntwo")
    'one⏎two'
    """
    return shown(text).replace("\n", "⏎")


def shown_spans(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Offsets into `text` carried over to offsets into `shown(text)`.

    >>> shown_spans("\\tab", [(1, 2)])
    [(4, 5)]
    """
    if text.isascii() and text.isprintable():
        return list(spans)
    return [(len(shown(text[:start])), len(shown(text[:end]))) for start, end in spans]


def clipped(text: str, width: int) -> str:
    """The beginning of a line that fits into `width` cells, ending in "…" when something was left out.

    >>> clipped("reading prompt", 8)
    'reading…'
    """
    if cell_len(text) <= width:
        return text
    return "" if width <= 0 else text[: _fitting(text, 0, width - 1)] + "…"


def clipped_start(text: str, width: int) -> str:
    """The end of a line that fits into `width` cells, begun with "…" when something was left out.

    >>> clipped_start("some/where/deep.py", 10)
    '…e/deep.py'
    """
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > max(0, width - 1):
        text = text[max(1, (cell_len(text) - width) // 2) :]
    return "…" + text if width > 0 else ""


def length(runs: Iterable[Run]) -> int:
    """Cells that these runs take."""
    return sum(cell_len(text) for text, _ in runs)


def plain(runs: Iterable[Run]) -> str:
    """The text of runs, without their inks."""
    return "".join(text for text, _ in runs)


def sliced(runs: Iterable[Run], start: int, end: int) -> list[Run]:
    """The part of a line between two character offsets."""
    return divided(runs, [(start, end)])[0]


def marked(runs: Iterable[Run], spans: Iterable[tuple[int, int]], ink: str) -> list[Run]:
    """Runs with another ink laid over the given character ranges (which are in order and do not overlap)."""
    line, result, offset = list(runs), list[Run](), 0
    for start, end in spans:
        result += sliced(line, offset, start)
        result += [(text, f"{under}|{ink}") for text, under in sliced(line, max(offset, start), end)]
        offset = max(offset, end)
    return result + sliced(line, offset, len(plain(line)))


def folded(runs: Sequence[Run], width: int, *, words: bool = False) -> list[list[Run]]:
    """A line as one or more lines of at most `width` cells, broken anywhere or, with `words`, between words."""
    text = plain(runs)
    stretches = breaks(text, width, words=words)
    return [list(runs)] if stretches == [(0, len(text))] else divided(runs, stretches)


def breaks(text: str, width: int, *, words: bool = False) -> list[tuple[int, int]]:
    """Where a line is broken so that its parts take at most `width` cells: offsets from and to, one pair at least."""
    if cell_len(text) <= max(width, 1):
        return [(0, len(text))]
    stretches: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = max(_fitting(text, start, max(width, 1)), start + 1)
        if words and end < len(text):
            end = _word_end(text, start, end)
        stretches.append((start, end))
        start = _after_spaces(text, end) if words else end
    return stretches


def divided(runs: Iterable[Run], stretches: Iterable[tuple[int, int]]) -> list[list[Run]]:
    """The parts of a line between several pairs of character offsets, which are in order and do not overlap."""
    line, parts = list(runs), list[list[Run]]()
    number, offset = 0, 0
    for start, end in stretches:
        part: list[Run] = []
        while number < len(line):
            text, ink = line[number]
            piece = text[max(0, start - offset) : max(0, end - offset)]
            if piece:
                part.append((piece, ink))
            if offset + len(text) > end:
                break
            number, offset = number + 1, offset + len(text)
        parts.append(part)
    return parts


def paragraphs(text: str, width: int, ink: str = "") -> list[list[Run]]:
    """Text of strangers as lines of at most `width` cells, broken between words; none for no text."""
    if not text:
        return []
    return [line for row in shown(text).split("\n") for line in folded([(row, ink)], width, words=True)]


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code in _VARIATIONS:
        return ""
    return "␡" if code == 0x7F else chr(0x2400 + code) if code < 0x20 else _UNKNOWN


def _without_tabs(line: str) -> str:
    first, *rest = line.split("\t")
    result, column = first, cell_len(first)
    for piece in rest:
        space = TAB - column % TAB
        result += " " * space + piece
        column += space + cell_len(piece)
    return result


def _fitting(text: str, start: int, width: int) -> int:
    """Offset of the first character from `start` on that does not fit into `width` cells."""
    if text.isascii():
        return min(len(text), start + max(width, 0))
    used = 0
    for offset in range(start, len(text)):
        used += cell_len(text[offset])
        if used > width:
            return offset
    return len(text)


def _after_spaces(text: str, start: int) -> int:
    while start < len(text) and text[start] == " ":
        start += 1
    return start


def _word_end(text: str, start: int, end: int) -> int:
    """Where to break a line that must end at `end` or before: after the last space, if it is not too early."""
    if text[end] == " ":
        return end
    space = text.rfind(" ", start, end)
    return end if space <= start else space + 1
