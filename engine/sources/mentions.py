"""What a piece of code reaches for by name, as far as that is plain to see without running it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tree_sitter import Node

from .syntax import field_text, text_of

Use = Literal["read", "write", "delete"]
UNKNOWN = "?"
_DEEPEST = 32
"""Links of a chain `a.b().c()` that are followed to the object it begins with."""
_SHOWING = {
    **{name: f"__{name}__" for name in ("abs", "hash", "bool", "int", "float", "next", "reversed", "round", "format")},
    **dict.fromkeys(("list", "tuple", "set", "frozenset", "sorted", "sum", "any", "all", "enumerate"), "__iter__"),
    "str": "__str__",
    "print": "__str__",
    "repr": "__repr__",
    "len": "__len__",
    "iter": "__iter__",
}
"""What a built-in function asks of its argument."""
_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_COMPARISONS = {"==": "__eq__", "!=": "__eq__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
_UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__", "not": "__bool__"}
_SILENT = frozenset({
    "import_statement", "import_from_statement", "future_import_statement", "global_statement", "nonlocal_statement",
    "type", "comment", "string_content",
})  # fmt: skip
_MADE_BY_CALL = ("__init__", "__new__", "__post_init__")


@dataclass(frozen=True, slots=True)
class Mention:
    """One name that code reaches for."""

    name: str
    owner: str = ""
    """The class whose member it is, `UNKNOWN` for a member of something unknown, "" for a bare name."""
    root: str = ""
    """The bare name that a member of something unknown is taken from, "" when there is none."""
    use: Use = "read"
    is_open: bool = False
    """Whether the object may be of a subclass of `owner`, as `self` may."""


@dataclass(slots=True)
class Scope:
    """What is known of the names where a piece of code stands."""

    classes: dict[str, str] = field(default_factory=dict[str, str])
    """The class that a name stands for."""
    returns: dict[str, str] = field(default_factory=dict[str, str])
    """The class of what a function (`make`) or method (`Stack.copy`) says it returns."""
    types: dict[str, str] = field(default_factory=dict[str, str])
    """The class of what a variable holds."""
    selves: set[str] = field(default_factory=set[str])
    """Variables that may hold an instance of a subclass too."""
    hidden: set[str] = field(default_factory=set[str])
    """Names that stand for something local, whatever the module calls so."""
    modules: set[str] = field(default_factory=set[str])
    """Names by which a session has imported the module itself."""

    def type_of(self, node: Node | None, *, loosely: bool = False) -> str:
        """The class of an expression's value, "" when that is not plain. `loosely` takes a method to return its own."""
        for _ in range(_DEEPEST):
            if node is None:
                return ""
            match node.type:
                case "parenthesized_expression" | "await":
                    node = next(iter(node.named_children), None)
                case "identifier":
                    return self.types.get(text_of(node), "")
                case "call":
                    function = node.child_by_field_name("function")
                    made = self._made_by(function) if function else ""
                    if made or not loosely or function is None or function.type != "attribute":
                        return made
                    node = function.child_by_field_name("object")
                    if node is not None and (named := self.class_named(node)):
                        return named
                case _:
                    return ""
        return ""

    def class_named(self, node: Node) -> str:
        """The class that an expression names (`Stack`, `shapes.Stack`), "" when it names none."""
        if node.type == "attribute":
            return self.classes.get(field_text(node, "attribute"), "")
        name = text_of(node) if node.type == "identifier" else ""
        return "" if name in self.hidden else self.classes.get(name, "")

    def _made_by(self, function: Node) -> str:
        if named := self.class_named(function):
            return named
        if function.type == "identifier":
            name = text_of(function)
            return "" if name in self.hidden else self.returns.get(name, "")
        if function.type != "attribute":
            return ""
        owner = function.child_by_field_name("object")
        if owner is None:
            return ""
        method = field_text(function, "attribute")
        if named := self.class_named(owner):  # Stack.of(1): another way to make one
            return self.returns.get(f"{named}.{method}", named)
        kind = self.types.get(text_of(owner), "") if owner.type == "identifier" else ""
        return self.returns.get(f"{kind}.{method}", "")


