"""Every function of a file with its name and surroundings, and which of them may be stubs at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from .syntax import decode, definition_of, field_text, statements, text_of

_DECLARING = frozenset(
    {"overload", "abstractmethod", "abstractproperty", "abstractclassmethod", "abstractstaticmethod"}
)
"""Decorators under which a missing body is meant."""


@dataclass(frozen=True, slots=True)
class Function:
    """A `def` and what encloses it, from the outside in."""

    node: Node
    """The `function_definition`, without its decorators."""
    name: str
    """Qualified, as in `Stack.push` or `outer.inner`."""
    enclosing: tuple[Node, ...]
    """`class_definition` and `function_definition` nodes."""

    @property
    def outermost(self) -> Node:
        """The definition at module level that this function is, or is part of."""
        return self.enclosing[0] if self.enclosing else self.node


def functions(raw: bytes, root: Node) -> Iterator[Function]:
    """All functions in the order of the file, except those only for the type checker (`if TYPE_CHECKING:`)."""
    waiting: list[tuple[Node, tuple[Node, ...]]] = [(root, ())]
    while waiting:
        node, enclosing = waiting.pop()
        inner = enclosing
        if node.type in {"function_definition", "class_definition"}:
            if node.type == "function_definition":
                yield Function(node, ".".join(field_text(outer, "name") for outer in (*enclosing, node)), enclosing)
            inner = (*enclosing, node)
        # Looking for the word first is many times cheaper than walking every expression.
        own = 4 if node.type == "function_definition" else 0
        children = node.named_children if raw.find(b"def", node.start_byte + own, node.end_byte) >= 0 else []
        skipped = node.child_by_field_name("consequence") if _asks_for_type_checking(node) else None
        waiting.extend((child, inner) for child in reversed(children) if child != skipped)


def may_lack_a_body(function: Function) -> bool:
    """Whether a missing body is meant: overloads, abstract methods, methods of protocols."""
    if any(name in _DECLARING for name in decorators(function.node)):
        return True
    return bool(function.enclosing) and _is_protocol(function.enclosing[-1])


def named_so(found: Iterable[Function], name: str) -> list[Function]:
    """Those of that qualified name (`Stack.push`), then those of that bare one; declarations are left out."""
    every = [function for function in found if not may_lack_a_body(function)]
    qualified = [function for function in every if function.name == name]
    return qualified + [
        function for function in every if function.name != name and function.name.rpartition(".")[2] == name
    ]


def places_of_names(found: Iterable[Function]) -> dict[int, tuple[int, int]]:
    """By the byte it begins at: a function's place, from 1, among those of its qualified name, and how many there are.

    Declarations such as overloads are not counted, but have the place of the next that is.
    """
    alike: dict[str, list[tuple[int, int]]] = {}
    for function in found:
        group = alike.setdefault(function.name, [])
        counted = 0 if may_lack_a_body(function) else 1
        group.append((function.node.start_byte, counted))
    places: dict[int, tuple[int, int]] = {}
    for group in alike.values():
        above, of = 0, sum(counted for _, counted in group)
        for start, counted in group:
            places[start] = (above + 1, max(1, of))
            above += counted
    return places


def class_header(raw: bytes, function: Function) -> str:
    """The head lines of the enclosing definitions, each indented below the one before; "" at module level."""
    lines: list[str] = []
    for depth, node in enumerate(function.enclosing):
        head = " ".join(head_of(raw, node).split("\n"))
        lines.append("    " * depth + " ".join(head.split()) + "\n")
    return "".join(lines)


def head_of(raw: bytes, node: Node) -> str:
    """`def …:` or `class …:` as it is written, without decorators, up to and with the colon."""
    colon = next((child for child in reversed(node.children) if child.type == ":"), None)
    return decode(raw[node.start_byte : colon.end_byte if colon else node.end_byte])


def members(node: Node) -> list[Node]:
    """The statements in the body of a class or function, decorators included."""
    block = node.child_by_field_name("body")
    return statements(block) if block else []


def defined_name(node: Node) -> str:
    """The name that a `def` or `class`, decorated or not, binds; "" for other statements."""
    inner = definition_of(node)
    return field_text(inner, "name") if inner.type in {"function_definition", "class_definition"} else ""


def decorator_nodes(definition: Node) -> list[Node]:
    """The decorators of a `def` or `class`."""
    outer = definition.parent
    if outer is None or outer.type != "decorated_definition":
        return []
    return [child for child in outer.named_children if child.type == "decorator"]


def decorators(definition: Node) -> list[str]:
    """The last name of each decorator: "overload" for `@typing.overload`."""
    found = decorator_nodes(definition)
    return [text_of(child).lstrip("@ ").partition("(")[0].strip().rpartition(".")[2] for child in found]


def _is_protocol(node: Node) -> bool:
    bases = node.child_by_field_name("superclasses") if node.type == "class_definition" else None
    if bases is None:
        return False
    return any(text_of(base).partition("[")[0].rpartition(".")[2] == "Protocol" for base in bases.named_children)


def _asks_for_type_checking(node: Node) -> bool:
    return node.type == "if_statement" and field_text(node, "condition").rpartition(".")[2] == "TYPE_CHECKING"
