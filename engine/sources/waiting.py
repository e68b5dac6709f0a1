"""Which docstrings speak of a function, and which of their examples wait for another that is not written yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from msgspec.structs import replace
from tree_sitter import Node

from ..examples import session
from ..facts import Example
from .calls import Calls, learn
from .functions import Function, decorators
from .mentions import Mention, Scope, bound_names, imported, mentions
from .module import Module
from .outline import Outline, words_of
from .sisters import Sisters
from .syntax import encode, field_text, parse, statements, string_value, text_of

_PLAIN = frozenset({"string", "concatenated_string", "integer", "float", "true", "false", "none", "unary_operator"})
"""Values that no call can change."""
_LOOKS = frozenset({
    "__repr__", "__str__", "__format__", "__bytes__", "__hash__", "__bool__", "__len__", "__contains__", "__iter__",
    "__reversed__", "__getitem__", "__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__add__", "__sub__", "__mul__",
    "__truediv__", "__floordiv__", "__mod__", "__pow__", "__and__", "__or__", "__xor__", "__neg__", "__pos__",
    "__invert__", "__abs__", "__int__", "__float__", "__round__",
})  # fmt: skip
"""Members that change nothing of what they are asked of."""


class Waiting:
    """The functions of one file that have no body, and the examples that reach them."""

    def __init__(
        self, module: Module, functions: Sequence[Function], unwritten: Iterable[Function], path: str = ""
    ) -> None:
        """`functions` are all that the file has; `path` is where it lies, "" for a text that lies nowhere."""
        self._root = module.root
        self._unwritten = {function.node.start_byte: function for function in unwritten}
        self._calls = Calls(Outline(module.sound, module.root), functions)
        self._own_names = frozenset({PurePath(path).stem, *PurePath(path).parts[:-1]})
        self._sisters = Sisters(path)
        self._docstrings: dict[int, tuple[str, int]] = {}

    def examples(self, function: Function, own: tuple[Example, ...]) -> tuple[Example, ...]:
        """Its `own` examples, and those of the docstrings around it that call it, each with what it waits for."""
        found = list(self._read(own, function, all_count=True))
        for node, name in _around(function, self._root):
            docstring, line = self._docstring(node)
            if ">>>" in docstring and self._may_speak_of(docstring, function):
                found += self._read(session(docstring, name, line), function, all_count=False)
        return tuple(found)

    def reached_by(self, function: Function, examples: Sequence[Example]) -> list[tuple[str, ...]]:
        """For each example, the functions without a body that it or the body of `function` leads to."""
        through = self._names(self._calls.mentioned(function), function)
        return [
            tuple(dict.fromkeys([*self._names(self._mentions(example.source), function), *through]))
            for example in examples
        ]

    # ------------------------------------------------------------------------------------------- one docstring

    def _read(self, said: Sequence[Example], function: Function, *, all_count: bool) -> Iterable[Example]:
        """The statements of a docstring that count, with what comes before each. `all_count` in the function's own."""
        if all_count and not self._may_wait(said, function):
            return said
        reading = _Reading(self._calls.scope(), self._own_names, self._calls.names)
        found: list[Example] = []
        before: list[str] = []
        for example in said:
            node = parse(encode(example.source)).root_node
            wanted = mentions(node, reading.scope, shows=True)
            names = [*self._names(wanted, function), *self._imported(node, reading), *reading.tainted_by(node)]
            waits = tuple(dict.fromkeys(names))
            if all_count or any(one.node == function.node for one in self._calls.direct(wanted)):
                found.append(replace(example, waits_for=waits, before=() if waits else tuple(before)))
                before = before if waits else []
            elif not waits:
                before.append(example.source)
            reading.went_on(node, waits)
        return found

    def _may_wait(self, said: Sequence[Example], function: Function) -> bool:
        """Whether the words of some examples name anything that could lead to another function."""
        words = {word.decode("utf-8", "surrogatepass") for example in said for word in words_of(example.source)}
        others = self._calls.names & words
        # Its own decorators may be without a body too.
        return (
            bool(others - {function.name})
            or "import" in words
            or bool(self._names(self._calls.mentioned(function), function))
        )

    def _may_speak_of(self, docstring: str, function: Function) -> bool:
        name = function.name.rpartition(".")[2]
        return name in docstring or (name.startswith("__") and bool(function.enclosing))

    def _names(self, wanted: Iterable[Mention], function: Function) -> list[str]:
        reached, outside = self._calls.reached(wanted, self._sisters.unwritten)
        found = [f for f in reached if f.node.start_byte in self._unwritten and not _is_the_same(f, function)]
        return [*(_called(f) for f in sorted(found, key=lambda f: f.node.start_byte)), *outside]

    def _imported(self, node: Node, reading: _Reading) -> list[str]:
        """What a session has imported itself and now uses."""
        used = reading.imports.keys() & _identifiers(node) if reading.imports else ()
        return [name for one in used for name in self._sisters.unwritten(*reading.imports[one])]

    def _mentions(self, source: str) -> set[Mention]:
        return mentions(parse(encode(source)).root_node, self._calls.scope(), shows=True)

    def _docstring(self, node: Node) -> tuple[str, int]:
        """The docstring of a module or class and its 1-based first line."""
        key = -1 if node.type == "module" else node.start_byte
        if key not in self._docstrings:
            block = node if node.type == "module" else node.child_by_field_name("body")
            first = next(iter(statements(block)), None) if block else None
            value = string_value(first) if first is not None else None
            known = first is not None and value is not None
            self._docstrings[key] = (value or "", first.start_point[0] + 1) if first and known else ("", 0)
        return self._docstrings[key]


