"""Tests that stand in the function's own file, kept out of the program in which drafts of it are run."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ..facts import Example, Stub
from ..sources.syntax import encode
from .files import TextFile
from .scripts import Script


def without_tests(stub: Stub, tests: Iterable[Example]) -> Stub:
    """The stub with these tests, where they stand in its surroundings, made empty; line numbers stay.

    What is expected is neither for the process in which the draft runs nor for its functions to look up.
    """
    names = {
        example.test.name.split("::")[1].partition("[")[0] for example in tests if example.test and example.test.inside
    }
    return replace(stub, before=_emptied(stub, stub.before, names), after=_emptied(stub, stub.after, names))


def _emptied(stub: Stub, text: str, names: set[str]) -> str:
    raw = encode(text)
    # Of a text that ends inside a function, only what stands whole before it can be told apart.
    for statement in reversed(Script(TextFile(stub.path, raw)).statements):
        if statement.defined in names:
            start, end = statement.node.start_byte, statement.node.end_byte
            raw = raw[:start] + b"\n" * raw.count(b"\n", start, end) + raw[end:]
    return raw.decode("utf-8", "surrogatepass")
