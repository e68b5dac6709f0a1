"""The part of the file that a prompt shows beside the stub: what it names first, then what lies nearest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from .functions import Function, defined_name, head_of, members
from .syntax import decode, definition_of, string_value

_SHORT = 160
"""Characters. A definition up to this size is shown whole, a longer one by its signature."""
_WORD = re.compile(r"\w+")


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


def neighbours(raw: bytes, top: list[Node], function: Function, tokens: int) -> str:
    """Signatures (with the docstring's first line) and short bodies around a stub, in the file's order.

    Siblings in its class come first, `__init__` foremost; then what the stub names; then what lies nearest.
    `tokens` bounds the text at four characters a token; 0 gives "".
    """
    room = tokens * 4
    chosen: list[_Candidate] = []
    for candidate in sorted(_candidates(raw, top, function), key=lambda found: (found.rank, found.distance)):
        size = len(candidate.text) + 1
        if size <= room:
            room -= size
            chosen.append(candidate)
    return _laid_out(sorted(chosen, key=lambda found: found.start))


def _candidates(raw: bytes, top: list[Node], function: Function) -> list[_Candidate]:
    own = function.outermost
    named = set(_WORD.findall(decode(raw[own.start_byte : own.end_byte][:20_000])))
    found: list[_Candidate] = []
    for node in _nearest(top, own.start_byte, named):
        if node.has_error or node.start_byte <= own.start_byte < node.end_byte:
            continue
        names = _names(node)
        if names and (text := _shown(raw, node)):
            rank = 1 if named.intersection(names) else 2
            found.append(_Candidate(rank, abs(node.start_byte - own.start_byte), node.start_byte, text, ""))
    return found + _siblings(raw, function)


def _nearest(top: list[Node], at: int, named: set[str]) -> list[Node]:
    """The forty statements on either side, and the definitions beyond them that the stub names."""
    here = next((n for n, node in enumerate(top) if node.end_byte > at), len(top))
    low, high = max(0, here - 40), here + 41
    beyond = [node for node in (*top[:low], *top[high:]) if defined_name(node) in named]
    return [*top[low:high], *beyond]


def _siblings(raw: bytes, function: Function) -> list[_Candidate]:
    """The other members of the innermost enclosing class or function."""
    if not function.enclosing:
        return []
    home = function.enclosing[-1]
    head = " ".join(head_of(raw, home).split())
    found: list[_Candidate] = []
    for node in members(home):
        if node.has_error or node.start_byte <= function.node.start_byte < node.end_byte:
            continue
        if text := _shown(raw, node):
            rank = -1 if defined_name(node) in {"__init__", "__new__"} else 0
            distance = abs(node.start_byte - function.node.start_byte)
            found.append(_Candidate(rank, distance, node.start_byte, text, head))
    return found


def _names(node: Node) -> set[str]:
    if name := defined_name(node):
        return {name}
    if node.type not in {"expression_statement", "type_alias_statement"} or not node.named_children:
        return set()
    target = node.named_children[0].child_by_field_name("left")
    return set(_WORD.findall(decode(target.text or b""))) if target else set()


def _shown(raw: bytes, node: Node) -> str:
    """How a statement looks in the prompt: whole when short, else signature and docstring; "" if it defines nothing."""
    inner = definition_of(node)
    text = _dedented(raw, node)
    if inner.type not in {"function_definition", "class_definition"}:
        return text if _names(node) and len(text) <= _SHORT else ""
    if len(text) <= _SHORT:
        return text
    head = " ".join(head_of(raw, inner).split())
    return head + _first_doc_line(inner) + (_outline(raw, inner) if inner.type == "class_definition" else "\n    ...")


def _outline(raw: bytes, node: Node) -> str:
    """The short attributes and the method heads of a class."""
    lines = ["\n    " + _member_line(raw, child) for child in members(node) if _member_line(raw, child)]
    return "".join(lines) or "\n    ..."


def _member_line(raw: bytes, node: Node) -> str:
    inner = definition_of(node)
    if inner.type in {"function_definition", "class_definition"}:
        return " ".join(head_of(raw, inner).split()) + " ..."
    text = decode(raw[node.start_byte : node.end_byte])
    return text if _names(node) and "\n" not in text and len(text) <= _SHORT else ""


def _first_doc_line(node: Node) -> str:
    first = next(iter(members(node)), None)
    spoken = (string_value(first) or "").strip() if first else ""
    line = spoken.partition("\n")[0].strip().replace("\\", "\\\\").replace('"""', "'''")
    return f'\n    """{line}"""' if line else ""


def _dedented(raw: bytes, node: Node) -> str:
    margin = node.start_point[1]
    lines = decode(raw[node.start_byte : node.end_byte]).split("\n")
    return "\n".join([lines[0], *(line[margin:] if not line[:margin].strip() else line for line in lines[1:])])


def _laid_out(chosen: list[_Candidate]) -> str:
    """The texts one below the other; members of the stub's class under its head."""
    parts: list[str] = []
    for n, candidate in enumerate(chosen):
        if candidate.inside and (n == 0 or chosen[n - 1].inside != candidate.inside):
            parts.append(candidate.inside + "\n")
        margin = "    " if candidate.inside else ""
        parts.extend(f"{margin}{line}".rstrip() + "\n" for line in candidate.text.split("\n"))
    return "".join(parts)
