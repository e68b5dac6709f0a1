"""Two lines below the title: what made these results, and how far they have come."""

from __future__ import annotations

from textual.reactive import reactive

from ...widgets.lines import Lines
from ...widgets.text import Run, clipped, shown_line


class ResultsHead(Lines):
    """Shows what is `told`, a line each."""

    DEFAULT_CSS = """
    ResultsHead { height: 2; }
    """

    told: reactive[tuple[str, str]] = reactive(("", ""), init=False)

    def laid_out(self, width: int) -> list[list[Run]]:
        """The lines, as much of each as fits."""
        return [[(clipped(shown_line(text), width), ink)] for text, ink in zip(self.told, ("$muted", ""), strict=True)]
