"""A bar: one line of runs, fitted to its width."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from .ink import Inked
from .text import Run, length


class Bar(Inked):
    """One line that says what fits, the more important things rather than the less."""

    DEFAULT_CSS = """
    Bar {
        height: 1;
        width: 1fr;
        padding: 0 1;
        background: $background;
        color: $foreground;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)

    def runs(self, width: int) -> Sequence[Run]:
        """What stands in the bar at a width of `width` cells."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """The line."""
        width, ground = self.size.width, self.rich_style_of("")
        if y:
            return Strip.blank(width, ground)
        strip = Strip([Segment(text, self.rich_style_of(ink)) for text, ink in self.runs(width) if text])
        return strip.crop_extend(0, width, ground)


def first_fitting(forms: Sequence[Sequence[Run]], width: int) -> Sequence[Run]:
    """The first form that fits into `width` cells, or else the last."""
    return next((form for form in forms if length(form) <= width), forms[-1])


def joined(parts: Sequence[Sequence[Run]], gap: Run) -> list[Run]:
    """Parts with a gap between them."""
    line: list[Run] = []
    for part in parts:
        line += [gap, *part] if line else part
    return line
