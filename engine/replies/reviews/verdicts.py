"""The verdict of a report in prose: what its last clear statement says, unless a weightier one stands before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from . import cues, phrases
from .clauses import Clause
from .results import Results, results, stated
from .stances import HINT, SHOWN, VERDICT, WEAK, Stance, any_of, stance
from .units import Unit
from .verdict_lines import is_verdict


@dataclass
class Judged:
    """A unit with what each of its clauses says."""

    unit: Unit
    clauses: list[tuple[Clause, Stance]] = field(default_factory=list[tuple[Clause, Stance]])
    verdict: Stance | None = None
    """What it says as a whole, when it is nothing but a verdict."""

    @property
    def complaint(self) -> float:
        """How heavy its heaviest complaint is, 0 when there is none."""
        return max((s.weight for _, s in self.clauses if s.kind == "bug"), default=0.0)


def judged(units: list[Unit]) -> list[Judged]:
    """Every unit with its stances."""
    found: list[Judged] = []
    asked: Clause | None = None
    for unit in units:
        aside = _is_aside(unit)
        one = Judged(unit, verdict=None if aside else is_verdict(unit.text))
        seen = ""
        agree: bool | None = None
        for clause in unit.clauses:
            if clause.raw != seen:
                seen, agree = clause.raw, results(clause.raw).agree
            heard = stance(clause, agree=agree, asked=asked)
            if aside and heard.kind == "clean":
                heard = Stance("style")
            if heard.retracts:
                _take_back(one)
            one.clauses.append((clause, heard))
            asked = clause if clause.question else None
        if run := _run(unit):
            one.clauses.append((Clause("", ""), run))
        if one.verdict is not None and one.clauses and not _turns(one, one.verdict):
            one.clauses[0] = (one.clauses[0][0], one.verdict)
        found.append(one)
    return found


def _is_aside(unit: Unit) -> bool:
    """Whether a unit is a word on style, speed or the like, which its heading names."""
    if len(unit.text.split()) > 3 or any_of(cues.OF_ALL).search(unit.text):
        return False
    return any_of(cues.ASPECT).search(unit.under) is not None


def _take_back(one: Judged) -> None:
    """Leave the complaint before a retraction, as far back as there is no praise between."""
    for number in range(len(one.clauses) - 1, -1, -1):
        clause, seen = one.clauses[number]
        if seen.kind == "clean":
            return
        if seen.kind == "bug" and seen.weight < VERDICT + 1:
            one.clauses[number] = (clause, Stance("neutral"))


def _run(unit: Unit) -> Stance | None:
    """What results behind labels say ("Expected: 3", "Actual: 2")."""
    said = Results(stated(unit.labels.get("comes_out", "")), stated(unit.labels.get("should_be", "")))
    if not (said.comes_out and said.should_be) or unit.kind == "row":
        return None
    return Stance("clean", WEAK) if said.agree else Stance("bug", SHOWN)


def _turns(one: Judged, verdict: Stance) -> bool:
    """Whether a later clause of a unit, behind a "but", shows a bug although the unit begins with an all-clear."""
    shows = any(c.contrast and s.kind == "bug" and s.weight > SHOWN for c, s in one.clauses[1:])
    return shows and verdict.kind == "clean"


def verdict(found: list[Judged]) -> Literal["bugs", "clean"] | None:
    """What the whole says, None when it says neither."""
    at: Stance | None = None
    hints = False
    for one in found:
        for clause, seen in one.clauses:
            hints = hints or (seen.weight == HINT and seen.side is None and one.unit.kind != "heading")
            if seen.kind == "unsure" and at is not None and at.kind == "clean" and at.weight < VERDICT:
                at = None
            if seen.side is None or seen.weight < WEAK:
                continue
            weight = seen.weight + _retracts(clause)
            if at is None or weight >= at.weight or (at.side == seen.side):
                at = Stance(seen.kind, max(weight, at.weight if at and at.side == seen.side else 0.0))
    if at is not None:
        return "bugs" if at.kind == "bug" else "clean"
    kinds = {seen.kind for one in found for _, seen in one.clauses}
    if "unsure" in kinds:
        return None
    if hints:
        return "bugs"
    return "clean" if "style" in kinds else None


def _retracts(clause: Clause) -> float:
    """A change of mind, and a conclusion, count more than what they follow."""
    if re.match(phrases.RETRACTS[0], clause.text):
        return 1.0
    return HINT if re.match(phrases.CONCLUDES, clause.text) else 0.0
