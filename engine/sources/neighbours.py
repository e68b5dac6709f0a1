"""The part of the file that a prompt shows beside the stub: what it names first, then what lies nearest."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from .functions import Function, defined_name, head_of, members
from .outline import Outline, shown
from .syntax import definition_of

_NEARBY = 20
"""Statements on either side of the stub that are considered at all, beside those that it names."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    rank: int
    """Smaller is more useful."""
    distance: int
    """Bytes to the stub."""
    start: int
    text: str
    inside: str
    """The head line of the class that it is shown in, "" at module level."""


def neighbours(outline: Outline, function: Function, tokens: int) -> str:
    """Signatures (with the docstring's first line) and short bodies around a stub, in the file's order.

    Siblings in its class come first, `__init__` foremost; then what the stub names; then what lies nearest.
    `tokens` bounds the text at four characters a token; 0 gives "".
    """
    room = tokens * 4
    chosen: list[_Candidate] = []
    candidates = _siblings(outline.raw, function) + _at_module_level(outline, function) if room else []
    for candidate in sorted(candidates, key=lambda found: (found.rank, found.distance)):
        head = 0 if any(other.inside == candidate.inside for other in chosen) else len(candidate.inside) + 1
        size = head + len(candidate.text) + 1
        if candidate.inside:
            size += 4 * (candidate.text.count("\n") + 1)
        if size <= room:
            room -= size
            chosen.append(candidate)
    return _laid_out(sorted(chosen, key=lambda found: found.start))


def _at_module_level(outline: Outline, function: Function) -> list[_Candidate]:
    own = outline.holding(function.outermost)
    at = outline.nodes[own].start_byte
    words = outline.words(own)
    named = {number for word in words for number in outline.binders.get(word, ())}
    nearby = range(max(0, own - _NEARBY), min(len(outline.nodes), own + _NEARBY + 1))
    found: list[_Candidate] = []
    for number in sorted(named.union(nearby) - {own}):
        node = outline.nodes[number]
        if not node.has_error and not _is_test(node) and (text := outline.shown(number)):
            rank = 1 if number in named else 2
            found.append(_Candidate(rank, abs(node.start_byte - at), node.start_byte, text, ""))
    return found


def _is_test(node: Node) -> bool:
    """Whether it is a test that stands beside what it tests: a draft is held against those, not written after them."""
    name, text = defined_name(node), node.text or b""
    if definition_of(node).type == "class_definition":
        return b"def test" in text and (name.startswith("Test") or b"TestCase" in text.partition(b"\n")[0])
    return name.startswith("test_") and b"assert" in text


def _siblings(raw: bytes, function: Function) -> list[_Candidate]:
    """The other members of the innermost enclosing class or function."""
    if not function.enclosing:
        return []
    home, at = function.enclosing[-1], function.node.start_byte
    head = " ".join(head_of(raw, home).split())
    found: list[_Candidate] = []
    for node in members(home):
        if node.has_error or node.start_byte <= at < node.end_byte:
            continue
        if text := shown(raw, node):
            rank = -1 if defined_name(node) in {"__init__", "__new__"} else 0
            found.append(_Candidate(rank, abs(node.start_byte - at), node.start_byte, text, head))
    return found


def _laid_out(chosen: list[_Candidate]) -> str:
    """The texts one below the other; members of the stub's class under its head."""
    parts: list[str] = []
    for number, candidate in enumerate(chosen):
        if candidate.inside and (number == 0 or chosen[number - 1].inside != candidate.inside):
            parts.append(candidate.inside + "\n")
        margin = "    " if candidate.inside else ""
        parts.extend(f"{margin}{line}".rstrip() + "\n" for line in candidate.text.split("\n"))
    return "".join(parts)
