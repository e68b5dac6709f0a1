"""The numbers a table needs: intervals, paired counts, exact tests."""

from __future__ import annotations

import math
import random
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from ..facts import Fact

Z_95 = 1.959963984540054
"""Of the normal distribution, two-sided 95 %."""

SIGNIFICANT = 0.05
RESAMPLED = 2000
"""Times that a bootstrap draws all problems anew."""

_K = TypeVar("_K", bound=Hashable)


class Share(Fact, frozen=True):
    """So many of so many."""

    passes: int
    of: int

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 when there is nothing."""
        return self.passes / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval.

        >>> [round(end, 3) for end in Share(passes=144, of=164).interval]
        [0.819, 0.92]
        """
        if not self.of:
            return (0.0, 1.0)
        n, p, square = self.of, self.value, Z_95**2
        middle = (p + square / (2 * n)) / (1 + square / n)
        half = Z_95 / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
        return (max(0.0, middle - half), min(1.0, middle + half))


class Paired(Fact, frozen=True):
    """Two systems on the same problems."""

    fixed: int
    """Problems that the other passes and the baseline does not."""
    broken: int
    """Problems that the baseline passes and the other does not."""
    both: int
    neither: int

    @property
    def n(self) -> int:
        """Problems that both were run on."""
        return self.fixed + self.broken + self.both + self.neither

    @property
    def p(self) -> float:
        """McNemar's exact two-sided p: how likely so lopsided a split of the differing problems is by chance.

        >>> round(Paired(fixed=16, broken=0, both=128, neither=20).p, 6)
        3.1e-05
        >>> Paired(fixed=14, broken=15, both=118, neither=17).p
        1.0
        """
        differing = self.fixed + self.broken
        if not differing:
            return 1.0
        tail = sum(math.comb(differing, k) for k in range(min(self.fixed, self.broken) + 1))
        return min(1.0, 2 * tail / 2**differing)


def paired(baseline: Mapping[_K, bool], other: Mapping[_K, bool]) -> Paired:
    """The two compared on what both were run on."""
    common = baseline.keys() & other.keys()
    fixed = sum(other[key] and not baseline[key] for key in common)
    broken = sum(baseline[key] and not other[key] for key in common)
    both = sum(baseline[key] and other[key] for key in common)
    return Paired(fixed=fixed, broken=broken, both=both, neither=len(common) - fixed - broken - both)


def adjusted(values: Mapping[_K, float]) -> dict[_K, float]:
    """Holm's step-down p values of several tests at once: each as small as it may be told among so many.

    >>> adjusted({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    so_far, found = 0.0, dict[_K, float]()
    for rank, key in enumerate(sorted(values, key=lambda key: values[key])):
        so_far = max(so_far, min(1.0, (len(values) - rank) * values[key]))
        found[key] = round(so_far, 12)
    return found


def least_split(tests: int = 1) -> int:
    """How many problems must all go one way for p < 0.05, when so many comparisons are made.

    >>> least_split(), least_split(4)
    (6, 8)
    """
    return next(k for k in range(1, 64) if tests * 2 / 2**k < SIGNIFICANT)


def bootstrapped(differences: Sequence[float]) -> tuple[float, float]:
    """95 % interval of the mean difference between two systems, a number a problem (percentile bootstrap, seeded).

    Problems are drawn, never single runs: what several seeds say of one problem stays together.

    >>> bootstrapped([0.0] * 20)
    (0.0, 0.0)
    """
    if not differences:
        return (0.0, 0.0)
    drawn = random.Random(0)  # noqa: S311 - an interval that can be repeated
    n = len(differences)
    means = sorted(sum(drawn.choices(differences, k=n)) / n for _ in range(RESAMPLED))
    return means[round(0.025 * (RESAMPLED - 1))], means[round(0.975 * (RESAMPLED - 1))]


def differences(baseline: Mapping[tuple[_K, int], bool], other: Mapping[tuple[_K, int], bool]) -> tuple[float, ...]:
    """The gain on each problem, over its seeds, where both were run."""
    gains: dict[_K, list[int]] = {}
    for key in baseline.keys() & other.keys():
        gains.setdefault(key[0], []).append(int(other[key]) - int(baseline[key]))
    return tuple(sum(found) / len(found) for _, found in sorted(gains.items(), key=lambda item: str(item[0])))
