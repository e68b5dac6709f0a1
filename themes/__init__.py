"""Colour themes as data files, and their loader.

A theme is a TOML file; the shipped ones and a person's own (`themes/` in the config folder) have the same form:

    name = "mine"
    dark = true                       # whether the background is dark
    extends = "redraft-dark"          # where everything not said here comes from; optional
    [colours]                         # Textual's base colours
    background = "#15171c"
    [variables]                       # names for widgets
    diff-added-bg = "#182a22"

What `[colours]` says is known to style sheets as `$background`, `$surface`, `$panel`, `$foreground`, `$primary`,
`$secondary`, `$accent`, `$success`, `$warning` and `$error`. What `[variables]` says is known by these names:

    muted line-number border border-blurred     secondary text, line numbers, borders with and without focus
    cursor-bg selection-bg                      under the row or text that is chosen
    diff-added-bg diff-added-fg                 an added line: under it, and its sign
    diff-added-word-bg                          under the words that changed in it
    diff-removed-bg diff-removed-fg diff-removed-word-bg
    diff-nothing                                the hatching where one side of a diff has no line
    state-pass state-fail state-wait state-run state-warn
    finding-reproduced finding-refuted finding-not-shown finding-untested
    finding-bg                                  under a source line of which a finding speaks
    syntax-keyword -string -number -comment -function -type -builtin -constant -operator -decorator -name -error

Every text colour is readable (WCAG contrast of 4.5 or more) on `background`, `surface`, `panel` and `cursor-bg`; code
and signs are so on the diff backgrounds too; tests/themes computes it for every file. Names of Textual's own
(`footer-background`, …) follow from these, see `palette.DERIVED`, and may be set as well.
"""

from .loading import load_themes
from .palette import Palette
from .textual_theme import textual_theme

__all__ = ["Palette", "load_themes", "textual_theme"]
