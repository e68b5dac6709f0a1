"""Functions without a body that a draft leads to: what fails because of them says nothing of the draft."""

from __future__ import annotations

from collections.abc import Sequence

from ..facts import Example, Stub
from .functions import Function, decorators, may_lack_a_body
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


def rivals(stub: Stub, body: str) -> tuple[range, ...]:
    """Lines of the program on which another function begins that may be bound to the stub's name in its place."""
    if stub.nth[1] == 1:
        return ()
    raw = encode(stub.program(body))
    at = len(encode(stub.before))
    functions = Module(raw, raw, parse(raw).root_node, "").functions()
    alike = [f for f in functions if f.name == stub.name and not _shares_its_name(f)]
    if not any(f.node.start_byte < at <= f.node.end_byte for f in alike):
        return ()
    return tuple(_heads(f) for f in alike if not f.node.start_byte < at <= f.node.end_byte)


def _shares_its_name(function: Function) -> bool:
    """Whether it is called by way of another function of its name, or by none."""
    return bool({"setter", "getter", "deleter", "register"} & set(decorators(function.node))) or may_lack_a_body(
        function
    )


def _heads(function: Function) -> range:
    """The lines from its first decorator to its `def`, as Python counts them."""
    parent = function.node.parent
    outer = parent if parent is not None and parent.type == "decorated_definition" else function.node
    return range(outer.start_point[0] + 1, function.node.start_point[0] + 2)


def _is_unwritten(raw: bytes, function: Function, meant: Function) -> bool:
    return not may_lack_a_body(function) and meant.node not in function.enclosing and bool(place_of(raw, function.node))
