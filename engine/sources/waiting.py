"""Which docstrings speak of a function, and which of their examples wait for another that is not written yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import PurePath

from msgspec.structs import replace
from tree_sitter import Node

from ..examples import session
from ..facts import Example
from .calls import Calls
from .functions import Function, decorators
from .mentions import Mention, mentions
from .module import Module
from .outline import Outline, words_of
from .sessions import Said, Session
from .sisters import Sisters
from .syntax import encode, field_text, parse, statements, string_value

_LOOKS = frozenset({
    "__repr__", "__str__", "__format__", "__bytes__", "__hash__", "__bool__", "__len__", "__contains__", "__iter__",
    "__reversed__", "__getitem__", "__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__add__", "__sub__", "__mul__",
    "__truediv__", "__floordiv__", "__mod__", "__pow__", "__and__", "__or__", "__xor__", "__neg__", "__pos__",
    "__invert__", "__abs__", "__int__", "__float__", "__round__",
})  # fmt: skip
"""Members that change nothing of what they are asked of."""


_MOST_NAMES = 8
"""Functions that one example is said to wait for."""


class Waiting:
    """The functions of one file that have no body, and the examples that reach them."""

    def __init__(
        self, module: Module, functions: Sequence[Function], unwritten: Iterable[Function], path: str = ""
    ) -> None:
        """`functions` are all that the file has; `path` is where it lies, "" for a text that lies nowhere."""
        self._root = module.root
        self._unwritten = {function.node.start_byte: function for function in unwritten}
        self._own_names = frozenset({PurePath(path).stem, *PurePath(path).parts[:-1]})
        self._sisters = Sisters(path)
        outline = Outline(module.sound, module.root)
        self._calls = Calls(outline, functions, self._unwritten, self._sisters.unwritten)
        self._sessions: dict[tuple[int, bool], tuple[str, tuple[Said, ...] | None]] = {}

    def examples(self, function: Function, own: tuple[Example, ...]) -> tuple[Example, ...]:
        """Its `own` examples, and those of the docstrings around it that call it, each with what it waits for."""
        found = list(own)
        if self._may_wait(own, function):
            found = _held(self._said(own, follows=True), function, all_count=True)
        for node, name in _around(function, self._root):
            found += _held(self._around(node, name, function), function, all_count=False)
        return tuple(found)

    def reached_by(self, function: Function, examples: Sequence[Example]) -> list[tuple[str, ...]]:
        """For each example, the functions without a body that it or the body of `function` leads to."""
        through = self._names(self._calls.mentioned(function), function)
        return [
            tuple(dict.fromkeys([*self._names(self._mentions(example.source), function), *through]))
            for example in examples
        ]

    def _said(self, examples: Sequence[Example], *, follows: bool) -> tuple[Said, ...]:
        """The statements of one docstring, with what each leads to."""
        reading = Session(self._calls, self._sisters, self._own_names, follows=follows)
        return tuple(map(reading.read, examples))

    def _around(self, node: Node, name: str, function: Function) -> tuple[Said, ...]:
        """The statements of a docstring around a function; none when it does not speak of it."""
        follows = self._leads_on(function)
        key = (-1 if node.type == "module" else node.start_byte, follows)
        if key not in self._sessions:
            self._sessions[key] = (_docstring(node)[0], None)
        docstring, said = self._sessions[key]
        bare = function.name.rpartition(".")[2]
        if ">>>" not in docstring or not (bare in docstring or (bare.startswith("__") and function.enclosing)):
            return ()
        if said is None:
            said = self._said(session(docstring, name, _docstring(node)[1]), follows=follows)
            self._sessions[key] = (docstring, said)
        return said

    def _leads_on(self, function: Function) -> bool:
        """Whether a function may lead to another without a body at all: a single stub in a file leads nowhere."""
        here = len(self._unwritten) - (function.node.start_byte in self._unwritten)
        return here > 0 or self._has_sisters

    @cached_property
    def _has_sisters(self) -> bool:
        return any(self._sisters.has(module) for module in {module for module, _ in self._calls.imports.values()})

    def _may_wait(self, said: Sequence[Example], function: Function) -> bool:
        """Whether the words of some examples name anything that could lead to another function."""
        words = {word.decode("utf-8", "surrogatepass") for example in said for word in words_of(example.source)}
        if "import" in words:
            return True
        if not self._leads_on(function):
            return False
        # Its own decorators may be without a body too.
        return bool((self._calls.names & words) - {function.name}) or bool(
            self._names(self._calls.mentioned(function), function)
        )

    def _names(self, wanted: Iterable[Mention], function: Function) -> list[str]:
        reached, outside = self._calls.reached(wanted)
        return [*_others(reached, function), *outside]

    def _mentions(self, source: str) -> set[Mention]:
        return mentions(parse(encode(source)).root_node, self._calls.scope(), shows=True)


def _held(said: Sequence[Said], function: Function, *, all_count: bool) -> list[Example]:
    """The statements of a docstring that count, with what comes before each. `all_count`: it is the function's own.

    Of a docstring around it those count that call it, and those that show what became of a variable in such a call.
    What is done to a variable by a statement that waits, everything waits for that uses the variable later.
    """
    found: list[Example] = []
    before: list[str] = []
    tainted: dict[str, tuple[str, ...]] = {}
    touched = set[str]()
    for one in said:
        calls, follows = function.node.start_byte in one.direct, bool(one.uses & touched)
        shows = bool(one.example.want.strip()) or one.example.raises is not None
        touched -= one.bound
        if calls or follows:
            touched |= one.changeable | (one.bound - one.plain)
        names = [*_others(one.reached, function), *one.outside]
        names += [name for variable in one.uses & tainted.keys() for name in tainted[variable]]
        waits = tuple(dict.fromkeys(names))[:_MOST_NAMES]
        if all_count or calls or (follows and shows):
            found.append(replace(one.example, waits_for=waits, before=() if waits else tuple(before)))
            before = before if waits else []
        elif not waits:
            before.append(one.example.source)
        for name in one.bound:
            tainted.pop(name, None)
        if waits:
            changed = frozenset[str]() if all(map(_only_looks, waits)) else one.changeable
            tainted |= dict.fromkeys(changed | one.bound - one.plain, waits)
    return found


def _others(reached: Iterable[tuple[Function, str]], function: Function) -> list[str]:
    """The names of the functions that are not the one in question."""
    return [name for one, name in reached if not _is_the_same(one, function)]


def _docstring(node: Node) -> tuple[str, int]:
    """The docstring of a module or class and its 1-based first line."""
    block = node if node.type == "module" else node.child_by_field_name("body")
    first = next(iter(statements(block)), None) if block else None
    value = string_value(first) if first is not None else None
    return (value, first.start_point[0] + 1) if first is not None and value is not None else ("", 0)


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
