"""What one clause of a report says of the code: that something is wrong, that it is right, or neither."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from . import languages, phrases
from .units import Clause, Unit, masked

Side = Literal["bug", "clean"]
Kind = Literal["bug", "clean", "style", "unsure", "neutral", "other"]

VERDICT, SHOWN, PLAIN, WEAK, HINT = 4.0, 3.0, 2.0, 1.0, 0.5
"""How much a clause counts: an explicit verdict, what is wrong with what would be right, a complaint, a remark on one
thing, anything said of code that has no other meaning."""


class Stance(NamedTuple):
    """What a clause says, and how much it counts."""

    kind: Kind
    weight: float = 0.0
    retracts: bool = False
    """Whether it takes back the complaint before it ("so this is not a problem")."""

    @property
    def side(self) -> Side | None:
        """The verdict it speaks for."""
        return "bug" if self.kind == "bug" else "clean" if self.kind == "clean" else None


_NEUTRAL = Stance("neutral")


@functools.cache
def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_NO_BUG = (*phrases.NO_BUG, *languages.NO_BUG)
_RIGHT = (*phrases.RIGHT, *languages.RIGHT)
_LACKS = (*phrases.LACKS, *languages.WRONG[1:])
_SHOWN = (*phrases.SHOWN_WRONG, languages.WRONG[0])
_DENIED = re.compile(
    r"(?:\b(?:no|neither|nor|none|nothing|without)\b(?: (?!so\b|and\b|but\b|because\b|hence\b|therefore\b|check|handl|guard)[\w§'-]+){0,12}|(?:\b(?:not|never|hardly|cannot)\b|n't\b)(?: [\w§'-]+){0,2}) ?\Z"
)
"""What makes the complaint that follows it none."""
_TAIL = 30
"""Characters that may follow a "no bugs" that concludes a clause."""
_DOUBTED = re.compile(r"(?:\b(?:not|cannot|hardly|disagree|never)\b|n't\b)(?: [\w§'-]+){0,3} ?\Z")
_STYLE = (*phrases.STYLE, *languages.STYLE)
_PASSES = (*phrases.PASSES, *languages.PASSES)
_UNSURE = (*phrases.UNSURE, *languages.UNSURE)
_HARD = (
    r"\b(?:returns?|returned|gives?|gave|raises?|throws?|wrong|incorrect(?:ly)?|fails?|crash(?:es)?|bug)\b"
    r"|[❌✗✘]|返回|错误|返す|返し|возвращает|devuelve|renvoie|gibt"
)
_OF_BEFORE = (
    r"^\W*(?:\w+ ){0,2}?(?:this|that|it|these|they|which|so|such|there)\b|\b(?:specification|spec|docstring|contract|task)\b"
    r"|^(?:also|donc|por (?:lo )?tanto|portanto|значит|所以|因此|なので)"
)
"""That a remark is on what was said before it."""
_ITS_FINE = r"^\W*(?:so |and |which means |therefore |hence |thus |then )?(?:that|this|it)(?:'s| is| should be)(?: \w+)? (?:fine|ok|okay|right|correct|good|alright|handled|covered|safe|valid)\b"
_REMARKS = (
    r"^\W*(?:you (?:may|might|could|can)|it (?:may|might|would)|consider|optional(?:ly)?|suggestions?|nit|minor|style|for (?:readability"
    r"|clarity|robustness|performance)|as an? (?:suggestion|improvement|side note)|note|one (?:could|might|may)|not a bug)\b"
)
_NEGATION = (
    r"\b(?:not|never|no|nicht|kein\w*|nie|ne|pas|jamais|não|nunca|не|никогда)\b|n't\b|没有|不|未|ない|ません|ておらず"
)
_PASS_MARK, _FAIL_MARK = r"[✓✔✅☑🟢]", r"[❌✗✘✖🔴🚫]"
_YES = r"^\W*(?:yes|yep|yeah|it does|it is|ja|oui|sí|sim|да|是的?|はい)\b"
_NO = r"^\W*(?:no|nope|not quite|not exactly|nein|non|não|нет|不是?|否|いいえ)(?!\w)"
_ASKS_OF_BUGS = (
    rf"\b{phrases.NOUN}\b|\bmissing\b|\bwrong\b|\bfehler\b|\berreurs?\b|\berror(?:es)?\b|ошиб|错误|问题|バグ"
)
_ABOUT_CODE = (
    r"§|\b(?:code|function|loop|line|method|variable|result|condition|branch|index|range|input|list|string|value|case"
    r"|return\w*|element|item|number|argument|parameter|empty|zero|implementation|specification|example|test)s?\b"
    r"|[\u3040-\u30ff\u4e00-\u9fff\u0400-\u04ff]{4}|代码|函数|循环|返回|コード|関数|код|функци|funktion|fonction|función|função"
)


def said(text: str) -> Literal["bug", "clean"] | None:
    """What a short text says when it is asked for a verdict; a remark on style is no bug.

    >>> said("PASS"), said("Incorrect: the last item is lost"), said("Correct, with minor style issues"), said("42")
    ('clean', 'bug', 'clean', None)
    """
    if word := _verdict_word(masked(text)[0].strip().lower()):
        return word
    seen = [stance(clause) for clause in Unit(text[:600], "paragraph").clauses]
    last = next((s for s in reversed(seen) if s.side is not None and s.weight >= WEAK), None)
    if any(s.kind == "bug" and s.weight >= PLAIN for s in seen) and (last is None or last.weight <= PLAIN):
        return "bug"
    if last is not None:
        return last.side
    return "clean" if any(s.kind == "style" for s in seen) else None


def _verdict_word(text: str) -> Side | None:
    """The verdict that a text without anything else, or its first word, is."""
    text = text.strip(" .!*_`\"':#>-–—()[]…")
    fail = rf"(?:{phrases.FAIL_WORDS}|{languages.FAIL_WORDS})"
    right = rf"(?:{phrases.PASS_WORDS}|{languages.PASS_WORDS})"
    if re.fullmatch(rf"(?:{_FAIL_MARK}\s*)?{fail}(?:\W*{_FAIL_MARK})?", text):
        return "bug"
    if re.fullmatch(rf"(?:{_PASS_MARK}\s*)?{right}(?:\W*{_PASS_MARK})?", text):
        return "clean"
    return None


def stance(clause: Clause, *, agree: bool | None = None, asked: Clause | None = None) -> Stance:
    """What a clause says. `agree`: whether the results that its sentence spells are the same, None when it spells fewer
    than two; `asked`: a question before it.
    """
    text = clause.text[:800]
    if clause.question:
        return _NEUTRAL
    if asked is not None and (answer := _answered(text, asked)):
        return answer
    retracted = _any(*phrases.RETRACTS).sub("", text)
    if retracted != text:
        text, clause = retracted, clause._replace(contrast=False)
    heard = _any(*phrases.SEARCHING).sub(" ", text)
    if agree or (_any(_PASS_MARK).search(text) and not _any(_FAIL_MARK).search(text)):
        return Stance("clean", WEAK)
    if agree is False:
        return Stance("bug", SHOWN + clause.contrast)
    rest, no_bug = _without(_any(*_NO_BUG), heard)
    rest, no_matter = _without(_any(*phrases.NOT_A_BUG), rest)
    if (praise := _any(*_RIGHT).search(rest)) and _DOUBTED.search(rest[max(0, praise.start() - 60) : praise.start()]):
        return Stance("bug", SHOWN)
    rest, right = _without(_any(*_RIGHT), rest)
    if (result := _any(*phrases.RIGHT_RESULT).search(rest)) and _DOUBTED.search(rest[max(0, result.start() - 60) : result.start()]):
        return Stance("bug", PLAIN + clause.contrast)
    rest, fits = _without(_any(*phrases.RIGHT_RESULT), rest)
    no_matter = no_matter or fits
    if listed := _ticked_off(rest):
        return listed
    if no_bug and len(heard) - max(found.end() for found in _any(*_NO_BUG).finditer(heard)) < _TAIL:
        rest = ""  # "…, so there are no bugs": what leads to it does not count.
    return _weighed(text, rest, clause, no_bug=no_bug, right=right, no_matter=no_matter)


def _weighed(text: str, rest: str, clause: Clause, *, no_bug: bool, right: bool, no_matter: bool) -> Stance:
    shown = _affirms(_any(*_SHOWN), f"but {rest}" if clause.contrast else rest)
    complains = shown or _affirms(_any(*phrases.BUG), rest) or bool(_any(*_LACKS).search(rest))
    style, hard = bool(_any(*_STYLE).search(rest)), bool(_any(_HARD).search(rest))
    limited = bool(_any(*phrases.LIMITED).search(text))
    if complains and style and (not hard or _any(_REMARKS).search(text)):
        return Stance("style")
    if complains and not ((no_bug or (right and not limited)) and not shown):
        return Stance("bug", (SHOWN if shown else PLAIN) + clause.contrast)
    if no_bug or right:
        return Stance("clean", HINT if limited else SHOWN if no_bug else SHOWN - 0.5)
    if _any(*_UNSURE).search(text):
        return Stance("unsure")
    if no_matter:
        return Stance("clean", WEAK, retracts=bool(_any(_OF_BEFORE).search(text)))
    if style or _any(_REMARKS).search(text):
        return Stance("style")
    if passes := _any(*_PASSES).search(rest):
        doubted = _any(_NEGATION).search(rest[: passes.start()])
        return Stance("bug", WEAK + clause.contrast) if doubted else Stance("clean", WEAK, bool(_any(_ITS_FINE).search(text)))
    if not _any(_ABOUT_CODE).search(text) or _any(*phrases.LEADS_IN).search(text):
        return _NEUTRAL
    objects = clause.contrast and not clause.concedes
    if _any(_NEGATION).search(rest):
        return Stance("bug", WEAK + objects)
    if objects:
        return Stance("bug", WEAK)
    return Stance("neutral", HINT) if _any(*phrases.DESCRIBES).search(text) else Stance("other", HINT)


def _affirms(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a pattern is in a text, and no "no" before it."""
    return any(not _DENIED.search(text[max(0, found.start() - 80) : found.start()]) for found in pattern.finditer(text))


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    less = pattern.sub(" ", text)
    return less, less != text


