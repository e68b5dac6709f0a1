"""One vocabulary of signs, words and inks for all widgets: never a colour without a sign."""

from __future__ import annotations

from typing import NamedTuple

from ..engine.facts import Finding


class Sign(NamedTuple):
    """How a state looks."""

    mark: str
    """One cell."""
    word: str
    ink: str


STUBS: dict[str, Sign] = {
    "new": Sign("○", "new", "$state-wait"),
    "queued": Sign("·", "queued", "$state-wait"),
    "drafting": Sign("▸", "drafting", "$state-run"),
    "verified": Sign("✓", "verified", "$state-pass"),
    "fails": Sign("✗", "fails", "$state-fail"),
    "unverified": Sign("?", "unverified", "$state-warn"),
    "checking": Sign("▸", "checking", "$state-run"),
    "outdated": Sign("?", "outdated", "$state-warn"),
    "written": Sign("~", "written", "$state-pass"),
    "cancelled": Sign("■", "cancelled", "$state-wait"),
    "problem": Sign("!", "problem", "$state-warn"),
}

STAGES: dict[str, Sign] = {
    "waiting": Sign("·", "waiting", "$state-wait"),
    "running": Sign("▸", "running", "bold $state-run"),
    "done": Sign("✓", "done", "$state-pass"),
    "failed": Sign("✗", "failed", "$state-fail"),
    "skipped": Sign("–", "skipped", "$state-wait"),
}

CHECKS: dict[str, Sign] = {
    "passed": Sign("✓", "passed", "$state-pass"),
    "failed": Sign("✗", "failed", "$state-fail"),
    "raised": Sign("✗", "raised", "$state-fail"),
    "timeout": Sign("✗", "too slow", "$state-fail"),
    "crashed": Sign("✗", "crashed", "$state-fail"),
    "not run": Sign("–", "not run", "$state-warn"),
    "waits": Sign("·", "waits", "$state-wait"),
}

FINDINGS: dict[str, Sign] = {
    "reproduced": Sign("✗", "reproduced", "$finding-reproduced"),
    "not shown": Sign("?", "not shown", "$finding-not-shown"),
    "untested": Sign("·", "untested", "$finding-untested"),
    "refuted": Sign("–", "refuted", "$finding-refuted"),
}

NODES: dict[str, Sign] = {
    "trying": Sign("▸", "trying", "$state-run"),
    "planning": Sign("◇", "planning", "$state-run"),
    "waiting": Sign("·", "waiting", "$state-wait"),
    "solved": Sign("✓", "solved", "$state-pass"),
    "unverified": Sign("?", "unverified", "$state-warn"),
    "abandoned": Sign("✗", "abandoned", "$state-fail"),
    "stopped": Sign("■", "stopped", "$state-wait"),
}

SPINNER = "⠋⠙⠸⠴⠦⠇"


def sign_of_finding(finding: Finding) -> Sign:
    """How a finding looks."""
    return FINDINGS[finding.status]


def by_weight(findings: tuple[Finding, ...]) -> list[Finding]:
    """Findings with the reproduced first and the refuted last, else in their order."""
    order = list(FINDINGS)
    return sorted(findings, key=lambda finding: order.index(finding.status))


def counted(number: int, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "call"), counted(1204, "call")
    ('1 call', '1,204 calls')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
