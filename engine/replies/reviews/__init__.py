"""A reviewer's reply made into a review: what is not clearly "no bugs" is a report of bugs.

The order of decisions:

1. Thoughts are taken away, in whatever tag (`cleaning`). Nothing left: the reply is no review.
2. JSON, if there is any that has the shape of a report, decides alone (`structured`), whole or cut off.
3. Else the prose is cut into units (paragraphs, items, rows of tables) and these into clauses; code is put aside
   (`units`). Each clause is heard by what it says: something is wrong, all is right, one thing is right, a remark on
   style, nothing (`stances`, with the words in `phrases` and `languages`).
4. The last clear clause is the verdict, unless a weightier one stands before it: an explicit verdict outweighs a bug
   with what should be, that a plain complaint, that a remark on one thing (`verdicts`). A retraction takes back the
   complaint before it. No clear clause at all: remarks on style are no bugs, anything else that is said of the code is
   one, and what does not speak of the code is no review.
5. Every unit that complains is a finding; an input is what it calls, or what it names and the signature settles
   (`claims`, `inputs`, `arguments`, `results`). Repeated ones count once, and a report keeps the first `FINDINGS`.
6. A function that is another program than the draft is kept as a candidate (`rewritten`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from ...facts import Finding, Review
from ..quotes import line_of
from ..schema import FINDINGS
from . import json_text, results
from .called import LONGEST, Signature, parameters, signature
from .claims import claims
from .cleaning import answered, bounded
from .inputs import stated
from .parts import Parts
from .rewritten import is_bare_code, rewritten
from .structured import is_data, structured
from .units import units
from .verdicts import judged, verdict

__all__ = ["breaks_off", "parameters", "review"]

_LONGEST_TEXT, _LONGEST_CLAIM = 65_536, 600
"""Characters of a reply, and of a claim, that are kept."""


def review(text: str, draft_id: str, source_code: str, model: str) -> Review:
    """The review of one draft. `source_code` is the function as the reviewer saw it: quotes are looked up in it.

    A reply that is neither a report nor an all-clear has the verdict "unreadable".
    """
    text = bounded(text)
    said = answered(text)
    of = signature(source_code)
    kind, raw, code = _read(said, of, source_code)
    findings = _each_once(_finding(parts, of, source_code.split("\n")) for parts in raw)
    return Review(
        draft=draft_id,
        verdict=kind,
        findings=tuple(findings[:FINDINGS]),
        text=text[:_LONGEST_TEXT],
        model=model,
        candidate=code if kind == "bugs" else "",
        left_out=max(0, len(findings) - FINDINGS),
    )


def breaks_off(text: str) -> bool:
    """Whether a report that ran into its limit may have had more to say: all but JSON that is closed.

    >>> breaks_off("No bugs. But wait"), breaks_off('{"findings": [{"claim": "no'), breaks_off('{"findings": []}  ')
    (True, True, False)
    """
    found = json_text.values(answered(bounded(text)))
    return not found or found[-1].cut


_Read = tuple[Literal["bugs", "clean", "unreadable"], list[Parts], str]


def _read(said: str, of: Signature, source: str) -> _Read:
    """The verdict, what is said of each bug, and the function written anew."""
    told = structured(said, of.name)
    if told is not None:
        code = told.code if told.code else rewritten(said, of.name, source)
        if told.verdict == "bugs":
            return "bugs", told.findings, code
        # A verdict of "clean" over a call that shows a bug: the call is executed, the verdict is only an opinion.
        shown = [
            p for p in told.findings if p.get("call") and p.get("should_be", "") not in {"", p.get("comes_out", "")}
        ]
        return ("bugs", shown, code) if shown else ("clean", [], "")
    code = rewritten(said, of.name, source)
    if not re.search(r"\w|[✅❌✓✗]", said):
        return "unreadable", [], ""
    found = judged(units(said)) if not (is_bare_code(said) or is_data(said)) else []
    match verdict(found):
        case "bugs":
            return "bugs", list(claims(found, of, source.split("\n"))), code
        case "clean":
            return "clean", [], ""
        case None:
            return ("bugs", [], code) if code else ("unreadable", [], "")


def _finding(parts: Parts, of: Signature, source: list[str]) -> Finding:
    parts = {name: text.encode("utf-8", "replace").decode() for name, text in parts.items()}
    number = re.search(r"\d{1,5}", parts.get("line", ""))
    quote = parts.get("quote", "").strip("`").strip("\n")[:LONGEST]
    call, expected = stated(parts.get("call", ""), of)
    return Finding(
        claim=(parts.get("claim") or parts.get("should_be") or parts.get("quote", ""))[:_LONGEST_CLAIM],
        quote=quote,
        line=line_of(quote, source, int(number[0]) if number else None),
        call=call,
        comes_out=results.stated(parts.get("comes_out", ""))[:LONGEST],
        should_be=(results.stated(parts.get("should_be", "")) or expected)[:LONGEST],
    )


def _each_once(findings: Iterable[Finding]) -> list[Finding]:
    """Without those that show the same, or show nothing and say the same in the same words."""
    found: dict[object, Finding] = {}
    told: set[tuple[str, ...]] = set()
    for finding in findings:
        words = tuple(re.findall(r"\w+", finding.claim.lower()))
        shows = (finding.call, finding.should_be) if finding.call and finding.should_be else None
        if (shows is None and words in told) or not (finding.claim or finding.call):
            continue
        told.add(words)
        found.setdefault(shows or words, finding)
    return list(found.values())
