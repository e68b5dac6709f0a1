"""Changing single settings in the user's own file. All else in it, comments too, stays as it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from ..errors import SettingsError
from ..system.paths import write_private
from ..system.regular import read_regular
from .checking import checked
from .layers import LARGEST
from .tree import Path as Leaf
from .tree import Values, dotted, flattened

_TABLE = re.compile(r"\s*\[(?!\[)\s*([^\]]+?)\s*\]\s*(?:#.*)?$")


def change_settings(file: Path, changes: Mapping[str, str | None]) -> None:
    """Write texts to the settings with these dotted keys; None takes one out. The file is made when there is none.

    Raises:
        SettingsError: a key is unknown, the file has a mistake, or is written in a way that cannot be changed line by
            line; nothing was written.
        EnvironmentFault: it cannot be written.
    """
    before = _read(file)
    paths: dict[Leaf, str | None] = {tuple(key.split(".")): value for key, value in changes.items()}
    known = _leaves(before, file)
    wanted: Values = {path: value for path, value in known.items() if path not in paths}
    wanted |= {path: value for path, value in paths.items() if value is not None}
    checked(wanted.items(), where=str(file))
    after = before
    for path, value in paths.items():
        after = _changed(after, path, value)
    try:
        came_out = _leaves(after, file)
    except SettingsError:
        came_out = {}
    if came_out != wanted:
        lines = "\n".join(f"{dotted(path)} = {json.dumps(value)}" for path, value in paths.items() if value is not None)
        raise SettingsError(f"{file} is written in a way that is not changed for you; write there yourself:\n{lines}")
    if after != before:
        write_private(file, after.encode())


def _read(file: Path) -> str:
    try:
        return read_regular(file, LARGEST).decode()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: this is not TOML: it is not UTF-8; mend it, or move it away") from None
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); make it readable or move it away") from error


def _leaves(text: str, file: Path) -> Values:
    try:
        return dict(flattened(tomllib.loads(text)))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{file}: this is not TOML: {error}; mend it, or move it away") from None


def _changed(text: str, path: Leaf, value: str | None) -> str:
    """The text with one setting changed where its line is found; else with a line, or a table, added."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    table, name = path[:-1], path[-1]
    begin, end = _extent(lines, table)
    mine = re.compile(rf"\s*(?:{re.escape(name)}|\"{re.escape(name)}\")\s*=")
    there = next((n for n in range(begin, end) if mine.match(lines[n])), None)
    new = f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
    if there is not None:
        lines[there : there + 1] = [new] if value is not None else []
    elif value is not None and begin < end:
        lines.insert(begin + 1, new)
    elif value is not None:
        lines += ["\n"] * bool(lines) + [f"[{dotted(table)}]\n", new]
    return "".join(lines)


def _extent(lines: list[str], table: Leaf) -> tuple[int, int]:
    """From the line with the table's heading to the next heading; twice the same where there is no such table."""
    heads = [(n, found[1]) for n, line in enumerate(lines) if (found := _TABLE.match(line))]
    heads += [(n, "") for n, line in enumerate(lines) if line.lstrip().startswith("[[")]
    named = next((n for n, head in heads if re.sub(r"\s|\"", "", head) == ".".join(table)), None)
    if named is None:
        return 0, 0
    return named, min((n for n, _ in heads if n > named), default=len(lines))
