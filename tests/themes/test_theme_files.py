"""Every theme file: complete, readable for everybody, and understood by Textual."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from redraft.engine.errors import SettingsError
from redraft.themes import Palette, load_themes, textual_theme
from redraft.themes.palette import BASE, DERIVED, VARIABLES

THEMES = load_themes()
GROUNDS = ("background", "surface", "panel", "cursor-bg")
CODE = ("foreground", "muted", *(name for name in VARIABLES if name.startswith("syntax-")))
SIGNS = tuple(name for name in VARIABLES if name.startswith(("state-", "finding-")) and not name.endswith("-bg"))
TEXTS = (
    *CODE, *SIGNS, "line-number", "diff-added-fg", "diff-removed-fg",
    "primary", "secondary", "accent", "success", "warning", "error",
)  # fmt: skip
PAIRS = (
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((text, f"diff-{kind}-{part}bg") for text in CODE for kind in ("added", "removed") for part in ("", "word-")),
    *((f"diff-{kind}-fg", f"diff-{kind}-{part}bg") for kind in ("added", "removed") for part in ("", "word-")),
    *(("line-number", f"{ground}-bg") for ground in ("diff-added", "diff-removed", "finding")),
    *((text, "finding-bg") for text in (*CODE, *SIGNS)),
    ("foreground", "selection-bg"),
)

Linear = tuple[float, float, float]


def linear(colour: str) -> Linear:
    """Linear light of "#rrggbb"."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return r, g, b


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (high + 0.05) / (low + 0.05)


# Machado, Oliveira, Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# severity 1.0.
SIGHTS: dict[str, tuple[Linear, Linear, Linear]] = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def lab(light: Linear) -> Linear:
    """CIE Lab of linear sRGB under D65."""
    r, g, b = (min(max(c, 0.0), 1.0) for c in light)
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str, sight: str) -> float:
    """How far apart two colours look (CIE76) to this sight; 2.3 is just noticeable."""

    def seen(colour: str) -> Linear:
        light = linear(colour)
        r, g, b = (sum(k * c for k, c in zip(row, light, strict=True)) for row in SIGHTS[sight])
        return lab((r, g, b))

    return math.dist(seen(one), seen(other))


def test_black_on_white_has_the_contrast_that_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_promised_themes_are_there() -> None:
    assert set(THEMES) == {"redraft-dark", "redraft-light", "redraft-contrast", "redraft-colourblind"}
    assert [name for name, theme in THEMES.items() if not theme.dark] == ["redraft-light"]


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_every_text_of_a_theme_can_be_read_on_every_ground_it_stands_on(theme: Palette) -> None:
    least = 7.0 if theme.name == "redraft-contrast" else 4.5
    ratios = {f"{text} on {ground}": contrast(theme[text], theme[ground]) for text, ground in PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least} == {}


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_words_that_changed_stand_out_from_their_line_and_the_line_from_its_ground(theme: Palette) -> None:
    for kind in ("added", "removed"):
        assert contrast(theme[f"diff-{kind}-bg"], theme[f"diff-{kind}-word-bg"]) >= 1.2
        assert math.dist(lab(linear(theme[f"diff-{kind}-bg"])), lab(linear(theme["background"]))) >= 4


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_border_of_what_has_the_focus_can_be_seen(theme: Palette) -> None:
    # WCAG 2.2, 1.4.11: 3 to 1 for what is not text.
    assert contrast(theme["border"], theme["background"]) >= 3
    assert contrast(theme["border"], theme["border-blurred"]) >= 1.5


@pytest.mark.parametrize("sight", SIGHTS)
def test_the_colour_blind_theme_tells_good_from_bad_in_every_sight(sight: str) -> None:
    theme = THEMES["redraft-colourblind"]
    assert distance(theme["state-pass"], theme["state-fail"], sight) >= 40
    assert distance(theme["diff-added-fg"], theme["diff-removed-fg"], sight) >= 40
    assert distance(theme["diff-added-word-bg"], theme["diff-removed-word-bg"], sight) >= 25
    assert distance(theme["diff-added-bg"], theme["diff-removed-bg"], sight) >= 12


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_a_theme_is_complete_and_textual_takes_it_as_it_is(theme: Palette) -> None:
    assert theme.colours.keys() == set(BASE)
    assert theme.variables.keys() == {*VARIABLES, *DERIVED}
    made = textual_theme(theme)
    generated = made.to_color_system().generate() | made.variables
    # Textual's own arithmetic moves a channel by one.
    assert all(math.dist(lab(linear(generated[name])), lab(linear(theme[name]))) < 1 for name in BASE)


def test_every_derived_name_is_one_that_textual_has() -> None:
    generated = textual_theme(THEMES["redraft-dark"]).to_color_system().generate()
    assert DERIVED.keys() <= generated.keys()
    assert set(DERIVED.values()) <= {*BASE, *VARIABLES}
    assert not set(VARIABLES) & (generated.keys() - {"border", "border-blurred"} - set(VARIABLES))


def test_a_persons_own_theme_may_say_only_what_it_changes(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\ndark = false\n[variables]\nstate-pass = "#00AA00"\n')
    themes = load_themes(tmp_path)
    assert themes["mine"]["state-pass"] == "#00AA00"
    assert themes["mine"]["background"] == themes["redraft-light"]["background"]
    assert not themes["mine"].dark


def test_a_persons_own_theme_may_build_on_another_of_theirs(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "a"\nextends = "b"\n')
    (tmp_path / "b.toml").write_text('name = "b"\nextends = "redraft-contrast"\n[colours]\naccent = "#ffffff"\n')
    assert load_themes(tmp_path)["a"]["footer-key-foreground"] == "#ffffff"


def test_a_folder_that_is_not_there_has_no_themes(tmp_path: Path) -> None:
    assert load_themes(tmp_path / "none") == THEMES


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "this is no theme"),
        ("dark = true", "this is no theme"),
        ('name = "x"\ncolors = {}', "this is no theme"),
        ('name = "[b]x"', "has other characters"),
        ('name = "redraft-dark"', "is already that of"),
        ('name = "x"\nextends = "redraft-drak"', "there is no theme 'redraft-drak' to extend; did you mean 'redraft-dark'?"),
        ('name = "x"\nextends = "x"', "extends itself by way of x → x"),
        ('name = "x"\n[colours]\nbakground = "#000000"', "'bakground' in [colours]; did you mean 'background'?"),
        ('name = "x"\n[variables]\nstate-pas = "#000000"', "'state-pas' in [variables]; did you mean 'state-pass'?"),
        ('name = "x"\n[colours]\naccent = "red"', "colours.accent: 'red' is no colour; write it as #rrggbb"),
    ],
)  # fmt: skip
def test_a_wrong_theme_names_file_and_remedy(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_themes(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / "x.toml"))
    assert told in str(caught.value)
