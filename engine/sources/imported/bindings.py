"""Which names a module binds at its top level, and where those come from that it imports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from ..functions import defined_name
from ..syntax import field_text, statements, string_value, text_of

_DEEPEST = 12
"""Levels of `if` and `try` around a statement."""
_MOST_NAMES = 20_000

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Imported:
    """What one import binds."""

    module: str
    """Dotted, "" as in `from . import x`."""
    level: int = 0
    """Dots before it."""
    name: str = ""
    """What is taken from the module; "" when the module itself is bound, "*" for all."""


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition by the bytes of its statements: one, or the overloads of a function."""

    spans: tuple[Span, ...]


Binding = Imported | Defined


@dataclass(slots=True)
class Bindings:
    """The names of a module. Where several statements bind one, the last counts; of branches the first."""

    names: dict[str, Binding] = field(default_factory=dict[str, Binding])
    stars: list[Imported] = field(default_factory=list[Imported])

    def add(self, raw: bytes, statement: Node) -> None:
        """Take in one statement at module level."""
        found: dict[str, Binding] = {}
        for name, binding, node in _bound(statement):
            if name == "*" and isinstance(binding, Imported):
                self.stars.append(binding)
            elif not _only_wraps(raw, node, name, found.get(name) or self.names.get(name)):
                found.setdefault(name, binding)
        for name, newest in found.items():
            binding = newest
            before = self.names.get(name)
            if isinstance(before, Defined) and isinstance(binding, Defined) and _is_overload(raw, before):
                binding = Defined(before.spans + binding.spans)
            if len(self.names) < _MOST_NAMES:
                self.names[name] = binding


def bindings_of(raw: bytes, root: Node) -> Bindings:
    """What a module binds."""
    found = Bindings()
    for statement in statements(root):
        if not statement.has_error:
            found.add(raw, statement)
    return found


def imports_in(statement: Node) -> Iterator[tuple[str, Imported]]:
    """The local names that a statement imports ("*" for all of a module), also inside `if` and `try`."""
    return ((name, binding) for name, binding, _ in _bound(statement) if isinstance(binding, Imported))


def _bound(statement: Node) -> Iterator[tuple[str, Binding, Node]]:
    waiting = [(statement, 0)]
    while waiting:
        node, depth = waiting.pop()
        match node.type:
            case "import_statement":
                yield from ((name, binding, node) for name, binding in _modules(node))
            case "import_from_statement":
                yield from ((name, binding, node) for name, binding in _members(node))
            case (
                "if_statement"
                | "try_statement"
                | "with_statement"
                | "block"
                | "else_clause"
                | "elif_clause"
                | ("except_clause" | "finally_clause")
            ):
                if depth < _DEEPEST and "__name__" not in field_text(node, "condition")[:40]:
                    waiting += [(child, depth + 1) for child in reversed(node.named_children)]
            case _:
                yield from ((name, Defined(((node.start_byte, _end(node)),)), node) for name in _defines(node))


def _modules(node: Node) -> Iterator[tuple[str, Imported]]:
    """`import a.b` binds `a`; `import a.b as c` binds the inner module."""
    for child in node.named_children:
        if child.type == "aliased_import":
            yield field_text(child, "alias"), Imported(field_text(child, "name"))
        elif child.type == "dotted_name":
            top = text_of(child).partition(".")[0]
            yield top, Imported(top)


def _members(node: Node) -> Iterator[tuple[str, Imported]]:
    source = node.child_by_field_name("module_name")
    if source is None:
        return
    spelled = "".join(text_of(source).split())
    module = spelled.lstrip(".")
    level = len(spelled) - len(module)
    for child in node.named_children:
        if child.type == "wildcard_import":
            yield "*", Imported(module, level, "*")
        elif child.type == "aliased_import":
            yield field_text(child, "alias"), Imported(module, level, field_text(child, "name"))
        elif child.type == "dotted_name" and child != source:
            yield text_of(child), Imported(module, level, text_of(child))


def _defines(node: Node) -> list[str]:
    if name := defined_name(node):
        return [name]
    inner = node.named_children[0] if node.named_children else None
    if node.type == "type_alias_statement" and inner:
        return [text_of(inner).partition("[")[0].strip()]
    if node.type != "expression_statement" or inner is None or inner.type != "assignment":
        return []
    left = inner.child_by_field_name("left")
    targets = left.named_children if left and left.type in {"pattern_list", "tuple_pattern"} else [left]
    return [text_of(target) for target in targets if target and target.type == "identifier"]


def _end(node: Node) -> int:
    """Where a statement ends, with the comment behind it or the string below that says what it is."""
    after = node.next_sibling
    if after is None or node.type != "expression_statement":
        return node.end_byte
    if after.type == "comment" and after.start_point[0] == node.end_point[0]:
        return after.end_byte
    return after.end_byte if string_value(after) is not None else node.end_byte


def _only_wraps(raw: bytes, node: Node, name: str, before: Binding | None) -> bool:
    """Whether an assignment makes a name out of what it was, as `parse = cache(parse)` does, or gives it up."""
    if before is None or node.type != "expression_statement":
        return False
    value = raw[node.start_byte : node.end_byte].partition(b"=")[2]
    return value.strip() == b"None" or name.encode("utf-8", "surrogatepass") in value


def _is_overload(raw: bytes, defined: Defined) -> bool:
    start, end = defined.spans[-1]
    return raw[start:end].startswith(
        (b"@overload", b"@typing.overload", b"@t.overload", b"@typing_extensions.overload")
    )