def _ticked_off(text: str) -> Stance | None:
    """An item of a list of things to look for ("Wrong start value: no, it is 0")."""
    item = re.match(r"^([^:?：]{2,60})[:?：]\s*(\w+(?=[\s]*(?:[,.;!，。]|$))|n/a|none\b)", text)
    if item is None or not (_any(*phrases.BUG, *_SHOWN).search(item[1])):
        return None
    if _any(_NO, r"^\W*(?:none|n/a|nothing|keine?|aucune?|ningun[oa]|nenhum\w?|нет|无|没有|なし)(?!\w)").search(item[2]):
        return Stance("clean", WEAK)
    return None


def _answered(text: str, asked: Clause) -> Stance | None:
    """What "yes" or "no" means after a question."""
    yes, no = _any(_YES).search(text), _any(_NO).search(text)
    if not (yes or no) or len(text) > 40:
        return None
    of_bugs = bool(_any(_ASKS_OF_BUGS).search(asked.text))
    of_all = bool(
        re.search(r"\b(?:candidate|code|function|implementation|it|solution|bugs?)\b|代码|函数|код", asked.text)
    )
    good = bool(no) if of_bugs else bool(yes)
    return Stance("clean" if good else "bug", SHOWN - 0.5 if of_all else WEAK)


def is_verdict(text: str) -> Stance | None:
    """The verdict of a unit that says nothing else, or says it behind a label ("Verdict: …", "Conclusion: …")."""
    plain = masked(re.sub(r"[*_#>]", "", text.strip()))[0].strip().lower()
    first = plain.split("\n", 1)[0]
    label = re.match(rf"^\W*(?:{phrases.LABEL}|{languages.LABEL})\s*(?:[::=–—-]|\bis\b|→)+\s*(.*)$", first)
    words = label[1] if label else first
    if (none := _any(*_NO_BUG).match(words)) and not words[none.end() : none.end() + 1].strip(" .!,;"):
        return Stance("clean", VERDICT) if not _takes_back(words) and not _any(*phrases.LIMITED).search(words) else None
    if (side := _verdict_word(words.split(". ", 1)[0])) or (
        side := _verdict_word(re.split(r"[.,;:!–—(。,]", words, maxsplit=1)[0])
    ):
        # "Correct" begins many a sentence; alone or behind a label it is the verdict.
        alone = label or len(first.split()) <= 4 or re.match(r"[\w\s]{2,24}[.!:–—。]", words)
        return Stance(side, VERDICT) if alone and not _takes_back(words) else None
    if not label and len(first.split()) > 6:
        return None
    if label and len(words) < 1:
        return None
    seen = _strongest(words)
    # A short complaint is a finding; a short praise is a verdict.
    return Stance(seen.kind, VERDICT) if seen and seen.weight >= PLAIN and (label or seen.kind == "clean") else None


def _takes_back(words: str) -> bool:
    return bool(re.search(rf"(?:{phrases.CONTRAST}|{languages.CONTRAST})\b", words)) and said_after_turn(words) == "bug"


def said_after_turn(words: str) -> Side | None:
    """What is said after the first "but" of a text."""
    turn = re.split(rf"\b(?:{phrases.CONTRAST}|{languages.CONTRAST})\b", words, maxsplit=1)
    if len(turn) < 2:
        return None
    found = stance(Clause(turn[1], turn[1], contrast=True))
    return found.side


def _strongest(words: str) -> Stance | None:
    seen: Iterable[Stance] = [stance(clause) for clause in Unit(words, "paragraph").clauses]
    sided = [s for s in seen if s.side]
    return max(reversed(sided), key=lambda s: s.weight, default=None)