def mentions(node: Node, scope: Scope, *, shows: bool = False) -> set[Mention]:
    """All that a piece of code reaches for. `shows`: it is a session's statement, whose value is shown."""
    found: set[Mention] = set()
    waiting: list[tuple[Node, Use]] = [(node, "read")]
    while waiting:
        at, use = waiting.pop()
        if at.type not in _SILENT:
            found.update(_reached(at, scope, use))
            waiting.extend(_inner(at, use))
    if shows and (kind := scope.type_of(_shown(node))):
        found.add(Mention("__repr__", kind))
    return found


def bound_names(node: Node) -> set[str]:
    """Names that a piece of code binds, parameters included, those of functions inside it too."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        at = waiting.pop()
        found.update(_binds(at))
        waiting.extend(at.named_children)
    return found


# ------------------------------------------------------------------------------------------- one node


def _inner(node: Node, use: Use) -> Iterator[tuple[Node, Use]]:
    """The parts of a node that are code of their own."""
    match node.type:
        case "attribute":
            parts = [node.child_by_field_name("object")]
        case "keyword_argument" | "default_parameter" | "typed_default_parameter":
            parts = [node.child_by_field_name("value")]
        case "typed_parameter" | "dotted_name":
            parts = []
        case "function_definition":
            parts = [node.child_by_field_name("parameters"), node.child_by_field_name("body")]
        case "class_definition":
            parts = [node.child_by_field_name("superclasses"), node.child_by_field_name("body")]
        case "parameters" | "lambda_parameters":
            parts = [child for child in node.named_children if child.type != "identifier"]
        case "assignment" | "augmented_assignment":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None:
                yield left, "write"
            if left is not None and node.type == "augmented_assignment":
                yield left, "read"
            parts = [right]
        case "delete_statement":
            for child in node.named_children:
                yield child, "delete"
            return
        case "pattern_list" | "tuple_pattern" | "list_pattern" | "expression_list":
            for child in node.named_children:
                yield child, use
            return
        case _:
            parts = node.named_children
    for part in parts:
        if part is not None:
            yield part, "read"


def _reached(node: Node, scope: Scope, use: Use) -> Iterator[Mention]:
    match node.type:
        case "identifier":
            if use == "read" and (name := text_of(node)) not in scope.hidden:
                yield Mention(name)
        case "attribute":
            yield from _member(node, scope, use)
        case "call":
            yield from _called(node, scope)
        case "subscript":
            names = {"read": "__getitem__", "write": "__setitem__", "delete": "__delitem__"}
            yield from _asked_of(node.child_by_field_name("value"), scope, names[use])
        case "binary_operator":
            name = _OPERATORS.get(field_text(node, "operator"), "")
            yield from _asked_of(node.child_by_field_name("left"), scope, f"__{name}__")
            yield from _asked_of(node.child_by_field_name("right"), scope, f"__r{name}__")
        case "augmented_assignment":
            name = _OPERATORS.get(field_text(node, "operator").rstrip("="), "")
            left = node.child_by_field_name("left")
            yield from (m for kind in ("i", "") for m in _asked_of(left, scope, f"__{kind}{name}__"))
        case "comparison_operator":
            yield from _compared(node, scope)
        case "unary_operator" | "not_operator":
            name = _UNARY.get(field_text(node, "operator") or "not", "")
            yield from _asked_of(node.child_by_field_name("argument"), scope, name)
        case "for_statement" | "for_in_clause":
            yield from _asked_of(node.child_by_field_name("right"), scope, "__iter__", "__aiter__")
        case "interpolation":
            yield from _asked_of(node.child_by_field_name("expression"), scope, "__format__")
        case "with_item":
            value = node.child_by_field_name("value")
            entered = value.named_children[0] if value is not None and value.type == "as_pattern" else value
            yield from _asked_of(entered, scope, "__enter__", "__exit__", "__aenter__", "__aexit__")
        case _:
            return


def _member(node: Node, scope: Scope, use: Use) -> Iterator[Mention]:
    owner, name = node.child_by_field_name("object"), field_text(node, "attribute")
    if owner is None:
        return
    kind = scope.class_named(owner) or scope.type_of(owner, loosely=True)
    root = text_of(owner) if owner.type == "identifier" else ""
    if root in scope.modules:
        yield Mention(name)
        return
    yield Mention(name, kind, "", use, root in scope.selves) if kind else Mention(name, UNKNOWN, root, use)


def _called(node: Node, scope: Scope) -> Iterator[Mention]:
    function = node.child_by_field_name("function")
    if function is None:
        return
    if made := scope.class_named(function):
        yield from (Mention(name, made) for name in _MADE_BY_CALL)
        return
    yield from _asked_of(function, scope, "__call__")
    arguments = node.child_by_field_name("arguments")
    asks = _SHOWING.get(text_of(function)) if function.type == "identifier" else None
    if asks and arguments is not None:
        for argument in arguments.named_children:
            yield from _asked_of(argument, scope, asks)


def _compared(node: Node, scope: Scope) -> Iterator[Mention]:
    signs = [" ".join(text_of(sign).split()) for sign in node.children_by_field_name("operators")]
    for sign, left, right in zip(signs, node.named_children, node.named_children[1:], strict=False):
        if sign in _COMPARISONS:
            yield from _asked_of(left, scope, _COMPARISONS[sign])
        elif sign in {"in", "not in"}:
            yield from _asked_of(right, scope, "__contains__")


def _asked_of(node: Node | None, scope: Scope, *names: str) -> Iterator[Mention]:
    """Members that Python itself asks of a value."""
    if kind := scope.type_of(node):
        is_open = node is not None and node.type == "identifier" and text_of(node) in scope.selves
        yield from (Mention(name, kind, is_open=is_open) for name in names)


def _shown(node: Node) -> Node | None:
    """The expression whose value a session shows after this statement, None when it shows none."""
    while node.type in {"module", "expression_statement"} and node.named_child_count == 1:
        node = node.named_children[0]
    return None if node.type in {"module", "assignment"} else node


def _binds(node: Node) -> Iterator[str]:
    match node.type:
        case "function_definition" | "class_definition":
            yield field_text(node, "name")
        case "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause":
            yield from _names_in(node.child_by_field_name("left"))
        case "named_expression":
            yield field_text(node, "name")
        case "as_pattern_target":
            yield from _names_in(node)
        case "parameters" | "lambda_parameters":
            for child in node.named_children:
                yield from _names_in(child.child_by_field_name("name") or next(iter(child.named_children), child))
        case "import_from_statement" | "import_statement":
            yield from (name for name, _ in imported(node))
        case _:
            return


def _names_in(node: Node | None) -> Iterator[str]:
    """Names bound by a target: `x`, `x, y`, `*rest`."""
    waiting = [node] if node is not None else []
    while waiting:
        at = waiting.pop()
        if at.type == "identifier":
            yield text_of(at)
        elif at.type not in {"attribute", "subscript"}:
            waiting.extend(at.named_children)


def imported(node: Node) -> Iterator[tuple[str, tuple[str, str]]]:
    """(name, (module, member)) of what an import statement binds; the member is "" for a module."""
    module = field_text(node, "module_name")
    for child in node.children_by_field_name("name"):
        inner = child.child_by_field_name("name") if child.type == "aliased_import" else child
        name, alias = text_of(inner) if inner is not None else "", field_text(child, "alias")
        if module:
            yield alias or name, (module, name)
        else:
            yield alias or name.partition(".")[0], (name if alias else name.partition(".")[0], "")
