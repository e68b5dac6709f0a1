"""One file cut into its statements by tree-sitter; Python's own parser reads those that are asked for."""

from __future__ import annotations

import ast
import re
import threading
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tree_sitter import Node

from ..python.parsing import parsed
from ..sources.syntax import definition_of, field_text, parse
from .files import Naming, TextFile

_BOM = b"\xef\xbb\xbf"


class Statement:
    """A statement at the top of a file, or of a class in it."""

    def __init__(self, raw: bytes, node: Node) -> None:
        self._raw = raw
        self.node = node
        inner = definition_of(node)
        self.kind = inner.type
        """Its type in the grammar; of a decorated definition that of what is decorated."""
        self.defined = field_text(inner, "name") if inner.type in {"function_definition", "class_definition"} else ""
        """The name of a function or class, else ""."""

    @property
    def line(self) -> int:
        """1-based line of its first decorator, or of itself."""
        return self.node.start_point[0] + 1

    @property
    def raw(self) -> bytes:
        """Its bytes."""
        return self._raw[self.node.start_byte : self.node.end_byte]

    def mentions(self, word: re.Pattern[bytes] | bytes) -> bool:
        """Whether its text has something like it somewhere."""
        start, end = self.node.start_byte, self.node.end_byte
        if isinstance(word, bytes):
            return self._raw.find(word, start, end) >= 0
        return word.search(self._raw, start, end) is not None

    @cached_property
    def tree(self) -> ast.stmt | None:
        """The statement as Python reads it, with the lines of the file; None where it cannot be read."""
        return self._parsed(self.node.end_byte, b"")

    @cached_property
    def head(self) -> ast.stmt | None:
        """A class without what is in it."""
        block = definition_of(self.node).child_by_field_name("body")
        return self._parsed(block.start_byte, b"pass") if block else None

    def _parsed(self, end: int, more: bytes) -> ast.stmt | None:
        start = self._raw.rfind(b"\n", 0, self.node.start_byte) + 1
        margin = self._raw[start : self.node.start_byte]
        # What is indented is read below an `if`, so that the text within its strings stays as it is.
        is_nested = bool(margin) and not margin.strip()
        lines = b"\n" * (self.line - 2) + b"if 1:\n" if is_nested else b"\n" * (self.line - 1)
        text = lines + self._raw[start if is_nested else self.node.start_byte : end] + more
        found = parsed(text.decode("utf-8", "replace"))
        if found is None or len(found.body) != 1:
            return None
        first = found.body[0]
        if is_nested and isinstance(first, ast.If):
            return first.body[0] if len(first.body) == 1 else None
        return first

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that it binds at module level."""
        if self.defined:
            return frozenset({self.defined})
        inner = (
            self.node.named_children[0] if self.kind == "expression_statement" and self.node.named_children else None
        )
        if inner is not None and inner.type == "assignment":
            left = inner.child_by_field_name("left")
            if left is not None and left.type == "identifier":
                return frozenset({(left.text or b"").decode()})
        return self.inside.bound

    @cached_property
    def inside(self) -> NamesIn:
        """All names in it."""
        return names_in(*([self.tree] if self.tree is not None else []))

    @property
    def value(self) -> ast.expr | None:
        """What a plain assignment to one name gives it, else None."""
        match self.tree:
            case (
                ast.Assign(targets=[ast.Name()], value=value)
                | ast.AnnAssign(target=ast.Name(), value=ast.expr() as value)
            ):
                return value
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Method:
    """A function that pytest or unittest would call, and the classes around it, from the outside in."""

    statement: Statement
    classes: tuple[Statement, ...] = ()

    @property
    def name(self) -> str:
        """As pytest spells it behind the file."""
        return "::".join(part.defined for part in (*self.classes, self.statement))


class Script:
    """A file's statements and what they bind."""

    def __init__(self, file: TextFile) -> None:
        self.file, self.path = file, file.path
        raw = file.raw.removeprefix(_BOM)
        self.raw = raw
        self._members: dict[int, list[Statement]] = {}
        self.statements = [
            Statement(raw, node) for node in parse(raw).root_node.named_children if node.type != "comment"
        ]

    @cached_property
    def binders(self) -> dict[str, list[Statement]]:
        """The statements that bind a name, in order."""
        found: dict[str, list[Statement]] = {}
        for statement in self.statements:
            for name in statement.names:
                found.setdefault(name, []).append(statement)
        return found

    def functions(self, naming: Naming) -> Iterator[Method]:
        """What is called like a test, in the order of the file."""
        for statement in collected(self.raw, self.statements):
            yield from self._functions(statement, (), naming)

    def members(self, statement: Statement) -> list[Statement]:
        """The statements of a class."""
        place = statement.node.start_byte
        if place not in self._members:
            block = definition_of(statement.node).child_by_field_name("body")
            nodes = [node for node in block.named_children if node.type != "comment"] if block else []
            self._members[place] = [Statement(self.raw, node) for node in nodes]
        return self._members[place]

    def _functions(self, statement: Statement, around: tuple[Statement, ...], naming: Naming) -> Iterator[Method]:
        # Within a unittest.TestCase it is unittest's own rule that counts.
        named = naming.is_function(statement.defined) or (bool(around) and statement.defined.startswith("test"))
        if statement.kind == "function_definition" and named:
            yield Method(statement, around)
        elif statement.kind == "class_definition" and len(around) < 4:
            for member in collected(self.raw, self.members(statement)):
                yield from self._functions(member, (*around, statement), naming)


