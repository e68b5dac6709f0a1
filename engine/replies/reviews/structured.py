"""Reports written as JSON, by our keys or by those that models use in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, cast

from . import json_text
from .stances import Side
from .verdict_lines import said

Parts = dict[str, str]
"""What a reply says of one finding: quote, claim, call, comes_out, should_be, line, severity, code."""

_PARTS = {
    "claim": "claim description issue bug problem explanation message details reason summary title error what why text",
    "quote": "quote code linetext snippet codesnippet sourceline source faultyline",
    "call": "call input example testcase inputs failinginput counterexample test reproduction args arguments",
    "comes_out": "comesout actual got output actualoutput actualresult returns current actualbehavior result gives",
    "should_be": "shouldbe expected should expectedoutput expectedresult expectedbehavior correct correctoutput want",
    "line": "line linenumber lineno lines location",
    "severity": "severity type category kind level",
    "advice": "suggestion fix recommendation suggestedfix correction proposedfix",
}
_NAME_OF = {key: name for name, keys in _PARTS.items() for key in keys.split()}
_LISTS = frozenset(
    [
        "findings",
        "bugs",
        "issues",
        "problems",
        "errors",
        "defects",
        "bugreport",
        "buglist",
        "report",
        "reports",
        "reviews",
        "items",
    ]
)
_ONE = frozenset("bug issue problem finding error defect".split())
_INSIDE = frozenset(
    ["review", "report", "result", "answer", "output", "response", "analysis", "codereview", "evaluation"]
)
_VERDICTS = frozenset(
    [
        "verdict",
        "result",
        "status",
        "conclusion",
        "answer",
        "decision",
        "assessment",
        "overall",
        "overallassessment",
        "judgment",
        "judgement",
        "outcome",
        "overallverdict",
        "finalverdict",
        "correctness",
    ]
)
_GOOD = frozenset(
    [
        "iscorrect",
        "correct",
        "passes",
        "passed",
        "pass",
        "valid",
        "ok",
        "isvalid",
        "bugfree",
        "isbugfree",
        "lgtm",
        "approved",
        "meetsspecification",
        "meetsspec",
        "satisfiesspecification",
        "matchesspecification",
        "nobugs",
        "clean",
        "iscodecorrect",
    ]
)
_BAD = frozenset(
    [
        "hasbugs",
        "hasbug",
        "bug",
        "buggy",
        "isbuggy",
        "incorrect",
        "fails",
        "failed",
        "bugsfound",
        "bugfound",
        "bugcount",
        "numberofbugs",
        "issuesfound",
        "haserrors",
        "hasissues",
        "containsbugs",
        "numbugs",
    ]
)
_WORDS = frozenset(
    ["summary", "explanation", "comment", "comments", "reasoning", "overview", "notes", "message", "description"]
)
_STYLE = re.compile(
    r"\b(?:style|nit(?:pick)?|info(?:rmational)?|suggestion|readability|performance|convention|documentation|naming|none"
    r"|optimi[sz]ation|improvement|maintainability|enhancement)\b",
    re.IGNORECASE,
)
_DEEPEST = 4


class Structured(NamedTuple):
    """What a report in JSON says."""

    verdict: Literal["bugs", "clean"]
    findings: list[Parts]
    code: str = ""
    """The function as the reviewer would have it, "" if it gave none."""


class _Read(NamedTuple):
    side: Side | None
    findings: list[Parts]
    has_list: bool
    code: str = ""
    is_report: bool = True


def structured(text: str, entry_point: str) -> Structured | None:
    """The report that the JSON of a reply holds, None when it holds none."""
    found = json_text.values(text)
    alone = len(found) == 1 and _is_all(text)
    reads = [read for value in found if (read := _read(value.value, cut=value.cut, alone=alone, root=entry_point))]
    if not reads and (loose := list(_loose(text))):
        reads = [_Read(None, loose, has_list=True)]
    if not reads:
        return None
    reports = [read for read in reads if read.is_report]
    # Several reports: the last that says something. Single findings, one an object, belong together.
    findings = reports[-1].findings if reports else [parts for read in reads for parts in read.findings]
    side = reports[-1].side if reports else None
    code = next((read.code for read in reversed(reads) if read.code), "")
    if side is None:
        if not findings and not any(read.has_list for read in reports):
            return None
        side = "bug" if findings else "clean"
    return Structured("bugs" if side == "bug" else "clean", findings, code)


def is_data(text: str) -> bool:
    """Whether a reply is JSON from its first character on, be it readable or not."""
    return re.match(r"(?:```\w*)?\s*(?:\{\s*[\"'}]|\[\s*[{\"\]]|[{\[]\s*\Z)", text.lstrip()) is not None


def _is_all(text: str) -> bool:
    """Whether nothing but JSON and its fence was written."""
    bare = re.sub(r"\A\s*```\w*\s*|\s*```\s*\Z", "", text).strip()
    return bare[:1] in {"{", "["} and bare[-1:] in {"}", "]"}


def _read(value: object, *, cut: bool, alone: bool, root: str, depth: int = 0) -> _Read | None:
    if isinstance(value, list):
        items = cast("list[object]", value)
        dicts = [item for item in items if isinstance(item, dict)]
        if not (len(dicts) == len(items) or alone) or (not items and not alone):
            return None
        found = list(_found(items))
        is_list = bool(found) or not items or _all_say_clean(items)
        return _Read(None, found, has_list=not cut or bool(found)) if is_list else None
    if not isinstance(value, dict) or depth > _DEEPEST:
        return None
    return _object(
        {_plain(key): item for key, item in cast("Mapping[object, object]", value).items()}, cut, root, depth
    )


def _object(given: dict[str, object], cut: bool, root: str, depth: int) -> _Read | None:
    code = next((item for item in given.values() if isinstance(item, str) and _defines(item, root)), "")
    for key in _INSIDE & given.keys():
        inner = _read(given[key], cut=cut, alone=True, root=root, depth=depth + 1) if _holds(given[key]) else None
        if inner is not None:
            return inner._replace(code=inner.code or code, side=inner.side or _side(given))
    lists = [
        cast("list[object]", item if isinstance(item, list) else [item])
        for key, item in given.items()
        if (key in _LISTS and (isinstance(item, list) or _tells_a_bug(item)))
        or (key in _ONE and isinstance(item, dict) and item)
    ]
    side = _side(given)
    if lists:
        found = [parts for items in lists for parts in _found(items)]
        complete = not cut or bool(found) or side is not None
        return _Read(side, found, has_list=True, code=code) if complete else None
    parts = _parts(given)
    if parts and (parts.get("quote") or parts.get("call") or "claim" in parts) and not _VERDICTS & given.keys():
        if side is None:
            return _Read(None, [parts], has_list=False, code=code, is_report=False)
        words = parts if side == "bug" else {}
        return _Read(side, [words] if words.get("claim") else [], has_list=False, code=code)
    if side is not None:
        told = [parts] if side == "bug" and parts and (parts.get("claim") or parts.get("call")) else []
        return _Read(side, told, has_list=False, code=code)
    return _Read("bug", [], has_list=False, code=code) if code else None


def _tells_a_bug(item: object) -> bool:
    """Whether a text stands where a list of bugs should, and says more than that there are or are none."""
    return isinstance(item, str) and len(item.split()) > 2 and _truth(item) is None and said(item) != "clean"


def _holds(value: object) -> bool:
    return isinstance(value, dict | list)


def _defines(text: str, root: str) -> bool:
    return bool(root) and re.search(rf"\bdef\s+{re.escape(root)}\s*\(", text) is not None


def _side(given: Mapping[str, object]) -> Side | None:
    """What the keys of an object that judge say; a later one counts more, the word of a verdict most."""
    side: Side | None = None
    for key, item in given.items():
        if key in _GOOD and (truth := _truth(item)) is not None:
            side = "clean" if truth else "bug"
        elif key in (_BAD | _LISTS) and (truth := _truth(item)) is not None:
            side = "bug" if truth else "clean"
    for key, item in given.items():
        if not isinstance(item, str) or not item.strip():
            continue
        if key in _VERDICTS or (key in (_GOOD | _BAD) and _truth(item) is None):
            side = said(item) or side
        elif key in _LISTS and _truth(item) is None:
            side = said(item) or "bug"
    if side is None:
        side = next(
            (w for key, item in given.items() if key in _WORDS and isinstance(item, str) and (w := said(item))), None
        )
    return side


def _truth(value: object) -> bool | None:
    """A value that says yes or no: a boolean, a number of bugs, a word."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    word = value.strip().strip(".").lower() if isinstance(value, str) else ""
    return {"true": True, "yes": True, "false": False, "no": False, "none": False, "n/a": False, "": None}.get(word)


