"""Where a function's body lies in its file, and how to open up the place for a new one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tree_sitter import Node

from ..indent import without_margin
from .syntax import decode, statements, string_value

_FIRST_BLOCK = re.compile(
    rb"^(?:class|def|async|if|for|while|with|try|else|elif|match)\b[^\n]*:[ \t]*\n([ \t]+)\S", re.M
)


@dataclass(frozen=True, slots=True)
class Place:
    """The gap that a body fills: `text[:start] + opening + body + text[end:]` is the file with that body.

    Offsets are bytes of the UTF-8 text. `body` and `end` leave the newline after the body alone.
    """

    top: int
    """Where the line of the first decorator or of `def` begins."""
    start: int
    end: int
    opening: bytes
    """What comes between, so that the body has lines of its own: a newline, comments of the old body's line."""
    margin: str
    """Indentation of `def`."""
    indent: str
    """Indentation of the body, relative to `def`."""
    body: str
    """The statement that stands there now, dedented; "" when there is none."""

    def header(self, raw: bytes) -> str:
        """Decorators, signature, docstring and the comments around them, at column 0, ending in a newline."""
        return without_margin(decode(raw[self.top : self.start] + self.opening), self.margin)


def place_of(raw: bytes, function: Node) -> Place | None:
    """The place of a function whose body is one placeholder or only a docstring; None when it has a body already.

    `function` is a `function_definition`. Comments are never part of what is replaced.
    """
    if len(_statements(function)) > 2:
        return None  # at once: to read the docstring of every written function takes half the time
    doc, inside = _parts(function)
    if len(inside) > 1 or (inside and not _is_placeholder(inside[0])) or not (doc or inside):
        return None
    return _place(raw, function, doc, inside)


def written_place(raw: bytes, function: Node) -> Place | None:
    """The place of a function as it stands, whatever its body; the body's own comments belong to the body."""
    doc, inside = _parts(function)
    if not (doc or inside):
        return None
    stands_for_none = not inside or (len(inside) == 1 and _is_placeholder(inside[0]))
    return _place(raw, function, doc, inside) if stands_for_none else _written(raw, function, doc, inside)


def split_after(raw: bytes, place: Place, header: str) -> Place:
    """The same place with as many lines in its header as `header` has; the lines between change sides."""
    if place.opening:
        return place
    start = place.top
    for _ in range(header.count("\n")):
        start = raw.find(b"\n", start) + 1
    deep = place.margin + place.indent
    return replace(place, start=start, body=without_margin(decode(raw[start : place.end]), deep))


def _parts(function: Node) -> tuple[Node | None, list[Node]]:
    """The docstring statement, if there is one, and the other statements of the body."""
    inside = _statements(function)
    doc = inside.pop(0) if inside and string_value(inside[0]) is not None else None
    return doc, inside


def _statements(function: Node) -> list[Node]:
    block = function.child_by_field_name("body")
    return statements(block) if block else []


def _written(raw: bytes, function: Node, doc: Node | None, inside: list[Node]) -> Place:
    top, margin = _top(raw, function)
    end = _line_end(raw, inside[-1].end_byte)
    own_line = _begins_its_line(raw, inside[0])
    deep = _indentation(raw, inside[0].start_byte) if own_line else margin + file_unit(raw)
    begin = inside[0].start_byte - len(deep.encode()) if own_line else inside[0].start_byte
    return Place(
        top=top,
        start=begin if own_line else (doc.end_byte if doc else _colon(function)),
        end=end,
        opening=b"" if own_line else b"\n",
        margin=margin,
        indent=deep.removeprefix(margin),
        body=without_margin(decode(raw[begin:end]), deep),
    )


def _place(raw: bytes, function: Node, doc: Node | None, inside: list[Node]) -> Place | None:
    placeholder = inside[0] if inside else None
    last = placeholder or doc
    assert last is not None
    top, margin = _top(raw, function)
    comment, end = _rest_of_line(raw, last.end_byte)
    if comment and not comment.startswith(b"#"):
        return None  # something unreadable shares the line; it would be lost
    own_lines = [node for node in (doc, placeholder) if node and _begins_its_line(raw, node)]
    deep = _indentation(raw, own_lines[0].start_byte) if own_lines else margin + file_unit(raw)
    inline = b"  " + comment if comment else b""
    if doc and doc not in own_lines:  # def f(): "doc"; ...
        start, opening = _colon(function), inline + b"\n" + deep.encode() + (doc.text or b"") + b"\n"
    elif placeholder is None:  # nothing but a docstring: the body comes below it and the comments that follow
        start = end = _below_comments(raw, end, deep)
        opening = b"\n"
    elif placeholder in own_lines:
        start = _line_start(raw, placeholder.start_byte)
        opening = deep.encode() + comment + b"\n" if comment else b""
    else:  # def f(): ...  or  """doc"""; ...
        start, opening = doc.end_byte if doc else _colon(function), inline + b"\n"
    body = without_margin(decode(placeholder.text or b""), deep) if placeholder else ""
    return Place(top, start, end, opening, margin, deep.removeprefix(margin), body)


def _colon(function: Node) -> int:
    """The end of the signature."""
    return next(child.end_byte for child in reversed(function.children) if child.type == ":")


def file_unit(raw: bytes) -> str:
    """The indentation of the file's first block, four spaces when there is none."""
    found = _FIRST_BLOCK.search(raw)
    return decode(found[1]) if found else "    "


def _is_placeholder(node: Node) -> bool:
    """Whether this statement only stands for a body: `...`, `pass`, `raise NotImplementedError`, …."""
    if node.type == "pass_statement":
        return True
    inner = node.named_children[0] if node.named_child_count == 1 else None
    if inner is None:
        return False
    if node.type == "expression_statement":
        return inner.type == "ellipsis"
    if node.type == "raise_statement" and inner.type == "call":
        inner = inner.child_by_field_name("function")
    return node.type == "raise_statement" and inner is not None and inner.text == b"NotImplementedError"


def _top(raw: bytes, function: Node) -> tuple[int, str]:
    """Where the function's first line begins, and the indentation of its `def`."""
    parent = function.parent
    outer = parent if parent and parent.type == "decorated_definition" else function
    margin = _indentation(raw, outer.start_byte)
    return outer.start_byte - len(margin.encode()), margin


def _line_start(raw: bytes, at: int) -> int:
    return raw.rfind(b"\n", 0, at) + 1


def _line_end(raw: bytes, at: int) -> int:
    end = raw.find(b"\n", at)
    return len(raw) if end < 0 else end


def _indentation(raw: bytes, at: int) -> str:
    """The white space before `at` on its line. A form feed starts the count anew, for Python as for us."""
    return decode(raw[_line_start(raw, at) : at]).rpartition("\f")[2]


def _begins_its_line(raw: bytes, node: Node) -> bool:
    start = _line_start(raw, node.start_byte)
    return not raw[start : node.start_byte].strip() and not raw[:start].endswith(b"\\\n")


def _rest_of_line(raw: bytes, at: int) -> tuple[bytes, int]:
    """What follows `at` on its line (a comment, if anything), and where the line ends."""
    end = _line_end(raw, at)
    return raw[at:end].strip(b" \t\f;"), end


def _below_comments(raw: bytes, end: int, deep: str) -> int:
    """The end of the last comment line that follows directly and is indented as deep as the body."""
    while end < len(raw):
        after = _line_end(raw, end + 1)
        if not raw[end + 1 : after].startswith(deep.encode() + b"#"):
            break
        end = after
    return end
