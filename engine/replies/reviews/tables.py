"""Markdown tables: a row said as one sentence, with the cells whose column tells what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from . import cues

_RULE = re.compile(r"^[\s|:+=-]+$")
_CELLS = 12
_ROWS = 100


class Row(NamedTuple):
    """One row."""

    text: str
    parts: dict[str, str]


def rows(lines: list[str]) -> Iterator[Row]:
    """The rows below the head of a table; rows of one without a head are only sentences."""
    rule = next((n for n, line in enumerate(lines[:3]) if _RULE.match(line) and "-" in line), None)
    names = [_name(cell) for cell in _cells(lines[0])] if rule == 1 else []
    for line in lines[2 if rule == 1 else 0 :][:_ROWS]:
        cells = _cells(line)
        if _RULE.match(line) or not any(cells):
            continue
        parts: dict[str, str] = {}
        for name, cell in zip(names, cells, strict=False):
            if name and cell.strip("-– "):
                parts.setdefault(name, cell)
        yield Row(_sentence(parts, cells), parts)


def _cells(line: str) -> list[str]:
    whole = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", whole)][:_CELLS]


def _name(cell: str) -> str:
    plain = re.sub(r"[*_`]", "", cell).strip().lower()
    whole = next((name for name, words in cues.COLUMNS.items() if re.fullmatch(words, plain)), "")
    return whole or next((n for n, words in cues.COLUMNS.items() if re.search(rf"(?<!\w)(?:{words})(?!\w)", plain)), "")


def _sentence(parts: dict[str, str], cells: list[str]) -> str:
    """What a row says; the results of a run are told as "A gives B, expected C"."""
    if "comes_out" in parts and "should_be" in parts:
        status = parts.get("status", "")
        given = parts.get("call", "it")
        tells = f"{given} gives {parts['comes_out']}, expected {parts['should_be']}"
        return f"{tells} {status} {parts.get('claim', '')}".rstrip()
    line = f"line {parts['line']} " if re.fullmatch(r"\d{1,5}", parts.get("line", "")) else ""
    said = [cell for cell in cells if cell and cell != parts.get("line")]
    if "should_be" in parts:
        said = [f"should be {cell}" if cell == parts["should_be"] else cell for cell in said]
    return line + ", ".join(said)
