"""Reports written as JSON: an object with a list of bugs, a list alone, one object a bug, or only a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, cast

from . import json_text
from .parts import Parts, is_no_bug, loose, parts_of, plain_key
from .stances import Side
from .verdict_lines import said

_LISTS = frozenset({
    "findings", "bugs", "issues", "problems", "errors", "defects", "bugreport", "buglist", "report", "reports",
    "reviews", "items",
})  # fmt: skip
_ONE = frozenset({"bug", "issue", "problem", "finding", "error", "defect"})
_INSIDE = frozenset({
    "review", "report", "result", "answer", "output", "response", "analysis", "codereview", "evaluation",
})  # fmt: skip
_VERDICTS = frozenset({
    "verdict", "result", "status", "conclusion", "answer", "decision", "assessment", "overall", "overallassessment",
    "judgment", "judgement", "outcome", "overallverdict", "finalverdict", "correctness",
})  # fmt: skip
_GOOD = frozenset({
    "iscorrect", "correct", "passes", "passed", "pass", "valid", "ok", "isvalid", "bugfree", "isbugfree", "lgtm",
    "approved", "meetsspecification", "meetsspec", "satisfiesspecification", "matchesspecification", "nobugs", "clean",
    "iscodecorrect",
})  # fmt: skip
_BAD = frozenset({
    "hasbugs", "hasbug", "bug", "buggy", "isbuggy", "incorrect", "fails", "failed", "bugsfound", "bugfound", "bugcount",
    "numberofbugs", "issuesfound", "haserrors", "hasissues", "containsbugs", "numbugs",
})  # fmt: skip
_WORDS = frozenset({
    "summary", "explanation", "comment", "comments", "reasoning", "overview", "notes", "message", "description",
})  # fmt: skip
"""Keys, letters only, by what stands there: bugs, one bug, a report, a verdict, a truth (good or bad), words."""
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False, "none": False, "n/a": False}
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
    has_list: bool = False
    code: str = ""
    is_report: bool = True
    """Whether it speaks of the whole function; else it is one finding."""


class _Reader:
    """Reads the values of one reply."""

    def __init__(self, entry_point: str, *, alone: bool) -> None:
        self._defines = re.compile(rf"\bdef\s+{re.escape(entry_point)}\s*\(") if entry_point else None
        self._alone = alone

    def read(self, value: object, *, cut: bool, depth: int = 0) -> _Read | None:
        """What a value says as a report, None when it is none."""
        if isinstance(value, list):
            return self._list(cast("list[object]", value), cut=cut, alone=self._alone or depth > 0)
        if isinstance(value, dict) and depth <= _DEEPEST:
            pairs = cast("Mapping[object, object]", value)
            return self._object({plain_key(key): item for key, item in pairs.items()}, cut=cut, depth=depth)
        return None

    def _list(self, items: list[object], *, cut: bool, alone: bool) -> _Read | None:
        """A list is a report when it holds objects, or when nothing else was written: `["a", "b"]` may be an input."""
        if not alone and not (items and all(isinstance(item, dict) for item in items)):
            return None
        found = list(_found(items))
        praises = all(isinstance(item, str) and said(item) == "clean" for item in items)
        return _Read(None, found, has_list=not cut or bool(found)) if found or praises else None

    def _object(self, given: dict[str, object], *, cut: bool, depth: int) -> _Read | None:
        code = next((item for item in given.values() if isinstance(item, str) and self._is_function(item)), "")
        for key, item in given.items():
            inner = self.read(item, cut=cut, depth=depth + 1) if key in _INSIDE else None
            if inner is not None:
                return inner._replace(code=inner.code or code, side=inner.side or _side(given))
        side = _side(given)
        if lists := list(_lists(given)):
            found = [parts for items in lists for parts in _found(items)]
            complete = not cut or bool(found) or side is not None
            return _Read(side, found, has_list=True, code=code) if complete else None
        return self._single(given, side, code)

    def _single(self, given: dict[str, object], side: Side | None, code: str) -> _Read | None:
        """An object without a list: one finding, or a verdict with its reason."""
        parts = parts_of(given)
        if side is None and parts:
            return _Read(None, [parts], code=code, is_report=False)
        if side is not None:
            tells = side == "bug" and parts and (parts.get("claim") or parts.get("call"))
            return _Read(side, [parts] if tells and parts else [], code=code)
        return _Read("bug", [], code=code) if code else None

    def _is_function(self, text: str) -> bool:
        return self._defines is not None and self._defines.search(text) is not None


def structured(text: str, entry_point: str) -> Structured | None:
    """The report that the JSON of a reply holds, None when it holds none."""
    found = json_text.values(text)
    reader = _Reader(entry_point, alone=len(found) == 1 and _is_all(text))
    reads = [read for value in found if (read := reader.read(value.value, cut=value.cut))]
    if not reads and (pieces := list(loose(text))):
        reads = [_Read(None, pieces, has_list=True)]
    if not reads:
        return None
    # Several reports: the last counts. Single findings, an object each, belong together.
    reports = [read for read in reads if read.is_report]
    findings = reports[-1].findings if reports else [parts for read in reads for parts in read.findings]
    side = reports[-1].side if reports else None
    if side is None:
        if not findings and not any(read.has_list for read in reports):
            return None
        side = "bug" if findings else "clean"
    code = next((read.code for read in reversed(reads) if read.code), "")
    return Structured("bugs" if side == "bug" else "clean", findings, code)


def is_data(text: str) -> bool:
    """Whether a reply is JSON from its first character on, be it readable or not."""
    return re.match(r"(?:```\w*)?\s*(?:\{\s*[\"'}]|\[\s*[{\"\]]|[{\[]\s*\Z)", text.lstrip()) is not None


def _is_all(text: str) -> bool:
    """Whether nothing but JSON and its fence was written."""
    bare = re.sub(r"\A\s*```\w*\s*|\s*```\s*\Z", "", text).strip()
    return bare[:1] in {"{", "["} and bare[-1:] in {"}", "]"}


def _lists(given: Mapping[str, object]) -> Iterator[list[object]]:
    """The lists of bugs; one bug, or a sentence where a list should be, is a list of one."""
    for key, item in given.items():
        if key in _LISTS and isinstance(item, list):
            yield cast("list[object]", item)
        elif (key in _LISTS and _tells_a_bug(item)) or (key in _ONE and isinstance(item, dict) and item):
            yield [cast("object", item)]


def _tells_a_bug(item: object) -> bool:
    """Whether a text says more than that there are bugs, or are none."""
    return isinstance(item, str) and len(item.split()) > 2 and _truth(item) is None and said(item) != "clean"


def _found(items: Iterable[object]) -> Iterator[Parts]:
    """The findings of a list; what only praises, or speaks of style, is none."""
    for item in items:
        parts = parts_of(item)
        if parts and not is_no_bug(parts):
            yield parts


def _side(given: Mapping[str, object]) -> Side | None:
    """What the keys of an object that judge say; a later one counts more, the word of a verdict most."""
    side: Side | None = None
    for key, item in given.items():
        truth = _truth(item) if key in _GOOD | _BAD | _LISTS else None
        if truth is not None:
            side = "clean" if truth == (key in _GOOD) else "bug"
    for key, item in given.items():
        if not isinstance(item, str) or not item.strip() or (key not in _VERDICTS and _truth(item) is not None):
            continue
        if key in _VERDICTS | _GOOD | _BAD:
            side = said(item) or side
        elif key in _LISTS:
            side = said(item) or "bug"
    words = (item for key, item in given.items() if key in _WORDS and isinstance(item, str))
    return side or next((word for item in words if (word := said(item))), None)


def _truth(value: object) -> bool | None:
    """A value that says yes or no: a boolean, a number of bugs, a word."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    return _TRUTHS.get(value.strip().strip(".").lower()) if isinstance(value, str) else None
