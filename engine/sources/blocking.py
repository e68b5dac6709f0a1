"""Functions without a body that a draft leads to: what fails because of them says nothing of the draft."""

from __future__ import annotations

from collections.abc import Sequence

from ..facts import Example, Stub
from .functions import Function, may_lack_a_body
from .module import Module
from .places import place_of
from .syntax import encode, parse
from .waiting import Waiting


def blocked_by(stub: Stub, body: str, examples: Sequence[Example]) -> list[tuple[str, ...]]:
    """For each example, the functions of the file (or of modules beside it) that are not written yet and that it, or
    the body in the stub's place, leads to by name."""
    raw = encode(stub.program(body))
    module = Module(raw, raw, parse(raw).root_node, "")
    functions = list(module.functions())
    at = len(encode(stub.before))
    meant = [f for f in functions if f.node.start_byte < at <= f.node.end_byte and f.name == stub.name]
    if not meant:
        return [()] * len(examples)
    waiting = [f for f in functions if _is_unwritten(raw, f, meant[0])]
    return Waiting(module, functions, waiting, stub.path).reached_by(meant[0], examples)


def _is_unwritten(raw: bytes, function: Function, meant: Function) -> bool:
    return not may_lack_a_body(function) and meant.node not in function.enclosing and bool(place_of(raw, function.node))
