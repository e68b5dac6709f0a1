"""What a generator may cost when another model plans: the cost model of arXiv 2605.07248, section 3.3 and appendix.

Assumptions: writing a function of difficulty k costs k·c when k ≤ p and p·c when it fails (A1); an n-way plan costs
n·D (A2); a model of price c writes what is up to p = α·c^β hard, 0 < β ≤ 1 (A3); k is drawn evenly from (0, p_L].
The index s is the small generator's, L the large model's, which also plans. The five samples, generated tests, wrong
ones and overheads are not in it: what comes out is a hint, not a promise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..facts import Fact

LEAST_MODELS = 3
"""Fewer points fit any line too well to tell anything."""


class Power(Fact, frozen=True):
    """How much a model can for its price: p = α·c^β."""

    alpha: float
    beta: float

    def reach(self, price: float) -> float:
        """The hardest function that a model of this price (any unit, the same everywhere) writes at once."""
        return self.alpha * price**self.beta


def fitted(models: Sequence[tuple[float, float]]) -> Power | None:
    """α and β of (price, reach) pairs by least squares of their logarithms; None for fewer than three prices.

    A fit whose β is not within (0, 1] contradicts A3: then more money does not buy more, and nothing follows.
    """
    points = [(math.log(price), math.log(reach)) for price, reach in models if price > 0 and reach > 0]
    if len({x for x, _ in points}) < LEAST_MODELS:
        return None
    mean_x, mean_y = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    slope = 1.0 if math.isclose(slope, 1.0, rel_tol=1e-9) else slope
    return Power(alpha=math.exp(mean_y - slope * mean_x), beta=slope) if 0 < slope <= 1 else None


def best_price(power: Power, planning: float, largest: float) -> float:
    """The generator's price c_s* at which a run costs least (Theorem 3), never above the large model's price.

    `planning` is D_L, the cost of a plan for one helper; `largest` is c_L.

    >>> round(best_price(Power(alpha=1722.2, beta=0.12), planning=1270.73, largest=1.0), 4)
    0.1148
    """
    return min((power.beta * planning / power.alpha) ** (1 / (power.beta + 1)), largest)


def some_mix_wins(planning: float, ways: int, reach: float, price: float, beta: float = 1.0) -> bool:
    """Whether a generator exists that beats the large model alone (Theorem 1): n·D_L < […]·p_L·c_L at p_s = p_L/n.

    `ways` is n, at least 2; `reach` and `price` are the large model's. The paper states the case β = 1, which suffices
    for 2 to 4 ways at a β of 0.12 and of 0.5 too.
    """
    n = float(ways)
    saved = (n - n ** (1 - 1 / beta)) / (2 * (n - 1)) - n ** (-1 - 1 / beta)
    return n * planning < saved * reach * price


def mix_wins(planning: float, small: tuple[float, float], large: tuple[float, float]) -> bool:
    """Whether a small generator with a large planner is cheaper on hard functions (Theorem 2).

    `small` and `large` are (price, reach): D_L < (c_L - c_s) / (1/p_s - 1/p_L). A small model that reaches as far as
    the large one needs no condition but a lower price.
    """
    (cheap, near), (dear, far) = small, large
    if near >= far:
        return cheap < dear
    return planning < (dear - cheap) / (1 / near - 1 / far)


def cost_of(difficulty: float, ways: int, price: float, reach: float, planning: float) -> float:
    """About what a hard function costs in all, its helpers included: n·k/(n - 1)·(c + D/p) (Theorem 2)."""
    return ways * difficulty / (ways - 1) * (price + planning / reach)
