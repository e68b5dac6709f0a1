"""Python text as tree-sitter sees it, and the few questions that the rest of `sources` asks of the tree."""

from __future__ import annotations

import ast
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Tree

from ..python.parsing import UNREADABLE, compiles, expression, symbols

PARSED_WHOLE = 200_000
"""Characters. Up to here Python's own parser is asked as well; beyond it costs more than a save should."""


@cache
def language() -> Language:
    """The grammar of Python."""
    return Language(tree_sitter_python.language())


def encode(text: str) -> bytes:
    """The bytes tree-sitter counts in; a lone surrogate survives the way there and back."""
    return text.encode("utf-8", "surrogatepass")


def decode(raw: bytes) -> str:
    """The opposite of `encode`."""
    return raw.decode("utf-8", "surrogatepass")


def parse(raw: bytes) -> Tree:
    """The syntax tree of UTF-8 text; broken text has one too, with error nodes in it."""
    return Parser(language()).parse(raw)


def problem_of(text: str) -> str:
    """Why this text is no program: "does not parse yet: line 7", or "" when it is one."""
    return problem_in(text, None)


def problem_in(text: str, tree: Tree | None) -> str:
    """The same, for a text whose tree is at hand."""
    if len(text) > PARSED_WHOLE:
        root = (tree or parse(encode(text))).root_node
        return f"does not parse yet: line {_first_error(root)}" if root.has_error else ""
    line = _line_python_refuses(text)
    if not line:
        return ""
    line = _line_python_refuses(in_older_syntax(text, tree))
    return f"does not parse yet: line {line}" if line else ""


def text_of(node: Node) -> str:
    """The text a node spans."""
    return decode(node.text or b"")


def string_value(node: Node) -> str | None:
    """The value of a statement that is nothing but a plain string (a docstring, where it comes first), else None."""
    if node.type != "expression_statement" or node.named_child_count != 1:
        return None
    inner = node.named_children[0]
    if inner.type not in {"string", "concatenated_string", "parenthesized_expression"}:
        return None
    try:
        spelled: object = ast.literal_eval(expression(text_of(inner)))
    except (*UNREADABLE, TypeError):
        return None
    return spelled if isinstance(spelled, str) else None


def definition_of(node: Node) -> Node:
    """The `def` or `class` under its decorators; any other node is its own."""
    inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else None
    return inner or node


def decorators_of(node: Node) -> list[Node]:
    """The decorators of a `def` or `class`, with which or without which it was given."""
    outer = node if node.type == "decorated_definition" else node.parent
    if outer is None or outer.type != "decorated_definition":
        return []
    return [child for child in outer.named_children if child.type == "decorator"]


def statements(block: Node) -> list[Node]:
    """The statements of a block or module, without comments."""
    return [child for child in block.named_children if child.type != "comment"]


def field_text(node: Node, name: str) -> str:
    """The text of a node's field, "" when it has none."""
    child = node.child_by_field_name(name)
    return text_of(child) if child else ""


def _line_python_refuses(text: str) -> int:
    """1-based line of the first thing Python's own parser refuses, 0 when it takes all."""
    try:
        symbols(text)
    except SyntaxError as error:
        return error.lineno or 1
    except UNREADABLE:
        return 1
    return 0


def is_newer_syntax(text: str) -> bool:
    """Whether a text that some interpreter refuses is a program all the same, which a newer one may know.

    What no Python takes, such as a `return` outside of a function, is none.
    """
    if not text.strip() or problem_of(text):
        return False
    older = in_older_syntax(text) if _line_python_refuses(text) else text
    try:
        compiles(older)
    except UNREADABLE:
        return False
    return True


def _first_error(node: Node) -> int:
    """1-based line of the first error below a node that has one."""
    while not (node.is_error or node.is_missing):
        node = next(child for child in node.children if child.has_error or child.is_missing)
    return node.start_point[0] + 1


def in_older_syntax(text: str, tree: Tree | None = None) -> str:
    """A program with what our Python (3.11) may not know put as it would have been before; its lines stay as they are.

    That is: what stands in f-strings, type parameters, `type` statements, and `except A, B:`. The interpreter that runs
    the file may be newer than ours. A text with an error in it is given back as it is.
    """
    raw = encode(text)
    root = (tree or parse(raw)).root_node
    if root.has_error:
        return text
    pieces: list[bytes] = []
    at = 0
    waiting = [root]
    while waiting:
        node = waiting.pop()
        found = _older(node)
        if found is None:
            waiting.extend(reversed(node.children))
            continue
        start, end, instead = found
        lines = raw.count(b"\n", start, end)
        pieces += [raw[at:start], instead[: len(instead) // 2], b"\n" * lines, instead[len(instead) // 2 :]]
        at = end
    return decode(b"".join([*pieces, raw[at:]]))


def _older(node: Node) -> tuple[int, int, bytes] | None:
    """Where something newer stands and what is put in its place, its lines in the middle; None for all else."""
    if node.type == "string" and any(child.type == "interpolation" for child in node.named_children):
        return node.start_byte, node.end_byte, b'""""""'
    if node.type == "type_alias_statement":
        return node.start_byte, node.end_byte, b"()"
    if node.type == "type_parameter" and node.parent is not None and node.parent.type in _DEFINITIONS:
        return node.start_byte, node.end_byte, b""
    if node.type == "except_clause" and len(names := node.children_by_field_name("value")) > 1:
        return names[0].start_byte, names[-1].end_byte, b"()"
    return None


_DEFINITIONS = frozenset({"function_definition", "class_definition"})
