"""The stub's signature wins: a body written for other parameters is fitted to them, or cannot be used."""

from __future__ import annotations

import ast
import dataclasses
import re
import textwrap

from ..facts import Stub
from ..indent import indented
from . import fences
from .outside import Written, definitions
from .python import names_used, parsed

_TEXT = re.compile(r"\s*[rRuU]?[\"']")
"""How a body begins whose first statement is text."""
_PLAIN_DECORATORS = re.compile(
    r"@\s*(?:\w+\.)*(?:staticmethod|classmethod|property|override|overload|abstractmethod|final|setter)\b"
)


def departure(stub: Stub, text: str) -> str:
    """How the function in a reply departs from the stub's header, which wins, in one sentence; "" for nothing to say.

    A docstring that is left out, or other parameters.
    """
    found = [written for block in fences.blocks(text) or [text] for written in definitions(block, stub.entry_point)]
    if not found:
        return ""
    written = found[-1]
    ours, theirs = _parameters(stub.code("pass")), _parameters(written.header + " pass")
    changes: list[str] = []
    if ours and theirs and (theirs := _without_self(stub, written, theirs, ours)).names != ours.names:
        changes.append(f"changes the parameters from {ours} to {theirs}")
    if stub.docstring.strip() and not _TEXT.match(written.block[written.at :]):
        changes.append("leaves the docstring out")
    return f"it {' and '.join(changes)}; yours stay{'' if len(changes) > 1 else 's'}" if changes else ""


@dataclasses.dataclass(frozen=True)
class _Parameters:
    positional: list[str]
    optional: set[str]
    """Names that have a default."""
    keyword: list[str]
    rest: str | None
    keywords: str | None

    @property
    def names(self) -> list[str]:
        more = [name for name in (self.rest, self.keywords) if name]
        return [*self.positional, *self.keyword, *more]

    def __str__(self) -> str:
        return "(" + ", ".join(self.names) + ")"


def fitted(stub: Stub, written: Written, body: str) -> tuple[str, str | None]:
    """The body for the stub's parameters, and why that cannot be, or None."""
    ours, theirs = _parameters(stub.code("pass")), _parameters(written.header + " pass")
    if ours is None or theirs is None:
        return body, None
    theirs = _without_self(stub, written, theirs, ours)
    added = [d for d in written.decorators if not _PLAIN_DECORATORS.match(d) and d not in stub.header]
    nestable = "." not in stub.name and not written.classes
    if added and nestable and theirs.names == ours.names:
        return _nested(stub, written, body, ours, added), None
    mentioned = names_used(body)
    foreign = [name for name in theirs.names if name not in ours.names and name in mentioned]
    if not foreign:
        return body, None
    mates = _mates(theirs, ours)
    if all(name in mates and mates[name] not in mentioned for name in foreign) and not _calls_itself_by(
        stub, body, foreign
    ):
        return "".join(f"{name} = {mates[name]}\n" for name in foreign) + body, None
    if nestable and set(foreign) <= theirs.optional and theirs.positional[: len(ours.positional)] == ours.positional:
        return _nested(stub, written, body, ours, added), None
    return body, f"the reply changes the parameters from {ours} to {theirs}"


def _parameters(code: str) -> _Parameters | None:
    tree = parsed(code)
    function = tree.body[-1] if tree and tree.body else None
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    args = function.args
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    with_default = positional[len(positional) - len(args.defaults) :]
    with_default += [
        arg.arg for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is not None
    ]
    return _Parameters(
        positional=positional,
        optional=set(with_default),
        keyword=[arg.arg for arg in args.kwonlyargs],
        rest=args.vararg.arg if args.vararg else None,
        keywords=args.kwarg.arg if args.kwarg else None,
    )


def _without_self(stub: Stub, written: Written, theirs: _Parameters, ours: _Parameters) -> _Parameters:
    """A function put into a class that the file has not (`class Solution:`) has a `self` too many."""
    extra = written.classes and "." not in stub.name and len(theirs.positional) == len(ours.positional) + 1
    return dataclasses.replace(theirs, positional=theirs.positional[1:]) if extra else theirs


def _mates(theirs: _Parameters, ours: _Parameters) -> dict[str, str]:
    """Their parameter by ours, for those at the same place that neither side uses elsewhere."""
    if len(theirs.positional) != len(ours.positional) or len(theirs.keyword) != len(ours.keyword):
        return {}
    pairs = [
        *zip(theirs.positional, ours.positional, strict=True),
        *zip(theirs.keyword, ours.keyword, strict=True),
        (theirs.rest, ours.rest),
        (theirs.keywords, ours.keywords),
    ]
    return {a: b for a, b in pairs if a and b and a not in ours.names and b not in theirs.names}


def _calls_itself_by(stub: Stub, body: str, names: list[str]) -> bool:
    """Whether the body calls its own function with one of these names as a keyword."""
    tree = parsed(body)
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] == stub.entry_point
        and any(word.arg in names for word in node.keywords)
        for node in ast.walk(tree or ast.Module([], []))
    )


def _nested(stub: Stub, written: Written, body: str, ours: _Parameters, decorators: list[str]) -> str:
    """The model's function as it wrote it, inside the stub, and a call of it: memo and recursion stay its own."""
    passed = [*ours.positional, *(f"*{ours.rest}" if ours.rest else "",), *(f"{name}={name}" for name in ours.keyword)]
    passed.append(f"**{ours.keywords}" if ours.keywords else "")
    header = textwrap.dedent(" " * written.column + written.header)
    call = f"{stub.entry_point}({', '.join(part for part in passed if part)})"
    waits = "await " if written.header.startswith("async") else ""
    above = "".join(decorator + "\n" for decorator in decorators)
    return f"{above}{header}\n{indented(body.rstrip(chr(10)), '    ')}\n\nreturn {waits}{call}\n"
