"""How richly the stub is specified: whether a review has anything to hold a draft against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.reactive import reactive

from ..bar import Bar, first_fitting
from ..text import Run, shown_line


@dataclass(frozen=True)
class SpecPart:
    """One thing that makes a specification rich."""

    name: str
    points: int
    most: int


@dataclass(frozen=True)
class SpecScore:
    """The score of a stub."""

    parts: tuple[SpecPart, ...]
    lean: bool
    advice: str
    """What would raise it most, "" at the top."""

    @property
    def points(self) -> int:
        """All points."""
        return sum(part.points for part in self.parts)

    @property
    def most(self) -> int:
        """The points there are."""
        return sum(part.most for part in self.parts)


class RichnessBar(Bar):
    """The `score` with its parts, and what would raise it most."""

    score: reactive[SpecScore | None] = reactive[SpecScore | None](None)
    strength: reactive[str] = reactive("")
    """How many mistakes the examples catch, and what would catch more; "" before it was measured."""

    def runs(self, width: int) -> Sequence[Run]:
        """With parts and advice, with advice, or the score alone."""
        score = self.score
        if score is None:
            return []
        ink = "$state-warn" if score.lean else "$state-pass"
        full = score.points == score.most
        head: list[Run] = [("specification ", "$muted"), (f"{score.points} of {score.most}", f"bold {ink}")]
        word: list[Run] = [(" lean", ink)] if score.lean else []
        parts: list[Run] = []
        for part in score.parts:
            mark, colour = ("✓", "$state-pass") if part.points == part.most else ("·", "$muted")
            tally = f" {part.points}/{part.most}" if part.most > 1 else ""
            parts += [("   ", ""), (f"{mark} ", colour), (f"{part.name}{tally}", "" if part.points else "$muted")]
        advice: list[Run] = [] if full else [("   ↑ ", ink), (score.advice, "")]
        told, _, offer = shown_line(self.strength).partition("; ")
        caught: list[Run] = [("   ", ""), (told, "")] if told else []
        more: list[Run] = [("; ", ""), (offer, ink if score.lean else "")] if offer else []
        strong = [[*head, *word, *parts, *caught, *more], [*head, *word, *caught, *more], [*head, *word, *caught]]
        weak = [[*head, *word, *parts, *advice], [*head, *word, *advice], [*head, *word]]
        return first_fitting([*(strong if told else []), *weak], width)
