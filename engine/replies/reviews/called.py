"""The function that is called, as far as its source tells: its name, and what has to be given to it."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from ...python.parsing import parsed

LONGEST = 500
"""Characters of a call, and of any other part of a finding."""


class Parameter(NamedTuple):
    """A parameter that has to be given."""

    name: str
    annotation: str
    keyword: bool = False


class Signature(NamedTuple):
    """What is known of a function from its source."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    """Those without a default."""
    is_free: bool = True
    """Whether it can be called by its bare name: no method, no `*args` alone."""
    locals: frozenset[str] = frozenset()
    """Parameters and names that are bound inside: a call that needs one of them is no input."""


def signature(source: str) -> Signature:
    """The signature of the last function at the top of a source; one without a name for what does not parse."""
    tree = parsed(source) or parsed(source.partition('"""')[0] + "...")
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)] if tree else []
    if not functions:
        found = re.search(r"\bdef\s+(\w+)\s*\(", source)
        return Signature(found[1] if found else "", is_free=False)
    function = functions[-1]
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    required = plain[: len(plain) - len(given.defaults)]
    named = [arg for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None]
    bound = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return Signature(
        name=function.name,
        parameters=(
            *(Parameter(arg.arg, _annotation(arg)) for arg in required),
            *(Parameter(arg.arg, _annotation(arg), keyword=True) for arg in named),
        ),
        is_free=not (plain and plain[0].arg in {"self", "cls"}) and isinstance(function, ast.FunctionDef),
        locals=frozenset(bound | {arg.arg for arg in (*plain, *given.kwonlyargs)}),
    )


def parameters(header: str) -> tuple[str, ...]:
    """The names of a function's parameters that may be given by place, in order; `self` is none."""
    tree = parsed(header.rstrip("\n") + "\n    ...")
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)] if tree else []
    plain = [arg.arg for arg in functions[-1].args.args] if functions and not functions[-1].args.posonlyargs else []
    return tuple(plain[1:] if plain[:1] in (["self"], ["cls"]) else plain)


def _annotation(arg: ast.arg) -> str:
    try:
        return ast.unparse(arg.annotation) if arg.annotation else ""
    except RecursionError:
        return ""
