"""One function made of many: helpers move into the body of the function that calls them.

A body is all that is ever written back, so a composed function carries its helpers as inner functions, those it needs
directly or through others, each once, in the order of the tree: those below a function before it, sisters as their plan
wrote them, whoever was solved first. What a plan wrote beside its functions (imports, constants, classes) comes first,
once.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from typing import Literal

from msgspec.structs import replace

from ..facts import Helper, Stub
from ..indent import lines_of
from .parsing import parsed


def names_in(code: str) -> set[str]:
    """All names that a piece of code mentions; none when it does not parse."""
    return {node.id for node in ast.walk(_tree(code)) if isinstance(node, ast.Name)}


def needed(body: str, helpers: Mapping[str, Helper]) -> tuple[Helper, ...]:
    """The helpers that a body calls, directly or through one another, in the order of the tree."""
    own = {node.name for node in _tree(body).body if isinstance(node, _DEFINES)}
    found: set[str] = set()
    front = (names_in(body) & helpers.keys()) - own
    while front:
        found |= front
        front = {name for one in front for name in names_in(helpers[one].code)} & helpers.keys() - found
    return tuple(sorted((helper for name, helper in helpers.items() if name in found), key=_place))


def _place(helper: Helper) -> tuple[float, ...]:
    """Where a helper stands: behind all that are below it."""
    return (*map(int, filter(None, helper.node.split("."))), math.inf)


def composed(body: str, helpers: Mapping[str, Helper]) -> str:
    """The body with the helpers it needs before it."""
    wanted = needed(body, helpers)
    if not wanted:
        return body
    parts = [helper.code.rstrip() for helper in wanted]
    written = dict.fromkeys(text for helper in wanted for _, text in top_statements(helper.above))
    above = _used(list(written), "\n\n".join([*parts, body]))
    if above:
        parts.insert(0, "\n".join(above))
    return "\n\n".join([*parts, _without(body, above).strip("\n").rstrip()]) + "\n"


def unwritten(name: str) -> str:
    """The body of a function that nobody could write: it says so when it is called."""
    return f'raise NotImplementedError("{name} was given up")'


def helper_stub(
    root: Stub, found: Stub, above: str = "", origin: Literal["generated", "visible"] = "generated"
) -> Stub:
    """A function found in a planner's answer, as a stub that runs in the root's module.

    It is run below the root's file as it stands, so it sees what it will see from inside the root, except the root's
    own variables. `origin` is that of the examples in its docstring: "generated" when the planner wrote them.
    """
    module = root.program(root.body or "pass")
    return Stub(
        path=root.path,
        name=found.entry_point,
        line=root.line,
        header=found.header,
        indent=found.indent,
        docstring=found.docstring,
        examples=tuple(replace(example, origin=origin) for example in found.examples),
        imports=root.imports,
        neighbours="\n\n".join(part for part in (above.strip(), root.neighbours.strip()) if part),
        project=root.project,
        before=f"{module.rstrip()}\n\n\n{above}{found.header}",
        digest=root.digest,
    )


_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _used(above: list[str], code: str) -> list[str]:
    """Those statements that code needs, directly or through one another, in order."""
    names, kept = names_in(code), set[str]()
    while more := [text for text in above if text not in kept and _bound(text) & names]:
        kept.update(more)
        names |= {name for text in more for name in names_in(text)}
    return [text for text in above if text in kept]


def _bound(text: str) -> set[str]:
    """Names that a statement binds."""
    found: set[str] = set()
    for node in _tree(text).body:
        if isinstance(node, _DEFINES):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        else:
            found |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return found


def _without(body: str, above: list[str]) -> str:
    """The body less those of its statements that now stand above it."""
    gone = {line for node, text in top_statements(body) if text in above for line in range(*_lines(node))}
    return "".join(line for number, line in enumerate(lines_of(body)) if number not in gone)


def top_statements(code: str) -> list[tuple[ast.stmt, str]]:
    """The statements at the top of a piece of code, each with its text; none when it does not parse."""
    lines = lines_of(code)
    return [(node, "".join(lines[slice(*_lines(node))]).rstrip()) for node in _tree(code).body]


def _lines(node: ast.stmt) -> tuple[int, int]:
    """First line of a statement and the line after its last, 0-based; decorators belong to it."""
    decorators = node.decorator_list if isinstance(node, _DEFINES) else []
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return first - 1, node.end_lineno or node.lineno


def _tree(code: str) -> ast.Module:
    return parsed(code) or ast.Module([], [])
