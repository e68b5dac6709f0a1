"""From our themes to Textual's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .palette import Palette

if TYPE_CHECKING:
    from textual.theme import Theme


def textual_theme(palette: Palette) -> Theme:
    """The theme as Textual wants it registered."""
    from textual.theme import Theme

    colour = palette.colours
    return Theme(
        name=palette.name,
        dark=palette.dark,
        background=colour["background"],
        surface=colour["surface"],
        panel=colour["panel"],
        foreground=colour["foreground"],
        primary=colour["primary"],
        secondary=colour["secondary"],
        accent=colour["accent"],
        success=colour["success"],
        warning=colour["warning"],
        error=colour["error"],
        variables=palette.variables,
    )
