"""What judging says, and the limits it keeps to."""

from __future__ import annotations

from typing import Literal

from ..facts import Fact

FEWEST_SECONDS = 4.0
"""Least time of one input (EvalPlus, git: DEFAULT_MIN_TIME_LIMIT)."""
FACTOR = 4.0
"""How many times the canonical solution's time an input may take (EvalPlus: DEFAULT_GT_TIME_LIMIT_FACTOR)."""
WHOLE_SECONDS = 60.0
"""Least time of all inputs of one problem together (EvalPlus caps it there; see `Measured.whole`)."""
MEMORY_MB = 4096

Status = Literal["passed", "wrong", "raised", "timeout", "crashed", "no code"]


class Verdict(Fact, frozen=True):
    """What a program did on a problem's tests."""

    base: bool
    plus: bool
    """Base and plus, as EvalPlus counts; the same as `base` where a suite has no more tests."""
    status: Status
    why: str = ""
    """Of the first test that fails: which, and what it gave."""
    tests: int = 0
    """How many were run, the failing one included."""
    seconds: float = 0.0
    weak: bool = False
    """Whether the tests shared a process with the program."""


class Measured(Fact, frozen=True):
    """What the canonical solution did on this machine."""

    verdict: Verdict
    slow: dict[int, float] = {}
    """Seconds by input, of those that took a tenth of a second or more."""
    total: float = 0.0
    """Seconds of all inputs."""
    fewest: float = FEWEST_SECONDS
    """Least seconds of one input."""
    expected: tuple[str, ...] = ()
    """What the reference gave, where the file holds no results: literals, or "~" and a fingerprint."""

    def limit(self, number: int) -> float:
        """Seconds that one input may take."""
        return max(self.fewest, FACTOR * self.slow.get(number, 0.0))

    @property
    def whole(self) -> float:
        """Seconds that all inputs together may take: EvalPlus's minute, more where the canonical solution needs it."""
        return max(WHOLE_SECONDS, FACTOR * self.total) + 1.0


NO_CODE = Verdict(base=False, plus=False, status="no code", why="there was no code to run")


def no_code(why: str) -> Verdict:
    """The verdict on a draft that cannot be run."""
    return Verdict(base=False, plus=False, status="no code", why=why)
