"""What a decomposition tree is made of while it grows."""

from __future__ import annotations

from typing import Literal

from ..events import NodeClosed
from ..facts import Draft, Fact, Report, Stub

Ending = Literal["solved", "unverified", "abandoned"]


class Node(Fact, frozen=True):
    """One function to solve, and where it stands."""

    path: str
    """"" is the root, "2" its second helper, "2.1" that one's first."""
    stub: Stub
    depth: int
    parents: dict[str, str] = {}
    """Code of the functions above it by name, the root first."""
    offered: str = ""
    """A body the planner wrote for it unasked."""
    above: str = ""
    """What the plan wrote beside its functions, see `Helper.above`."""


class Candidate(Fact, frozen=True):
    """A draft and how it did."""

    draft: Draft
    report: Report
    node: str

    @property
    def passes(self) -> int:
        """Checks passed; -1 when it did not even run, so that any candidate that runs is better."""
        ran = any(check.verdict != "not run" for check in self.report.checks)
        return self.report.passes if ran else -1

    @property
    def solves(self) -> bool:
        """Whether all checks pass, and there is at least one."""
        return self.report.all_passed

    @property
    def pleases(self) -> bool:
        """Whether all examples of the user hold, and there is at least one: the other checks may be wrong."""
        visible = [check for check in self.report.judged if check.example.origin in {"visible", "test"}]
        return bool(visible) and all(check.passed for check in visible)


class Outcome(Fact, frozen=True):
    """How a node ended."""

    best: Candidate
    closed: NodeClosed