def collected(raw: bytes, statements: Sequence[Statement]) -> list[Statement]:
    """Those of a module's or a class' statements that pytest comes upon after all of them were executed.

    A later definition or assignment of the same name takes the place of an earlier one, `del` takes it away, and
    `__test__ = False` says of a module, a class or a function that it is no test.
    """
    last = {statement.defined: number for number, statement in enumerate(statements) if statement.defined}
    gone: set[str] = set()
    for number, statement in enumerate(statements):
        text = b"" if statement.defined else raw[statement.node.start_byte : statement.node.end_byte][:_LONGEST]
        if bound := _BOUND.match(text):
            gone.update(name for name in [bound[1].decode("utf-8", "replace")] if last.get(name, number) < number)
        if _NO_TESTS.match(text):
            return []
        taken = text[4:].split(b",") if text.startswith(b"del ") else []
        names = [part.strip().decode("utf-8", "replace") for part in taken]
        named = _NO_TEST.match(text)
        gone.update(name for name in names if last.get(name, number) < number)
        gone.update([named[1].decode("utf-8", "replace")] if named else [])
    return [
        statement
        for number, statement in enumerate(statements)
        if last.get(statement.defined, number) == number and statement.defined not in gone
    ]


_LONGEST = 400
"""Bytes of a statement that are looked at for what it takes away."""
_NO_TESTS = re.compile(rb"__test__\s*(?::[^=\n]*)?=\s*False\b")
_NO_TEST = re.compile(rb"(\w+)\.__test__\s*=\s*False\b")
_BOUND = re.compile(rb"(\w+)\s*(?::[^=\n]*)?=(?!=)")
_scripts: OrderedDict[TextFile, Script] = OrderedDict()
_guard = threading.Lock()
_MOST_SCRIPTS = 32


def script_of(file: TextFile) -> Script:
    """The script of a file, kept for the next stub that asks for it."""
    with _guard:
        script = _scripts.pop(file, None) or Script(file)
        _scripts[file] = script
        while len(_scripts) > _MOST_SCRIPTS:
            _scripts.popitem(last=False)
        return script


class NamesIn(NamedTuple):
    """The names in a piece of program."""

    used: frozenset[str]
    """That it reads."""
    bound: frozenset[str]
    """That it binds, in itself and in what is nested in it."""
    nodes: tuple[ast.Name | ast.Attribute, ...]
    """Where names are."""
    imports: tuple[ast.Import | ast.ImportFrom, ...]


def names_in(*trees: ast.AST) -> NamesIn:
    """All names below these nodes, found in one pass."""
    used, bound = set[str](), set[str]()
    nodes: list[ast.Name | ast.Attribute] = []
    imports: list[ast.Import | ast.ImportFrom] = []
    waiting = deque[ast.AST](trees)
    while waiting:
        node = waiting.popleft()
        match node:
            case ast.Constant():
                continue
            case ast.Name(id=name, ctx=context):
                nodes.append(node)
                (used if isinstance(context, ast.Load) else bound).add(name)
                continue
            case ast.Attribute():
                nodes.append(node)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case (
                ast.ExceptHandler(name=str() as name)
                | ast.MatchAs(name=str() as name)
                | ast.MatchStar(name=str() as name)
            ):
                bound.add(name)
            case ast.arg(arg=name):
                bound.add(name)
            case ast.Import() | ast.ImportFrom():
                imports.append(node)
                bound.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
                continue
            case _:
                pass
        waiting.extend(_children(node))
    return NamesIn(frozenset(used), frozenset(bound), tuple(nodes), tuple(imports))


def _children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for name in node._fields:
        value: object = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [part for part in value if isinstance(part, ast.AST)]  # pyright: ignore[reportUnknownVariableType]
    return found
