"""What a sentence says that comes out of a call, and what it says should."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...examples import values
from ...examples.scan import closing
from . import cues

_CUE = re.compile(rf"(?P<gives>{cues.GIVES})|(?P<instead>{cues.INSTEAD})|(?P<should>{cues.SHOULD})", re.IGNORECASE)
_AFTER_GIVES, _AFTER_SHOULD, _STEP = (
    re.compile(pattern, re.IGNORECASE) for pattern in (cues.AFTER_GIVES, cues.AFTER_SHOULD, cues.STEP)
)
_WORDS = tuple((re.compile(words, re.IGNORECASE), value) for words, value in cues.VALUES.items())
_SCALAR = re.compile(
    r"-?(?:\d[\d_]*\.\d+(?:e[-+]?\d+)?|\d[\d_]*(?:e[-+]?\d+)?)(?![\w])|(?:True|False|None|inf|nan)\b"
    r"|\"[^\"\n]{0,80}\"|'[^'\n]{0,80}'(?!\w)"
)
_ERROR = re.compile(r"`?\b((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Iteration|Warning|Exit))\b`?")
_LONGEST = 200


class Results(NamedTuple):
    """Both, "" for what was not said."""

    comes_out: str = ""
    should_be: str = ""

    @property
    def agree(self) -> bool | None:
        """Whether both are the same, None when not both were said."""
        if not (self.comes_out and self.should_be):
            return None
        return _plain(self.comes_out) == _plain(self.should_be)


def results(text: str) -> Results:
    """The first result and the first expectation that a text spells.

    >>> results("returns `3`, should be `4`"), results("gives 1 instead of 0.")
    (Results(comes_out='3', should_be='4'), Results(comes_out='1', should_be='0'))
    """
    out = should = ""
    first = None
    for cue in _CUE.finditer(text[:4000]):
        value, end = _value(text, cue.end())
        if not value:
            continue
        after = text[end : end + 40]
        if cue["should"]:
            should = should or value
        elif cue["instead"]:
            if "ではなく" in cue[0]:
                continue
            # "returns X instead of Y" wants Y; "should return X instead of Y" wants X.
            out, should = (out or value, should) if should and not out else (out, should or value)
        elif _AFTER_SHOULD.match(after):
            should = should or value
        else:
            out = out or value
        first = first or cue
    return _postponed(text, out, should)


def _postponed(text: str, out: str, should: str) -> Results:
    """Values whose verb follows them (`2` を返しますが、`3` を返すべき)."""
    for span in re.finditer(r"`([^`\n]{1,100})`", text[:2000]):
        after = text[span.end() : span.end() + 40]
        if _AFTER_SHOULD.match(after) or after.lstrip().startswith("ではなく"):
            should = should or span[1]
        elif _AFTER_GIVES.match(after):
            out = out or span[1]
    return Results(out, should)


def _value(text: str, at: int) -> tuple[str, int]:
    """The value that follows a cue, and where it ends; ("", at) when none follows at once."""
    step = _STEP.match(text, at)
    at = step.end() if step else at
    if error := _ERROR.match(text, at):
        return error[1], error.end()
    if text[at : at + 1] == "`":
        end = text.find("`", at + 1, at + _LONGEST)
        return (text[at + 1 : end].strip(), end + 1) if end > 0 else ("", at)
    if text[at : at + 1] in {"[", "(", "{"}:
        end = closing(text, at)
        value = text[at:end]
        return (value, end) if end and len(value) <= _LONGEST and values.spelled(value) is not None else ("", at)
    if scalar := _SCALAR.match(text, at):
        return scalar[0], scalar.end()
    for words, value in _WORDS:
        if found := words.match(text, at):
            return value, found.end()
    return "", at


def stated(text: str) -> str:
    """The value of a field that should hold one: without Markdown and closing words, a word for it as the value."""
    text = text.strip()
    if re.fullmatch(r"`[^`]+`[.,;]?", text):
        return text.strip(".,;").strip("`").strip()
    for words, value in _WORDS[:5]:
        if words.fullmatch(text.rstrip(".")):
            return value
    value, end = _value(text, 0)
    rest = text[end:].strip(" .,;)")
    # "`1` (wrong)" means 1; "2 of them" means what it says.
    return value if value and (not rest or rest.startswith(("(", "–", "—", "#", "✗", "❌", "✓", "✅"))) else text


def _plain(value: str) -> str:
    return values.spelled(value) or value.strip("`'\" ")
