"""Where logical lines of Python begin, told line by line, without needing the code to be right. Linear."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'"""|\'\'\'|"(?:\\.|[^"\\])*(?:"|\\?$)|\'(?:\\.|[^\'\\])*(?:\'|\\?$)|#.*|[\[({]|[\])}]',
)
_CLOSE = {quote: re.compile(rf"(?:\\.|[^\\])*?{quote}") for quote in ('"""', "'''")}


class LineScanner:
    """Follows brackets, triple quotes and backslashes from one physical line to the next."""

    def __init__(self) -> None:
        self.depth = 0
        """Brackets that are open."""
        self.quote = ""
        """The triple quote that is open, or ""."""
        self._continued = False

    @property
    def fresh(self) -> bool:
        """Whether the next line begins a new logical line."""
        return not (self.depth or self.quote or self._continued)

    def read(self, line: str) -> None:
        """Take in one line, given without its newline."""
        at = 0
        comment = False
        while True:
            if self.quote:
                closed = _CLOSE[self.quote].match(line, at)
                if not closed:
                    return
                self.quote, at = "", closed.end()
            token = _TOKEN.search(line, at)
            if not token:
                break
            at = token.end()
            comment = self._take(token[0])
        self._continued = line.endswith("\\") and not comment

    def _take(self, token: str) -> bool:
        """Whether the token is a comment."""
        if token in _CLOSE:
            self.quote = token
        elif token in {"(", "[", "{"}:
            self.depth += 1
        elif token in {")", "]", "}"}:
            self.depth = max(0, self.depth - 1)
        return token.startswith("#")
