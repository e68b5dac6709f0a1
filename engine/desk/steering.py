"""The user at the wheel of a running pipeline: wishes are noted at once and obeyed between two calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import RedraftError
from ..events import AnyEvent, Steered


class SteeredError(RedraftError):
    """Raised between two calls because the user wants something else of a node; the pipeline obeys it."""

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
        self.at_work: list[str] = []
        """Nodes that are being solved: a wish for one of them is obeyed there, or below it."""

    def wish(self, wish: Steered) -> None:
        """Note what the user wants."""
        self._wishes.pop(wish.node, None)
        self._wishes[wish.node] = wish
        self._emit(wish)

    def interrupt(self, node: str = "") -> None:
        """Called before each model call for a node. Raises: SteeredError with the oldest wish to be obeyed there."""
        if self.heeded and (wish := self.next(node)) is not None:
            raise SteeredError(wish)

    def next(self, node: str = "") -> Steered | None:
        """The oldest wish that may be obeyed at a node, which then counts as obeyed; None when there is none.

        What is wished for a node that is being solved in another branch waits until that one comes by.
        """
        for wish in self._remembered():
            self.wish(wish)
        mine = set(line_to(node))
        found = next((wished for wished in self._wishes if wished in mine or wished not in self.at_work), None)
        return None if found is None else self._wishes.pop(found)


def line_to(node: str) -> list[str]:
    """A node and those above it, the root first.

    >>> line_to("2.1")
    ['', '2', '2.1']
    """
    steps = node.split(".") if node else []
    return [".".join(steps[:n]) for n in range(len(steps) + 1)]
