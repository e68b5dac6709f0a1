"""The findings of a report in prose: one for each unit that complains, with what it names as evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...examples import values
from ..quotes import line_of
from . import cues, results
from .arguments import from_prose
from .called import Signature
from .inputs import mentions, stated
from .parts import Parts
from .stances import HINT, PLAIN, WEAK
from .units import Unit
from .verdicts import Judged

_LINE, _ADVICE, _NEXT = (re.compile(words, re.IGNORECASE) for words in (cues.LINE, cues.ADVICE, cues.NEXT))
_LONGEST = 4000
"""Characters of a report in which an input is looked for when its finding names none."""
_STATEMENT = 3
"""Words of a sentence that may tell why, where the verdict is all that complains."""
_CODE = re.compile(r"`+([^`\n]+)`+")


def claims(found: list[Judged], of: Signature, source: list[str]) -> Iterator[Parts]:
    """What the complaining units of a report say; a single one may be shown by what the whole report names."""
    told = list(_claims(found, of, source))
    if len(told) == 1 and not told[0].get("call"):
        told = [_shown_elsewhere(told[0], found, of, source)]
    yield from told


def _shown_elsewhere(claim: Parts, found: list[Judged], of: Signature, source: list[str]) -> Parts:
    whole = Unit("\n".join(one.unit.text for one in found)[:_LONGEST], "paragraph")
    shown = _claim(whole.text, whole, of, source)
    return {**shown, **{name: part for name, part in claim.items() if part}} if shown["call"] else claim


def _claims(found: list[Judged], of: Signature, source: list[str]) -> Iterator[Parts]:
    heaviest = max((one.complaint for one in found), default=0.0)
    least = min(heaviest, PLAIN)
    introduced = False
    told = 0
    faulty = _faulty_lists(found)
    for at, one in enumerate(found):
        if _leads_on(one):
            introduced = True
            continue
        if not _complains(one, least, introduced=introduced or at in faulty) or _only_judges(one) or _advises(one.unit):
            introduced = introduced and one.unit.kind in {"item", "row"}
            continue
        for text in _parted(one):
            told += 1
            yield _claim(text, one.unit, of, source)
    if not told:
        yield from (_claim(one.unit.text, one.unit, of, source) for one in _explaining(found))


def _faulty_lists(found: list[Judged]) -> set[int]:
    """The places of items in lists that complain and praise nothing: each of their items is a bug."""
    faulty: set[int] = set()
    run: list[int] = []
    for at, one in enumerate([*found, None]):
        if one is not None and one.unit.kind == "item":
            run.append(at)
            continue
        praises = any(seen.kind in {"clean", "style"} for n in run for _, seen in found[n].clauses)
        if len(run) > 1 and not praises and any(found[n].complaint for n in run):
            faulty.update(run)
        run = []
    return faulty


def _leads_on(one: Judged) -> bool:
    """Whether a unit only announces what comes after it ("The function has two bugs:")."""
    complaints = sum(seen.kind == "bug" for _, seen in one.clauses)
    return one.unit.text.rstrip(" *_").endswith((":", "：")) and not one.unit.labels and complaints == 1


def _complains(one: Judged, least: float, *, introduced: bool) -> bool:
    kinds = {seen.kind for _, seen in one.clauses}
    if introduced and one.unit.kind in {"item", "row"}:
        return one.complaint > 0 or not kinds & {"clean", "style"}
    return one.complaint >= least if least else "other" in kinds


def _only_judges(one: Judged) -> bool:
    return (
        one.verdict is not None
        and sum(seen.kind in {"bug", "other"} for _, seen in one.clauses) <= 1
        and not one.unit.labels
    )


def _explaining(found: list[Judged]) -> list[Judged]:
    """The units that tell why, in a report whose complaint is its verdict alone."""
    how = [one for one in found if _says_how(one)]
    told = [one for one in found if any(seen.weight == HINT and seen.side is None for _, seen in one.clauses)]
    told = [one for one in told if one.verdict is None and one.unit.kind != "heading" and not _advises(one.unit)]
    told = told or [one for one in found if _is_left(one)]
    return how or told[:3] or [one for one in found if one.complaint >= PLAIN and len(one.unit.text.split()) >= 6][:1]


def _is_left(one: Judged) -> bool:
    """Whether a unit is a statement that says neither that the code is wrong nor that it is right."""
    aside = one.verdict is not None or one.unit.kind == "heading" or _advises(one.unit) or _leads_on(one)
    kinds = {seen.kind for _, seen in one.clauses}
    return not aside and kinds <= {"neutral", "other"} and len(one.unit.text.split()) >= _STATEMENT


def _says_how(one: Judged) -> bool:
    """Whether a unit that only judges, or a heading, says more than that there is a bug."""
    words = re.sub(r"^[^:]{0,30}:", "", one.unit.text).split()
    reason = re.match(r"\W*(?:\w+ ){0,2}\w+[.!]\s+(.*)", one.unit.text, re.DOTALL)
    says = len(words) >= 6 or (reason is not None and len(reason[1].split()) >= _STATEMENT)
    return one.complaint >= PLAIN and says and not _advises(one.unit) and not _leads_on(one)


def _advises(unit: Unit) -> bool:
    return bool(_ADVICE.search(unit.text) or _ADVICE.search(unit.under))


def _parted(one: Judged) -> Iterator[str]:
    """The text of a unit from its first complaint on, cut where the next bug is told of."""
    group: list[str] = []
    complained = False
    seen_raw = ""
    for clause, seen in one.clauses:
        complains = seen.kind in {"bug", "other"}
        if clause.raw and clause.raw != seen_raw:
            seen_raw = clause.raw
            if (
                complained
                and _NEXT.match(clause.raw)
                and any(s.kind == "bug" and s.weight >= PLAIN for c, s in one.clauses if c.raw == clause.raw)
            ):
                yield " ".join(group)
                group, complained = [], False
            group.append(clause.raw)
        complained = complained or (complains and seen.weight >= WEAK)
    if group:
        yield " ".join(group)


def _claim(text: str, unit: Unit, of: Signature, source: list[str]) -> Parts:
    whole = f"{text}\n{unit.text}" if unit.labels else text
    call, tail, before = _shown_by(text, unit, of)
    said = results.results(tail)
    if call and not (said.comes_out and said.should_be) and before:
        again = results.results(text)
        said = results.Results(said.comes_out or again.comes_out, said.should_be or again.should_be)
    pieces = [piece for piece in _CODE.findall(whole) if piece.strip()]
    own = unit.labels.get("quote", "").strip("`")
    quote = next((p for p in [own, *pieces] if p != call and line_of(p, source) is not None and len(p) > 3), "")
    line = _LINE.search(whole)
    number = unit.labels.get("line", "") or (next(g for g in line.groups() if g) if line else "")
    why = unit.labels.get("about", "")
    claim = f"{_heading(unit)}{_plain(text)} {_plain(why)}".rstrip()
    parts = {"claim": claim, "quote": quote, "line": number, "call": call}
    if call:
        for name, value in (("comes_out", said.comes_out), ("should_be", said.should_be)):
            parts[name] = _result(results.stated(unit.labels.get(name, "")) or value, of)
    return parts


def _heading(unit: Unit) -> str:
    """The heading of a unit, where it names the bug."""
    words = _plain(unit.under)
    numbered = re.match(r"(?i)^(?:bug|issue|problem|error|finding)s?\s*#?\d+\W+\w|^(?:\d+[.)]\s*)", words)
    return f"{words}: " if numbered and len(words) < 100 else ""


def _plain(text: str) -> str:
    """Text without the marks of Markdown; the backticks around code stay."""
    return re.sub(r"\*\*|__|^[\s>#*\-•]+", "", text).strip()


def _shown_by(text: str, unit: Unit, of: Signature) -> tuple[str, str, bool]:
    """The call that shows it, the text in which its results are looked for, and whether they may stand before it."""
    if labelled := unit.labels.get("call"):
        call, expected = stated(labelled, of)
        if not call:
            call = next(iter(mentions(labelled, of)), ("", 0))[0]
        if call:
            return call, f"{text} should be `{expected}`" if expected else text, False
    found = mentions(text, of)
    for number, (call, end) in enumerate(found):
        tail = text[end : found[number + 1][1] - len(found[number + 1][0])] if number + 1 < len(found) else text[end:]
        said = results.results(tail)
        if (said.comes_out or said.should_be) and not said.agree:
            return call, tail, len(found) == 1
    if found:
        return found[0][0], text[found[0][1] :], len(found) == 1
    for block in unit.code:
        if len(block) < 2000 and (shown := mentions(block, of)) and "def " not in block:
            return shown[0][0], block[shown[0][1] :] + "\n" + text, False
    return from_prose(text, of), text, False


def _result(value: str, of: Signature) -> str:
    """A value that can be held against what comes out: no name of the function's own, and no code."""
    tree = values.expression(value)
    if tree is None or values.spelled(value) is not None:
        return value
    return "" if values.free_names(tree) & (of.locals | {of.name}) else value
