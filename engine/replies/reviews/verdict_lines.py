"""Verdicts that are told as such: a word alone, a word behind a label, the value of a key."""

from __future__ import annotations

import re

from . import cues, languages, phrases
from .clauses import Clause, clauses, masked
from .stances import NO_BUG, PLAIN, VERDICT, WEAK, Side, Stance, any_of, stance

_LABEL = re.compile(rf"^\W*(?:{phrases.LABEL}|{languages.LABEL})\s*(?:[:：=–—-]|\bis\b|→)+\s*(.*)$")
_FIRST = re.compile(r"[.,;:!–—(。，]")
"""Where the first word of a line may end that has more to say."""
_SHORT = 6
"""Words of a line that may be a verdict without a label."""
_TURN = rf"\b(?:{phrases.CONTRAST}|{languages.CONTRAST})\b"
_FAIL = rf"(?:{phrases.FAIL_WORDS}|{languages.FAIL_WORDS})"
_PASS = rf"(?:{phrases.PASS_WORDS}|{languages.PASS_WORDS})"


def said(text: str) -> Side | None:
    """What a short text says when it is asked for a verdict; a remark on style is no bug.

    >>> said("PASS"), said("Incorrect: the last item is lost"), said("Correct, with minor style issues"), said("42")
    ('clean', 'bug', 'clean', None)
    """
    if word := _verdict_word(masked(text)[0].strip().lower()):
        return word
    seen = [stance(clause) for clause in clauses(text[:600])]
    last = next((s for s in reversed(seen) if s.side is not None and s.weight >= WEAK), None)
    if any(s.kind == "bug" and s.weight >= PLAIN for s in seen) and (last is None or last.weight <= PLAIN):
        return "bug"
    if last is not None:
        return last.side
    return "clean" if any(s.kind == "style" for s in seen) else None


def _verdict_word(text: str) -> Side | None:
    """The verdict that a text without anything else, or its first word, is."""
    text = text.strip(" .!*_`\"':#>-–—()[]…")
    if re.fullmatch(rf"(?:{cues.FAIL_MARK}\s*)?{_FAIL}(?:\W*{cues.FAIL_MARK})?", text):
        return "bug"
    if re.fullmatch(rf"(?:{cues.PASS_MARK}\s*)?{_PASS}(?:\W*{cues.PASS_MARK})?", text):
        return "clean"
    return None


def is_verdict(text: str) -> Stance | None:
    """The verdict of a unit that says nothing else, or says it behind a label ("Verdict: …", "Conclusion: …")."""
    plain = masked(re.sub(r"[*_#>]", "", text.strip()))[0].strip().lower()
    first = plain.split("\n", 1)[0]
    label = _LABEL.match(first)
    words = label[1] if label else first
    none = any_of(*NO_BUG).match(words)
    if none and not words[none.end() : none.end() + 1].strip(" .!,;"):
        return Stance("clean", VERDICT) if not (_takes_back(words) or any_of(*phrases.LIMITED).search(words)) else None
    if side := _verdict_word(words.split(". ", 1)[0]) or _verdict_word(_FIRST.split(words, maxsplit=1)[0]):
        # "Correct" begins many a sentence; alone or behind a label it is the verdict.
        alone = label or len(first.split()) <= 4 or re.match(r"[\w\s]{2,24}[.!:–—。]", words)
        return Stance(side, VERDICT) if alone and not _takes_back(words) else None
    if not words or not (label or len(first.split()) <= _SHORT):
        return None
    seen = _strongest(words)
    # A short complaint is a finding; a short praise is a verdict.
    return Stance(seen.kind, VERDICT) if seen and seen.weight >= PLAIN and (label or seen.kind == "clean") else None


def _takes_back(words: str) -> bool:
    """Whether a complaint follows the first "but"."""
    turn = re.split(_TURN, words, maxsplit=1)
    return len(turn) > 1 and stance(Clause(turn[1], turn[1], contrast=True)).side == "bug"


def _strongest(words: str) -> Stance | None:
    seen = [stance(clause) for clause in clauses(words)]
    sided = [s for s in seen if s.side]
    return max(reversed(sided), key=lambda s: s.weight, default=None)
