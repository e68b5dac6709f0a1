"""The part of the file that a prompt shows beside the stub: what it names first, then what lies nearest."""

from __future__ import annotations

from tree_sitter import Node

from .describing import decorators
from .functions import Function, defined_name, members
from .outline import Outline, forms_of
from .packing import Entry, Packed, packed
from .shortening import signature
from .syntax import definition_of

NEARBY = 20
"""Statements on either side of the stub that are considered at all, beside those that it names."""


def neighbours(outline: Outline, function: Function, room: int) -> Packed:
    """Signatures (with the docstring's first line) and short bodies around a stub, in the file's order.

    Its class comes first: how it is made, its attributes, then the signatures of its methods; then what the stub
    names; then what lies nearest. `room` bounds the text, in characters; 0 gives "".
    """
    return (
        packed(_siblings(outline.raw, function) + _at_module_level(outline, function), room) if room > 0 else Packed()
    )


def nearby(outline: Outline, own: int) -> list[int]:
    """The statements around one, the nearest first."""
    around = range(max(0, own - NEARBY), min(len(outline.nodes), own + NEARBY + 1))
    at = outline.nodes[own].start_byte
    return sorted((n for n in around if n != own), key=lambda number: abs(outline.nodes[number].start_byte - at))


def _at_module_level(outline: Outline, function: Function) -> list[Entry]:
    own = outline.holding(function.outermost)
    at = outline.nodes[own].start_byte
    words = outline.words(own)
    named = {number for word in words for number in outline.binders.get(word, ())}
    found: list[Entry] = []
    for number in sorted(named.union(nearby(outline, own)) - {own}):
        node = outline.nodes[number]
        if not node.has_error and not _is_test(node) and (forms := outline.forms(number)):
            rank = 1 if number in named else 2
            priorities = tuple((rank, step, abs(node.start_byte - at)) for step in range(len(forms)))
            found.append(Entry(_name(node), (node.start_byte,), forms, priorities))
    return found


def _is_test(node: Node) -> bool:
    """Whether it is a test that stands beside what it tests: a draft is held against those, not written after them."""
    name, text = defined_name(node), node.text or b""
    if definition_of(node).type == "class_definition":
        return b"def test" in text and (name.startswith("Test") or b"TestCase" in text.partition(b"\n")[0])
    return name.startswith("test_") and b"assert" in text


def _siblings(raw: bytes, function: Function) -> list[Entry]:
    """The other members of the innermost enclosing class or function."""
    if not function.enclosing:
        return []
    home, at = function.enclosing[-1], function.node.start_byte
    head = "\n".join([*decorators(home), signature(home)])
    found: list[Entry] = []
    for node in members(home):
        if node.has_error or node.start_byte <= at < node.end_byte:
            continue
        if forms := forms_of(raw, node):
            forms = tuple(_indented(form) for form in dict.fromkeys((_brief(node, forms[0]), *forms)))
            distance = abs(node.start_byte - at)
            priorities = tuple((_rank(node) if step == 0 else 0, step, distance) for step in range(len(forms)))
            found.append(Entry(_name(node), (node.start_byte,), forms, priorities, head))
    return found


def _rank(node: Node) -> int:
    """How a class is made, then its attributes, then its methods."""
    name = defined_name(node)
    return -3 if name in {"__init__", "__new__"} else -1 if name else -2


def _brief(node: Node, text: str) -> str:
    """A method by its signature; what sets the attributes stays as it is, for they are what it is shown for."""
    inner = definition_of(node)
    if inner.type != "function_definition" or _rank(node) == -3:
        return text
    short = "\n".join([*decorators(node), f"{signature(inner)} ..."])
    return short if len(short) < len(text) else text


def _name(node: Node) -> str:
    inner = definition_of(node)
    return (
        defined_name(node) or (inner.text or b"").decode("utf-8", "replace").partition("=")[0].partition(":")[0].strip()
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
