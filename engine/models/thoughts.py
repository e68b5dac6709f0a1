"""Telling a model's thoughts from its answer when both come as one text."""

from __future__ import annotations

OPENS, CLOSES = "<think>", "</think>"


class ThoughtSplitter:
    """Splits a stream at a leading `<think>…</think>`. Such tags further on belong to the answer (it may be code)."""

    def __init__(self) -> None:
        self._held = ""
        self._where = "start"

    def feed(self, text: str) -> list[tuple[str, bool]]:
        """The parts of the text so far that are certain, each with whether it is a thought."""
        self._held += text
        parts: list[tuple[str, bool]] = []
        if self._where == "start" and not self._starts():
            return parts
        if self._where == "opened":
            self._held = self._held.lstrip("\n")
            self._where = "thought" if self._held else "opened"
        if self._where == "thought":
            thought, closed, rest = self._held.partition(CLOSES)
            if closed:
                self._where, self._held = "gap", rest
            else:
                thought, self._held = _without_open_end(self._held)
            parts += [(thought, True)] if thought else []
        if self._where == "gap":
            self._held = self._held.lstrip()
            if self._held:
                self._where = "answer"
        if self._where == "answer" and self._held:
            parts.append((self._held, False))
            self._held = ""
        return parts

    def end(self) -> list[tuple[str, bool]]:
        """What was still held back when the stream ended."""
        held, self._held = self._held, ""
        return [(held, self._where == "thought")] if held else []

    def _starts(self) -> bool:
        """Whether it is decided how the text begins."""
        begin = self._held.lstrip()
        if begin.startswith(OPENS):
            self._where, self._held = "opened", begin[len(OPENS) :]
            return True
        if OPENS.startswith(begin):
            return False
        self._where = "answer"
        return True


def _without_open_end(text: str) -> tuple[str, str]:
    """The text less an end that may turn out to be the beginning of the closing tag, and that end."""
    for size in range(len(CLOSES) - 1, 0, -1):
        if text.endswith(CLOSES[:size]):
            return text[:-size], text[-size:]
    return text, ""
