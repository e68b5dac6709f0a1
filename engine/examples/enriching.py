"""A planner's additions to a specification, as an edit of the stub's docstring that a person may accept or leave.

What the planner says may be wrong. So nothing of it is used unasked: examples that are already there, that do not parse
or that could end the docstring are left out, and the rest is a proposal.
"""

from __future__ import annotations

import ast
import re

from msgspec.structs import replace

from ..facts import (
    Enrichment,
    Example,
    Fact,
    Stub,
)
from ..python.parsing import UNREADABLE, module
from . import extract, is_python

MOST_EXAMPLES = 3
MOST_CASES = 4
_HEADING = re.compile(r"^\W*(examples?|types?|edge[- ]cases?)\W*(?::|$)", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s*")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LONGEST = 200
"""Characters of a line that may be proposed."""


class Additions(Fact, frozen=True):
    """What an enrichment offers beyond the stub."""

    examples: tuple[Example, ...] = ()
    cases: tuple[str, ...] = ()
    """Edge cases, a sentence each."""


def additions(stub: Stub, enrichment: Enrichment) -> Additions:
    """The examples and edge cases of an enrichment that the stub does not have yet."""
    there = {_squeezed(example.source) for example in stub.examples}
    examples: list[Example] = []
    for example in extract(_without_headings(enrichment.text), stub.name):
        text = example.source + example.want + (example.raises or "")
        is_told = bool(example.want or example.raises) and is_python(example)
        if _squeezed(example.source) in there or not _fits(text) or not is_told:
            continue
        there.add(_squeezed(example.source))
        examples.append(example)
    cases = [line for line in _cases(enrichment.text) if line.lower() not in stub.docstring.lower()]
    return Additions(examples=tuple(examples[:MOST_EXAMPLES]), cases=tuple(cases[:MOST_CASES]))


def enriched_header(stub: Stub, enrichment: Enrichment) -> str:
    """The stub's header with the additions in its docstring: edge cases above the examples, new examples below them.

    It is the header as it was when there is nothing to add, or no docstring it could be added to safely.
    """
    return header_with(stub, additions(stub, enrichment))


def header_with(stub: Stub, found: Additions) -> str:
    """The stub's header with these additions in its docstring, or in a new one; as it was where that is not safe."""
    if not (found.examples or found.cases):
        return stub.header
    if not stub.docstring.strip():
        return _with_docstring(stub, found)
    inside = _docstring(stub)
    if inside is None:
        return stub.header
    start, end, text = inside
    # Lines inside strings keep the place they have in the file, also where the header is shown further left.
    edited = _edited(text, found, stub.margin + stub.indent)
    return stub.header[:start] + edited + stub.header[end:]


def _with_docstring(stub: Stub, found: Additions) -> str:
    """The header of a function that has no docstring, with one; as it was if that makes no function of it."""
    inner = stub.margin + stub.indent
    shown = [line for example in found.examples for line in doctest_lines(example)]
    lines = [*found.cases, *([""] if found.cases and shown else []), *shown]
    # Only the first line moves with the header; those inside the string keep their place.
    text = f'{stub.indent}"""' + "\n".join([lines[0], *(f"{inner}{line}" if line else "" for line in lines[1:])])
    header = f'{stub.header}{text}\n{inner}"""\n'
    (function, *more) = _functions(header + stub.indent + "pass\n")
    is_docstring = function is not None and ast.get_docstring(function) is not None
    return header if is_docstring and not more else stub.header


def _functions(code: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef | None]:
    try:
        return [node if isinstance(node, _FUNCTIONS) else None for node in module(code).body] or [None]
    except UNREADABLE:
        return [None]


def with_header_of(stub: Stub, header: str) -> Stub:
    """The stub as it would be read with this header."""
    edited = replace(stub, header=header)
    try:
        (function,) = module(edited.code("pass")).body
    except UNREADABLE:
        return edited
    docstring = ast.get_docstring(function, clean=False) if isinstance(function, _FUNCTIONS) else None
    return replace(edited, docstring=docstring or "", examples=extract(docstring or "", stub.name))


def _edited(text: str, found: Additions, indent: str) -> str:
    """The text between the quotes, with the additions."""
    body, closing = text.rstrip(), "\n" + indent
    lines = body.split("\n")
    at = next((n for n, line in enumerate(lines) if line.lstrip().startswith(">>>")), len(lines))
    while at and at <= len(lines) and at > 1 and not lines[at - 1].strip():
        at -= 1
    told = [indent + case for case in found.cases]
    shown = [indent + line for example in found.examples for line in doctest_lines(example)]
    before, after = lines[:at], lines[at:]
    if told:
        before += ["", *told]
    if shown and not any(line.lstrip().startswith(">>>") for line in after):
        after += [""]
    return "\n".join([*before, *after, *shown]) + closing


def doctest_lines(example: Example) -> list[str]:
    """An example as lines of a docstring."""
    first, *rest = example.source.rstrip("\n").split("\n")
    lines = [f">>> {first}", *(f"... {line}" for line in rest)]
    before = [f">>> {statement}" for statement in example.before]
    if example.raises is not None:
        return [*before, *lines, "Traceback (most recent call last):", example.raises]
    return [*before, *lines, *filter(None, example.want.rstrip("\n").split("\n"))]


def _docstring(stub: Stub) -> tuple[int, int, str] | None:
    """Where the text between the quotes of a triple-quoted docstring lies in the header (characters), and the text."""
    try:
        (function,) = module(stub.code("pass")).body
    except UNREADABLE:
        return None
    if not isinstance(function, _FUNCTIONS) or ast.get_docstring(function) is None:
        return None
    node = function.body[0]
    lines = stub.header.splitlines(keepends=True)
    start = sum(map(len, lines[: node.lineno - 1])) + _characters(lines[node.lineno - 1], node.col_offset)
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    end = sum(map(len, lines[: end_line - 1])) + _characters(lines[end_line - 1], end_column)
    literal = stub.header[start:end]
    quoted = re.fullmatch(r'([rR]?)("""|\'\'\')(.*)\2', literal, re.DOTALL)
    if quoted is None:
        return None
    return start + quoted.start(3), start + quoted.end(3), quoted[3]


def _characters(line: str, column: int) -> int:
    """A column in UTF-8 bytes, as `ast` counts, in characters."""
    return len(line.encode()[:column].decode(errors="ignore"))


def _without_headings(text: str) -> str:
    """The text with an empty line for each heading and fence, so that none counts as what an example prints."""
    return "\n".join(
        "" if _HEADING.match(line) or line.strip().startswith("```") else line for line in text.split("\n")
    )


def _cases(text: str) -> list[str]:
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            inside = heading[1].lower().startswith("edge")
            line = line[heading.end() :]
        sentence = " ".join(_BULLET.sub("", line).split())
        if inside and sentence and not sentence.startswith(("```", ">>>")) and _fits(sentence):
            found.append(sentence if sentence.endswith((".", "!", "?")) else sentence + ".")
    return found


def _fits(text: str) -> bool:
    """Whether a text can stand in any docstring as it is."""
    quiet = '"""' not in text and "'''" not in text and "\\" not in text and not text.rstrip().endswith('"')
    printable = all(char.isprintable() or char == "\n" for char in text)
    return quiet and printable and all(len(line) <= _LONGEST for line in text.split("\n"))


def _squeezed(source: str) -> str:
    return "".join(source.split())
