"""A short list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from ...widgets.options import Options
from ...widgets.search_line import SearchLine
from .filtering import Filtering
from .key_names import keys_of


class Offer(NamedTuple):
    """One thing to choose."""

    name: str
    """What the choice returns."""
    title: str
    detail: str = ""
    chosen: bool = False
    """Whether it is in force now."""


class Picker(ModalScreen[str | None]):
    """Gives the name of what was chosen, or None."""

    BINDINGS = [
        Binding("escape", "leave", "close", id="picker.close"),
        Binding("q", "dismiss", "close", show=False, id="picker.quit"),
        Binding("down,j", "move('cursor_down')", "down", id="picker.down"),
        Binding("up,k", "move('cursor_up')", "up", id="picker.up"),
        Binding("slash", "filter", "filter", id="search.open", priority=True),
    ]

    def __init__(self, title: str, offers: Sequence[Offer], note: str = "") -> None:
        super().__init__()
        self._title = title
        self._offers = tuple(offers)
        self._note = note
        self._filtering = Filtering(
            self,
            lambda: self.query_one(".panel", Vertical),
            lambda: self.query_one(Options),
            enter="chooses",
        )

    def compose(self) -> ComposeResult:
        """What it is about, the list with the one in force marked."""
        key = keys_of(self, Picker)
        with Vertical(classes="panel") as panel:
            panel.border_title = Content(self._title)
            ways = f"enter chooses, {key('search.open')} filters, {key('picker.close')} closes"
            panel.border_subtitle = Content(ways)
            yield Static(self._head, id="head", markup=False)
            yield Options([(str(n), _line(offer)) for n, offer in enumerate(self._offers)])
            yield Static(Content(self._note), id="note", classes="foot", markup=False)

    def on_mount(self) -> None:
        """Begin at what is in force."""
        self.query_one("#head").display = bool(self._head)
        self.query_one("#note").display = bool(self._note)
        self.query_one(Options).focus()
        self._point_at_chosen()

    @property
    def _head(self) -> Content:
        """What stands above the list, "" for nothing."""
        return Content("")

    def offer(self, offers: Sequence[Offer]) -> None:
        """Offer other things, or mark others as being in force."""
        self._offers = tuple(offers)
        self.query_one("#head", Static).update(self._head)
        self.query_one(Options).show([(str(n), _line(offer)) for n, offer in enumerate(self._offers)])
        self._point_at_chosen()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the choice."""
        self.dismiss(self._offers[int(event.option.id or 0)].name)

    def action_move(self, way: str) -> None:
        """Move the cursor."""
        options = self.query_one(Options)
        if way == "cursor_down":
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys do something now."""
        return action != "filter" or not self._filtering.typing

    async def action_filter(self) -> None:
        """Leave what holds the text that is typed now."""
        await self._filtering.open()

    async def action_leave(self) -> None:
        """Show all again, or close."""
        if not await self._filtering.close():
            self.dismiss(None)

    def on_search_line_changed(self, event: SearchLine.Changed) -> None:
        """With every letter."""
        self._filtering.take(event.text)

    def on_search_line_kept(self) -> None:
        """Enter while typing chooses as it does in the list."""
        self.query_one(Options).action_select()

    def _point_at_chosen(self) -> None:
        options = self.query_one(Options)
        shown = [option.id for option in options.options]
        chosen = next((str(n) for n, offer in enumerate(self._offers) if offer.chosen), "")
        if chosen in shown:
            options.point(chosen)


def _line(offer: Offer) -> Content:
    mark = "● " if offer.chosen else "  "
    line = Content.assemble((mark, "$primary"), (offer.title, "bold"))
    return Content.assemble(line, (f"\n  {offer.detail}", "$text-muted")) if offer.detail else line
