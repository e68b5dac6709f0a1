"""From our themes to Textual's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .palette import Palette

if TYPE_CHECKING:
    from textual.theme import Theme


def textual_theme(palette: Palette) -> Theme:
    """The theme as Textual wants it registered."""
    from textual.theme import Theme

    return Theme(name=palette.name, dark=palette.dark, variables=palette.variables, **palette.colours)
