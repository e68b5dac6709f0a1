"""Telling a model's thoughts from its answer when both come as one text.

Three ways are known: thoughts between tags before the answer; the same at the beginning of a line further on; and
thoughts that the chat template opens inside the prompt, so that only the closing tag comes. Servers that send thoughts
apart need none of this.
"""

from __future__ import annotations

import re
from typing import Literal

from ..facts import Fact

_NAMES = ("think", "thinking", "thought", "thoughts", "reasoning", "seed:think")
_OPENING = (*(f"<{name}>" for name in _NAMES), "[THINK]", "◁think▷")
_CLOSING = (*(f"</{name}>" for name in _NAMES), "[/THINK]", "◁/think▷")
_OPENS = re.compile("|".join(map(re.escape, _OPENING)), re.IGNORECASE)
_CLOSES = re.compile("|".join(map(re.escape, _CLOSING)), re.IGNORECASE)
_INDENT = 40
"""Most blanks before a fence."""
_MARK = re.compile(rf"{_CLOSES.pattern}|{_OPENS.pattern}|\n[ \t]{{0,{_INDENT}}}(?:```|~~~)", re.IGNORECASE)
"""What matters within an answer; a fence, because what stands inside one is code."""
_BEGUN = frozenset(tag[:size].lower() for tag in (*_OPENING, *_CLOSING) for size in range(1, len(tag) + 1))
"""Every beginning of a tag."""
_BEGUN_LINE = re.compile(rf"\n[ \t]{{0,{_INDENT}}}(?:`{{0,3}}|~{{0,3}})\Z")
_LONGEST_TAG = max(map(len, _BEGUN))
_MOST_BLANKS = 400
"""Blanks before the first word that are held back, because a tag may follow."""
_AT_ONCE = 4096
"""Characters that are read at once: what is held is copied at each tag."""
_QUOTES = frozenset("\"'`")


class Part(Fact, frozen=True):
    """Some text of a stream that is certain now."""

    text: str = ""
    kind: Literal["answer", "thought", "was thought"] = "answer"
    """"was thought": what came before and was taken for the answer was a thought; there is no text."""


def names_tags(text: str) -> bool:
    """Whether a text has such tags: an answer to it may quote them."""
    return bool(_OPENS.search(text) or _CLOSES.search(text))


