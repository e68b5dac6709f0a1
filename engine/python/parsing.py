"""The one place where Python's own parser is asked: by one thread at a time, and without a warning getting out.

In CPython 3.11 the parser counts its depth in one place for all threads: two that make a syntax tree at once (one lets
the other in while garbage is collected) meet "SystemError: AST constructor recursion depth mismatch" on correct text.
`warnings.catch_warnings` changes what is the process' own as well.
"""

from __future__ import annotations

import ast
import symtable
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What every function here raises for text that is not Python."""

_TRIES = 5
"""A library's thread may parse beside ours, and what garbage collection calls may parse within."""
_one_at_a_time = threading.RLock()  # What garbage collection calls in this very thread may parse.
_Made = TypeVar("_Made")


def module(text: str) -> ast.Module:
    """The syntax tree of a program."""
    return _made(lambda: ast.parse(text))


def expression(text: str) -> ast.Expression:
    """The syntax tree of an expression."""
    return _made(lambda: ast.parse(text, mode="eval"))


def parsed(text: str) -> ast.Module | None:
    """The syntax tree of a program, None when the text is none."""
    try:
        return module(text)
    except UNREADABLE:
        return None


def symbols(text: str) -> symtable.SymbolTable:
    """The names of a program, scope by scope. Half the time of a tree, because no Python objects are made for it."""
    return _made(lambda: symtable.symtable(text, "<source>", "exec"))


def compiles(text: str) -> None:
    """Have Python compile a program: it raises what is wrong with it."""
    _made(lambda: compile(text, "<draft>", "exec", dont_inherit=True))


def unparsed(tree: ast.AST) -> str:
    """The text of a syntax tree."""
    with _alone():
        return ast.unparse(tree)


@contextmanager
def _alone() -> Iterator[None]:
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _made(make: Callable[[], _Made], tries: int = _TRIES) -> _Made:
    try:
        with _alone():
            return make()
    except SystemError:
        if tries == 1:
            raise
    return _made(make, tries - 1)
