"""The names of all patterns, for the command line: nothing else is imported here."""

from __future__ import annotations

NAMES = (
    "review-with-evidence",
    "review-then-fix",
    "review-then-fix-retry",
    "plan-then-code",
    "debate",
    "spec-gated-review",
    "spec-enriched-review",
    "raw-coder",
    "raw-planner",
    "pat",
    "standard",
    "best-of-n",
    "codet-paper",
    "codet",
    "ask-by-example",
    "funcoder",
)
"""In the order of the catalogue."""
