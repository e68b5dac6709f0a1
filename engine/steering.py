"""The person at the wheel of a running pipeline: wishes are noted at once and obeyed between two calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .errors import RedraftError
from .events import AnyEvent, Steered


class SteeredError(RedraftError):
    """Raised between two calls because the person wants something else of a node; the pipeline obeys it."""

    def __init__(self, wish: Steered) -> None:
        super().__init__(f"you steered: {wish.what} {wish.node or 'the root'}")
        self.wish = wish


class Steering:
    """Wishes by node; the newest for a node counts. A new wish is an event of the log."""

    def __init__(
        self, emit: Callable[[AnyEvent], None], remembered: Callable[[], Iterable[Steered]] = lambda: ()
    ) -> None:
        """`remembered` gives the wishes that an earlier run was told at this point, when it is resumed."""
        self._emit = emit
        self._remembered = remembered
        self._wishes: dict[str, Steered] = {}
        self.heeded = False
        """Whether the pipeline grows a tree that can be steered; wishes of others are told and change nothing."""

    def wish(self, wish: Steered) -> None:
        """Note what the person wants."""
        self._wishes.pop(wish.node, None)
        self._wishes[wish.node] = wish
        self._emit(wish)

    def interrupt(self) -> None:
        """Called before each model call. Raises: SteeredError with the oldest wish not obeyed yet."""
        if self.heeded and (wish := self.next()) is not None:
            raise SteeredError(wish)

    def next(self) -> Steered | None:
        """The oldest wish not obeyed yet, which then counts as obeyed; None when there is none."""
        for wish in self._remembered():
            self.wish(wish)
        node = next(iter(self._wishes), None)
        return None if node is None else self._wishes.pop(node)


def line_to(node: str) -> list[str]:
    """A node and those above it, the root first.

    >>> line_to("2.1")
    ['', '2', '2.1']
    """
    steps = node.split(".") if node else []
    return [".".join(steps[:n]) for n in range(len(steps) + 1)]
