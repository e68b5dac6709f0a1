"""Finding where brackets, strings and literals end in text that is not all Python. Everything here is linear."""

from __future__ import annotations

import re

from . import values

_STRING = re.compile(r"[rbuRBU]{0,2}(?:\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')")
_TOKEN = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[\[({]|[\])}]|\"|'|\n[ \t]*\n")
_SCALAR = re.compile(r"[-+]?(?:0[xob][\da-fA-F_]+|\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?j?|\.\d+|inf\b|nan\b)|\w+")
_WORDS = {"true": "True", "false": "False", "none": "None", "null": "None"}
_MOST = 4000
"""Characters a bracketed expression in prose may take."""


def closing(text: str, at: int) -> int:
    """Where the bracket that opens at `at` has been closed (the place after it); 0 if it is not.

    A blank line, a quote that opens nothing, or 4,000 characters end the search.
    """
    depth = 0
    for token in _TOKEN.finditer(text, at, at + _MOST):
        first = token[0][0]
        if first in "([{":
            depth += 1
        elif first in ")]}":
            depth -= 1
            if not depth:
                return token.end()
        elif len(token[0]) == 1 or first == "\n":
            return 0
    return 0


def literal_prefix(text: str, at: int) -> str | None:
    """The repr of the longest literal that begins at `at`, None when there is none or it goes on as a formula."""
    end = _literal_end(text, at)
    if not end:
        return None
    whole = text[at:end]
    # `16.` ends a sentence; it is no float.
    if whole.endswith(".") and not text[end : end + 1].strip():
        whole, end = whole[:-1], end - 1
    if _goes_on(text, end):
        return None
    line = text[at : _line_end(text, end)].strip().rstrip(".")
    if line.startswith(whole) and line[len(whole) :].lstrip().startswith(","):
        several = values.spelled(line)
        if several is not None:
            return several
    return values.spelled(_WORDS.get(whole, whole))


def _literal_end(text: str, at: int) -> int:
    if text[at : at + 1] in ("(", "[", "{"):
        return closing(text, at)
    found = _STRING.match(text, at) or _SCALAR.match(text, at)
    return found.end() if found else 0


def _goes_on(text: str, end: int) -> bool:
    """Whether what follows makes the literal a part of something larger (`""aaa"`, `1 + n`, `2x`, `[1][0]`)."""
    if re.compile(r"[\w\"'(\[{]").match(text, end):
        return True
    return bool(re.compile(r"[ \t]*(?:[+*/%&|^<>=]|-(?!-)|if\b|for\b|\.\.\.)").match(text, end))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)
