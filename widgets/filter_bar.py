"""One line of filters, each with its key and how much it would show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive

from .bar import Bar
from .text import Run, length


@dataclass(frozen=True)
class Filter:
    """One of them."""

    name: str
    """What is sent when it is chosen."""
    says: str
    short: str
    """The same where there is less room."""
    key: str
    mark: str = ""
    """What stands beside a cell of that kind."""
    count: int = 0


_GAP = 2


class FilterBar(Bar):
    """Shows `filters`; the `chosen` one has a sign before it."""

    DEFAULT_CSS = """
    FilterBar { background: $surface; }
    """

    filters: reactive[tuple[Filter, ...]] = reactive(tuple[Filter, ...], init=False)
    chosen: reactive[str] = reactive("", init=False)

    class Chosen(Message):
        """A filter was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def runs(self, width: int) -> Sequence[Run]:
        """All filters, with fewer words where there is less room."""
        line: list[Run] = []
        for part in self._parts(width):
            line += [*part, (" " * _GAP, "")]
        return line

    def on_click(self, event: events.Click) -> None:
        """Choose the filter under the pointer."""
        at, x = 0, event.x - self.gutter.left
        for one, part in zip(self.filters, self._parts(self.size.width), strict=True):
            if at <= x < at + length(part):
                self.post_message(self.Chosen(one.name))
            at += length(part) + _GAP

    def _parts(self, width: int) -> list[list[Run]]:
        forms = [[self._part(one, form) for one in self.filters] for form in range(3)]
        return next((parts for parts in forms if sum(length(part) + _GAP for part in parts) - _GAP <= width), forms[-1])

    def _part(self, one: Filter, form: int) -> list[Run]:
        here = one.name == self.chosen
        says = (one.says, one.short, "")[form]
        mark = f" ({one.mark})" if one.mark and form < 2 else ""
        ink = "bold reverse" if here else ""
        return [
            ("▸" if here else " ", "bold $primary"),
            (one.key, "bold $primary"),
            (" ", ""),
            (f"{says}{mark} {one.count:,}".strip(), ink),
        ]