def _found(items: Iterable[object]) -> Iterator[Parts]:
    """The findings of a list; what only praises, or speaks of style, is none."""
    for item in items:
        parts = _parts(item)
        if parts and not _is_no_bug(parts):
            yield parts


def _is_no_bug(parts: Parts) -> bool:
    shown = parts.get("comes_out", "") != parts.get("should_be", "") and bool(parts.get("call"))
    claim = said(parts.get("claim", ""))
    return not shown and (
        claim in {"clean", "style"} or (claim != "bug" and bool(_STYLE.search(parts.get("severity", ""))))
    )


def _all_say_clean(items: Iterable[object]) -> bool:
    return all(isinstance(item, str) and said(item) == "clean" for item in items)


def _parts(item: object) -> Parts | None:
    if isinstance(item, str):
        claim, _ = json_text.without_cut(item)
        return {"claim": claim.strip()} if claim.strip() else None
    if not isinstance(item, Mapping):
        return None
    parts: Parts = {}
    for key, value in cast("Mapping[object, object]", item).items():
        name = _NAME_OF.get(_plain(key))
        if name is None or value is None:
            continue
        if isinstance(value, dict) and name == "call" and (inner := _parts(cast("object", value))):
            parts = {**inner, **parts}
            continue
        text, cut = json_text.without_cut(_spelled(value))
        # Half a value is another value; half a sentence is still one.
        if text and not (cut and name in {"call", "comes_out", "should_be"}):
            parts.setdefault(name, text)
    if "claim" not in parts and parts.get("advice"):
        parts["claim"] = parts["advice"]
    return parts if any(parts.get(name) for name in ("quote", "claim", "call")) else None


