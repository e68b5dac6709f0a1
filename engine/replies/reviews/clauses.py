"""Clauses of a text, with code put aside: what is said, and whether a "but" leads to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from . import languages, phrases

_SPAN = re.compile(
    r"(`+)(?P<code>[^`\n]{1,300})\1"
    r"|[A-Za-z_][\w.]*\((?P<args>[^()\n]{0,200}(?:\([^()\n]{0,80}\)[^()\n]{0,80}){0,4})\)(?:\.\w+\([^()\n]{0,80}\)){0,3}"
    r"|\"[^\"\n]{0,60}\"|(?<!\w)'[^'\n]{0,40}'(?!\w)"
)
_BREAK = re.compile(r"(?<=[.!?…])[\"')*_]*\s+|(?<=[。！？；])|\n+|(?<=;)\s+|\s(?=[–—]\s)")
_WESTERN = rf"{phrases.CONTRAST}|{languages.CONTRAST}"
_TURN = re.compile(
    rf"(?:\s*[,;:(–—-]\s*|\s+)(?=(?:{_WESTERN})\b)|[,，;；]?(?={languages.CONTRAST_ASIAN})", re.IGNORECASE
)
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


def clauses(text: str) -> Iterator[Clause]:
    """The clauses of a text in order."""
    plain, pieces = masked(re.sub(r"\*\*|__|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", text))
    at = 0
    for sentence in _BREAK.split(plain):
        if not sentence.strip():
            continue
        count = sentence.count("§")
        raw = _restored(sentence, pieces[at : at + count])
        at += count
        conceded = _CONCEDES.match(sentence) is not None
        is_question = sentence.rstrip(" \"')*").endswith(("?", "？"))
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
