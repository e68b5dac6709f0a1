"""Python text as tree-sitter sees it, and the few questions that the rest of `sources` asks of the tree."""

from __future__ import annotations

import ast
import symtable
import warnings
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Tree

PARSED_WHOLE = 200_000
"""Characters. Up to here Python's own parser is asked as well; beyond it costs more than a save should."""

_NEWER = frozenset({"type_parameter", "type_alias_statement"})
"""Syntax that the file's interpreter may know though ours (3.11) does not."""


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
    root = (tree or parse(encode(text))).root_node
    if not root.has_error and _uses_newer_syntax(root):
        return ""
    return f"does not parse yet: line {line}"


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            spelled: object = ast.literal_eval(text_of(inner))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Half the time of `ast.parse`, because no Python objects are made for the tree.
            symtable.symtable(text, "<source>", "exec")
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        return 1
    return 0


def _first_error(node: Node) -> int:
    """1-based line of the first error below a node that has one."""
    while not (node.is_error or node.is_missing):
        node = next(child for child in node.children if child.has_error or child.is_missing)
    return node.start_point[0] + 1


def _uses_newer_syntax(root: Node) -> bool:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in _NEWER:
            return True
        waiting.extend(node.named_children)
    return False
