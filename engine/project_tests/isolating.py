"""Tests that stand in the function's own file, kept out of the program in which drafts of it are run."""

from __future__ import annotations

from msgspec.structs import replace

from ..facts import Stub
from ..sources.syntax import encode
from .files import TextFile
from .scripts import Script, Statement


def without_tests(stub: Stub) -> Stub:
    """The stub with every test in its surroundings made empty; line numbers stay.

    What is expected is neither for the process in which the draft runs nor for its functions to look up.
    """
    return replace(stub, before=_emptied(stub.before, stub), after=_emptied(stub.after, stub))


def _emptied(text: str, stub: Stub) -> str:
    raw = encode(text)
    # Of a text that ends inside a function, only what stands whole before it can be told apart.
    for statement in reversed(Script(TextFile(stub.path, raw)).statements):
        if _is_test(statement) and statement.defined != stub.name.partition(".")[0]:
            start, end = statement.node.start_byte, statement.node.end_byte
            raw = raw[:start] + b"\n" * raw.count(b"\n", start, end) + raw[end:]
    return raw.decode("utf-8", "surrogatepass")


def _is_test(statement: Statement) -> bool:
    if statement.kind == "class_definition":
        return b"def test" in statement.raw
    return statement.kind == "function_definition" and statement.defined.startswith("test")
