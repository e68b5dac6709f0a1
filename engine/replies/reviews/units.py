"""Prose cut into units: paragraphs, items of lists, headings, rows of tables, each with the evidence below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from ..python import has_code, is_prose, parsed, reads_as_prose
from . import cues
from .clauses import Clause, clauses
from .tables import rows

Kind = Literal["paragraph", "item", "heading", "row"]

_MOST_UNITS = 600
"""Units that are read: half of them from the beginning, half from the end."""
_LONGEST = 1500
"""Characters of a unit that are read."""
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})")
_MARKER = re.compile(
    r"^([ \t>]*)(?:[-*•+‣▪–]\s+|\(?\d{1,2}[.):、]\s*(?!\d)|[a-z][.)]\s+|[①-⑩]\s*|\[[ x]\]\s+)", re.IGNORECASE
)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_BOLD_LINE = re.compile(r"^\s*(?:\*\*|__)([^*\n]{1,120})(?:\*\*|__)\s*[:：]?\s*$")
_LINE_START = re.compile(
    r"^\s*\W{0,4}(?:lines?|zeilen?|lignes?|línea|linha|строк\w)\s+\d|^\s*第\s*\d+\s*行", re.IGNORECASE
)
_LABEL = re.compile(
    r"^[\s>*_`\-•+]*(?:"
    + "|".join(rf"(?P<{name}>{words})" for name, words in cues.LABELS.items())
    + r")[\s*_`]*[:：]\s*[*_]*\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(
    r"[`\"'\[({\d<>-]|(?:true|false|none|null|empty|an? |no |raises?|\w+ ?=|[A-Za-z_][\w.]*\("
    r"|[A-Z]\w*(?:Error|Exception)\b"
    r"|空|пуст)",
    re.IGNORECASE,
)


@dataclass
class Unit:
    """One thing that was said."""

    text: str
    kind: Kind
    under: str = ""
    """The last heading above it."""
    labels: dict[str, str] = field(default_factory=dict[str, str])
    """What follows labels such as "Input:", by the name of the finding's part."""
    code: list[str] = field(default_factory=list[str])
    """Fenced code below it."""

    @property
    def clauses(self) -> list[Clause]:
        """Its clauses in order."""
        return list(clauses(self.text))


def units(text: str) -> list[Unit]:
    """The units of a text that is no code, in order; evidence below a claim belongs to the claim."""
    found: list[Unit] = []
    heading = ""
    for unit in _raw_units(text):
        if unit.kind == "heading":
            heading = unit.text
        elif unit.kind != "row":
            unit.under = heading
        part = _LABEL.match(unit.text) if unit.kind != "row" else None
        if part and found and _is_evidence(part):
            _attach(found[-1], unit, part)
            continue
        if not unit.text.strip():
            if found:
                found[-1].code += unit.code
            continue
        found.append(unit)
    half = _MOST_UNITS // 2
    return found if len(found) <= _MOST_UNITS else [*found[:half], *found[-half:]]


def _is_evidence(part: re.Match[str]) -> bool:
    """Whether a label brings a part of the claim above it; a sentence where a value is due is a claim itself."""
    rest = part["rest"].strip()
    if part["about"] is not None or part["advice"] is not None:
        return part["about"] is None or len(rest) < 200
    return not rest or (len(rest) <= 200 and bool(_VALUE.match(rest)) and not re.search(r"[.;。]\s+\S", rest))


def _attach(claim: Unit, unit: Unit, part: re.Match[str]) -> None:
    name = next(key for key in cues.LABELS if part[key] is not None)
    rest = part["rest"].strip()
    if rest and name != "about":
        claim.labels.setdefault(name, rest)
    elif name == "about" and not claim.labels.get("about"):
        claim.labels["about"] = rest
    claim.code += unit.code


def _raw_units(text: str) -> Iterator[Unit]:
    lines: list[str] = []
    kind: Kind = "paragraph"
    for piece in _pieces(text):
        if isinstance(piece, Unit):
            yield from _closed(lines, kind)
            lines = []
            yield piece
            continue
        heading = _HEADING.match(piece) or _BOLD_LINE.match(piece)
        marker = _MARKER.match(piece)
        if heading:
            yield from _closed(lines, kind)
            lines = []
            yield Unit(_MARKER.sub("", heading[1])[:_LONGEST], "heading")
        elif marker or _LINE_START.match(piece) or _LABEL.match(piece) or not piece.strip():
            yield from _closed(lines, kind)
            lines = [piece[marker.end() :] if marker else piece] if piece.strip() else []
            kind = "item" if marker or _LINE_START.match(piece) else "paragraph"
        else:
            lines.append(piece.strip())
    yield from _closed(lines, kind)


def _closed(lines: Iterable[str], kind: Kind) -> Iterator[Unit]:
    text = "\n".join(lines).strip()
    if text:
        yield Unit(text[:_LONGEST], kind)


def _pieces(text: str) -> Iterator[str | Unit]:
    """Lines of prose; code and tables as units (code without text)."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if fence := _FENCE.match(line):
            end = next((n for n in range(at + 1, len(lines)) if _closes(lines[n], fence[1])), len(lines))
            block = "\n".join(lines[at + 1 : end])
            if _is_said(block):
                yield from block.split("\n")
            else:
                yield Unit("", "paragraph", code=[block])
            at = end + 1
        elif line.lstrip().startswith("|") or (line.count("|") >= 2 and at + 1 < len(lines) and "--" in lines[at + 1]):
            end = next((n for n in range(at, len(lines)) if "|" not in lines[n]), len(lines))
            yield from (Unit(row.text[:_LONGEST], "row", labels=row.parts) for row in rows(lines[at:end]))
            at = end
        else:
            yield line
            at += 1


def _closes(line: str, fence: str) -> bool:
    return line.strip().startswith(fence) and not line.strip().strip(fence[0])


def _is_said(block: str) -> bool:
    """Whether a fence holds words and no code."""
    short = block[:20_000]
    if parsed(short) is not None:
        return is_prose(short) and not has_code(short)
    return reads_as_prose(short) and short.lstrip()[:1] not in {"{", "["}
