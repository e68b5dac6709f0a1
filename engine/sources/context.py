"""What surrounds a stub: the program it is run in, and what a prompt should know of it."""

from __future__ import annotations

import re
from functools import cached_property

from tree_sitter import Node

from ..facts import Fact
from ..project import locate
from .functions import Function
from .imported import ProjectNames, sure_of
from .module import Module
from .neighbours import neighbours
from .outline import Outline, words_of
from .packing import packed
from .places import Place
from .syntax import PARSED_WHOLE, decode, problem_in

CHARACTERS = 4
"""Of a token, by our own estimate."""
_BOUND = re.compile(rb"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^([A-Za-z_]\w*)[ \t]*(?::[^=\n]*)?=(?!=)", re.M)
_MOST_NAMES = 2000
_LEFT_OUT = """

def __getattr__(name):
    def left_out(*_, **__):
        raise NotImplementedError(name + " {why}")

    if {among}:
        return left_out
    raise AttributeError(name)
"""
_MOST_COPIED = 16_000_000
"""Bytes. When every stub carrying the whole file would take more memory than this, each carries what it needs."""


class Told(Fact, frozen=True):
    """What a prompt says of a function's surroundings."""

    neighbours: str = ""
    project: str = ""
    neighbours_left_out: tuple[str, ...] = ()
    """What of the file did not fit, the most useful first."""
    project_left_out: tuple[str, ...] = ()


class Surroundings:
    """The module around its stubs, looked at once for all of them."""

    def __init__(self, module: Module, *, stubs: int, path: str = "") -> None:
        """`stubs` tells how many will ask; `path` where the file is, "" for nowhere."""
        self.raw, self._written = module.sound, module.raw
        self._problem = module.problem
        self._whole = not module.problem and len(self.raw) <= PARSED_WHOLE and len(self.raw) * stubs <= _MOST_COPIED
        self._outline = Outline(module.sound, module.root)
        self._path = path

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Names of doctest's flags that the file's project has on for all examples."""
        return locate(self._path).options

    @cached_property
    def imports(self) -> str:
        """The import statements at module level, also those under `if` and `try`, one after another."""
        return self._texts(self._outline.imports)

    def told(self, function: Function, tokens: int) -> Told:
        """What a prompt should show of the rest of the file and of the project, within so many tokens.

        The file itself comes first. But what the stub names of the project, and the types that this mentions, is sure
        of up to half of the room; and whatever one of the two does not need is the other's.
        """
        room = max(0, tokens) * CHARACTERS
        if not room:
            return Told()
        entries = self._project.entries(function, room)
        near = neighbours(self._outline, function, room - sure_of(entries, room // 2))
        far = packed(entries, room - len(near.text))
        return Told(
            neighbours=near.text,
            project=far.text,
            neighbours_left_out=near.left_out,
            project_left_out=far.left_out,
        )

    @cached_property
    def _project(self) -> ProjectNames:
        return ProjectNames(self._path, self._outline)

    def program(self, function: Function, place: Place, shown: str) -> tuple[str, str]:
        """The text to run before and after a body at `place`; `shown` is what the prompt shows of the file.

        The file as it is, when it is a program of a usual size; else its imports, the function, and the definitions at
        module level that can be reached by name from the function and from what is shown.
        """
        if self._whole:
            before = self.raw[: place.start] + place.opening
            return decode(before), decode(self.raw[place.end :].removeprefix(b"\n"))
        before, after = self._needed(function, place, shown)
        if self._problem and problem_in(f"{before}{place.margin}{place.indent}pass\n{after}", None):
            before, after = self._alone(function, place), ""
        return before, after + self._left_out

    @cached_property
    def _left_out(self) -> str:
        """What a partial program says when the rest of its package imports what was left out of it."""
        if not self._problem:
            # In so large a file a list of its names would be larger than the program.
            return _LEFT_OUT.format(among='not name.startswith("_")', why="was left out of a very large file")
        names = sorted({decode(name) for found in _BOUND.findall(self._written) for name in found if name})
        among = "name in {" + ", ".join(map(repr, names[:_MOST_NAMES])) + "}"
        return (
            _LEFT_OUT.format(among=among, why="stands in a part of the file that does not parse yet") if names else ""
        )

    def _needed(self, function: Function, place: Place, shown: str) -> tuple[str, str]:
        outline = self._outline
        own = outline.holding(function.outermost)
        wanted = sorted(self._reached(own, shown))
        node = outline.nodes[own]
        line = self.raw.rfind(b"\n", 0, node.start_byte) + 1
        rest = self.raw[place.end : node.end_byte].removeprefix(b"\n") if place.end < node.end_byte else b""
        before = self._texts([number for number in wanted if number < own])
        after = self._texts([number for number in wanted if number > own])
        return before + decode(self.raw[line : place.start] + place.opening), decode(
            rest + b"\n" if rest else b""
        ) + after

    def _reached(self, own: int, shown: str) -> set[int]:
        """Numbers of the statements that the function may need, without its own."""
        outline = self._outline
        found = set(outline.imports)
        waiting, seen = outline.words(own) | words_of(shown), set[bytes]()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            for number in outline.binders.get(name, ()):
                if number not in found:
                    found.add(number)
                    waiting |= outline.words(number) - seen
        return found - {own}

    def _alone(self, function: Function, place: Place) -> str:
        """The imports, the first lines of what encloses the function, and the function up to its body."""
        heads = "".join(self._first_lines(node) for node in function.enclosing)
        return self.imports + heads + decode(self.raw[place.top : place.start] + place.opening)

    def _texts(self, numbers: list[int]) -> str:
        return "".join(self._outline.text(number) + "\n" for number in numbers)

    def _first_lines(self, node: Node) -> str:
        """A `class` or `def` with its decorators, up to the colon."""
        outer = node.parent if node.parent and node.parent.type == "decorated_definition" else node
        line = self.raw.rfind(b"\n", 0, outer.start_byte) + 1
        colon = next((child.end_byte for child in reversed(node.children) if child.type == ":"), node.end_byte)
        return decode(self.raw[line:colon]) + "\n"
