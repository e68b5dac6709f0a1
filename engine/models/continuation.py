"""Finding out whether a server went on with the prefill, or began its answer again."""

from __future__ import annotations

import re

_FENCE = re.compile(r"\s*(?:```|~~~)[ \t]*[A-Za-z0-9_+-]*[ \t]*\n")
MEANINGFUL = 12
"""A prefill with fewer characters than this (blanks apart) is too short to tell a repetition from a continuation."""


class Continuation:
    """Watches the beginning of an answer to a prefilled ask, and takes a repetition of the prefill away.

    `restarted` is None while nothing is known; then whether the model said the prefill, or its first line, again.
    """

    def __init__(self, prefill: str) -> None:
        self._prefill = _squashed(_unfenced(prefill))
        self._first_line = _squashed(_unfenced(prefill).strip().partition("\n")[0])
        self._held = ""
        self.restarted: bool | None = None if len(self._prefill) >= MEANINGFUL else False
        self.stripped = False
        """Whether a whole repetition was taken away, so that what is left continues the prefill after all."""

    def feed(self, text: str) -> str:
        """The part of the answer so far that is certain."""
        if self.restarted is not None:
            return text
        self._held += text
        return self._decide(_squashed(_unfenced(self._held)))

    def end(self) -> str:
        """What was still held back when the stream ended."""
        if self.restarted is None:
            said = _squashed(_unfenced(self._held))
            if said.startswith(self._prefill):
                return self._strip_to(self._after_prefill())
            self.restarted = self._says_first_line(said)
        held, self._held = self._held, ""
        return held

    def _decide(self, said: str) -> str:
        if said.startswith(self._prefill):
            rest = self._after_prefill()
            # The line of the repetition may still end; only then is it over.
            return self._strip_to(rest) if rest.strip(" \t") else ""
        if self._prefill.startswith(said) or _is_opening_fence(self._held):
            return ""
        self.restarted = self._says_first_line(said)
        held, self._held = self._held, ""
        return held

    def _strip_to(self, rest: str) -> str:
        self.restarted = self.stripped = True
        self._held = ""
        return re.sub(r"\A[ \t]*\n", "", rest)

    def _says_first_line(self, said: str) -> bool:
        return len(self._first_line) >= MEANINGFUL // 2 and said.startswith(self._first_line)

    def _after_prefill(self) -> str:
        """What follows the repetition: counted in characters that are not blanks, because spacing may differ."""
        left = len(self._prefill)
        start = len(self._held) - len(_unfenced(self._held))
        for position in range(start, len(self._held)):
            left -= not self._held[position].isspace()
            if not left:
                return self._held[position + 1 :]
        return ""


def _squashed(text: str) -> str:
    """The text without blanks and line ends, in which models are sloppy."""
    return "".join(text.split())


def _unfenced(text: str) -> str:
    """The text after an opening code fence, if it begins with one."""
    found = _FENCE.match(text)
    return text[found.end() :] if found else text


def _is_opening_fence(text: str) -> bool:
    """Whether this may still turn out to be an opening fence."""
    return bool(re.fullmatch(r"\s*(?:`{1,3}|~{1,3})[A-Za-z0-9_+-]*[ \t]*", text))
