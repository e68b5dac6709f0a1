"""How likely a model finds one word against another, from the log-probabilities of its first token."""

from __future__ import annotations

import math
from collections.abc import Mapping


def log_odds(logprobs: Mapping[str, float], one: str, other: str) -> float | None:
    """Natural logarithm of how much likelier `one` is than `other` as the first word; None when neither was told.

    Case and spaces of a token do not count. A word that is not among the tokens told is taken for as likely as the
    least likely of them.

    >>> round(log_odds({"Yes": -0.1, " no": -2.5, "no": -2.5, "Maybe": -9.0}, "no", "yes"), 3)
    -1.707
    >>> log_odds({"Maybe": -0.1}, "no", "yes")
    """
    found = [_total(logprobs, word) for word in (one, other)]
    if found == [None, None]:
        return None
    least = min(logprobs.values())
    first, second = (least if value is None else value for value in found)
    return first - second


def _total(logprobs: Mapping[str, float], word: str) -> float | None:
    """Log-probability of all tokens that spell a word."""
    shares = [math.exp(value) for token, value in logprobs.items() if token.strip().lower() == word]
    return math.log(sum(shares)) if sum(shares) else None
