"""Examples written as prose: `f(2) -> 5`, `f(2) == 5`, `f([1, 2]) should return 3.`"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Sequence

from ..facts import Example
from ..python.parsing import unparsed
from . import values
from .placed import Placed
from .scan import closing, literal_prefix

_SEPARATOR = re.compile(
    r"""[ \t]*[`'"]?[ \t]*(?:\#[ \t]*)?(?:
        ➞|→|⟶|⇒|⟹|➜|==+>|=>|--+>|->|===?|=|:
      | ,?[ \t]*(?:(?:should|must|will|would)[ \t]+(?:return|be|give|equal|yield|output|evaluate[ \t]+to)
              | returns?|is|gives|yields|equals|outputs|evaluates[ \t]+to)(?:[ \t]*:)?(?=[^\w])
    )[ \t]*[`]?""",
    re.VERBOSE,
)
_PLACES = 500
"""Mentions of the function that are looked at."""
_TRAILERS = 8
"""Most `.name`, `[…]` and `(…)` that may follow a call and still be read as one expression."""


def prose_examples(text: str, entry_point: str, known: Sequence[Placed] = ()) -> list[Placed]:
    """The prose examples of a docstring; those that contradict one another, or repeat a `known` one, are left out."""
    taken = {_normal(placed.found.source) for placed in known}
    by_call: dict[str, list[tuple[int, str, str]]] = {}
    for offset, call, value in _claims(text, entry_point):
        by_call.setdefault(_normal(call), []).append((offset, call, value))
    found: list[Placed] = []
    for normal, claims in by_call.items():
        offset, call, value = claims[0]
        if normal in taken or any(not values.same_text(value, other) for _, _, other in claims[1:]):
            continue
        source = normal if "\n" in call else call
        found.append(Placed(offset, Example(source=source, want=value, compare="value")))
    return found


def _claims(text: str, entry_point: str) -> Iterator[tuple[int, str, str]]:
    """(line, call, repr of the expected value) of everything that reads like an example."""
    root = entry_point.partition(".")[0]
    offset = searched = 0
    end = 0
    places = re.finditer(rf"(?<![\w.]){re.escape(root)}(?=[(.])", text)
    for match in itertools.islice(places, _PLACES):
        start = match.start()
        if start < end:
            continue
        stop = _call_end(text, match.end())
        call = text[start:stop]
        if not stop or not _stands_alone(call, entry_point):
            continue
        expected = _expected(text, stop)
        offset += text.count("\n", searched, start)
        searched = start
        if expected is not None:
            end = stop
            yield offset, call, expected


def _call_end(text: str, at: int) -> int:
    """Where the expression ends whose first name ends at `at`: the name, its call, and trailers; 0 if never closed."""
    for _ in range(_TRAILERS):
        if text[at : at + 1] in ("(", "["):
            at = closing(text, at)
            if not at:
                return 0
        elif name := re.compile(r"\.[A-Za-z_]\w*(?=[(.\[])").match(text, at):
            at = name.end()
        else:
            break
    return at


def _stands_alone(call: str, entry_point: str) -> bool:
    """Whether it is a call of the function that needs nothing but built-in names."""
    tree = values.expression(call)
    if tree is None:
        return False
    root, _, method = entry_point.rpartition(".")
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {
        func.attr if isinstance(func, ast.Attribute) else func.id
        for func in calls
        if isinstance(func, ast.Attribute | ast.Name)
    }
    return (method or root) in called and not values.free_names(tree) - {entry_point.partition(".")[0]}


def _expected(text: str, at: int) -> str | None:
    """The value that a call's line promises, as a repr, or None."""
    separator = _SEPARATOR.match(text, at)
    if not separator:
        return None
    start = separator.end()
    line_end = text.find("\n", start)
    line = text[start : line_end if line_end >= 0 else len(text)]
    # `f(3) = 19 - 5 - 6 = 8` works the value out: what counts comes last.
    tail = re.fullmatch(r"[-+*/%().\d\s]*[-+*/%][-+*/%().\d\s]*=\s*([-+]?[\d.]*\d)\.?\s*", line)
    if tail:
        return values.spelled(tail[1])
    return literal_prefix(text, start)


def _normal(call: str) -> str:
    tree = values.expression(call)
    if tree is None:
        return call
    return unparsed(tree)