def _plain(key: object) -> str:
    return re.sub(r"[^a-z]", "", str(key)[:60].lower())


def _spelled(value: object) -> str:
    """A value as Python spells it; a text is itself. Arguments by name are "n=3, k=4"."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        pairs = cast("Mapping[object, object]", value)
        if pairs and all(isinstance(key, str) and key.isidentifier() for key in pairs):
            return ", ".join(f"{key}={item!r}" for key, item in pairs.items())
    return repr(value)


_BEGUN = re.compile(r"\"(?:findings|bugs|issues|problems|errors)\"\s*:\s*\[", re.IGNORECASE)
_FIELD = re.compile(
    r"\"(\w{2,30})\"\s*:\s*(?:\"([^\n]{0,600}?)\"\s*(?=,?\s*(?:\n|\"\w{2,30}\"\s*:|[}\]]|\Z))|(-?\d{1,12}|true|false))"
)


def _loose(text: str) -> Iterator[Parts]:
    """Findings of JSON that is none, for a quote in a text was not escaped."""
    begun = _BEGUN.search(text)
    if not begun:
        return
    for piece in text[begun.end() :].split("{")[1:40]:
        fields: dict[str, object] = {m[1]: m[2] if m[2] is not None else m[3] for m in _FIELD.finditer(piece[:4000])}
        if (parts := _parts(fields)) and not _is_no_bug(parts):
            yield parts
