"""What a sheet is made of: rows of styled text, and the stretches of them that can be clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .text import Run


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of a row that can be clicked: cells from `start` up to `end`."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet."""

    runs: Sequence[Run] | Callable[[], Sequence[Run]] = ()
    """What stands in it, or how to find out once the row is seen."""
    item: int = -1
    """Number of the thing (finding, hunk, check) that the row belongs to, -1 for none."""
    fill: str = ""
    """Ink under the whole row, to the right edge."""
    spots: tuple[Spot, ...] = ()


def first_difference(old: Sequence[Row], new: Sequence[Row]) -> int:
    """Number of the first row that is not as it was."""
    return next((n for n, (was, row) in enumerate(zip(old, new, strict=False)) if was != row), min(len(old), len(new)))