class ThoughtSplitter:
    """Splits a stream of text into thoughts and answer."""

    def __init__(self, *, inside: bool = True) -> None:
        """`inside`: whether tags that come after the first word count."""
        self._inside = inside
        self._held = ""
        self._where: Literal["start", "thought", "gap", "answer"] = "start"
        self._opened = self._line_open = self._fenced = False
        self._last = "\n"
        """The last character of the answer that was passed on."""
        self._blank_line = True
        """Whether the line it stands in has only blanks so far."""

    def feed(self, text: str) -> list[Part]:
        """The parts of the text so far that are certain."""
        parts: list[Part] = []
        for at in range(0, len(text), _AT_ONCE):
            self._held += text[at : at + _AT_ONCE]
            parts += self._parts(ended=False)
        return parts

    def end(self) -> list[Part]:
        """What was still held back when the stream ended."""
        parts = self._parts(ended=True)
        if self._held and self._where == "thought":
            parts.append(Part(text=self._held, kind="thought"))
        self._held = ""
        return parts

    def _parts(self, *, ended: bool) -> list[Part]:
        parts: list[Part] = []
        more = True
        while more:
            match self._where:
                case "start":
                    more = self._begin(ended=ended)
                case "thought":
                    more = self._think(parts)
                case "gap":
                    more = self._cross_gap()
                case "answer":
                    more = self._answer(parts, ended=ended)
        return parts

    # Each of these says whether the state changed, so that what is held should be read again.

    def _begin(self, *, ended: bool) -> bool:
        begin = self._held.lstrip()
        if opening := _OPENS.match(begin):
            self._open_thought(begin[opening.end() :])
            return True
        undecided = begin.lower() in _BEGUN if begin else len(self._held) < _MOST_BLANKS
        if undecided and not ended:
            return False
        self._open_answer(self._held)
        return bool(self._held)

    def _think(self, parts: list[Part]) -> bool:
        if self._opened:
            self._held = self._held.lstrip("\n")
            self._opened = not self._held
        closing = _CLOSES.search(self._held)
        end = closing.start() if closing else len(self._held) - len(_begun_tag(self._held))
        if end:
            parts.append(Part(text=self._held[:end], kind="thought"))
        self._held = self._held[closing.end() if closing else end :]
        if closing:
            self._where = "gap"
        return bool(closing)

    def _cross_gap(self) -> bool:
        """Leave blank lines out, but keep the indentation of the first line: it may be code."""
        rest = self._held.lstrip()
        line = self._held[: len(self._held) - len(rest)].rfind("\n")
        if not rest:
            self._held = self._held[max(line, 0) :][:_MOST_BLANKS]
            return False
        self._open_answer(self._held[line + 1 :] if line >= 0 else rest)
        return True

    def _answer(self, parts: list[Part], *, ended: bool) -> bool:
        done = 0
        for mark in _MARK.finditer(self._held) if self._inside else ():
            if mark.end() == len(self._held) and not ended:
                break  # What follows decides.
            if mark[0].startswith("\n"):
                self._fenced = not self._fenced
            elif _OPENS.fullmatch(mark[0]):
                if not self._fenced and self._begins_line(mark.start()):
                    self._say(parts, mark.start())
                    self._open_thought(self._held[len(mark[0]) :])
                    return True
            elif self._ends_thought(mark):
                self._say(parts, mark.start())
                parts.append(Part(kind="was thought"))
                self._where, self._held = "gap", self._held[len(mark[0]) :]
                return True
            done = mark.end()
        end = len(self._held)
        if self._inside and not ended:
            begun = _BEGUN_LINE.search(self._held, max(0, end - _INDENT - 4))
            end -= max(len(_begun_tag(self._held)), len(begun[0]) if begun else 0)
        self._say(parts, max(done, end))
        return False

    def _open_thought(self, rest: str) -> None:
        self._where, self._held, self._opened = "thought", rest, True

    def _open_answer(self, held: str) -> None:
        """Begin an answer with an end of line that is not passed on, so that its first line looks like all others."""
        self._where, self._held = "answer", "\n" + held if self._inside else held
        self._line_open, self._fenced = self._inside, False

    def _say(self, parts: list[Part], end: int) -> None:
        """Pass on what is held up to `end`."""
        text = self._held[:end]
        self._held = self._held[end:]
        if not text:
            return
        self._last = text[-1]
        line = text.rfind("\n")
        self._blank_line = (line >= 0 or self._blank_line) and not text[line + 1 :].strip()
        text = text[1:] if self._line_open else text
        self._line_open = False
        if text:
            parts.append(Part(text=text))

    def _begins_line(self, at: int) -> bool:
        line = self._held.rfind("\n", 0, at)
        return (line >= 0 or self._blank_line) and not self._held[line + 1 : at].strip()

    def _ends_thought(self, mark: re.Match[str]) -> bool:
        """Whether a closing tag that nothing opened ends a thought, and is not quoted by the answer."""
        before = self._held[mark.start() - 1] if mark.start() else self._last
        after = self._held[mark.end() : mark.end() + 1]
        if before in _QUOTES or after in _QUOTES:
            return False
        return not self._fenced or after in {"", "\n", "\r"} or self._begins_line(mark.start())


def _begun_tag(text: str) -> str:
    """The end of the text that may turn out to be the beginning of a tag, "" when there is none."""
    tail = text[-_LONGEST_TAG:].lower()
    return next((tail[at:] for at in range(len(tail)) if tail[at:] in _BEGUN), "")
