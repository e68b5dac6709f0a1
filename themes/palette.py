"""What a theme is: colours by name."""

from __future__ import annotations

import msgspec

BASE = (
    "background", "surface", "panel", "foreground",
    "primary", "secondary", "accent", "success", "warning", "error",
)  # fmt: skip
"""Textual's base colours."""

VARIABLES = (
    "muted", "line-number", "border", "border-blurred", "cursor-bg", "selection-bg",
    "diff-added-bg", "diff-added-fg", "diff-added-word-bg",
    "diff-removed-bg", "diff-removed-fg", "diff-removed-word-bg", "diff-nothing",
    "state-pass", "state-fail", "state-wait", "state-run", "state-warn",
    "finding-reproduced", "finding-refuted", "finding-not-shown", "finding-untested", "finding-bg",
    "syntax-keyword", "syntax-string", "syntax-number", "syntax-comment", "syntax-function", "syntax-type",
    "syntax-builtin", "syntax-constant", "syntax-operator", "syntax-decorator", "syntax-name", "syntax-error",
)  # fmt: skip
"""Our own names; a complete theme has them all."""

DERIVED = {
    "text-primary": "primary",
    "text-secondary": "secondary",
    "text-accent": "accent",
    "text-success": "success",
    "text-warning": "warning",
    "text-error": "error",
    "text-muted": "muted",
    "text-disabled": "line-number",
    "foreground-muted": "muted",
    "foreground-disabled": "line-number",
    "block-cursor-background": "cursor-bg",
    "block-cursor-foreground": "foreground",
    "block-cursor-blurred-background": "panel",
    "block-cursor-blurred-foreground": "foreground",
    "block-hover-background": "panel",
    "surface-active": "panel",
    "footer-background": "surface",
    "footer-foreground": "muted",
    "footer-description-foreground": "muted",
    "footer-key-foreground": "accent",
    "input-cursor-background": "foreground",
    "input-cursor-foreground": "background",
    "input-selection-background": "selection-bg",
    "input-selection-foreground": "foreground",
    "screen-selection-background": "selection-bg",
    "screen-selection-foreground": "foreground",
    "scrollbar": "border-blurred",
    "scrollbar-hover": "border",
    "scrollbar-active": "primary",
    "scrollbar-background": "background",
    "scrollbar-background-hover": "background",
    "scrollbar-background-active": "background",
    "scrollbar-corner-color": "background",
    "link-color": "primary",
    "link-color-hover": "primary",
    "link-background-hover": "panel",
    "button-foreground": "foreground",
    "button-color-foreground": "background",
    "markdown-h1-color": "primary",
    "markdown-h2-color": "primary",
    "markdown-h3-color": "secondary",
    "markdown-h4-color": "foreground",
    "markdown-h5-color": "foreground",
    "markdown-h6-color": "muted",
}
"""Textual's own names, and which of the above they are when a theme does not say otherwise."""


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """One complete theme; every colour is "#rrggbb"."""

    name: str
    dark: bool
    colours: dict[str, str]
    """By name: all of `BASE`."""
    variables: dict[str, str]
    """By name: all of `VARIABLES` and of `DERIVED`."""

    def __getitem__(self, name: str) -> str:
        """The colour with this name, wherever it stands."""
        return self.colours[name] if name in self.colours else self.variables[name]
