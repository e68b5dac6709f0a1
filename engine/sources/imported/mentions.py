"""Which of the project's names a stub and its surroundings use, the most telling first."""

from __future__ import annotations

import builtins
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from ...project import Location
from ..functions import Function, defined_name, members
from ..neighbours import nearby
from ..outline import Outline
from ..syntax import decorators_of, string_value
from .bindings import Imported, imports_in
from .modules import Modules
from .resolving import Definition, Resolver

BASES, SIGNATURE, EXAMPLES, BODY, PROSE, NAMED, IN_TURN, NEARBY = range(8)
"""Ranks: where a name is used. BASES: by the class of a method, which has all of theirs as its own. NAMED: by what the
stub names in its own file. IN_TURN: by what was found so far."""

_CHAIN = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*)*")
_TELLING = re.compile(rb"[A-Z_\d.]")
"""What tells a name in prose from a word, beside marks around it."""
_BUILTIN = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Mention:
    """A definition of the project that is used."""

    rank: int
    definition: Definition
    inside: bool = False
    """Whether a class is written that derives from it: then what is private in it matters too."""


class Mentions:
    """The names that one file imports from its project, and where it uses them."""

    def __init__(self, outline: Outline, location: Location) -> None:
        self._outline, self._path = outline, os.path.realpath(location.path)
        self._package = location.name if location.is_package else location.name.rpartition(".")[0]
        self._modules = Modules(location)
        self.resolver = Resolver(self._modules)
        self._imports: dict[str, tuple[int, Imported]] = {}
        self._stars: list[Imported] = []
        for number in outline.imports:
            for name, binding in imports_in(outline.nodes[number]):
                self._take(number, name, binding)
        self._firsts = frozenset(name.encode("utf-8", "replace") for name in self._imports)
        self._found: dict[str, Definition | None] = {}
        self._used: dict[tuple[int, int], tuple[Definition, ...]] = {}

    @property
    def any(self) -> bool:
        """Whether the file imports anything from its project at all."""
        return bool(self._imports or self._stars)

    def definition(self, chain: str) -> Definition | None:
        """What a dotted name of the file means, None when it is none of the project's."""
        if chain not in self._found:
            found = self._look_up(*chain.split("."))
            self._found[chain] = None if found and self.is_own(found) else found
        return self._found[chain]

    def is_own(self, definition: Definition) -> bool:
        """Whether a definition stands in the stub's own file, which speaks for itself."""
        return definition.file.path == self._path

    def of(self, function: Function) -> Iterator[Mention]:
        """The names that matter for a function, without those that its imports only pass on."""
        node = function.node
        home = function.enclosing[-1] if function.enclosing else None
        bases = home.child_by_field_name("superclasses") if home else None
        yield from (Mention(BASES, found, inside=True) for found in (self._in(bases) if bases else ()))
        local: dict[bytes, None] = {}
        for rank, text in _own_texts(self._outline.raw, node):
            chains = [chain for chain in _CHAIN.findall(text) if rank != PROSE or _is_marked(text, chain)]
            yield from (Mention(rank, found) for chain in chains if (found := self._definition(chain)))
            local.update(dict.fromkeys(chain.partition(b".")[0] for chain in chains if rank != PROSE))
        for member in members(home) if home and home.type == "class_definition" else ():
            if member.type == "expression_statement" or defined_name(member) == "__init__":
                yield from (Mention(NAMED, found) for found in self._in(member))
        own = self._outline.holding(function.outermost)
        for number in (number for word in local for number in self._outline.binders.get(word, ())):
            if number != own:
                yield from (Mention(NAMED, found) for found in self._in(self._outline.nodes[number]))
        yield from self._around(function, own)

    def _around(self, function: Function, own: int) -> Iterator[Mention]:
        at = function.node.start_byte
        beside = [node for home in function.enclosing[::-1] for node in members(home) if not _holds(node, at)]
        beside.sort(key=lambda node: abs(node.start_byte - at))
        around = [number for number in nearby(self._outline, own) if number not in self._outline.imports]
        for node in [*beside[:40], *(self._outline.nodes[number] for number in around)]:
            yield from (Mention(NEARBY, found) for found in self._in(node))

    def _in(self, node: Node) -> tuple[Definition, ...]:
        key = (node.start_byte, node.end_byte)
        if key not in self._used:
            chains = dict.fromkeys(_CHAIN.findall(self._outline.raw, *key))
            self._used[key] = tuple(found for chain in chains if (found := self._definition(chain)))
        return self._used[key]

    def _definition(self, chain: bytes) -> Definition | None:
        if not self._stars and chain.partition(b".")[0] not in self._firsts:
            return None
        return self.definition(chain.decode("utf-8", "replace"))

    def _look_up(self, first: str, *rest: str) -> Definition | None:
        number, binding = self._imports.get(first, (-1, None))
        if max(self._outline.binders.get(first.encode(), [-1])) > number:
            return None
        if binding is not None:
            return self.resolver.member(self.resolver.imported(binding, self._package), list(rest))
        if first in _BUILTIN or first.startswith("_"):
            return None
        stars = (self.resolver.starred(star, self._package, first) for star in self._stars)
        return next((found for found in stars if found is not None), None)

    def _take(self, number: int, name: str, binding: Imported) -> None:
        """Keep an import if it is of the project; of several of one name the last, within one statement the first."""
        module = self.resolver.module(binding, self._package)
        if not module or not self._modules.exists(module.partition(".")[0]):
            return
        if name == "*":
            self._stars.insert(0, binding)
        elif self._imports.get(name, (-1, binding))[0] < number:
            self._imports[name] = (number, binding)


def _own_texts(raw: bytes, node: Node) -> Iterator[tuple[int, bytes]]:
    """The parts of a function by rank, without the names of its parameters."""
    given, result = node.child_by_field_name("parameters"), node.child_by_field_name("return_type")
    for child in given.named_children if given else ():
        parts = (child.child_by_field_name("type"), child.child_by_field_name("value"))
        yield from ((SIGNATURE, part.text or b"") for part in parts if part)
    if result:
        yield SIGNATURE, result.text or b""
    first = next(iter(members(node)), None)
    block = node.child_by_field_name("body")
    if first is None or block is None:
        return
    examples: list[bytes] = []
    prose: list[bytes] = []
    has_doc = string_value(first) is not None
    for line in (first.text or b"").split(b"\n") if has_doc else ():
        (examples if line.lstrip().startswith((b">>>", b"...")) else prose).append(line)
    yield EXAMPLES, b"\n".join(examples)
    yield BODY, raw[first.end_byte if has_doc else first.start_byte : block.end_byte]
    for decorator in decorators_of(node):
        yield PROSE, decorator.text or b""
    yield PROSE, b"\n".join(prose)


def _is_marked(text: bytes, chain: bytes) -> bool:
    """Whether a word of prose is meant as a name: it looks like one, is marked up, or is called."""
    return bool(_TELLING.search(chain)) or b"`" + chain in text or chain + b"(" in text


def _holds(node: Node, at: int) -> bool:
    return node.start_byte <= at < node.end_byte
