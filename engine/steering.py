"""The person at the wheel of a running pipeline: wishes are noted at once and obeyed between two calls."""

from __future__ import annotations

from collections.abc import Callable

from .errors import RedraftError
from .events import AnyEvent, Steered


class SteeredError(RedraftError):
    """Raised between two calls inside a node that the person wants otherwise; the pipeline obeys at that node."""

    def __init__(self, wish: Steered) -> None:
        super().__init__(f"you steered: {wish.what} {wish.node or 'the root'}")
        self.wish = wish


class Steering:
    """Wishes by node; the newest for a node counts. A new wish is an event of the log."""

    def __init__(self, emit: Callable[[AnyEvent], None]) -> None:
        self._emit = emit
        self._wishes: dict[str, Steered] = {}

    def wish(self, wish: Steered) -> None:
        """Note what the person wants."""
        self._wishes[wish.node] = wish
        self._emit(wish)

    def interrupt(self, node: str) -> None:
        """Called before each call made for `node`. Raises: SteeredError when it or one of its parents is steered."""
        for place in _line(node):
            if place in self._wishes:
                raise SteeredError(self._wishes.pop(place))

    def waits(self, node: str) -> bool:
        """Whether a wish for this very node waits to be obeyed."""
        return node in self._wishes


def _line(node: str) -> list[str]:
    """A node and its parents, the root first.

    >>> _line("2.1")
    ['', '2', '2.1']
    """
    steps = node.split(".") if node else []
    return [".".join(steps[:n]) for n in range(len(steps) + 1)]
