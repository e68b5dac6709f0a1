"""Every colour on the screen has a name, and every name a colour in every theme."""

from __future__ import annotations

import re
from pathlib import Path

from redraft.themes import load_themes, textual_theme

ROOT = Path(__file__).parents[2]
SOURCES = [
    file
    for room in ("app", "widgets", "themes")
    for pattern in ("*.py", "*.tcss")
    for file in sorted((ROOT / room).rglob(pattern))
    if "examples" not in file.parts and file.name != "completion.py"
]
_NAME = re.compile(r"\$([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?!-?[a-z0-9]*:)")
_DEFINED = re.compile(r"^\s*\$([a-z][a-z0-9-]*)\s*:", re.MULTILINE)
_LITERAL = re.compile(r"(?:color|background|border|tint|outline)[a-z-]*:[^;$\n]*(#[0-9a-fA-F]{3,8}|rgba?\()")


def test_every_name_of_a_colour_is_one_that_all_themes_have() -> None:
    for theme in load_themes().values():
        made = textual_theme(theme)
        known = made.to_color_system().generate().keys() | made.variables.keys()
        for file in SOURCES:
            text = file.read_text(encoding="utf-8")
            unknown = set(_NAME.findall(text)) - known - set(_DEFINED.findall(text))
            assert {name for name in unknown if "-" in name} == set(), file.relative_to(ROOT)


def test_no_style_names_a_colour_by_its_numbers() -> None:
    found = {str(file.relative_to(ROOT)): _LITERAL.findall(file.read_text(encoding="utf-8")) for file in SOURCES}
    assert {file: colours for file, colours in found.items() if colours} == {}
