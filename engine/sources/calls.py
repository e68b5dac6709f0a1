"""Which functions of a file a piece of code reaches, through written ones too, as far as names tell."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Container, Iterable
from functools import cached_property

from tree_sitter import Node

from .functions import Function, decorator_nodes, decorators
from .mentions import UNKNOWN, Mention, Scope, Use, bound_names, imported, mentions
from .outline import Outline
from .syntax import definition_of, field_text, statements, text_of

_COMMON = frozenset(
    name
    for kind in (str, bytes, int, float, list, tuple, dict, set, frozenset, Exception, type, property)
    for name in dir(kind)
)
"""Members that so many things have that their name alone says nothing."""
_BUILTINS = frozenset(dir(builtins))
_HOLDERS = frozenset({"class_definition", "function_definition"})
_INSTEAD = {"__str__": "__repr__", "__format__": "__str__", "__bool__": "__len__", "__contains__": "__iter__"}
"""What Python asks for where a class has no member of that name."""
_LEVELS = 16
"""Base classes that are followed upwards."""

Beyond = Callable[[str, str], tuple[str, ...]]
"""Names of functions without a body that a `module` (as written, dots first) and its `member` stand for."""
Unwritten = tuple[Function, str]
"""A function without a body, and its name as people say it."""
Reached = tuple[tuple[Unwritten, ...], tuple[str, ...]]


class Calls:
    """The functions of one module, by the names they are reached by."""

    def __init__(
        self, outline: Outline, functions: Iterable[Function], unwritten: Container[int], beyond: Beyond
    ) -> None:
        """`functions` are all of the module; `unwritten` tells where those without a body begin."""
        self._outline = outline
        self._unwritten = unwritten
        self._look_beyond = beyond
        self._led: dict[Mention, Reached] = {}
        self._plain: dict[str, list[Function]] = {}
        self._members: dict[str, dict[str, list[Function]]] = {}
        self._classes: dict[str, list[Node]] = {}
        self._class_starts: set[int] = set()
        self._nested: dict[int, list[Function]] = {}
        self._mentioned: dict[int, set[Mention]] = {}
        for function in functions:
            self._take(function)
        for node in map(definition_of, outline.nodes):
            self._take_class(node)

    def scope(self) -> Scope:
        """What is known of names at module level."""
        return Scope(classes={**{name: name for name in self._classes}, **self._aliases}, returns=self._returns)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name by which something here may be reached."""
        known = {name.decode("utf-8", "surrogatepass") for name in self._outline.binders}
        return frozenset(known | self._plain.keys() | self._classes.keys() | self.imports.keys())

    def direct(self, wanted: Iterable[Mention]) -> list[Function]:
        """The functions that these mentions name themselves."""
        return [function for mention in wanted for function in self._named(mention)]

    def reached(self, wanted: Iterable[Mention]) -> Reached:
        """The functions without a body that these mentions lead to, in the order of the file, and those beyond it."""
        here, outside = dict[int, Unwritten](), dict[str, None]()
        for mention in wanted:
            if mention not in self._led:
                self._led[mention] = self._followed(mention)
            found, others = self._led[mention]
            here |= {function.node.start_byte: (function, name) for function, name in found}
            outside |= dict.fromkeys(others)
        return tuple(here[start] for start in sorted(here)), tuple(outside)

    def _followed(self, mention: Mention) -> Reached:
        """What one mention leads to, through written functions and variables too."""
        waiting, seen = [mention], {mention}
        met, outside = dict[int, Function](), dict[str, None]()
        while waiting:
            at = waiting.pop()
            new = self._statement_mentions(at)
            for function in self._named(at):
                if function.node.start_byte not in met:
                    inner = self._nested.get(function.node.start_byte, ())
                    met |= {one.node.start_byte: one for one in (function, *inner)}
                    new |= self.mentioned(function)
            outside |= dict.fromkeys(self._beyond(at))
            waiting.extend(new - seen)
            seen |= new
        found = [function for start, function in met.items() if start in self._unwritten]
        return tuple((function, called(function)) for function in found), tuple(outside)

    def mentioned(self, function: Function) -> set[Mention]:
        """What a function's decorators, defaults and body reach for; its body only if it counts as written."""
        key = function.node.start_byte
        if key not in self._mentioned:
            scope = self.scope()
            own = self._owner(function)
            members = self._members.get(own, {})
            outside = Scope(classes=scope.classes, returns=scope.returns, hidden=set(members))
            found = {m for node in decorator_nodes(function.node) for m in mentions(node, outside)}
            self._furnish(scope, function, own)
            parts = function.node.child_by_field_name("parameters") if key in self._unwritten else function.node
            self._mentioned[key] = found | (mentions(parts, scope) if parts is not None else set())
        return self._mentioned[key]

    # ------------------------------------------------------------------------------------------- building

    def _take(self, function: Function) -> None:
        for outer in function.enclosing:
            self._take_class(outer)
        if function.enclosing and function.enclosing[-1].type == "function_definition":
            self._nested.setdefault(function.enclosing[-1].start_byte, []).append(function)
        elif function.enclosing:
            owner = self._members.setdefault(self._owner(function), {})
            owner.setdefault(field_text(function.node, "name"), []).append(function)
        else:
            self._plain.setdefault(function.name, []).append(function)

    def _take_class(self, node: Node) -> None:
        if node.type == "class_definition" and node.start_byte not in self._class_starts:
            self._class_starts.add(node.start_byte)
            self._classes.setdefault(field_text(node, "name"), []).append(node)

    @staticmethod
    def _owner(function: Function) -> str:
        """The name of the class whose member a function is, "" when it is none."""
        home = function.enclosing[-1] if function.enclosing else None
        return field_text(home, "name") if home is not None and home.type == "class_definition" else ""

    @cached_property
    def _aliases(self) -> dict[str, str]:
        """The classes that have another name at module level: `Queue = HeapQueue`."""
        found: dict[str, str] = {}
        for node in self._outline.nodes:
            given = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
            if given.type != "assignment":
                continue
            left, right = given.child_by_field_name("left"), given.child_by_field_name("right")
            if left is None or right is None or (left.type, right.type) != ("identifier", "identifier"):
                continue
            if text_of(right) in self._classes and text_of(left) not in self._classes:
                found[text_of(left)] = text_of(right)
        return found

    @cached_property
    def _returns(self) -> dict[str, str]:
        found: dict[str, str] = {}
        plain = [(name, "", group) for name, group in self._plain.items()]
        members = [(f"{own}.{name}", own, group) for own, all_ in self._members.items() for name, group in all_.items()]
        for name, own, group in plain + members:
            for function in group:
                said = field_text(function.node, "return_type").strip("\"' ").rpartition(".")[2]
                kind = own if said == "Self" else said
                if kind in self._classes:
                    found[name] = kind
        return found

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """Module and member, "" for the module itself, by the name that the file imports them by."""
        nodes = [self._outline.nodes[number] for number in self._outline.imports]
        flat = [inner for node in nodes for inner in _import_statements(node)]
        return {name: place for node in flat for name, place in imported(node)}

    def _furnish(self, scope: Scope, function: Function, own: str) -> None:
        """Tell a scope of a function's parameters and variables."""
        scope.hidden |= bound_names(function.node) - {field_text(function.node, "name")}
        for outer in function.enclosing:
            if outer.type == "function_definition":
                scope.hidden |= bound_names(outer) - {field_text(outer, "name")}
        parameters = function.node.child_by_field_name("parameters")
        given = parameters.named_children if parameters else []
        if own and given and given[0].type == "identifier" and "staticmethod" not in decorators(function.node):
            first = text_of(given[0])
            if "classmethod" in decorators(function.node) or field_text(function.node, "name") == "__new__":
                scope.classes[first] = own
                scope.hidden.discard(first)
            else:
                scope.types[first] = own
            scope.selves.add(first)
        for parameter in given:
            said = field_text(parameter, "type").strip("\"' ").rpartition(".")[2]
            if said in self._classes and (name := next(iter(bound_names(parameter) or _first(parameter)), "")):
                scope.types[name] = said
        if self._classes:
            learn(scope, function.node)

    # ------------------------------------------------------------------------------------------- looking up

    def _named(self, mention: Mention) -> list[Function]:
        if not mention.owner:
            return self._plain.get(mention.name, [])
        if mention.is_open and self._is_overridden(mention.owner, mention.name):
            return []
        if mention.owner != UNKNOWN:
            return [f for f in self._member(mention.owner, mention.name) if _is_used_so(f, mention.use)]
        if mention.root in self.imports or mention.name in _COMMON:
            return []
        found = [function for members in self._members.values() for function in members.get(mention.name, ())]
        return [function for function in found if _is_used_so(function, mention.use)]

    def _member(self, owner: str, name: str) -> list[Function]:
        """The functions of that name in a class or, if it has none, in its bases in this file."""
        front, seen = [owner], set[str]()
        for _ in range(_LEVELS):
            for kind in front:
                if found := self._members.get(kind, {}).get(name):
                    return found
            seen.update(front)
            front = [base for kind in front for base in self._bases(kind) if base not in seen]
        return self._member(owner, _INSTEAD[name]) if name in _INSTEAD else []

    def _is_overridden(self, owner: str, name: str) -> bool:
        """Whether a class below this one in the file has its own member of that name."""
        front, seen = [owner], {owner}
        for _ in range(_LEVELS):
            front = [sub for kind in front for sub in self._subclasses.get(kind, ()) if sub not in seen]
            if any(name in self._members.get(kind, {}) for kind in front):
                return True
            seen.update(front)
        return False

    @cached_property
    def _subclasses(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for kind in self._classes:
            for base in self._bases(kind):
                found.setdefault(base, []).append(kind)
        return found

    def _bases(self, kind: str) -> list[str]:
        bases = [node.child_by_field_name("superclasses") for node in self._classes.get(kind, ())]
        names = [text_of(base) for node in bases if node for base in node.named_children if base.type == "identifier"]
        return [name for name in names if name in self._classes]

    def _statement_mentions(self, mention: Mention) -> set[Mention]:
        """What a class' head, or the statement that gives a variable its value, reaches for."""
        if mention.owner or mention.name in _BUILTINS:
            return set()
        found: set[Mention] = set()
        for node in self._classes.get(mention.name, ()):
            heads = [*decorator_nodes(node), *filter(None, [node.child_by_field_name("superclasses")])]
            found |= {m for head in heads for m in mentions(head, self.scope())}
        for number in self._outline.binders.get(mention.name.encode("utf-8", "surrogatepass"), ()):
            node = self._outline.nodes[number]
            if definition_of(node).type not in _HOLDERS and node.type == "expression_statement":
                found |= mentions(node, self.scope())
        return found

    def _beyond(self, mention: Mention) -> tuple[str, ...]:
        if mention.owner == UNKNOWN:
            module, member = self.imports.get(mention.root, ("", ""))
            if not module:
                return ()
            joined = f"{module}{'' if module.endswith('.') else '.'}{member}" if member else module
            return self._look_beyond(joined, mention.name)
        module, member = self.imports.get(mention.name, ("", "")) if not mention.owner else ("", "")
        return self._look_beyond(module, member) if module and member else ()


def learn(scope: Scope, node: Node) -> None:
    """Tell a scope which of the variables that a piece of code assigns hold an instance of a class."""
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if at.type == "assignment":
            left, right = at.child_by_field_name("left"), at.child_by_field_name("right")
            said = scope.classes.get(field_text(at, "type").strip("\"' "), "")
            while right is not None and right.type == "assignment":
                right = right.child_by_field_name("right")
            for name, value in _pairs(left, right):
                _learn_one(scope, name, scope.type_of(value) or said)
        elif at.type == "as_pattern" and at.named_child_count == 2:
            target = at.named_children[1]
            _learn_one(scope, next(iter(target.named_children), None), scope.type_of(at.named_children[0]))
        waiting.extend(reversed(at.named_children))


def _pairs(left: Node | None, right: Node | None) -> list[tuple[Node | None, Node | None]]:
    """What an assignment gives to what: `a, b = A(), B()` is two."""
    if left is None or right is None or left.type not in {"pattern_list", "tuple_pattern"}:
        return [(left, right)]
    names, values = left.named_children, right.named_children
    if right.type in {"expression_list", "tuple"} and len(names) == len(values):
        return [*zip(names, values, strict=True)]
    return [(name, None) for name in names]


def _learn_one(scope: Scope, left: Node | None, kind: str) -> None:
    if left is None or left.type != "identifier":
        return
    if kind:
        scope.types[text_of(left)] = kind
    else:
        scope.types.pop(text_of(left), None)


def _first(parameter: Node) -> list[str]:
    """The name of `x: int`."""
    return [text_of(child) for child in parameter.named_children[:1] if child.type == "identifier"]


def _is_used_so(function: Function, use: Use) -> bool:
    """Whether reading, writing or deleting a member runs this one of the functions of its name."""
    names = decorators(function.node)
    if "deleter" in names:
        return use == "delete"
    if "setter" in names:
        return use == "write"
    return use == "read"


def _import_statements(node: Node) -> list[Node]:
    """The import statements of an import, or of an `if` or `try` made for imports."""
    if node.type in {"import_statement", "import_from_statement"}:
        return [node]
    blocks = [child for child in node.named_children if child.type != "comment"]
    inner = [statement for block in blocks for statement in statements(block)]
    return [one for one in inner if one.type in {"import_statement", "import_from_statement"}] + [
        one for block in inner if block.type == "block" for one in _import_statements(block)
    ]


def called(function: Function) -> str:
    """Its name, as people say it."""
    kind = next((name for name in decorators(function.node) if name in {"setter", "deleter"}), "")
    return f"{function.name} ({kind})" if kind else function.name
