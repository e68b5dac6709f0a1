"""Model prose made into facts: bodies, reviews, generated checks. What cannot be read is a fact too, never an exception."""

from __future__ import annotations

from .bodies import body
from .ending import BodyEnd
from .choices import choice
from .invented import checks
from .reviews import review
from .schema import REVIEW_SCHEMA, REVIEW_SCHEMA_STRICT

__all__ = ["REVIEW_SCHEMA", "REVIEW_SCHEMA_STRICT", "BodyEnd", "body", "checks", "choice", "review"]
