"""Searching in the pane in front: the line it is typed in comes with `/` and goes with escape."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget

from ...widgets.search_line import SearchLine
from ...widgets.sheet import Sheet
from .key_names import search_keys


class Searched:
    """A part of a screen whose panes are searched: what it does when something is typed or found."""

    searching: Searching

    async def action_search(self, what: str) -> None:
        """Search in the pane in front."""
        await self.searching.do(what)

    def on_search_line_changed(self) -> None:
        """With every letter."""
        self.searching.seek_in_front()

    def on_search_line_kept(self) -> None:
        """Enter."""
        self.searching.keep()

    def on_sheet_sought(self, event: Sheet.Sought) -> None:
        """Something was found, or not."""
        self.searching.count(event)


class Searching:
    """What is sought in `view`, in whichever pane is in front: `pane` gives it.

    `ready` tells whether a pane can be searched now, `busy` whether escape means something more urgent than to end a
    search that is kept.
    """

    def __init__(
        self, view: Widget, pane: Callable[[], Sheet], *, ready: Callable[[], bool], busy: Callable[[], bool]
    ) -> None:
        self._view = view
        self._pane = pane
        self._ready = ready
        self._busy = busy
        self._line: SearchLine | None = None
        self._sought: Sheet | None = None
        """The pane that is searched."""

    @property
    def sought(self) -> Sheet | None:
        """What is searched, None while nothing is."""
        return self._sought

    @property
    def typing(self) -> bool:
        """Whether keys are letters now."""
        return self._line is not None and self._line.typing

    def possible(self, what: str) -> bool:
        """Whether a key of ours does something now."""
        match what:
            case "open":
                return not self.typing and self._ready()
            case "close":
                return self._line is not None and (self.typing or not self._busy())
            case _:
                return self._line is not None

    async def do(self, what: str) -> None:
        """Do what a key asks for."""
        match what:
            case "open":
                await self._open()
            case "close":
                await self._close()
            case _:
                self._pane().seek(1 if what == "next" else -1)

    def seek_in_front(self) -> None:
        """Search in the pane that is in front now, and in no other."""
        before, self._sought = self._sought, self._pane() if self._line is not None else None
        if before is not None and before is not self._sought:
            before.sought = ""
        if self._sought is not None and self._line is not None:
            self._sought.sought = self._line.text

    def keep(self) -> None:
        """The text is typed."""
        (self._sought or self._pane()).focus(scroll_visible=False)

    def count(self, event: Sheet.Sought) -> None:
        """Say how often it is there."""
        if self._line is not None and event.sheet is (self._sought or self._pane()):
            self._line.tally = (event.number, event.count)

    async def _open(self) -> None:
        before, self._sought = self._sought, self._pane()
        if before is not None and before is not self._sought:
            before.sought = ""
        if self._line is None:
            self._line = SearchLine(id="search")
            self._line.keys = search_keys(self._view)
            await self._view.mount(self._line)
        self._line.focus()

    async def _close(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        if line.typing:
            self.keep()
        self.seek_in_front()
        await line.remove()
        self._view.refresh_bindings()
