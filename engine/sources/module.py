"""One file's text with its tree: what all of `sources` looks functions up in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from .functions import Function, functions
from .mending import mended
from .syntax import encode, parse, problem_in

_LINE = re.compile(rb"(?<=\n)[^\n]+")


@dataclass(frozen=True, slots=True)
class Module:
    """A text that was parsed. Offsets count in `raw` and in `sound` alike."""

    raw: bytes
    """The text as UTF-8."""
    sound: bytes
    """The same, but what does not parse is blank."""
    root: Node
    """The tree of `sound`."""
    problem: str
    """Why the text is no program yet, else ""."""

    def functions(self) -> Iterator[Function]:
        """Every function that parses whole, in the order of the file."""
        found = functions(self.sound, self.root)
        return (function for function in found if not function.node.has_error and self._is_intact(function.node))

    def _is_intact(self, function: Node) -> bool:
        """Whether nothing of the function was blanked: a half-typed body must not look like none at all."""
        if self.sound is self.raw:
            return True
        if self.raw[function.start_byte : function.end_byte] != self.sound[function.start_byte : function.end_byte]:
            return False
        for line in _LINE.finditer(self.raw, function.end_byte):
            margin = len(line[0]) - len(line[0].lstrip(b" \t"))
            if line[0].strip() and margin <= function.start_point[1]:
                break
            if line[0].strip() and line[0] != self.sound[line.start() : line.end()]:
                return False
        return True


def module_of(text: str) -> Module:
    """Parse a text, around its errors if it has any."""
    raw = encode(text)
    tree = parse(raw)
    problem = problem_in(text, tree)
    sound = mended(raw) if problem else raw
    return Module(raw, sound, parse(sound).root_node if problem else tree.root_node, problem)
