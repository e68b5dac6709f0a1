"""What the user is asked while candidates are compared."""

from __future__ import annotations

from typing import NamedTuple

from ...engine.facts import Choice


class Asked(NamedTuple):
    """What is asked about what candidates do, and what is known beside it."""

    choice: Choice | None = None
    note: str = ""
    """What goes on, or how to get more to compare."""
    strength: str = ""
    """How strong the examples are; "" before it was measured."""
