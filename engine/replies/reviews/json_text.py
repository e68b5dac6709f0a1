"""JSON values in a text that holds other things too, also when the last of them was cut off. Linear."""

from __future__ import annotations

import json
import re
import string
from typing import NamedTuple, cast

from ...python.literals import NotPlain
from ...python.literals import parsed as plain

_START = re.compile(r"\{\s*(?:[\"'}]|$)|\[\s*(?:[{\"'\]]|$)", re.MULTILINE)
_PLACES = 12
"""Places at which a value is tried; each costs up to the length of the text."""
_DEEPEST = 60
_CUT = "…"
_TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*(\"|\Z)|[\[\]{}]", re.DOTALL)
_LITERAL = 20_000
"""Characters of a dict as Python spells it that are read."""


class Value(NamedTuple):
    """One value, and whether the text ended inside it."""

    value: object
    cut: bool


def values(text: str) -> list[Value]:
    """The outermost objects and arrays of a text, in order."""
    found: list[Value] = []
    at = tried = 0
    while tried < _PLACES and (start := _START.search(text, at)):
        tried += 1
        at = start.start()
        value, end = _whole(text, at)
        if end:
            found.append(Value(value, cut=False))
            at = end
        elif _is_left_open(text, at):
            found += _cut_off(text[at:])
            break
        else:
            at += 1
    return found


def without_cut(text: str) -> tuple[str, bool]:
    """A text less the mark that the reply ended in it, and whether it had one."""
    return (text[: -len(_CUT)], True) if text.endswith(_CUT) else (text, False)


def _whole(text: str, at: int) -> tuple[object, int]:
    """The value that begins at `at` and where it ends; 0 when there is none."""
    decoder = json.JSONDecoder(strict=False)
    end = _end(text, at)
    if not end:
        return None, 0
    try:
        value, stop = decoder.raw_decode(text, at)
        return cast("object", value), stop
    except (ValueError, RecursionError):
        pass
    candidate = text[at:end]
    try:
        return cast("object", decoder.decode(re.sub(r",(\s*[}\]])", r"\1", candidate))), end
    except (ValueError, RecursionError):
        pass
    try:
        return (plain(candidate), end) if len(candidate) <= _LITERAL else (None, 0)
    except NotPlain:
        return None, 0


def _end(text: str, at: int) -> int:
    """Where the bracket that opens at `at` is closed, 0 when it never is or lies too deep."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        if token[0] in {"[", "{"}:
            depth += 1
            if depth > _DEEPEST:
                return 0
        elif token[0] in {"]", "}"}:
            depth -= 1
            if not depth:
                return token.end()
    return 0


def _is_left_open(text: str, at: int) -> bool:
    return text[at : at + 1] in {"{", "["} and not _end(text, at)


def _cut_off(text: str) -> list[Value]:
    """The value whose end is missing, with what was open closed; the last text in it ends in "…"."""
    open_brackets: list[str] = []
    in_text = False
    last_comma = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first == '"':
            in_text = not token[1]
        elif first in "[{":
            open_brackets.append("]" if first == "[" else "}")
            last_comma = token.end()
        elif open_brackets:
            open_brackets.pop()
        if len(open_brackets) > _DEEPEST:
            return []
    closers = "".join(reversed(open_brackets))
    body = text.rstrip()
    if in_text:
        body = f'{_without_escape(body)}{_CUT}"'
    comma = max(body.rfind(","), last_comma)
    body = body.rstrip(string.whitespace + ",")
    for attempt in (body, f"{body} null", f"{body}: null", f"{body[:comma].rstrip(string.whitespace + ',')}"):
        try:
            return [Value(json.loads(attempt + closers, strict=False), cut=True)]
        except (ValueError, RecursionError):
            continue
    return []


def _without_escape(text: str) -> str:
    r"""Without the beginning of an escape (`\`, `\u12`) that was cut off."""
    text = re.sub(r"\\u[\da-fA-F]{0,3}\Z", "", text)
    return text[:-1] if (len(text) - len(text.rstrip("\\"))) % 2 else text
