"""The attributes that a method such as `__init__` sets on its object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from .functions import members
from .shortening import VALUE, assignment, cut, one_line, remark, value
from .syntax import field_text, text_of

INITIALISERS = ("__init__", "__post_init__", "__attrs_post_init__", "__new__")
_MOST = 60
"""Attributes of one class."""
_MOST_STATEMENTS = 3000
_BLOCKS = frozenset({
    "block", "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "try_statement",
    "except_clause", "finally_clause", "with_statement", "match_statement", "case_clause",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attribute:
    """One `self.name = value`."""

    name: str
    declared: str
    """The annotation in the assignment, or that of the parameter which is assigned; "" for none."""
    value: str
    """"" when it says nothing: a parameter as it came."""
    said: str
    """The comment behind it."""


def attributes_set(function: Node) -> list[Attribute]:
    """The attributes that a method sets on its first parameter, in order, each once."""
    given, types = _parameters(function)
    found: dict[str, Attribute] = {}
    for statement, assigned in _assignments(function):
        for target in _targets(assigned):
            name = field_text(target, "attribute")
            if given and target.type == "attribute" and field_text(target, "object") == given and name not in found:
                found[name] = _attribute(name, statement, assigned, target, types)
        if len(found) >= _MOST:
            break
    return list(found.values())


def assignments_to_self(function: Node) -> list[str]:
    """The lines that set attributes, long values cut short: what remains of an `__init__` that is too long to show."""
    given, _ = _parameters(function)
    found: dict[str, str] = {}
    for statement, assigned in _assignments(function):
        if any(t.type == "attribute" and field_text(t, "object") == given for t in _targets(assigned)):
            found.setdefault(field_text(assigned, "left"), assignment(statement))
    return list(dict.fromkeys(found.values()))[:_MOST]


def _attribute(name: str, statement: Node, assigned: Node, target: Node, types: dict[str, str]) -> Attribute:
    declared, right = field_text(assigned, "type"), assigned.child_by_field_name("right")
    alone = target == assigned.child_by_field_name("left")
    shown = value(right) if right and alone and right.type != "assignment" else ""
    is_parameter = right is not None and right.type == "identifier" and shown in types
    return Attribute(
        name=cut(name, VALUE),
        declared=cut(" ".join(declared.split()) or (types[shown] if is_parameter else ""), 2 * VALUE),
        value="" if is_parameter else shown,
        said=remark(statement),
    )


def _parameters(function: Node) -> tuple[str, dict[str, str]]:
    """The first parameter, and the annotation of every one ("" for none)."""
    given = function.child_by_field_name("parameters")
    found: dict[str, str] = {}
    for child in given.named_children if given else ():
        declared = child.child_by_field_name("type")
        named = child.child_by_field_name("name") or (child.named_children[0] if child.named_children else child)
        found[text_of(named)] = one_line(declared) if declared else ""
    return next(iter(found), ""), found


def _assignments(function: Node) -> Iterator[tuple[Node, Node]]:
    """The assignments of a body with the statement that each is, without those of inner functions and classes."""
    waiting = list(reversed(members(function)))
    for _ in range(_MOST_STATEMENTS):
        if not waiting:
            return
        node = waiting.pop()
        if node.type in _BLOCKS:
            waiting.extend(reversed(node.named_children))
        elif node.type == "expression_statement":
            inner = node.named_children[0] if node.named_children else None
            while inner is not None and inner.type == "assignment":
                yield node, inner
                inner = inner.child_by_field_name("right")


def _targets(assigned: Node) -> list[Node]:
    left = assigned.child_by_field_name("left")
    if left is None:
        return []
    return left.named_children if left.type in {"pattern_list", "tuple_pattern"} else [left]
