"""Moving Python code sideways without changing what its multi-line strings say."""

from __future__ import annotations

import io
import re
import token
import tokenize
from collections.abc import Iterator

from .surrogates import whole

_OPENS = {getattr(token, name) for name in ("FSTRING_START", "TSTRING_START") if hasattr(token, name)}
_CLOSES = {getattr(token, name) for name in ("FSTRING_END", "TSTRING_END") if hasattr(token, name)}

_SPANS = ('"""', "'''", "\\\n")
"""Without one of these no string goes on to the next line (but in an f-string's braces, where margins are free)."""


def lines_inside_strings(code: str) -> frozenset[int]:
    """0-based numbers of the lines that begin inside a string; code that cannot be tokenised ends the search."""
    if not any(mark in code for mark in _SPANS):
        return frozenset()  # Tokenising 200 kB takes a second.
    inside: set[int] = set()
    opened: list[int] = []
    try:
        for kind, _, (first, _), (last, _), _ in _tokens(code):
            if kind in _OPENS:
                opened.append(first)
            elif kind in _CLOSES:
                inside.update(range(opened.pop(), last))
            elif kind == token.STRING:
                inside.update(range(first, last))
    except (tokenize.TokenError, SyntaxError):
        return frozenset(inside)
    return frozenset(inside)


def ends_inside_string(code: str) -> bool:
    """Whether a string in triple quotes is still open at the end of a beginning of code."""
    if '"""' not in code and "'''" not in code:
        return False
    try:
        for _ in _tokens(code):
            pass
    except tokenize.TokenError as error:
        return "multi-line string" in str(error) or "unterminated triple-quoted" in str(error)
    except SyntaxError:
        return False
    return False


def indented(code: str, margin: str) -> str:
    """`code` with `margin` before every line that is neither blank nor begins inside a string literal."""
    if not margin:
        return code
    fixed = lines_inside_strings(code)
    return "".join(
        line if number in fixed or not line.strip() else margin + _unfed(line)
        for number, line in enumerate(lines_of(code))
    )


def lines_of(text: str) -> list[str]:
    """The lines with their newlines. Only LF ends a line: a form feed or U+2028 inside one does not."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def without_margin(code: str, margin: str) -> str:
    """`code` moved left by `margin`; lines inside string literals stay, lines with less margin lose what they have."""
    fixed = lines_inside_strings("if 1:\n" + code)
    return "".join(
        line if number in fixed or not line.strip() else _less(line, margin)
        for number, line in enumerate(lines_of(code), start=1)
    )


def set_left(code: str, margin: str) -> str:
    """For reading only: `code` whose strings still have the `margin` that the code around them has lost, without it."""
    inside, lines = lines_inside_strings(code), lines_of(code)
    moved = [line for number, line in enumerate(lines) if number in inside and line.strip()]
    if not margin or not moved or not all(line.startswith(margin) for line in moved):
        return code
    return "".join(line.removeprefix(margin) if number in inside else line for number, line in enumerate(lines))


def reindented(code: str, unit: str) -> str:
    """`code` (at column 0) with every level of its blocks indented by `unit`; what aligns continued lines is kept.

    Code that cannot be tokenised, or whose blocks do not agree on a width, comes back as it is.
    """
    try:
        levels = _levels(code)
    except (tokenize.TokenError, SyntaxError):
        return code
    depths = dict(levels.values())
    if any(depths[margin] != depth for margin, depth in levels.values()):
        return code
    fixed = lines_inside_strings(code)
    return "".join(
        line if number in fixed or not line.strip() else _at_level(line, levels.get(number), depths, unit)
        for number, line in enumerate(lines_of(code))
    )


def _tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    # Half a character is none to the tokenizer of Python 3.12 and later; its place on the line does not matter here.
    return tokenize.generate_tokens(io.StringIO(whole(code)).readline)


Level = tuple[str, int]
"""A block's indentation as it is spelled, and how deep it lies."""


def _levels(code: str) -> dict[int, Level]:
    """The level of the statement that each 0-based line belongs to; blank lines and lone comments belong to none."""
    found: dict[int, Level] = {}
    stack = [""]
    first: int | None = None
    for kind, text, (row, _), (last, _), _ in _tokens(code):
        if kind == token.INDENT:
            stack.append(text)
        elif kind == token.DEDENT:
            stack.pop()
        elif kind == token.NEWLINE and first is not None:
            found.update((line, (stack[-1], len(stack) - 1)) for line in range(first - 1, last))
            first = None
        elif kind not in {token.NL, token.COMMENT, token.ENDMARKER} and first is None:
            first = row
    return found


def _at_level(line: str, level: Level | None, depths: dict[str, int], unit: str) -> str:
    if level is None:
        level = max(((margin, depth) for margin, depth in depths.items() if line.startswith(margin)), default=("", 0))
    margin, depth = level
    return unit * depth + line.removeprefix(margin) if line.startswith(margin) else line


def _unfed(line: str) -> str:
    """The line without form feeds in its indentation: Python counts columns anew after one, whatever stands before."""
    blank = len(line) - len(line.lstrip(" \t\f"))
    return line[line.rfind("\f", 0, blank) + 1 :]


def _less(line: str, margin: str) -> str:
    line = _unfed(line)
    blank = len(line) - len(line.lstrip(" \t"))
    return line[len(margin) :] if line.startswith(margin) else line[min(blank, len(margin)) :]


def dedented(code: str) -> str:
    """`code` without the indentation that all its lines share; lines inside string literals stay as they are."""
    # An indented block is no program: give it a head, so that it can be tokenised. Its line numbers shift by one.
    fixed = {number - 1 for number in lines_inside_strings("if 1:\n" + code)}
    lines = [
        line if number in fixed or not line.strip() else _unfed(line) for number, line in enumerate(lines_of(code))
    ]
    shown = [line for number, line in enumerate(lines) if line.strip() and number not in fixed]
    margin = _common_prefix([line[: len(line) - len(line.lstrip(" \t"))] for line in shown])
    return "".join(
        line if number in fixed else line.removeprefix(margin) if line.strip() else line.lstrip(" \t")
        for number, line in enumerate(lines)
    )


def _common_prefix(texts: list[str]) -> str:
    if not texts:
        return ""
    low, high = min(texts), max(texts)
    size = next((i for i, char in enumerate(low) if i >= len(high) or high[i] != char), len(low))
    return low[:size]
