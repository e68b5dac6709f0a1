"""Answers that wrap their code into a JSON object: `{"code": "def f(x): …"}`."""

from __future__ import annotations

import json
import re
from typing import cast

from ..facts import Stub

_FENCED = re.compile(
    r"(?:`{3,}|~{3,})[ \t]*(?:json)?[ \t]*\n(.*?)(?:\n[ \t]*(?:`{3,}|~{3,})|\Z)", re.DOTALL | re.IGNORECASE
)
_FIELDS = ("code", "body", "function", "python", "implementation", "solution", "answer", "content", "text")
"""Fields in which code is looked for where none of them defines the function, in this order."""
_LARGEST = 256 * 1024


def unwrapped(stub: Stub, text: str) -> str:
    """The code within an answer that is one JSON object, in a fence or not; every other answer as it is."""
    if len(text) > _LARGEST or "{" not in text:
        return text
    fenced = _FENCED.search(text)
    found = _texts(text) or (_texts(fenced[1]) if fenced else {})
    defining = [code for code in found.values() if re.search(rf"\bdef\s+{re.escape(stub.entry_point)}\s*\(", code)]
    named = [found[name] for name in _FIELDS if name in found]
    return next(iter([*defining, *named]), text)


def _texts(text: str) -> dict[str, str]:
    """The texts in an object, by their fields in lower case; none when the text is no object."""
    try:
        decoded: object = json.loads(text, strict=False)  # Models write line breaks as they are.
    except (ValueError, RecursionError):
        return {}
    if not isinstance(decoded, dict):
        return {}
    fields = cast("dict[str, object]", decoded).items()
    return {name.lower(): value for name, value in fields if isinstance(value, str)}
