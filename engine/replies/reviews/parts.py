"""What a JSON object says of one finding, by our keys or by those that models use in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from . import json_text
from .verdict_lines import said

Parts = dict[str, str]
"""What a reply says of one finding: quote, claim, call, comes_out, should_be, line, severity, advice."""

_KEYS = {
    "claim": "claim description issue bug problem explanation message details reason summary title error what why text",
    "quote": "quote code linetext snippet codesnippet sourceline source faultyline",
    "call": "call input example testcase inputs failinginput counterexample test reproduction args arguments",
    "comes_out": "comesout actual got output actualoutput actualresult returns current actualbehavior result gives",
    "should_be": "shouldbe expected should expectedoutput expectedresult expectedbehavior correct correctoutput want",
    "line": "line linenumber lineno lines location",
    "severity": "severity type category kind level",
    "advice": "suggestion fix recommendation suggestedfix correction proposedfix",
}
_NAME_OF = {key: name for name, keys in _KEYS.items() for key in keys.split()}
_STYLE = re.compile(
    r"\b(?:style|nit(?:pick)?|info(?:rmational)?|suggestion|readability|performance|convention|documentation|naming"
    r"|none|optimi[sz]ation|improvement|maintainability|enhancement)\b",
    re.IGNORECASE,
)
_BEGUN = re.compile(r"\"(?:findings|bugs|issues|problems|errors)\"\s*:\s*\[", re.IGNORECASE)
_FIELD = re.compile(
    r"\"(\w{2,30})\"\s*:\s*"
    r"(?:\"([^\n]{0,300}?)\"\s*(?=,?\s*(?:\n|\"\w{2,30}\"\s*:|[}\]]|\Z))|(-?\d{1,12}|true|false))"
)
_PIECES, _LONGEST_PIECE = 40, 2000
"""Objects, and characters of one, that are read of JSON that is none."""


def plain_key(key: object) -> str:
    """A key in lower case, letters only: `shouldBe`, `should_be` and `Should be` are one."""
    return re.sub(r"[^a-z]", "", str(key)[:60].lower())


def parts_of(item: object, depth: int = 0) -> Parts | None:
    """What an item of a list of bugs says, None when it says nothing of one."""
    if isinstance(item, str):
        claim, _ = json_text.without_cut(item)
        return {"claim": claim.strip()} if claim.strip() else None
    if not isinstance(item, Mapping):
        return None
    parts: Parts = {}
    for key, value in cast("Mapping[object, object]", item).items():
        name = _NAME_OF.get(plain_key(key))
        if name is None or value is None:
            continue
        inner = parts_of(value, 1) if name == "call" and not depth and not isinstance(value, str) else None
        if inner:
            parts = {**inner, **parts}
            continue
        text, cut = json_text.without_cut(_spelled(value))
        # Half a value is another value; half a sentence is still one.
        if text and not (cut and name in {"call", "comes_out", "should_be"}):
            parts.setdefault(name, text)
    if "claim" not in parts and parts.get("advice"):
        parts["claim"] = parts["advice"]
    return parts if any(parts.get(name) for name in ("quote", "claim", "call")) else None


def is_no_bug(parts: Parts) -> bool:
    """Whether an item of a list of bugs only praises, or speaks of style."""
    if parts.get("call") and parts.get("comes_out", "") != parts.get("should_be", ""):
        return False
    claim = said(parts.get("claim", ""))
    return claim == "clean" or (claim is None and bool(_STYLE.search(parts.get("severity", ""))))


def loose(text: str) -> Iterator[Parts]:
    """Findings of JSON that is none, for a quote in a text was not escaped."""
    begun = _BEGUN.search(text)
    if not begun:
        return
    for piece in text[begun.end() :].split("{", _PIECES)[1:_PIECES]:
        fields = _FIELD.finditer(piece[:_LONGEST_PIECE])
        parts = parts_of({field[1]: field[3] if field[2] is None else field[2] for field in fields})
        if parts and not is_no_bug(parts):
            yield parts


def _spelled(value: object) -> str:
    """A value as Python spells it; a text is itself. Arguments by name are "n=3, k=4"."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        pairs = cast("Mapping[object, object]", value)
        if pairs and all(isinstance(key, str) and key.isidentifier() for key in pairs):
            return ", ".join(f"{key}={item!r}" for key, item in pairs.items())
    return repr(cast("object", value))
