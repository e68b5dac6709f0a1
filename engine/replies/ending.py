"""Where the body of a function ends in text that goes on: a stream that continues a stub, or the rest of a reply."""

from __future__ import annotations

import re
from typing import Literal

from ..facts import Stub
from .lines import LineScanner
from .python import reads_as_prose

_FENCE = ("```", "~~~")
_NEVER_INSIDE = re.compile(r"(?:async\s+)?def\s+\w+\s*\(|class\s+\w+|import\s+\w+|from\s+[\w.]+\s+import\b")
"""No bracket holds these at the start of a line: the bracket before them was never closed."""
_FLAT_END = r"if\s+__name__\b|class\s+\w|(?:assert\b|print\s*\()[^#\n]*\b{name}\s*\("
_LEAVES = re.compile(r"(?:return|raise)\b")


class BodyEnd:
    """Fed with the pieces of a text that begins right after a function's header, says when the body has ended.

    It ends with the first line at the column of `def` that continues no bracket and no string, or with a closing fence.
    Models forget the indentation of the first line, or of every line, or begin again with a fence, with words and a
    fence, or with the class around: then the end is called later rather than too early. Linear in the text's length.
    """

    def __init__(self, stub: Stub | None = None, *, column: int = 0) -> None:
        """`column` is where `def` stands in the text that is continued (0 for a stub's header)."""
        name = re.escape(stub.entry_point) if stub else r"\w+"
        around = stub.name.split(".")[-2:-1] if stub else []
        again = [rf"(?:async\s+)?def\s+{name}\s*\(", *(rf"class\s+{re.escape(one)}\b" for one in around)]
        self._again = re.compile("|".join(again))
        self._after = re.compile(_FLAT_END.format(name=name))
        self._column = column
        self._scanner = LineScanner()
        self._lines: list[str] = []
        self._tail: list[str] = []
        self._tail_judged = False
        self._layout: Literal["unknown", "indented", "flat", "restarted"] = "unknown"
        self._first = ""
        self._second = 0
        self._left = False
        self._talks = False
        """Whether it began with prose: then more may follow any block of code."""
        self.ended = False

    @property
    def text(self) -> str:
        """What belongs to the body, or may still do."""
        return "\n".join([*self._lines, "".join(self._tail)])

    @property
    def restarted(self) -> bool:
        """Whether the text is no continuation but begins again, with a fence or a signature."""
        return self._layout == "restarted"

    def feed(self, piece: str) -> bool:
        """Take in the next piece; whether the body has ended."""
        if self.ended:
            return True
        *whole, rest = piece.split("\n")
        for end in whole:
            self._tail.append(end)
            line = "".join(self._tail)
            self._tail.clear()
            self._tail_judged = False
            if self._ends(line):
                self.ended = True
                return True
            self._lines.append(line)
            self._scanner.read(line)
        if rest:
            self._tail.append(rest)
            self.ended = self._tail_ends(rest)
        return self.ended

    def finish(self) -> str:
        """The body's text once nothing more comes."""
        if self._tail:
            self.feed("\n")
        return self.text

    def _tail_ends(self, rest: str) -> bool:
        """Whether an unfinished line shows already that the body is over: one dedented character is enough."""
        if self._tail_judged or self._layout != "indented" or not rest.strip():
            return False
        self._tail_judged = True
        line = "".join(self._tail)
        dedented = len(line) - len(line.lstrip()) <= self._column
        if self._scanner.fresh and dedented and line.lstrip()[0] != "#":
            self._tail.clear()
            return True
        return False

    def _ends(self, line: str) -> bool:
        stripped = line.strip()
        if self._scanner.quote or not stripped:
            return False
        if stripped.startswith(_FENCE):
            return self._fence(stripped)
        indent = len(line) - len(line.lstrip())
        if not self._scanner.fresh:
            return indent <= self._column and bool(_NEVER_INSIDE.match(stripped))
        if stripped[0] == "#" or self._layout == "restarted":
            return False
        if self._layout == "indented":
            return indent <= self._column
        return self._ends_unindented(stripped, indent)

    def _fence(self, fence: str) -> bool:
        if self._layout == "restarted":
            return not self._talks
        opens = self._layout != "indented" and bool(fence.strip("`~ "))
        self._talks = bool(self._first) and (opens or reads_as_prose("\n".join(self._lines)))
        if self._talks or not self._first:
            self._layout = "restarted"
            return False
        return True

    def _ends_unindented(self, stripped: str, indent: int) -> bool:
        """For a text whose first line has no indentation, while it is open whether the others have any."""
        if not self._first:
            self._first = stripped
            if self._again.match(stripped):
                self._layout = "restarted"
                return False
            if indent > self._column:
                self._layout = "indented"
                return False
        elif indent > self._column:
            if self._layout == "unknown" and self._first.startswith("class ") and self._again.match(stripped):
                self._layout = "restarted"
                return False
            self._second = self._second or indent
            # Under an opener more indentation says nothing, but a step back that is not a step out does.
            if self._layout == "unknown" and (not self._first.endswith(":") or indent < self._second):
                self._layout = "indented"
            return False
        elif self._layout == "unknown":
            self._layout = "flat"
        if self._again.match(stripped):
            self._layout = "restarted"
            return False
        if self._left or self._after.match(stripped):
            return self._layout == "flat"
        self._left = bool(_LEAVES.match(stripped))
        return False
