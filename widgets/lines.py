"""A few lines of runs that never scroll: as many as the widget is high."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from .ink import Inked
from .text import Run


class Lines(Inked):
    """Draws `laid_out(width)`; what does not fit into its height is left out."""

    DEFAULT_CSS = """
    Lines { width: 1fr; padding: 0 1; background: $background; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)

    def laid_out(self, width: int) -> Sequence[Sequence[Run]]:
        """What stands on each line at a width of `width` cells."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line."""
        width, ground = self.size.width, self.rich_style_of("")
        lines = self.laid_out(width)
        if y >= len(lines):
            return Strip.blank(width, ground)
        strip = Strip([Segment(text, self.rich_style_of(ink)) for text, ink in lines[y] if text])
        return strip.crop_extend(0, width, ground)
