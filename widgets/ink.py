"""Inks: styles written with the names that themes define.

An ink is a style as Textual writes it ("bold $state-fail", "on $diff-added-bg"), or several laid over each other with
"|" between them. Our own names may be absent from a theme, in Textual's built-in ones for example: then they follow
from the names that every theme has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rich.style import Style as RichStyle
from textual.style import Style
from textual.widget import Widget

_NAME = re.compile(r"\$([\w-]+)")

FALLBACKS: dict[str, str] = {
    "muted": "$text-muted",
    "line-number": "$text-muted",
    "state-pass": "$text-success",
    "state-fail": "$text-error",
    "state-wait": "$text-muted",
    "state-run": "$text-primary",
    "state-warn": "$text-warning",
    "diff-added-bg": "$success 15%",
    "diff-added-fg": "$text-success",
    "diff-added-word-bg": "$success 40%",
    "diff-removed-bg": "$error 15%",
    "diff-removed-fg": "$text-error",
    "diff-removed-word-bg": "$error 40%",
    "diff-nothing": "$foreground 15%",
    "cursor-bg": "$foreground 8%",
    "finding-reproduced": "$text-error",
    "finding-refuted": "$text-muted",
    "finding-not-shown": "$text-warning",
    "finding-untested": "$text-warning",
    "finding-bg": "$warning 15%",
    "syntax-keyword": "$text-accent",
    "syntax-string": "$text-success",
    "syntax-number": "$text-warning",
    "syntax-comment": "$text-muted",
    "syntax-function": "$text-primary",
    "syntax-type": "$text-warning",
    "syntax-builtin": "$text-accent",
    "syntax-constant": "$text-warning",
    "syntax-operator": "$foreground",
    "syntax-decorator": "$text-primary",
    "syntax-name": "$foreground",
    "syntax-error": "$text-error",
}
"""What a name of ours means in a theme that does not define it."""


def style(ink: str, variables: Mapping[str, str]) -> Style:
    """The style that an ink means under a theme's variables."""
    layers = (spelled(layer, variables) for layer in ink.split("|"))
    return sum((Style.parse(layer) for layer in layers if layer), Style.null())


def spelled(ink: str, variables: Mapping[str, str]) -> str:
    """An ink with all names replaced by what the theme, or else `FALLBACKS`, says; unknown names vanish."""

    def meaning(found: re.Match[str]) -> str:
        name = found[1]
        return spelled(variables.get(name) or FALLBACKS.get(name, ""), variables)

    return _NAME.sub(meaning, ink).strip()


class Inked(Widget):
    """A widget that draws in inks."""

    _variables: Mapping[str, str] | None = None
    _ground: Style | None = None
    _known: dict[str, RichStyle]
    _restyled = True
    """Whether Textual has set styles since the last look at them."""

    def rich_style_of(self, ink: str) -> RichStyle:
        """An ink on this widget's background, in the theme of the moment."""
        variables = self.app.theme_variables
        if self._restyled or self._variables is not variables:
            self._look_at_ground(variables)
        known = self._known.get(ink)
        if known is None:
            known = self._known[ink] = (self.visual_style + style(ink, variables)).rich_style
        return known

    def notify_style_update(self) -> None:
        """Look again whether what was drawn is right."""
        super().notify_style_update()
        self._restyled = True

    def forget(self) -> None:
        """Inks mean something else from now on: what was drawn in them must be drawn again."""
        self._known = {}

    def _look_at_ground(self, variables: Mapping[str, str]) -> None:
        """Forget the styles of before; not if only the border got another colour, as it does with the focus."""
        ground, self._restyled = self.visual_style, False
        if self._variables is not variables or self._ground != ground:
            self._variables, self._ground = variables, ground
            self.forget()
