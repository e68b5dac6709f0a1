"""Model prose made into facts: bodies, reviews, plans, checks. What cannot be read is a fact too, never an error."""

from __future__ import annotations

from .bodies import body
from .calls import calls
from .choices import choice
from .ending import BodyEnd
from .invented import Enough, checks
from .odds import log_odds
from .reviews import parameters, review
from .schema import REVIEW_SCHEMA, REVIEW_SCHEMA_FAILED
from .signatures import departure
from .splitting import split

__all__ = [
    "REVIEW_SCHEMA",
    "REVIEW_SCHEMA_FAILED",
    "BodyEnd",
    "Enough",
    "body",
    "calls",
    "checks",
    "choice",
    "departure",
    "log_odds",
    "parameters",
    "review",
    "split",
]
