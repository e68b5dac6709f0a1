"""A short list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

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
        Binding("escape,q", "dismiss", "close", id="picker.close"),
        Binding("j", "move('cursor_down')", "down", id="picker.down"),
        Binding("k", "move('cursor_up')", "up", id="picker.up"),
    ]

    def __init__(self, title: str, offers: Sequence[Offer], note: str = "") -> None:
        super().__init__()
        self._title = title
        self._offers = tuple(offers)
        self._note = note

    def compose(self) -> ComposeResult:
        """The list, the one in force marked."""
        with Vertical(classes="panel") as panel:
            panel.border_title = Content(self._title)
            panel.border_subtitle = Content(self._note or f"enter chooses, {keys_of(self)('picker.close')} closes")
            yield OptionList(*(Option(_line(offer), id=str(n)) for n, offer in enumerate(self._offers)))

    def on_mount(self) -> None:
        """Begin at what is in force."""
        chosen = next((n for n, offer in enumerate(self._offers) if offer.chosen), 0)
        self.query_one(OptionList).highlighted = chosen

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the choice."""
        self.dismiss(self._offers[int(event.option.id or 0)].name)

    def action_move(self, way: str) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        if way == "cursor_down":
            options.action_cursor_down()
        else:
            options.action_cursor_up()


def _line(offer: Offer) -> Content:
    mark = "● " if offer.chosen else "  "
    line = Content.assemble((mark, "$primary"), (offer.title, "bold"))
    return Content.assemble(line, (f"\n  {offer.detail}", "$text-muted")) if offer.detail else line
