"""The first line of a screen: where one is, and what will be done there."""

from __future__ import annotations

from collections.abc import Sequence

from textual.reactive import reactive

from ...widgets.bar import Bar
from ...widgets.text import (
    Run,
    clipped,
    length,
    shown_line,
)

NAME = "redraft"


def short(path: str) -> str:
    """A path as far as it tells files apart at a glance.

    >>> short("shapes.py"), short("/srv/code/shapes.py")
    ('shapes.py', 'shapes.py')
    """
    return path.rpartition("/")[2] if path.startswith("/") else path


class TitleBar(Bar):
    """The program, the file and stub in front, and at the right the pattern of work and its models."""

    DEFAULT_CSS = """
    TitleBar { background: $panel; }
    """

    place: reactive[str] = reactive("", init=False)
    """File, and function in it."""
    position: reactive[str] = reactive("", init=False)
    """"2 of 3", "" when there is no choice."""
    means: reactive[str] = reactive("", init=False)
    """Pipeline and models."""

    def runs(self, width: int) -> Sequence[Run]:
        """The parts that fit; the means go first."""
        left: list[Run] = [(NAME, "bold $primary")]
        if self.place:
            room = width - len(NAME) - len(self.position) - 4
            left += [("  ", ""), (clipped(shown_line(self.place), max(8, room)), "bold")]
        if self.position:
            left += [("  ", ""), (self.position, "$muted")]
        means = shown_line(self.means)
        room = width - length(left) - len(means)
        return [*left, (" " * room, ""), (means, "$muted")] if room >= 2 else left
