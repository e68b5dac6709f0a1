"""A planner's answer to "decompose this": a new body, and functions it calls that are still to be written."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection

from ..composing import helper_stub
from ..facts import Fact, Stub
from ..sources import Source, find_function
from . import fences
from .python import is_placeholder, parsed

MOST_HELPERS = 8
"""New functions that one plan may ask for; more is no plan (our choice)."""


class Parts(Fact, frozen=True):
    """What a plan consists of. With a `problem` it cannot be used."""

    body: str = ""
    wanted: tuple[Stub, ...] = ()
    offered: dict[str, str] = {}
    reused: tuple[str, ...] = ()
    problem: str = ""


def split(text: str, stub: Stub, root: Stub, existing: Collection[str], ancestors: Collection[str]) -> Parts:
    """Read a plan for `stub`. Helpers that exist already are reused, never written again.

    `existing` are the names of the helpers there are, `ancestors` those of the functions above `stub` in the tree: a
    helper of that name would call itself through its parents. Helpers that shadow a builtin or a parameter are refused.
    """
    block = _block(text, stub.entry_point)
    tree = parsed(block) if block else None
    if block is None or tree is None:
        return Parts(problem="the plan has no code that defines the function")
    source = Source(path=root.path, text=block, digest="")
    function = find_function(source, stub.entry_point)
    if function is None or is_placeholder(function.body):
        return Parts(problem="the plan leaves the function itself unwritten")
    if _parameters(function) != _parameters(stub):
        return Parts(problem="the plan changes the function's parameters")
    named = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    new = [n for n in dict.fromkeys(named) if n not in {stub.entry_point, root.entry_point, *existing}]
    refused = _refused(new, ancestors, _parameters(stub))
    if refused:
        return Parts(problem=refused)
    found = [f for name in new if (f := find_function(source, name)) is not None]
    imports = "".join(ast.unparse(n) + "\n" for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom))
    return Parts(
        body=_with_imports(imports, function.body, root),
        wanted=tuple(helper_stub(root, f) for f in found),
        offered={f.entry_point: _with_imports(imports, f.body, root) for f in found if not is_placeholder(f.body)},
        reused=tuple(name for name in existing if name in _called(function.body)),
    )


def restated(text: str, stub: Stub, root: Stub) -> Stub:
    """A helper's stub as the person rewrote it; `stub` itself when the text does not define the function."""
    found = find_function(Source(path=root.path, text=text, digest=""), stub.entry_point)
    if found is None:
        return stub
    return helper_stub(root, found) if stub.name != root.name else stub


def _refused(new: list[str], ancestors: Collection[str], parameters: list[str]) -> str:
    for name in new:
        if name in ancestors:
            return f"the plan asks for {name}, which is the function it is part of"
        if hasattr(builtins, name):
            return f"the plan asks for {name}, which is a builtin"
        if name in parameters:
            return f"the plan asks for {name}, which is a parameter"
    return (
        f"the plan asks for {len(new)} functions, {MOST_HELPERS} at most make sense" if len(new) > MOST_HELPERS else ""
    )


def _block(text: str, name: str) -> str | None:
    """The last block of code that defines the function, or all blocks together when none alone does."""
    blocks = fences.blocks(text) or [text]
    if len(blocks) > 1:
        blocks = [*blocks, "\n\n".join(blocks)]
    defining = [block for block in blocks if _defines(block, name)]
    return defining[-1] if defining else None


def _defines(block: str, name: str) -> bool:
    tree = parsed(block)
    return tree is not None and any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name for node in tree.body
    )


def _parameters(stub: Stub) -> list[str]:
    tree = parsed(stub.code("pass"))
    function = tree.body[0] if tree and tree.body else None
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    return [node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)]


def _called(body: str) -> set[str]:
    tree = parsed(body)
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} if tree else set()


def _with_imports(imports: str, body: str, root: Stub) -> str:
    """The body with the plan's imports that the file does not have; only those whose names it uses."""
    used = _called(body)
    missing = [
        line
        for line in imports.splitlines()
        if line not in root.imports and any(part.split(".")[0] in used for part in _bound(line))
    ]
    return "\n".join([*missing, body]) if missing else body


def _bound(line: str) -> list[str]:
    node = ast.parse(line).body[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)
    return [alias.asname or alias.name for alias in node.names]
