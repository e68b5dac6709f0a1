"""One docstring's statements, read in order: what each leads to by name, and what it does to variables."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from ..facts import Example
from .calls import Calls, Unwritten, learn
from .mentions import bound_names, imported, mentions
from .sisters import Sisters
from .syntax import encode, parse, text_of

_PLAIN = frozenset({"string", "concatenated_string", "integer", "float", "true", "false", "none", "unary_operator"})
"""Values that no call can change."""


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of a session."""

    example: Example
    direct: frozenset[int]
    """Where the functions begin that it names itself."""
    reached: tuple[Unwritten, ...]
    """The functions without a body that it leads to, with their names, in the order of the file."""
    outside: tuple[str, ...]
    """The names of such functions in modules beside the file."""
    uses: frozenset[str]
    """Variables of the session that it uses."""
    changeable: frozenset[str]
    """Those of them that hold something a call could change."""
    bound: frozenset[str]
    """Variables that it gives a value."""
    plain: frozenset[str]
    """Those of them whose value no call can change."""


class Session:
    """A session as far as it was read."""

    def __init__(self, calls: Calls, sisters: Sisters, own: frozenset[str], *, follows: bool) -> None:
        """`own`: how the module and its packages are called.

        `follows`: whether written functions are looked into, because they may lead to one without a body.
        """
        self._follows = follows
        self._calls = calls
        self._sisters = sisters
        self._own = own
        self._scope = calls.scope()
        self._imports: dict[str, tuple[str, str]] = {}
        self._plain: frozenset[str] = frozenset()

    def read(self, example: Example) -> Said:
        """The next statement."""
        node = parse(encode(example.source)).root_node
        wanted = mentions(node, self._scope, shows=True)
        reached, outside = self._calls.reached(wanted) if self._follows else ((), ())
        identifiers, bound, plain = _identifiers(node), bound_names(node), _plainly_bound(node)
        imported_here = [self._imports[name] for name in identifiers & self._imports.keys()]
        more = [name for place in imported_here for name in self._sisters.unwritten(*place)]
        uses = frozenset(identifiers & self._scope.hidden)
        for statement in node.named_children:
            self._take_import(statement, bound)
        self._plain = (self._plain - bound) | plain
        self._go_on(node, bound)
        return Said(
            example=example,
            direct=frozenset(function.node.start_byte for function in self._calls.direct(wanted)),
            reached=reached,
            outside=tuple(dict.fromkeys([*outside, *more])),
            uses=uses,
            changeable=uses - self._plain,
            bound=frozenset(bound),
            plain=plain,
        )

    def _go_on(self, node: Node, bound: set[str]) -> None:
        learn(self._scope, node)
        self._scope.hidden |= bound
        for name in bound:
            if name not in self._scope.types:
                self._scope.classes.pop(name, None)

    def _take_import(self, statement: Node, bound: set[str]) -> None:
        if statement.type not in {"import_statement", "import_from_statement"}:
            return
        for name, (module, member) in imported(statement):
            is_own = module.rpartition(".")[2] in self._own
            if not member and is_own:
                self._scope.modules.add(name)
            elif member == name and name in self._calls.names and is_own:
                bound.discard(name)  # The module's own, imported from itself.
            elif member:
                self._imports[name] = (module, member)


def _identifiers(node: Node) -> set[str]:
    """Names that a statement uses, those of members and keywords apart."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if at.type == "identifier":
            found.add(text_of(at))
        elif at.type == "attribute":
            waiting += at.named_children[:1]
        elif at.type == "keyword_argument" or _binds_a_name(at):
            waiting += at.named_children[1:]
        else:
            waiting += at.named_children
    return found


def _binds_a_name(node: Node) -> bool:
    return node.type == "assignment" and node.named_child_count > 0 and node.named_children[0].type == "identifier"


def _plainly_bound(node: Node) -> frozenset[str]:
    """Names that a statement gives a value that no call can change."""
    found: set[str] = set()
    for statement in node.named_children:
        inner = statement.named_children[0] if statement.named_child_count == 1 else None
        if inner is None or inner.type != "assignment":
            continue
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is not None and right is not None and left.type == "identifier" and right.type in _PLAIN:
            found.add(text_of(left))
    return frozenset(found)
