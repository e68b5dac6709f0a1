"""The shape of code: when two bodies are the same program, and how large one is."""

from __future__ import annotations

import ast

import msgspec

from .parsing import parsed

_BRANCHES = (ast.If, ast.For, ast.While, ast.Try, ast.IfExp, ast.BoolOp, ast.comprehension, ast.Match, ast.AsyncFor)


class Size(msgspec.Struct, frozen=True):
    """How large a body is."""

    nodes: int
    branches: int


def size(code: str) -> Size | None:
    """Nodes of the syntax tree, and how many of them branch; None when the code does not parse."""
    tree = parsed(code)
    if tree is None:
        return None
    nodes = list(ast.walk(tree))
    return Size(nodes=len(nodes), branches=sum(isinstance(node, _BRANCHES) for node in nodes))


def same_program(one: str, other: str) -> bool:
    """Whether two functions have the same syntax tree, docstrings, annotations of locals and layout aside."""
    trees = parsed(one), parsed(other)
    if None in trees:
        return one.split() == other.split()
    return _canonical(trees[0]) == _canonical(trees[1])


def _canonical(tree: ast.Module | None) -> str:
    assert tree is not None
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)
