"""The richness of a stub as the screen shows it."""

from __future__ import annotations

from functools import lru_cache

from ...engine.examples.richness import richness
from ...engine.facts import Stub
from ...widgets.run.richness_bar import SpecPart, SpecScore


@lru_cache(maxsize=64)
def spec_score(stub: Stub) -> SpecScore:
    """The score of a stub, with its parts and what would raise it most."""
    found = richness(stub)
    parts = tuple(SpecPart(part.name, part.points, part.most) for part in found.parts)
    return SpecScore(parts, found.is_lean, found.advice)
