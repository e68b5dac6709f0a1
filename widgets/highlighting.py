"""Python code as runs of ink, line by line."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from .text import Run

TOO_LONG = 50_000
"""Characters from which on code is shown in one ink: colouring would hold up the screen for 50 ms or more."""

Line = tuple[Run, ...]

_INKS = {
    "Comment": "italic $syntax-comment",
    "Keyword.Constant": "$syntax-constant",
    "Keyword": "$syntax-keyword",
    "Operator.Word": "$syntax-keyword",
    "Operator": "$syntax-operator",
    "Name.Builtin.Pseudo": "italic $syntax-builtin",
    "Name.Builtin": "$syntax-builtin",
    "Name.Exception": "$syntax-type",
    "Name.Class": "$syntax-type",
    "Name.Function": "$syntax-function",
    "Name.Decorator": "$syntax-decorator",
    "Name.Namespace": "$syntax-name",
    "Name": "$syntax-name",
    "Literal.String": "$syntax-string",
    "Literal.Number": "$syntax-number",
}


@lru_cache(maxsize=64)
def python_lines(code: str) -> tuple[Line, ...]:
    """Lines of code (as `shown` gives it) in the theme's syntax inks; also half a program is coloured."""
    return _coloured(code)[0]


class GrowingCode:
    """Code that grows at its end: what was coloured before is not coloured again."""

    def __init__(self) -> None:
        self._done = ""
        self._lines: list[Line] = []

    def lines(self, code: str) -> list[Line]:
        """Lines of code (as `shown` gives it), in as many calls as it takes to grow."""
        if not code.startswith(self._done):
            self._done, self._lines = "", []
        rest = code[len(self._done) :]
        cut = rest.rfind("\n") + 1
        finished, whole = _coloured(rest[:cut])
        if not whole:
            return [*self._lines, *_coloured(rest)[0]]
        self._done += rest[:cut]
        self._lines += finished[:-1]
        return [*self._lines, *_coloured(rest[cut:])[0]]


def _coloured(code: str) -> tuple[tuple[Line, ...], bool]:
    """Coloured lines, and whether the code does not end within a string."""
    if len(code) > TOO_LONG:
        return tuple(((line, ""),) if line else () for line in code.split("\n")), True
    lines: list[list[Run]] = [[]]
    ink = ""
    for token_type, text in _lexer().get_tokens(code):
        first, *rest = text.split("\n")
        ink = _ink(".".join(token_type))
        lines[-1].append((first, ink))
        lines += [[(piece, ink)] for piece in rest]
    return tuple(tuple(run for run in line if run[0]) for line in lines), ink != "$syntax-string"


@lru_cache(maxsize=1)
def _lexer() -> Any:
    # The lexer costs 20 ms to import: not before the first code is shown.
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False)


@lru_cache(maxsize=256)
def _ink(token: str) -> str:
    """The ink of a token's type, or else of the type it is a kind of."""
    while token:
        if token in _INKS:
            return _INKS[token]
        token = token.rpartition(".")[0]
    return ""
