"""What a specification says should happen, and whether it did.

`extract` reads the examples of a docstring; `judge` and `report` hold them against what the sandbox saw. Neither paper
says how examples are read: doctest's own syntax comes first, then prose such as `f(2) -> 5`. Values are compared where
text comparison would reject a right answer.
"""

from __future__ import annotations

from ..facts import Example
from .awaiting import awaited
from .claims import LOOK_AROUND, asked, compared, is_told_by_its_class
from .doctests import interactive_examples, is_python
from .prose import prose_examples
from .verdicts import all_held_up, held_up, judge, report
from .visible import visible

__all__ = [
    "LOOK_AROUND",
    "all_held_up",
    "asked",
    "awaited",
    "compared",
    "extract",
    "held_up",
    "is_python",
    "is_told_by_its_class",
    "judge",
    "report",
    "session",
    "visible",
]


def extract(docstring: str, entry_point: str, first_line: int = 0) -> tuple[Example, ...]:
    """The examples of a docstring, in reading order.

    `entry_point` is the function's name; for a method give the qualified name (`Stack.push`), because prose such as
    `push(2) -> 5` cannot be run without its object. `first_line` is the 1-based line of the docstring's first line in
    its file, 0 when there is no file. Doctests are all kept, in order and with their set-up statements: they share one
    namespace. Prose that contradicts itself, repeats a doctest, or needs names that are not built in is dropped.
    What stands behind a prompt and is neither Python nor such prose is kept: it fails, as for doctest.
    """
    formal, unread, rest = interactive_examples(docstring.replace("\r\n", "\n"))
    prose = prose_examples(rest, entry_point, known=formal)
    told = {placed.offset for placed in prose}
    found = [*formal, *prose, *(placed for placed in unread if placed.offset not in told)]
    found.sort(key=lambda placed: placed.offset)
    return tuple(placed.example(first_line) for placed in found)


def session(docstring: str, name: str, first_line: int) -> tuple[Example, ...]:
    """The `>>>` statements of a docstring that is not a function's own; `name` tells whose it is ("class Stack")."""
    formal, unread, _ = interactive_examples(docstring.replace("\r\n", "\n"))
    found = sorted([*formal, *unread], key=lambda placed: placed.offset)
    return tuple(placed.example(first_line, name) for placed in found)
