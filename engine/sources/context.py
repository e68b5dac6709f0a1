"""What surrounds a stub: the program it is run in, and what a prompt should know of it."""

from __future__ import annotations

import re
from functools import cached_property

from tree_sitter import Node

from .functions import Function, defined_name, members
from .neighbours import neighbours
from .places import Place
from .syntax import PARSED_WHOLE, decode, definition_of, problem_in, statements

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
_COMPOUND = frozenset({"if_statement", "try_statement", "with_statement"})
_MOST_COPIED = 16_000_000
"""Bytes. When every stub carrying the whole file would take more memory than this, each carries what it needs."""


class Surroundings:
    """The module around its stubs, looked at once for all of them."""

    def __init__(self, raw: bytes, root: Node, *, whole: bool, stubs: int) -> None:
        """`whole` tells whether the file parses; `stubs` how many will ask."""
        self.raw = raw
        self.whole = whole and len(raw) <= PARSED_WHOLE and len(raw) * stubs <= _MOST_COPIED
        self.top = statements(root)

    @cached_property
    def imports(self) -> str:
        """The import statements at module level, also those under `if` and `try`, one after another."""
        found = [node for node in self.top if node.type in _IMPORTS or self._imports_below(node)]
        return "".join(self._text(node) + "\n" for node in found if not node.has_error)

    def neighbours(self, function: Function, tokens: int) -> str:
        """What a prompt should show of the rest of the file, see `neighbours.neighbours`."""
        return neighbours(self.raw, self.top, function, tokens)

    def program(self, function: Function, place: Place) -> tuple[str, str]:
        """The text to run before and after a body at `place`.

        The file as it is, when it is a program of a usual size; else its imports, the function, and the definitions at
        module level that can be reached from the function by name, without those that do not parse.
        """
        opened = self.raw[: place.start] + place.opening, self.raw[place.end :].removeprefix(b"\n")
        if self.whole:
            return decode(opened[0]), decode(opened[1])
        before, after = self._needed(function, place)
        if problem_in(f"{before}{place.margin}{place.indent}pass\n{after}", None):
            before, after = self._alone(function, place)
        return before, after

    def _needed(self, function: Function, place: Place) -> tuple[str, str]:
        wanted = self._reached(function)
        own = _holding(self.top, function.outermost)
        before = [
            self._text(node) for n, node in enumerate(self.top) if n in wanted and node.end_byte <= own.start_byte
        ]
        after = [self._text(node) for n, node in enumerate(self.top) if n in wanted and node.start_byte >= own.end_byte]
        head, tail = self._own(own, function, place)
        return "".join(f"{text}\n" for text in before) + head, tail + "".join(f"{text}\n" for text in after)

    def _alone(self, function: Function, place: Place) -> tuple[str, str]:
        """The imports, the function and the first lines of what encloses it."""
        heads = "".join(self._first_lines(node) for node in function.enclosing)
        return self.imports + heads + decode(self.raw[place.top : place.start] + place.opening), ""

    def _own(self, own: Node, function: Function, place: Place) -> tuple[str, str]:
        """The text of the stub's own statement at module level, before and after the body, without broken members."""
        line = self.raw.rfind(b"\n", 0, own.start_byte) + 1
        if not own.has_error:
            rest = self.raw[place.end : own.end_byte].removeprefix(b"\n") if place.end < own.end_byte else b""
            return decode(self.raw[line : place.start] + place.opening), decode(rest + b"\n" if rest else b"")
        before, after = "", ""
        for number, node in enumerate(function.enclosing):
            inner = function.enclosing[number + 1] if number + 1 < len(function.enclosing) else function.node
            sound = [child for child in members(node) if not child.has_error and not _holds(child, inner)]
            before += self._first_lines(node)
            before += "".join(self._lines(child) for child in sound if child.end_byte <= inner.start_byte)
            after = "".join(self._lines(child) for child in sound if child.start_byte >= inner.end_byte) + after
        return before + decode(self.raw[place.top : place.start] + place.opening), after

    def _reached(self, function: Function) -> set[int]:
        """Numbers of the statements at module level that the function may need."""
        own = _holding(self.top, function.outermost)
        shown = self.neighbours(function, 400).encode()
        waiting = set(_WORD.findall(self.raw, own.start_byte, own.end_byte)) | set(_WORD.findall(shown))
        found = {n for n, node in enumerate(self.top) if self._is_import(node)}
        seen: set[bytes] = set()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            for n in self._binders.get(name, ()):
                if n not in found and self.top[n].start_byte != own.start_byte:
                    found.add(n)
                    waiting |= set(_WORD.findall(self.raw, self.top[n].start_byte, self.top[n].end_byte)) - seen
        return found

    @cached_property
    def _binders(self) -> dict[bytes, list[int]]:
        """Which statements at module level bind a name."""
        found: dict[bytes, list[int]] = {}
        for n, node in enumerate(self.top):
            for name in () if node.has_error else _bound_names(node):
                found.setdefault(name, []).append(n)
        return found

    def _is_import(self, node: Node) -> bool:
        return not node.has_error and (node.type in _IMPORTS or self._imports_below(node))

    def _imports_below(self, node: Node) -> bool:
        """Whether this is an `if` or `try` made for imports, as in `try: import tomllib`."""
        if node.type not in {"if_statement", "try_statement"} or node.end_byte - node.start_byte > 2000:
            return False
        return any(child.type in _IMPORTS for block in node.named_children for child in block.named_children)

    def _text(self, node: Node) -> str:
        return decode(self.raw[node.start_byte : node.end_byte])

    def _lines(self, node: Node) -> str:
        """A statement with the indentation of its first line and a newline."""
        return decode(self.raw[self.raw.rfind(b"\n", 0, node.start_byte) + 1 : node.end_byte]) + "\n"

    def _first_lines(self, node: Node) -> str:
        """A `class` or `def` with decorators up to its first statement."""
        outer = node.parent if node.parent and node.parent.type == "decorated_definition" else node
        line = self.raw.rfind(b"\n", 0, outer.start_byte) + 1
        colon = next((child.end_byte for child in reversed(node.children) if child.type == ":"), node.end_byte)
        return decode(self.raw[line:colon]) + "\n"


def _holding(top: list[Node], node: Node) -> Node:
    return next((candidate for candidate in top if _holds(candidate, node)), node)


def _holds(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


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
        return [name for block in blocks for child in _flat(block) for name in _bound_names(definition_of(child))]
    return []


def _flat(block: Node) -> list[Node]:
    """The statements of a block, or of the block inside an `else`, `except` or `finally`."""
    inner = next((child for child in block.named_children if child.type == "block"), None)
    return statements(inner) if inner else statements(block)
