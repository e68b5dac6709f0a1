"""What calls cost, in USD. What is not known stays not known: "n/a" is never shown as $0.00."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, log10

from ..facts import (
    Fact,
    Price,
    Role,
    Usage,
)

PER = 1_000_000
"""Prices are for this many tokens."""


def cost(usage: Usage, price: Price | None) -> float | None:
    """USD of one call (arXiv 2605.07248: prompt and completion tokens, each at its price); None without a price.

    Tokens the server read from its cache are charged in full, so with a discount for them this is an upper bound.
    """
    if price is None:
        return None
    return (usage.prompt_tokens * price.input + usage.completion_tokens * price.output) / PER


def charged(usage: Usage, price: Price | None) -> float | None:
    """USD of a call that was made: at the price that was set, else what its server says that it cost; None: unknown."""
    return usage.billed if price is None else cost(usage, price)


class Spending(Fact, frozen=True):
    """Calls added up."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    """Whether some of the tokens are our own estimate."""
    known: float | None = None
    """USD of the calls whose price is known, None when there is none."""
    unpriced: int = 0
    """Calls whose price is not known."""

    @property
    def usd(self) -> float | None:
        """What all calls cost, None as soon as one of them has no known price."""
        return None if self.unpriced else self.known

    @property
    def partial(self) -> bool:
        """Whether `known` leaves calls out: then it is the least that was spent."""
        return self.known is not None and self.unpriced > 0

    def plus(self, usage: Usage, usd: float | None) -> Spending:
        """The same, and one more call that used this and cost so much (None: nobody knows)."""
        return Spending(
            calls=self.calls + 1,
            prompt_tokens=self.prompt_tokens + usage.prompt_tokens,
            completion_tokens=self.completion_tokens + usage.completion_tokens,
            estimated=self.estimated or usage.estimated,
            known=self.known if usd is None else (self.known or 0.0) + usd,
            unpriced=self.unpriced + (usd is None),
        )

    def __add__(self, other: Spending) -> Spending:
        known = [spent for spent in (self.known, other.known) if spent is not None]
        return Spending(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            estimated=self.estimated or other.estimated,
            known=sum(known) if known else None,
            unpriced=self.unpriced + other.unpriced,
        )


def by_role(calls: Iterable[tuple[Role, Usage, float | None]]) -> dict[Role, Spending]:
    """Spending of each role that was asked at all; the calls are (role, usage, USD or None)."""
    spent: dict[Role, Spending] = {}
    for role, usage, usd in calls:
        spent[role] = spent.get(role, Spending()).plus(usage, usd)
    return spent


def total(spent: Iterable[Spending]) -> Spending:
    """All of them together."""
    return sum(spent, Spending())


def shown(spending: Spending) -> str:
    """The cost as a person reads it.

    >>> shown(Spending(calls=1, unpriced=1))
    'n/a'
    >>> shown(Spending(calls=2, known=0.00123))
    '$0.0012'
    >>> shown(Spending(calls=2, known=0.00123, estimated=True))
    '~$0.0012'
    >>> shown(Spending(calls=3, known=1.5, unpriced=1))
    '≥$1.50'
    """
    if spending.known is None:
        return "n/a"
    sign = "≥" if spending.partial else "~" if spending.estimated else ""
    return f"{sign}${_rounded(spending.known)}"


def _rounded(usd: float) -> str:
    """Two significant digits below a cent; a cost that is not zero never reads as zero."""
    if usd >= 0.01 or usd == 0:
        return f"{usd:.2f}"
    return f"{usd:.{1 - floor(log10(usd))}f}"
