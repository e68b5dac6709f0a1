"""Prose cut into units (a paragraph, an item of a list, a row of a table) and units into clauses, with code put aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ..python import has_code, is_prose, parsed, reads_as_prose
from . import languages, phrases
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
_BOLD_LINE = re.compile(r"^\s*(?:\*\*|__)([^*\n]{1,120})(?:\*\*|__)\s*[::]?\s*$")
_LINE_START = re.compile(
    r"^\s*\W{0,4}(?:lines?|zeilen?|lignes?|línea|linha|строк\w)\s+\d|^\s*第\s*\d+\s*行", re.IGNORECASE
)
_LABELS: dict[str, str] = {
    "call": r"(?:failing |test |sample |counter ?)?(?:(?:what|how) (?:you|it is) (?:call|run)(?:ed)?|input|example|test(?: case)?|call|reproduc\w+|counterexample|shown by|eingabe|beispiel|entrée|exemple|entrada|ejemplo|exemplo|ввод|пример|输入|输入示例|示例|例如|例子|入力|例)s?",
    "comes_out": r"(?:(?:actual|current|observed|incorrect|wrong|returned|real) )?(?:(?:what )?(?:you|it|the code|the function) (?:really |actually |currently )?(?:gets?|gives?|returns?|does)|actual|got|output|result|behaviou?r|returns|comes out|gives|value|tatsächlich|ausgabe|obtenu|actuel|obtenido|actual|salida|obtido|saída|фактически|получено|实际|实际输出|实际结果|输出|実際)",
    "should_be": r"(?:(?:what )?(?:you|it|the code|the function) should (?:get|give|return|be|do)|expected|correct|desired|should be|should return|should give|should|want(?:ed)?|erwartet|attendu|esperado|ожидается|должно быть|预期|期望|应为|正确|期待)(?: (?:output|result|value|behaviou?r|return(?: value)?))?(?:输出|结果|值)?",
    "advice": r"(?:suggested |recommended |possible |proposed |the )?(?:fix(?:es)?|correction|solution|suggestion|recommendation|corrected (?:code|version|line)|remedy|lösung|korrektur|solución|correção|исправление|修复|修正|建议|修改建议|改正)",
    "about": r"(?:severity|impact|reason|why|explanation|cause|root cause|location|where|line|code|details?|note|category|type|description|consequence|effect|原因|位置|说明|描述|影响|理由)",
}
_LABEL = re.compile(
    r"^[\s>*_`\-•+]*(?:"
    + "|".join(rf"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")[\s*_`]*[::]\s*[*_]*\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(
    r"[`\"'\[({\d<>-]|(?:true|false|none|null|empty|an? |no |raises?|\w+ ?=|[A-Za-z_][\w.]*\(|[A-Z]\w*(?:Error|Exception)\b|空|пуст)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"(`+)(?P<code>[^`\n]{1,300})\1"
    r"|[A-Za-z_][\w.]*\((?P<args>[^()\n]{0,200}(?:\([^()\n]{0,80}\)[^()\n]{0,80}){0,4})\)(?:\.\w+\([^()\n]{0,80}\)){0,3}"
    r"|\"[^\"\n]{0,60}\"|(?<!\w)'[^'\n]{0,40}'(?!\w)"
)
_BREAK = re.compile(r"(?<=[.!?…])[\"')*_]*\s+|(?<=[。！？；])|\n+|(?<=;)\s+|\s(?=[–—]\s)")
_WESTERN = rf"{phrases.CONTRAST}|{languages.CONTRAST}"
_TURN = re.compile(rf"(?:\s*[,;:(–—-]\s*|\s+)(?=(?:{_WESTERN})\b)|[,,;;]?(?={languages.CONTRAST_ASIAN})", re.IGNORECASE)
_CONTRASTS = re.compile(rf"^[^\w§]*(?:(?:{_WESTERN})\b|{languages.CONTRAST_ASIAN})[^\w§]*", re.IGNORECASE)
_CONCEDES = re.compile(r"^\W*(?:although|though|even though|while|obwohl|aunque|хотя|bien que|embora)\b", re.IGNORECASE)


class Clause(NamedTuple):
    """A clause in lower case, each piece of code in it a `§`."""

    text: str
    raw: str
    """The sentence it is part of, as it was written."""
    contrast: bool = False
    """Whether a "but" leads to it."""
    question: bool = False
    concedes: bool = False
    """Whether it begins with "although"."""


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
        return list(_clauses(self.text))


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
    """Whether a label brings a part of the claim above it: a value where one is due, for a sentence is a claim itself."""
    rest = part["rest"].strip()
    if part["about"] is not None or part["advice"] is not None:
        return part["about"] is None or len(rest) < 200
    return not rest or (len(rest) <= 200 and bool(_VALUE.match(rest)) and not re.search(r"[.;。]\s+\S", rest))


def _attach(claim: Unit, unit: Unit, part: re.Match[str]) -> None:
    name = next(key for key in _LABELS if part[key] is not None)
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


# ------------------------------------------------------------------------------------------------- clauses


def masked(text: str) -> tuple[str, list[str]]:
    """A text with `§` in place of each piece of code, and the pieces."""
    pieces: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        piece = match[0]
        if piece[0] in "\"'" and len(piece) > len(text.strip(" .*_")) - 3:
            return piece[1:-1]  # The whole of it is quoted: it is what was said.
        if match["code"] is not None and _is_words(match["code"], text):
            return match["code"]
        pieces.append(piece)
        return "§"

    plain = re.sub(r"(?<=\w)\(s\)", "s", text.replace("§", "¶"))
    plain = re.sub(r"\be\.g\.(?=\s|,)", "eg", re.sub(r"\bi\.e\.(?=\s|,)", "ie", plain))
    return _SPAN.sub(put_aside, plain), pieces


def _is_words(code: str, text: str) -> bool:
    """Whether what stands in backticks is an answer ("`NO BUGS`")."""
    return len(code) > len(text.strip(" .*_`")) - 3 or re.fullmatch(r"(?i)no bugs?", code.strip()) is not None


def _clauses(text: str) -> Iterator[Clause]:
    plain, pieces = masked(re.sub(r"\*\*|__|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", text))
    at = 0
    for sentence in _BREAK.split(plain):
        if not sentence.strip():
            continue
        count = sentence.count("§")
        raw = _restored(sentence, pieces[at : at + count])
        at += count
        conceded = _CONCEDES.match(sentence) is not None
        is_question = sentence.rstrip(" \"')*").endswith(("?", "?"))
        for number, clause in enumerate(_parts(sentence)):
            turns = _CONTRASTS.match(clause)
            concedes = _CONCEDES.match(clause)
            yield Clause(
                text=(clause[turns.end() :] if turns else clause).strip(" \n,;–—").lower(),
                raw=raw.strip(),
                contrast=(bool(turns) and not (concedes and number == 0)) or (number == 1 and conceded),
                question=is_question,
                concedes=bool(concedes),
            )


def _parts(sentence: str) -> list[str]:
    """A sentence cut at each "but", and where the concession that it begins with ends."""
    cut = _TURN.split(sentence)
    if _CONCEDES.match(sentence):
        first, comma, rest = cut[0].partition(", ")
        cut = [first, rest, *cut[1:]] if comma else cut
    return [part for part in cut if part.strip(" ,;:-–—(")]


def _restored(text: str, pieces: list[str]) -> str:
    left = iter(pieces)
    return re.sub("§", lambda _: next(left, "§"), text)
