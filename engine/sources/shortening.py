"""Pieces of definitions on a line each, for a prompt: signatures, values while they are short, first lines of docs."""

from __future__ import annotations

import re

from tree_sitter import Node

from .syntax import field_text, string_value, text_of

LONGEST = 240
"""Characters of one line; what is longer is cut."""
VALUE = 60
"""Characters of a value that is shown whole."""

_CONTAINERS = frozenset({"dictionary", "list", "set", "tuple"})
_COMPREHENSIONS = frozenset({"dictionary_comprehension", "list_comprehension", "set_comprehension"})
_READ = 5000
"""Characters of one expression that are looked at."""
_STRING = re.compile(r"([rRuU]?)(\"\"\"|'''|\"|')(.*)", re.DOTALL)
_SECRETS = ("passw", "passphrase", "secret", "token", "key", "credential")
_SECRET = re.compile(
    r"""(\b\w*(?:passw(?:or)?d|passphrase|secret|token|api_?key|access_?key|private_?key|credential)\w*["']?\s*"""
    r"""(?::[^=\n]{1,80})?[=:]\s*)[rbuf]{0,2}(["'])(?:(?!\2)[^\n]){6,}\2""",
    re.IGNORECASE,
)


def one_line(node: Node) -> str:
    """The text of a node without line breaks and the comments between them."""
    text = text_of(node)
    if "\n" not in text:
        return text
    if len(text) > _READ:
        return " ".join(text[:_READ].split()) + "..."
    kept, end = bytearray(), node.start_byte
    raw = node.text or b""
    for comment in _comments(node):
        kept += raw[end - node.start_byte : comment.start_byte - node.start_byte]
        end = comment.end_byte
    kept += raw[end - node.start_byte :]
    line = " ".join(kept.decode("utf-8", "surrogatepass").split())
    return re.sub(r"(?<=[(\[{]) | (?=[)\]}])", "", line)


def cut(text: str, most: int = LONGEST) -> str:
    """A text no longer than this, with three dots where it was cut."""
    return text if len(text) <= most else text[: most - 3].rstrip() + "..."


def signature(node: Node, most: int = 2 * LONGEST) -> str:
    """`def …:` or `class …:` on one line, without decorators and comments; of parameters so many characters."""
    name = cut(field_text(node, "name"), 100) + cut(field_text(node, "type_parameters"), 100)
    if node.type == "class_definition":
        bases = node.child_by_field_name("superclasses")
        return f"class {name}({cut(_listed(bases))}):" if bases and bases.named_child_count else f"class {name}:"
    word = "async def" if node.children and node.children[0].type == "async" else "def"
    given, result = node.child_by_field_name("parameters"), node.child_by_field_name("return_type")
    shown = f"{word} {name}({_most_of(_listed(given), most) if given else ''})"
    return shown + (f" -> {cut(one_line(result))}:" if result else ":")


def doc_line(node: Node) -> str:
    """The first line of what is written in a definition's docstring, "" when there is none."""
    block = node.child_by_field_name("body")
    first = next((child for child in block.named_children if child.type != "comment"), None) if block else None
    return cut(_first_spoken(first), 160) if first else ""


def quoted(line: str) -> str:
    """A line as a docstring."""
    escaped = line.replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{escaped}"""'


def remark(node: Node) -> str:
    """What is said of an assignment: the comment behind it, or the first line of the string below it."""
    after = node.next_sibling
    if after is None:
        return ""
    if after.type == "comment" and after.start_point[0] == node.end_point[0]:
        return cut(text_of(after).lstrip("#: ").strip(), 100)
    return cut(_first_spoken(after), 100)


def value(node: Node, most: int = VALUE) -> str:
    """A value, whole while it is short; else what kind of value it is, with its first members."""
    text = one_line(node)
    if len(text) <= most:
        return text
    if node.type in _CONTAINERS:
        return _first_members(node, text, most)
    if node.type in _COMPREHENSIONS:
        return f"{text[0]}...{text[-1]}"
    if node.type == "call" and len(called := one_line(node.children[0])) <= most:
        return f"{called}(...)"
    if node.type == "string":
        marks = text[-3:] if text[-3:] in {'"""', "'''"} else text[-1]
        return f"{text[: most - 3 - len(marks)]}...{marks}"
    return cut(text, most)


def assignment(node: Node) -> str:
    """A statement that binds a name to a value or an alias, on one line."""
    inner = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
    text = one_line(node)
    if inner.type != "assignment" or len(text) <= 2 * VALUE:
        return cut(text)
    bound, declared = one_line(inner.children[0]), inner.child_by_field_name("type")
    right = inner.child_by_field_name("right")
    shown = bound + (f": {cut(one_line(declared), 120)}" if declared else "")
    return cut(shown + (f" = {value(right, 2 * VALUE)}" if right else ""))


def without_secrets(text: str) -> str:
    """A text in which strings bound to names such as `password` and `API_KEY` are left out."""
    lowered = text.lower()
    return _SECRET.sub(r"\1\2...\2", text) if any(word in lowered for word in _SECRETS) else text


def _first_spoken(node: Node) -> str:
    """The first line with text of a statement that is a plain string, "" for any other."""
    if node.type != "expression_statement" or node.named_child_count != 1:
        return ""
    begins = _STRING.match(text_of(node)[:4000])
    if begins is None or node.named_children[0].type != "string":
        return (string_value(node) or "").strip().partition("\n")[0].strip()
    line = begins[3].strip().partition("\n")[0].partition(begins[2])[0].strip()
    # Python's own reading costs ten times as much; only escapes need it.
    plain = "\\" not in line or begins[1] in {"r", "R"}
    return line if plain else (string_value(node) or "").strip().partition("\n")[0].strip()


def _first_members(node: Node, text: str, most: int) -> str:
    shown = text[0]
    for child in node.named_children:
        if child.type == "comment":
            continue
        member = one_line(child)
        if len(shown) + len(member) > most:
            break
        shown += f"{member}, "
    return f"{shown}...{text[-1]}"


def _listed(node: Node) -> str:
    """Parameters or base classes, without the brackets."""
    return ", ".join(one_line(child) for child in node.named_children if child.type != "comment")


def _most_of(parameters: str, most: int) -> str:
    """As many parameters as there is room for, cut behind a comma."""
    if len(parameters) <= most:
        return parameters
    whole = parameters[:most].rpartition(", ")[0] or parameters[:most]
    return f"{whole}, ..."


def _comments(node: Node) -> list[Node]:
    found: list[Node] = []
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if inner.type == "comment":
            found.append(inner)
        elif b"#" in (inner.text or b""):
            waiting.extend(reversed(inner.children))
    return found
