"""Examples that claim an equality, asked so that the answer is compared here."""

from __future__ import annotations

import ast

import msgspec

from ..facts import Example, Outcome
from . import values
from .awaiting import awaited

_BUILT_IN = "builtins."
_OURS = "__import__('sys').modules['__redraft_claims__']"
_KNOWN = """import sys
known = frozenset(
    id(kind) for module in list(sys.modules.values()) for kind in list(getattr(module, "__dict__", {}).values())
    if isinstance(kind, type)
)
plain = (bool, int, float, complex, str, bytes, type(None), type(...))
def believed(value, depth=0, known=known, plain=plain, type=type, id=id, all=all):
    kind = type(value)
    if kind in (list, tuple, set, frozenset, dict):
        parts = [*value, *value.values()] if kind is dict else value
        return depth < 20 and all(believed(part, depth + 1) for part in parts)
    return kind in plain or id(kind) in known"""
LOOK_AROUND = (
    "__import__('builtins').exec(" + repr(_KNOWN) + ", vars(__import__('sys').modules.setdefault('__redraft_claims__',"
    " __import__('types').ModuleType('__redraft_claims__'))))"
)
"""A step that notes which classes there are, before anything is called: one that a draft makes may equal anything."""


def asked(example: Example) -> Example:
    """The example as it is run and judged: of `f(2) == 4`, only `f(2)`, which must have the value 4.

    Beside the function, what comes out decides itself what it is equal to. What awaits is run by an event loop; every
    other example is given back as it is.
    """
    claimed = _without_claim(example)
    source = awaited(claimed.source)
    return claimed if source == claimed.source else msgspec.structs.replace(claimed, source=source)


def is_told_by_its_class(example: Example, outcome: Outcome) -> bool:
    """Whether an example claims an equality of a value that has a class of its own to say what it equals."""
    if outcome.status != "returned" or example.compare == "value" or asked(example).compare != "value":
        return False
    kind = outcome.type_name
    return bool(kind) and kind != "NoneType" and not (kind.startswith(_BUILT_IN) and kind.count(".") == 1)


def compared(example: Example) -> tuple[str, str]:
    """Two steps that have the value itself compared: the first makes it, only the second holds what is expected.

    The second gives `[True]` or `[False]`, and `False` where the value is of a class that is not believed.
    """
    tree, claimed = values.expression(example.source), _without_claim(example)
    first = isinstance(tree, ast.Compare) and _spelled(tree.left) is not None
    pair = (claimed.want, f"{_OURS}.value") if first else (f"{_OURS}.value", claimed.want)
    made = awaited(f"setattr({_OURS}, 'value', {claimed.source})")
    return made, f"{_OURS}.believed({_OURS}.value) and [not not ({pair[0]} == {pair[1]})]"


def _without_claim(example: Example) -> Example:
    if example.raises is not None or not (example.compare == "truth" or _is_true(example)):
        return example
    tree = values.expression(example.source)
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1 or not isinstance(tree.ops[0], ast.Eq):
        return example
    left, right = tree.left, tree.comparators[0]
    for question, want in ((left, right), (right, left)):
        spelled = _spelled(want)
        source = _written(question)
        if spelled is not None and source is not None and _spelled(question) is None:
            return msgspec.structs.replace(example, source=source, want=spelled, compare="value")
    return example


def _is_true(example: Example) -> bool:
    return example.compare == "output" and example.want.strip() == "True"


def _spelled(tree: ast.expr) -> str | None:
    try:
        values.literal_of(tree)
    except values.NotPlain:
        return None
    return _written(tree)


def _written(tree: ast.expr) -> str | None:
    try:
        return ast.unparse(tree)
    except RecursionError:
        return None
