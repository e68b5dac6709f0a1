"""Python code as runs of ink, line by line."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from .text import Run

TOO_LONG = 200_000
"""Characters from which on code is shown in one ink: colouring would hold up the screen."""

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


@lru_cache(maxsize=16)
def python_lines(code: str) -> tuple[tuple[Run, ...], ...]:
    """Lines of code (as `shown` gives it) in the theme's syntax inks; also half a program is coloured."""
    if not code:
        return ((),)
    if len(code) > TOO_LONG:
        return tuple(((line, ""),) for line in code.split("\n"))
    lines: list[list[Run]] = [[]]
    for token_type, text in _lexer().get_tokens(code):
        first, *rest = text.split("\n")
        ink = _ink(".".join(token_type))
        lines[-1].append((first, ink))
        lines += [[(piece, ink)] for piece in rest]
    return tuple(tuple(run for run in line if run[0]) for line in lines)


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
