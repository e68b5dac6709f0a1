"""What one clause of a report says of the code: that something is wrong, that it is right, or neither."""

from __future__ import annotations

import functools
import re
from typing import Literal, NamedTuple

from . import cues, languages, phrases
from .clauses import Clause

Side = Literal["bug", "clean"]
Kind = Literal["bug", "clean", "style", "unsure", "neutral", "other"]

VERDICT, SHOWN, PLAIN, WEAK, HINT = 4.0, 3.0, 2.0, 1.0, 0.5
"""How much a clause counts: an explicit verdict, what is wrong with what would be right, a complaint, a remark on one
thing, anything said of code that has no other meaning."""
_ALL_RIGHT = 2.5
"""A praise of the whole: more than a complaint, less than what shows a bug."""
_LONGEST, _BEFORE, _TAIL = 800, 80, 30
"""Characters of a clause that are heard, in which a "no" before a word is looked for, and after a last "no bugs"."""

NO_BUG = (*phrases.NO_BUG, *languages.NO_BUG)
_RIGHT = (*phrases.RIGHT, *languages.RIGHT)
_LACKS = (*phrases.LACKS, *languages.WRONG[1:])
_SHOWN = (*phrases.SHOWN_WRONG, languages.WRONG[0])
_STYLE = (*phrases.STYLE, *languages.STYLE)
_PASSES = (*phrases.PASSES, *languages.PASSES)
_UNSURE = (*phrases.UNSURE, *languages.UNSURE)


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
def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern that finds what any of them does, whatever the case."""
    return re.compile("|".join(patterns), re.IGNORECASE)


def stance(clause: Clause, *, agree: bool | None = None, asked: Clause | None = None) -> Stance:
    """What a clause says.

    `agree`: whether the results that its sentence spells are the same, None when it spells fewer than two.
    `asked`: the question before it.
    """
    text = clause.text[:_LONGEST]
    if clause.question:
        return _NEUTRAL
    if asked is not None and (answer := _answered(text, asked)):
        return answer
    retracted = any_of(*phrases.RETRACTS).sub("", text)
    if retracted != text:
        text, clause = retracted, clause._replace(contrast=False)
    if agree or (any_of(cues.PASS_MARK).search(text) and not any_of(cues.FAIL_MARK).search(text)):
        return Stance("clean", WEAK)
    if agree is False:
        return Stance("bug", SHOWN + clause.contrast)
    return _heard(text, clause)


def _heard(text: str, clause: Clause) -> Stance:
    """What a clause says in words: praise is put aside first, so that what is left of it can be a complaint."""
    heard = any_of(*phrases.SEARCHING).sub(" ", text)
    rest, no_bug = _without(NO_BUG, heard)
    rest, no_matter = _without(phrases.NOT_A_BUG, rest)
    for praise, weight in ((_RIGHT, SHOWN), (phrases.RIGHT_RESULT, PLAIN + clause.contrast)):
        if _is_doubted(praise, rest):
            return Stance("bug", weight)
    rest, right = _without(_RIGHT, rest)
    rest, fits = _without(phrases.RIGHT_RESULT, rest)
    if _is_ticked_off(rest):
        return Stance("clean", WEAK)
    if no_bug and len(heard) - max(found.end() for found in any_of(*NO_BUG).finditer(heard)) < _TAIL:
        rest = ""  # "…, so there are no bugs": what leads to it does not count.
    shown = _affirms(_SHOWN, f"but {rest}" if clause.contrast else rest)
    limited = bool(any_of(*phrases.LIMITED).search(text))
    praised = no_bug or (right and not limited)
    if shown or (not praised and (_affirms(phrases.BUG, rest) or any_of(*_LACKS).search(rest))):
        return _complaint(text, rest, SHOWN if shown else PLAIN, clause)
    if no_bug or right:
        return Stance("clean", HINT if limited else SHOWN if no_bug else _ALL_RIGHT)
    if any_of(*_UNSURE).search(text):
        return Stance("unsure")
    if no_matter or fits:
        return Stance("clean", WEAK, retracts=no_matter and bool(any_of(cues.OF_BEFORE).search(text)))
    return _faint(text, rest, clause)


def _complaint(text: str, rest: str, weight: float, clause: Clause) -> Stance:
    """A complaint, unless it is one about style, from which nothing wrong comes out."""
    if any_of(*_STYLE).search(rest) and (not any_of(cues.HARD).search(rest) or any_of(cues.REMARKS).search(text)):
        return Stance("style")
    return Stance("bug", weight + clause.contrast)


def _faint(text: str, rest: str, clause: Clause) -> Stance:
    """What a clause says that neither praises nor complains in clear words."""
    if any_of(*_STYLE).search(rest) or any_of(cues.REMARKS).search(text):
        return Stance("style")
    if passes := any_of(*_PASSES).search(rest):
        if any_of(cues.NEGATION).search(rest[: passes.start()]):
            return Stance("bug", WEAK + clause.contrast)
        return Stance("clean", WEAK, retracts=bool(any_of(cues.ITS_FINE).search(text)))
    if _affirms(phrases.MAY_BE, rest):
        return Stance("bug", WEAK + clause.contrast)
    if not any_of(cues.ABOUT_CODE).search(text) or any_of(*phrases.LEADS_IN).search(text):
        return _NEUTRAL
    objects = clause.contrast and not clause.concedes
    if any_of(cues.NEGATION).search(rest):
        return Stance("bug", WEAK + objects)
    if objects:
        return Stance("bug", WEAK)
    return Stance("neutral" if any_of(*phrases.DESCRIBES).search(text) else "other", HINT)


def _without(patterns: tuple[str, ...], text: str) -> tuple[str, bool]:
    less = any_of(*patterns).sub(" ", text)
    return less, less != text


def _affirms(patterns: tuple[str, ...], text: str) -> bool:
    """Whether a pattern is in a text, and no "no" before it."""
    denied = any_of(cues.DENIED)
    return any(
        not denied.search(text[max(0, found.start() - _BEFORE) : found.start()])
        for found in any_of(*patterns).finditer(text)
    )


def _is_doubted(praise: tuple[str, ...], text: str) -> bool:
    """Whether a text holds a praise behind a "not"."""
    found = any_of(*praise).search(text)
    return found is not None and bool(
        any_of(cues.DOUBTED).search(text[max(0, found.start() - _BEFORE) : found.start()])
    )


def _is_ticked_off(text: str) -> bool:
    """Whether a text is an item of a list of things to look for, and there is none ("Wrong start: no, it is 0")."""
    item = re.match(r"^([^:?：]{2,60})[:?：]\s*(\w+(?=\s*(?:[,.;!，。]|$))|n/a|none\b)", text)
    if item is None or not any_of(*phrases.BUG, *_SHOWN).search(item[1]):
        return False
    return any_of(cues.NO, cues.NONE).search(item[2]) is not None


def _answered(text: str, asked: Clause) -> Stance | None:
    """What "yes" or "no" means after a question."""
    yes, no = any_of(cues.YES).search(text), any_of(cues.NO).search(text)
    if not (yes or no) or len(text) > 40:
        return None
    good = no if any_of(cues.ASKS_OF_BUGS).search(asked.text) else yes
    return Stance("clean" if good else "bug", _ALL_RIGHT if any_of(cues.ASKS_OF_ALL).search(asked.text) else WEAK)
