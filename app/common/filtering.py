"""Leaving of a list what holds a text: the line it is typed in comes with `/` and goes with escape."""

from __future__ import annotations

from collections.abc import Callable

from textual.dom import DOMNode
from textual.widget import Widget

from ...widgets.options import Options
from ...widgets.search_line import SearchLine
from .key_names import keys_of, search_keys


class Filtering:
    """What is typed over the lists of a dialogue. `pointed` gives the list that has the keys."""

    def __init__(
        self, screen: DOMNode, panel: Callable[[], Widget], pointed: Callable[[], Options], *, enter: str
    ) -> None:
        """`panel`: what the line is added to; `enter`: what that key does while one types."""
        self._enter = enter
        self._screen = screen
        self._panel = panel
        self._pointed = pointed
        self._line: SearchLine | None = None
        self._options: Options | None = None

    @property
    def typing(self) -> bool:
        """Whether keys are letters now."""
        return self._line is not None and self._line.typing

    @property
    def options(self) -> Options:
        """The list that the keys belong to, also while one types over it."""
        return self._options if self.typing and self._options is not None else self._pointed()

    async def open(self) -> None:
        """Begin to type over the list that has the keys."""
        options = self._pointed()
        if self._options is not None and self._options is not options:
            await self.close()
        self._options = options
        if self._line is None:
            self._line = SearchLine(id="filter")
            key = keys_of(self._screen)
            self._line.keys = search_keys(self._screen)
            self._line.ways = f"enter {self._enter}", f"{key('search.open')} changes it"
            await self._panel().mount(self._line)
        self._line.focus()

    def take(self, text: str) -> None:
        """Show what holds this text."""
        if self._options is not None and self._line is not None:
            self._options.only(text)
            self._line.tally = self._options.tally

    def keep(self) -> None:
        """Give the keys back to the list."""
        if self._options is not None:
            self._options.focus()

    async def close(self) -> bool:
        """Show all again; whether anything was typed over a list."""
        line, self._line = self._line, None
        options, self._options = self._options, None
        if line is None or options is None:
            return False
        options.only("")
        options.focus()
        await line.remove()
        return True