class _Reading:
    """What is known of a session's variables, statement by statement."""

    def __init__(self, scope: Scope, own: frozenset[str], known: frozenset[str]) -> None:
        """`own`: how the module and its packages are called; `known`: what it defines."""
        self.scope = scope
        self.imports: dict[str, tuple[str, str]] = {}
        self._own = own
        self._known = known
        self._tainted: dict[str, tuple[str, ...]] = {}
        """Variables whose value comes from what waits, and what that waits for."""
        self._plain: set[str] = set()

    def tainted_by(self, node: Node) -> list[str]:
        """What the variables that a statement uses wait for."""
        used = self._tainted.keys() & _identifiers(node) if self._tainted else ()
        return [name for variable in used for name in self._tainted[variable]]

    def went_on(self, node: Node, waits: tuple[str, ...]) -> None:
        """The session has a statement more, which waits for something or for nothing."""
        learn(self.scope, node)
        bound = bound_names(node)
        for statement in node.named_children:
            self._take_import(statement, bound)
        self._plain = (self._plain - bound) | _plainly_bound(node)
        if waits:
            used = set[str]() if all(map(_only_looks, waits)) else _identifiers(node) & self.scope.hidden
            self._tainted |= dict.fromkeys((bound | (used - self._plain)) - _plainly_bound(node), waits)
        else:
            for name in bound:
                self._tainted.pop(name, None)
        self.scope.hidden |= bound
        for name in bound:
            if name not in self.scope.types:
                self.scope.classes.pop(name, None)

    def _take_import(self, statement: Node, bound: set[str]) -> None:
        if statement.type not in {"import_statement", "import_from_statement"}:
            return
        for name, (module, member) in imported(statement):
            is_own = module.rpartition(".")[2] in self._own
            if not member and is_own:
                self.scope.modules.add(name)
            elif member == name and name in self._known and is_own:
                bound.discard(name)  # The module's own, imported from itself.
            elif member:
                self.imports[name] = (module, member)


def _around(function: Function, root: Node) -> list[tuple[Node, str]]:
    """The classes around a function, from the inside out, and the module; each with the words for it."""
    found: list[tuple[Node, str]] = []
    for depth, node in enumerate(function.enclosing):
        if node.type == "class_definition":
            name = ".".join(field_text(outer, "name") for outer in function.enclosing[: depth + 1])
            found.insert(0, (node, f"class {name}"))
    return [*found, (root, "the module")]


def _is_the_same(one: Function, other: Function) -> bool:
    """Whether it is the function, part of it, or another definition that stands for the same name."""
    if one.node == other.node or other.node in one.enclosing:
        return True
    return one.name == other.name and not {"setter", "deleter"} & {*decorators(one.node), *decorators(other.node)}


def _only_looks(name: str) -> bool:
    return name.rpartition(".")[2] in _LOOKS


def _called(function: Function) -> str:
    """Its name, as people say it."""
    kind = next((name for name in decorators(function.node) if name in {"setter", "deleter"}), "")
    return f"{function.name} ({kind})" if kind else function.name


def _identifiers(node: Node) -> set[str]:
    """Names that a statement uses or binds, those of members and keywords apart."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if at.type == "identifier":
            found.add(text_of(at))
        elif at.type == "attribute":
            waiting += at.named_children[:1]
        elif at.type == "keyword_argument":
            waiting += at.named_children[1:]
        else:
            waiting += at.named_children
    return found


def _plainly_bound(node: Node) -> set[str]:
    """Names that a statement gives a value that no call can change."""
    found: set[str] = set()
    for statement in node.named_children:
        inner = statement.named_children[0] if statement.named_child_count == 1 else None
        if inner is None or inner.type != "assignment":
            continue
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is not None and right is not None and left.type == "identifier" and right.type in _PLAIN:
            found.add(text_of(left))
    return found
