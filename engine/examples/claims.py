"""Examples that claim an equality, asked so that the answer is compared here."""

from __future__ import annotations

import ast

import msgspec

from ..facts import Example
from . import values
from .awaiting import awaited


def asked(example: Example) -> Example:
    """The example as it is run and judged: of `f(2) == 4`, only `f(2)`, which must have the value 4.

    Beside the function, what comes out decides itself what it is equal to. What awaits is run by an event loop; every
    other example is given back as it is.
    """
    claimed = _without_claim(example)
    source = awaited(claimed.source)
    return claimed if source == claimed.source else msgspec.structs.replace(claimed, source=source)


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
