"""Moving Python code sideways without changing what its multi-line strings say."""

from __future__ import annotations

import io
import token
import tokenize

_OPENS = {getattr(token, name) for name in ("FSTRING_START", "TSTRING_START") if hasattr(token, name)}
_CLOSES = {getattr(token, name) for name in ("FSTRING_END", "TSTRING_END") if hasattr(token, name)}


def lines_inside_strings(code: str) -> frozenset[int]:
    """0-based numbers of the lines that begin inside a string; code that cannot be tokenised ends the search."""
    inside: set[int] = set()
    opened: list[int] = []
    try:
        for kind, _, (first, _), (last, _), _ in tokenize.generate_tokens(io.StringIO(code).readline):
            if kind in _OPENS:
                opened.append(first)
            elif kind in _CLOSES:
                inside.update(range(opened.pop(), last))
            elif kind == token.STRING:
                inside.update(range(first, last))
    except (tokenize.TokenError, SyntaxError):
        return frozenset(inside)
    return frozenset(inside)


def indented(code: str, margin: str) -> str:
    """`code` with `margin` before every line that is neither blank nor begins inside a string literal."""
    if not margin:
        return code
    fixed = lines_inside_strings(code)
    return "".join(
        line if number in fixed or not line.strip() else margin + line
        for number, line in enumerate(code.splitlines(keepends=True))
    )


def dedented(code: str) -> str:
    """`code` without the indentation that all its lines share; lines inside string literals stay as they are."""
    lines = code.splitlines(keepends=True)
    # An indented block is no program: give it a head, so that it can be tokenised. Its line numbers shift by one.
    fixed = {number - 1 for number in lines_inside_strings("if 1:\n" + code)}
    shown = [line for number, line in enumerate(lines) if line.strip() and number not in fixed]
    margin = _common_prefix([line[: len(line) - len(line.lstrip())] for line in shown])
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
