"""One function made of many: helpers move into the body of the function that calls them.

A body is all that is ever written back, so a composed function carries its helpers as inner functions, those it needs
directly or through others, each once, in the order in which they were solved.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from msgspec.structs import replace

from .facts import Helper, Stub


def names_in(code: str) -> set[str]:
    """All names that a piece of code mentions; none when it does not parse."""
    try:
        return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def needed(body: str, helpers: Mapping[str, Helper]) -> tuple[Helper, ...]:
    """The helpers that a body calls, directly or through one another, in the order they were solved."""
    found: set[str] = set()
    front = names_in(body) & helpers.keys()
    while front:
        found |= front
        front = {name for one in front for name in names_in(helpers[one].code)} & helpers.keys() - found
    return tuple(helper for name, helper in helpers.items() if name in found)


def composed(body: str, helpers: Mapping[str, Helper]) -> str:
    """The body with the helpers it needs before it."""
    parts = [helper.code.rstrip() for helper in needed(body, helpers)]
    return "\n\n".join([*parts, body.rstrip()]) + "\n" if parts else body


def helper_stub(root: Stub, found: Stub) -> Stub:
    """A function found in a planner's answer, as a stub that runs in the root's module.

    At module level the helper sees what the root's file has above it; the helper of a method sees its imports only.
    Examples in its docstring were written by the planner, so they count as generated.
    """
    above = root.before.removesuffix(root.header) if not root.margin else root.imports.rstrip("\n") + "\n\n\n"
    return Stub(
        path=root.path,
        name=found.entry_point,
        line=root.line,
        header=found.header,
        indent=found.indent,
        docstring=found.docstring,
        examples=tuple(replace(example, origin="generated") for example in found.examples),
        imports=root.imports,
        neighbours=root.neighbours,
        before=above + found.header,
        digest=root.digest,
    )
