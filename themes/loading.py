"""Reading theme files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from ..engine.errors import SettingsError
from ..engine.system.nearest import nearest
from ..engine.system.regular import read_regular
from .palette import BASE, DERIVED, VARIABLES, Palette

ENDING = ".toml"
LARGEST = 1_000_000
"""Bytes of a theme file."""
DEFAULTS = {True: "redraft-dark", False: "redraft-light"}
"""What a theme extends that does not say so, by whether it is dark."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A theme file as it is written."""

    name: str
    dark: bool | None = None
    extends: str = ""
    colours: dict[str, str] = {}
    variables: dict[str, str] = {}


def load_themes(own: Path | None = None) -> dict[str, Palette]:
    """All themes by name: the shipped ones, then those in the folder `own`, which need not exist.

    Raises:
        SettingsError: a file has not the form that `redraft.themes` describes; the text names file, key and remedy.
    """
    written: dict[str, tuple[str, _File]] = {}
    for file in (*_theme_files(files(__name__.rpartition(".")[0])), *_theme_files(own)):
        theme = _parsed(str(file), _text(file))
        if theme.name in written:
            raise SettingsError(
                f"{file}: name: {theme.name!r} is already that of {written[theme.name][0]}; "
                f"take another name, and build on it with: extends = {theme.name!r}"
            )
        written[theme.name] = (str(file), theme)
    return {name: _complete(name, written) for name in written}


def _complete(name: str, written: Mapping[str, tuple[str, _File]]) -> Palette:
    """The theme with what it extends filled in."""
    colours: dict[str, str] = {}
    variables: dict[str, str] = {}
    line = list(_ancestry(name, written))
    for theme in reversed(line):
        colours |= theme.colours
        variables |= theme.variables
    every = colours | variables
    derived = {theirs: every[ours] for theirs, ours in DERIVED.items()}
    dark = next((theme.dark for theme in line if theme.dark is not None), True)
    return Palette(name=name, dark=dark, colours=colours, variables=derived | variables)


def _ancestry(name: str, written: Mapping[str, tuple[str, _File]]) -> Iterable[_File]:
    seen: list[str] = []
    while name:
        seen.append(name)
        file, theme = written[name]
        yield theme
        name = theme.extends or ("" if _is_whole(theme) else DEFAULTS[theme.dark is not False])
        if name in seen:
            raise SettingsError(f"{file}: the theme extends itself by way of {' → '.join([*seen, name])}")
        if name and name not in written:
            raise SettingsError(f"{file}: there is no theme {name!r} to extend{nearest(name, written)}")


def _is_whole(theme: _File) -> bool:
    return theme.colours.keys() >= set(BASE) and theme.variables.keys() >= set(VARIABLES)


def _parsed(file: str, text: str) -> _File:
    try:
        theme = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        known = ", ".join(_File.__struct_fields__)
        raise SettingsError(f"{file}: this is no theme: {error}; a theme has {known}") from None
    if not re.fullmatch(r"[\w.-]+", theme.name):
        raise SettingsError(f"{file}: name: {theme.name!r} has other characters than letters, digits, -, _ and .")
    _check(file, "colours", theme.colours, BASE)
    _check(file, "variables", theme.variables, {*VARIABLES, *DERIVED})
    return theme


def _check(file: str, table: str, given: Mapping[str, str], known: Collection[str]) -> None:
    for name, colour in given.items():
        if name not in known:
            raise SettingsError(f"{file}: unknown name {name!r} in [{table}]{nearest(name, known)}")
        if not _COLOUR.fullmatch(colour):
            raise SettingsError(f"{file}: {table}.{name}: {colour!r} is no colour; write it as #rrggbb")


def _theme_files(folder: Path | Traversable | None) -> Iterable[Path | Traversable]:
    if folder is None or not folder.is_dir():
        return []
    return sorted((file for file in folder.iterdir() if file.name.endswith(ENDING)), key=lambda file: file.name)


def _text(file: Path | Traversable) -> str:
    try:
        return read_regular(file, LARGEST).decode() if isinstance(file, Path) else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read as UTF-8 text ({error}); mend it or move it away") from None
