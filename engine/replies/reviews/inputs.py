"""The call that shows a bug, as the reviewer wrote it."""

from __future__ import annotations

import ast
import functools
import re

from ...examples import values
from ...examples.doctests import interactive_examples
from ...examples.scan import closing
from ...facts import Example
from ...python.parsing import parsed
from .arguments import from_arguments
from .called import LONGEST, Signature

_CALLS = 40
"""Mentions of the function that are looked at in one text."""


def stated(text: str, of: Signature) -> tuple[str, str]:
    """The call of a field that should hold one, and what it is compared with; ("", "") when there is none.

    A field may hold the call, a session, an assert, or only the arguments.
    """
    text = text.strip().strip("`").strip()[: LONGEST + 1]
    if text.startswith(">>>"):
        session = interactive_examples(re.sub(r"\A>>>\s*", ">>> ", text)).examples
        shown = session[0].example(0) if session else Example(source="")
        call, expected = _called(shown.source)
        return (call, expected or shown.raises or shown.want.strip()) if call else ("", "")
    call, expected = _called(text)
    if call:
        return (call, expected) if _stands_alone(call, of) else ("", "")
    mentioned = mentions(text, of)
    return (mentioned[0][0], "") if mentioned else (from_arguments(text, of), "")


def _stands_alone(call: str, of: Signature) -> bool:
    """Whether a call needs no name that only the function knows."""
    tree = values.expression(call)
    return tree is not None and not values.free_names(tree) & (of.locals - {of.name})


def _called(text: str) -> tuple[str, str]:
    tree = parsed(text) if len(text) <= LONGEST else None
    if tree is None or len(tree.body) != 1:
        return "", ""
    statement = tree.body[0]
    claim = (
        statement.value
        if isinstance(statement, ast.Expr)
        else statement.test
        if isinstance(statement, ast.Assert)
        else None
    )
    if claim is None or not _calls(claim):
        return "", ""
    if isinstance(claim, ast.Compare) and len(claim.ops) == 1 and isinstance(claim.ops[0], ast.Eq):
        left, right = claim.left, claim.comparators[0]
        return (ast.unparse(left), ast.unparse(right)) if _calls(left) else ("", "")
    return (text if isinstance(statement, ast.Expr) else ast.unparse(claim)), ""


def _calls(tree: ast.expr) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(tree))


@functools.lru_cache(maxsize=64)
def _mention(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w])(?:[A-Za-z_]\w*(?:\([^()\n]{{0,80}}\))?\.){{0,3}}{re.escape(name)}\s?\(")


def mentions(text: str, of: Signature) -> list[tuple[str, int]]:
    """The calls of the function in prose that can be run as they stand, each with the place after it."""
    if not of.name:
        return []
    found: list[tuple[str, int]] = []
    for match in list(_mention(of.name).finditer(text))[:_CALLS]:
        end = closing(text, match.end() - 1)
        call = text[match.start() : end]
        if end and _can_be_run(call, of) and not text[: match.start()].endswith("def "):
            found.append((" ".join(call.split()) if "\n" in call else call, end))
    return found


def _can_be_run(call: str, of: Signature) -> bool:
    tree = values.expression(call) if len(call) <= LONGEST else None
    if not isinstance(tree, ast.Call) or any(
        isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(tree)
    ):
        return False
    modules = {
        node.value.id for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    unknown = values.free_names(tree) - {of.name} - (modules - of.locals)
    if not of.is_free and isinstance(tree.func, ast.Name):
        return False  # A method without its object.
    return all(name[:1].isupper() and name not in of.locals for name in unknown)
