"""What a prompt says of a definition, in a short form and in fuller ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from .describing_classes import ClassText
from .shortening import assignment, cut, doc_line, one_line, quoted, remark, signature, without_secrets
from .syntax import decorators_of, definition_of, text_of

_CHAIN = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_NO_MATTER = frozenset({
    "wraps", "override", "final", "lru_cache", "cache", "no_type_check", "abstractmethod",
    "total_ordering", "runtime_checkable", "unique", "overload", "dataclass_transform",
})  # fmt: skip
"""Decorators that change nothing for who calls."""
_MOST_OVERLOADS = 4


@dataclass(frozen=True, slots=True)
class Description:
    """A definition in words."""

    forms: tuple[str, ...]
    """From the shortest to the fullest, each ending without a newline."""
    bases: tuple[str, ...] = ()
    """The dotted names that a class is made from."""
    types: tuple[str, ...] = ()
    """The dotted names in annotations of fields and parameters, and in aliases."""


def described(nodes: list[Node], *, inside: bool = False) -> Description:
    """What is said of the statements that define one name: one, or the overloads of a function.

    `inside` shows what is private too, for a class that the reader writes a subclass of.
    """
    inner = definition_of(nodes[-1])
    if inner.type == "class_definition":
        text = ClassText(inner, decorators(nodes[-1]), inside=inside)
        return Description(_distinct(text.forms()), names_in(text.bases), names_in(text.types))
    if inner.type == "function_definition":
        return _function(nodes)
    line, said = assignment(nodes[-1]), remark(nodes[-1])
    return Description(_distinct([line, f"{line}  # {said}" if said else line]), (), names_in([line]))


def decorators(node: Node) -> list[str]:
    """The decorators of a statement that matter to who uses it, a line each."""
    found: list[str] = []
    for child in decorators_of(node):
        line = cut(one_line(child), 100)
        name = line.lstrip("@ ").partition("(")[0].strip().rpartition(".")[2]
        if name not in _NO_MATTER and not name.startswith("_"):
            found.append(line)
    return found[:3]


def names_in(texts: list[str]) -> tuple[str, ...]:
    """The dotted names in pieces of code, each once, in order."""
    return tuple(dict.fromkeys(name for text in texts for name in _CHAIN.findall(text)))


def _function(nodes: list[Node]) -> Description:
    variants = [node for node in nodes if any("overload" in text_of(child) for child in decorators_of(node))]
    shown = [definition_of(node) for node in (variants or nodes[-1:])[:_MOST_OVERLOADS]]
    heads = ["\n".join([*decorators(nodes[-1]), signature(node)]) for node in shown]
    said = next((line for node in reversed(nodes) if (line := doc_line(definition_of(node)))), "")
    last = f"{heads[-1]}\n    {quoted(said)}" if said else f"{heads[-1]} ..."
    text = "\n".join([*(f"{head} ..." for head in heads[:-1]), last])
    return Description(_distinct([text]), (), names_in([piece for node in shown for piece in types_of(node)]))


def types_of(function: Node) -> list[str]:
    """What a function's signature says of types: annotations, then what it returns."""
    given, result = function.child_by_field_name("parameters"), function.child_by_field_name("return_type")
    found = [child.child_by_field_name("type") for child in (given.named_children if given else [])]
    return [text_of(node) for node in (*found, result) if node]


def _distinct(forms: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(without_secrets(form) for form in forms))
