"""The statements at module level, each looked at once however many stubs ask for it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from tree_sitter import Node

from .attributes import INITIALISERS, assignments_to_self
from .describing import decorators
from .describing_classes import ClassText
from .functions import defined_name
from .shortening import doc_line, quoted, signature
from .syntax import decode, definition_of, statements

SHORT = 160
"""Characters. A definition up to this size is shown whole, a longer one by its signature."""

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
_COMPOUND = frozenset({"if_statement", "try_statement", "with_statement"})


class Outline:
    """A module as a list of its statements, numbered from 0."""

    def __init__(self, raw: bytes, root: Node) -> None:
        self.raw = raw
        self.nodes = statements(root)
        self._starts = [node.start_byte for node in self.nodes]
        self._forms: dict[int, tuple[str, ...]] = {}

    def holding(self, node: Node) -> int:
        """The number of the statement that a node is, or is part of."""
        return max(0, bisect_right(self._starts, node.start_byte) - 1)

    def text(self, number: int) -> str:
        """A statement as it is written."""
        node = self.nodes[number]
        return decode(self.raw[node.start_byte : node.end_byte])

    def words(self, number: int) -> set[bytes]:
        """The words of a statement, those in strings too: annotations may be quoted."""
        node = self.nodes[number]
        return set(_WORD.findall(self.raw, node.start_byte, node.end_byte))

    def forms(self, number: int) -> tuple[str, ...]:
        """How a statement looks in a prompt, see `forms_of`."""
        if number not in self._forms:
            self._forms[number] = forms_of(self.raw, self.nodes[number])
        return self._forms[number]

    @cached_property
    def imports(self) -> list[int]:
        """The import statements, also those under `if` and `try`."""
        return [number for number, node in enumerate(self.nodes) if not node.has_error and _imports(node)]

    @cached_property
    def binders(self) -> dict[bytes, list[int]]:
        """Which statements bind a name."""
        found: dict[bytes, list[int]] = {}
        for number, node in enumerate(self.nodes):
            for name in () if node.has_error else _bound_names(node):
                found.setdefault(name, []).append(number)
        return found


def words_of(text: str) -> set[bytes]:
    """The words of a text, to be held against `Outline.binders`."""
    return set(_WORD.findall(text.encode("utf-8", "surrogatepass")))


def forms_of(raw: bytes, node: Node) -> tuple[str, ...]:
    """How a statement looks in a prompt, the shortest form first; () if it defines nothing.

    What is short is shown whole, a function by its signature and what its docstring begins with, a class by its
    fields and then its methods, what makes an object by what it assigns.
    """
    inner = definition_of(node)
    short = node.end_byte - node.start_byte <= SHORT
    if inner.type not in {"function_definition", "class_definition"}:
        return (_dedented(raw, node),) if short and _assigns(node) else ()
    if short:
        return (_dedented(raw, node),)
    if inner.type == "class_definition":
        return tuple(dict.fromkeys(ClassText(inner, decorators(node), inside=True).forms()[1:4]))
    made = [f"    {line}" for line in assignments_to_self(inner)] if defined_name(node) in INITIALISERS else []
    said = doc_line(inner)
    body = [*([f"    {quoted(said)}"] if said else []), *made, *([] if made else ["    ..."])]
    return ("\n".join([*decorators(node), signature(inner), *body]),)


def _dedented(raw: bytes, node: Node) -> str:
    margin = node.start_point[1]
    lines = decode(raw[node.start_byte : node.end_byte]).split("\n")
    return "\n".join([lines[0], *(line if line[:margin].strip() else line[margin:] for line in lines[1:])])


def _assigns(node: Node) -> bool:
    return node.type in {"expression_statement", "type_alias_statement"} and bool(_bound_names(node))


def _imports(node: Node) -> bool:
    """Whether this is an import, or an `if` or `try` made for imports, as in `try: import tomllib`."""
    if node.type in _IMPORTS:
        return True
    if node.type not in {"if_statement", "try_statement"} or node.end_byte - node.start_byte > 2000:
        return False
    return any(child.type in _IMPORTS for block in node.named_children for child in block.named_children)


def _bound_names(node: Node) -> list[bytes]:
    """The names that a statement at module level binds."""
    if name := defined_name(node):
        return [name.encode()]
    if node.type == "expression_statement":
        targets = [child.child_by_field_name("left") for child in node.named_children]
        return [word for target in targets if target for word in _WORD.findall(target.text or b"")]
    if node.type == "type_alias_statement":
        return _WORD.findall(node.named_children[0].text or b"")[:1]
    if node.type in _COMPOUND and b"__main__" not in (node.text or b"")[:40]:
        blocks = [child for child in node.named_children if child.named_child_count]
        return [name for block in blocks for child in _flat(block) for name in _bound_names(child)]
    return []


def _flat(block: Node) -> list[Node]:
    """The statements of a block, or of the block inside an `else`, `except` or `finally`."""
    inner = next((child for child in block.named_children if child.type == "block"), None)
    return statements(inner or block)
