"""Model prose made into facts: bodies, reviews, plans, checks. What cannot be read is a fact too, never an error."""

from __future__ import annotations

from .bodies import CUT, body, only_announces
from .calls import calls
from .choices import choice
from .ending import BodyEnd
from .fences import is_open
from .invented import Enough, checks
from .odds import log_odds
from .reviews import breaks_off, parameters, review
from .schema import REVIEW_SCHEMA, REVIEW_SCHEMA_FAILED
from .signatures import departure
from .splitting import split

__all__ = [
    "CUT",
    "REVIEW_SCHEMA",
    "REVIEW_SCHEMA_FAILED",
    "BodyEnd",
    "Enough",
    "body",
    "breaks_off",
    "calls",
    "checks",
    "choice",
    "departure",
    "is_open",
    "log_odds",
    "only_announces",
    "parameters",
    "review",
    "split",
]
