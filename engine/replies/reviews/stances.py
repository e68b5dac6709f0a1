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
    return re.compile("|".join(patterns), re.IGNORECASE)


NO_BUG = (*phrases.NO_BUG, *languages.NO_BUG)
_RIGHT = (*phrases.RIGHT, *languages.RIGHT)
_LACKS = (*phrases.LACKS, *languages.WRONG[1:])
_SHOWN = (*phrases.SHOWN_WRONG, languages.WRONG[0])
_TAIL = 30
"""Characters that may follow a "no bugs" that concludes a clause."""
_STYLE = (*phrases.STYLE, *languages.STYLE)
_PASSES = (*phrases.PASSES, *languages.PASSES)
_UNSURE = (*phrases.UNSURE, *languages.UNSURE)


def stance(clause: Clause, *, agree: bool | None = None, asked: Clause | None = None) -> Stance:
    """What a clause says. `agree`: whether the results that its sentence spells are the same, None when it spells fewer
    than two; `asked`: a question before it.
    """
    text = clause.text[:800]
    if clause.question:
        return _NEUTRAL
    if asked is not None and (answer := _answered(text, asked)):
        return answer
    retracted = any_of(*phrases.RETRACTS).sub("", text)
    if retracted != text:
        text, clause = retracted, clause._replace(contrast=False)
    heard = any_of(*phrases.SEARCHING).sub(" ", text)
    if agree or (any_of(cues.PASS_MARK).search(text) and not any_of(cues.FAIL_MARK).search(text)):
        return Stance("clean", WEAK)
    if agree is False:
        return Stance("bug", SHOWN + clause.contrast)
    rest, no_bug = _without(any_of(*NO_BUG), heard)
    rest, no_matter = _without(any_of(*phrases.NOT_A_BUG), rest)
    if (praise := any_of(*_RIGHT).search(rest)) and any_of(cues.DOUBTED).search(rest[max(0, praise.start() - 60) : praise.start()]):
        return Stance("bug", SHOWN)
    rest, right = _without(any_of(*_RIGHT), rest)
    if (result := any_of(*phrases.RIGHT_RESULT).search(rest)) and any_of(cues.DOUBTED).search(
        rest[max(0, result.start() - 60) : result.start()]
    ):
        return Stance("bug", PLAIN + clause.contrast)
    rest, fits = _without(any_of(*phrases.RIGHT_RESULT), rest)
    no_matter = no_matter or fits
    if listed := _ticked_off(rest):
        return listed
    if no_bug and len(heard) - max(found.end() for found in any_of(*NO_BUG).finditer(heard)) < _TAIL:
        rest = ""  # "…, so there are no bugs": what leads to it does not count.
    return _weighed(text, rest, clause, no_bug=no_bug, right=right, no_matter=no_matter)


def _weighed(text: str, rest: str, clause: Clause, *, no_bug: bool, right: bool, no_matter: bool) -> Stance:
    shown = _affirms(any_of(*_SHOWN), f"but {rest}" if clause.contrast else rest)
    complains = shown or _affirms(any_of(*phrases.BUG), rest) or bool(any_of(*_LACKS).search(rest))
    style, hard = bool(any_of(*_STYLE).search(rest)), bool(any_of(cues.HARD).search(rest))
    limited = bool(any_of(*phrases.LIMITED).search(text))
    if complains and style and (not hard or any_of(cues.REMARKS).search(text)):
        return Stance("style")
    if complains and not ((no_bug or (right and not limited)) and not shown):
        return Stance("bug", (SHOWN if shown else PLAIN) + clause.contrast)
    if no_bug or right:
        return Stance("clean", HINT if limited else SHOWN if no_bug else SHOWN - 0.5)
    if any_of(*_UNSURE).search(text):
        return Stance("unsure")
    if no_matter:
        return Stance("clean", WEAK, retracts=bool(any_of(cues.OF_BEFORE).search(text)))
    if style or any_of(cues.REMARKS).search(text):
        return Stance("style")
    if passes := any_of(*_PASSES).search(rest):
        doubted = any_of(cues.NEGATION).search(rest[: passes.start()])
        return (
            Stance("bug", WEAK + clause.contrast)
            if doubted
            else Stance("clean", WEAK, bool(any_of(cues.ITS_FINE).search(text)))
        )
    if not any_of(cues.ABOUT_CODE).search(text) or any_of(*phrases.LEADS_IN).search(text):
        return _NEUTRAL
    objects = clause.contrast and not clause.concedes
    if any_of(cues.NEGATION).search(rest):
        return Stance("bug", WEAK + objects)
    if objects:
        return Stance("bug", WEAK)
    return Stance("neutral", HINT) if any_of(*phrases.DESCRIBES).search(text) else Stance("other", HINT)


def _affirms(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a pattern is in a text, and no "no" before it."""
    return any(not any_of(cues.DENIED).search(text[max(0, found.start() - 80) : found.start()]) for found in pattern.finditer(text))


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    less = pattern.sub(" ", text)
    return less, less != text


def _ticked_off(text: str) -> Stance | None:
    """An item of a list of things to look for ("Wrong start value: no, it is 0")."""
    item = re.match(r"^([^:?：]{2,60})[:?：]\s*(\w+(?=[\s]*(?:[,.;!，。]|$))|n/a|none\b)", text)
    if item is None or not (any_of(*phrases.BUG, *_SHOWN).search(item[1])):
        return None
    if any_of(cues.NO, cues.NONE).search(
        item[2]
    ):
        return Stance("clean", WEAK)
    return None


def _answered(text: str, asked: Clause) -> Stance | None:
    """What "yes" or "no" means after a question."""
    yes, no = any_of(cues.YES).search(text), any_of(cues.NO).search(text)
    if not (yes or no) or len(text) > 40:
        return None
    of_bugs = bool(any_of(cues.ASKS_OF_BUGS).search(asked.text))
    of_all = bool(
        re.search(r"\b(?:candidate|code|function|implementation|it|solution|bugs?)\b|代码|函数|код", asked.text)
    )
    good = bool(no) if of_bugs else bool(yes)
    return Stance("clean" if good else "bug", SHOWN - 0.5 if of_all else WEAK)
