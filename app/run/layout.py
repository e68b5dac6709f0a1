"""Where the parts of a run stand on the screen, and which of them the keys belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ...widgets.stub_list import StubList
from ..common.arrangement import (
    PANES,
    Arrangement,
    Pane,
    arranged,
    too_small,
)
from .pane_tabs import PaneTabs

if TYPE_CHECKING:
    from .view import RunView


class Standing:
    """Shows as much of `view` as fits, by its choice of panes."""

    def __init__(self, view: RunView) -> None:
        self._view = view

    @property
    def fits(self) -> Arrangement:
        """What fits now."""
        size, stubs = self._view.app.size, len(self._view.query_one(StubList).stubs)
        return arranged(size.width, size.height, self._view.choice, stubs)

    @property
    def holds_focus(self) -> bool:
        """Whether the keys belong to a pane, or to nothing."""
        focused = self._view.screen.focused
        return focused is None or focused.parent is self._view.query_one("#panes")

    @property
    def front(self) -> Widget:
        """The pane in front."""
        return self._view.query_one(f"#{self._view.choice.focus}")

    def arrange(self, *, focus: bool) -> None:
        """Show what fits; `focus`: and give the keys to what is in front."""
        view, fits = self._view, self.fits
        alone = view.stubs_open and not fits.rail
        shown: tuple[Pane, ...] = () if alone else fits.panes
        with view.app.batch_update():
            for layout in ("tiny", "single", "stacked", "columns", "grid"):
                view.set_class(fits.layout == layout, f"-{layout}")
            view.query_one(StubList).display = (fits.rail or view.stubs_open) and fits.layout != "tiny"
            self._place(shown)
            self._show_tabs(fits, shown, None if alone else view.choice.focus)
            self._tell_size(fits)
        if focus:
            self.focus(view.query_one(StubList) if alone else self.front)
        view.searching.seek_in_front()

    def focus(self, widget: Widget) -> None:
        """Give the keys to a part that is seen."""
        # At once, for `Widget.focus` has it drawn now and the focus come later: two pictures for one key.
        if widget.display and self._view.screen.is_current:
            self._view.screen.set_focus(widget, scroll_visible=False)

    def _place(self, shown: tuple[Pane, ...]) -> None:
        """Show these panes in this order."""
        room = self._view.query_one("#panes")
        room.display = bool(shown)
        standing = [child.id for child in room.children if child.id in shown]
        if standing != list(shown):
            for pane in shown:
                room.move_child(self._view.query_one(f"#{pane}"), after=len(room.children) - 1)
        for pane in PANES:
            self._view.query_one(f"#{pane}").display = pane in shown

    def _show_tabs(self, fits: Arrangement, shown: tuple[Pane, ...], front: Pane | None) -> None:
        tabs = self._view.query_one(PaneTabs)
        tabs.display = fits.layout in {"single", "stacked", "columns"}
        tabs.shown, tabs.front = frozenset(shown), front
        # While digits answer, they bring no panes.
        tabs.answering = self._view.asked.choice is not None and front == "behaviour"
        tabs.with_stubs = not fits.rail and len(self._view.query_one(StubList).stubs) > 1

    def _tell_size(self, fits: Arrangement) -> None:
        small, size = self._view.query_one("#too-small", Static), self._view.app.size
        small.display = fits.layout == "tiny"
        if small.display:
            small.update(Content(too_small(*size)))
