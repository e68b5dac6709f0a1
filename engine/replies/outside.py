"""What a model wrote around the function: imports, helpers and constants that its body needs.

A draft is one body, so what is needed moves inside it: imports first, the rest after, in order.
"""

from __future__ import annotations

import ast
import collections
import dataclasses
import functools
import re
from collections.abc import Iterator

import tree_sitter
import tree_sitter_python

from ..facts import Stub
from .python import names_used, parsed

_LANGUAGE = tree_sitter.Language(tree_sitter_python.language())
_STATEMENTS = frozenset({
    "import_statement", "import_from_statement", "function_definition", "class_definition", "decorated_definition",
    "expression_statement", "try_statement", "if_statement", "type_alias_statement",
})  # fmt: skip
_TOLD = re.compile(r"^(?:(?:async )?def|class|type) (\w+)|^(\w+)(?::[^=\n]*)? = ", re.MULTILINE)
"""The names that the prompt's part about the project defines."""
_DEEPEST = 40
"""Levels of nesting in which a definition is looked for."""
_LAST = 4
"""Definitions of the wanted function that are read, from the last."""


@dataclasses.dataclass(frozen=True)
class Written:
    """One definition of the wanted function in a block of code."""

    block: str
    """The code it stands in."""
    header: str
    """`def` to the colon, as it stands."""
    at: int
    """Where in the block the rest begins, right after the colon (characters)."""
    column: int
    decorators: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    """Names of the classes around it, outermost first."""


@dataclasses.dataclass(frozen=True)
class Item:
    """One top-level statement that binds names."""

    text: str
    binds: frozenset[str]
    needs: frozenset[str]
    is_import: bool = False


def definitions(block: str, name: str) -> list[Written]:
    """The last definitions of a function called `name`, at any depth, in order."""
    source = block.encode()
    found: collections.deque[Written] = collections.deque(maxlen=_LAST)
    todo: list[tuple[tree_sitter.Node, tuple[str, ...], tuple[str, ...], int]] = [(_tree(source), (), (), 0)]
    while todo:
        node, classes, decorators, depth = todo.pop()
        if node.type == "function_definition" and (written := _written(block, source, node, name, classes, decorators)):
            found.append(written)
        if depth > _DEEPEST:
            continue
        if node.type == "class_definition" and (called := node.child_by_field_name("name")):
            classes = (*classes, _text(source, called))
        around = node.type == "decorated_definition"
        decorators = tuple(_text(source, c) for c in node.children if c.type == "decorator") if around else ()
        todo += [(child, classes, decorators, depth + 1) for child in reversed(node.named_children)]
    return list(found) or _by_line(block, name)


def _by_line(block: str, name: str) -> list[Written]:
    """The same for code so broken that it has no definition node: the signature's line is still a line."""
    signature = rf"^([ \t]*)((?:async[ \t]+)?def[ \t]+{re.escape(name)}[ \t]*\([^\n]*:)[ \t]*$"
    found = collections.deque(re.finditer(signature, block, re.MULTILINE), maxlen=_LAST)
    return [Written(block=block, header=at[2], at=at.end(), column=len(at[1])) for at in found]


def _written(
    block: str,
    source: bytes,
    node: tree_sitter.Node,
    name: str,
    classes: tuple[str, ...],
    decorators: tuple[str, ...],
) -> Written | None:
    called = node.child_by_field_name("name")
    colon = next((child for child in node.children if child.type == ":"), None)
    if called is None or colon is None or _text(source, called) != name:
        return None
    return Written(
        block=block,
        header=source[node.start_byte : colon.end_byte].decode(),
        at=colon.end_byte if block.isascii() else len(source[: colon.end_byte].decode()),
        column=node.start_point.column,
        decorators=decorators,
        classes=classes,
    )


def needed(blocks: list[str], code: str, stub: Stub) -> str:
    """Code to put before a body, "" for none: what the body needs of the reply's blocks and the file has not.

    The first block wins where several define a name.
    """
    there = _Module(stub)
    items = [item for block in blocks for item in _items(block) if stub.entry_point not in item.binds]
    by_name: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        for name in item.binds:
            by_name.setdefault(name, []).append(number)
    wanted, brought = names_used(code), set[int]()
    todo = list(wanted)
    while todo:
        for number in by_name.get(todo.pop(), ()):
            if number not in brought and (kept := there.missing(items[number])):
                brought.add(number)
                todo += kept.needs - wanted
                wanted |= kept.needs
    texts = [kept.text for number in sorted(brought) if (kept := there.missing(items[number], wanted))]
    imports = [text for text in texts if _is_import(text)]
    helpers = [text for text in texts if not _is_import(text)]
    return _laid_out(list(dict.fromkeys(imports)), list(dict.fromkeys(helpers)))


def _laid_out(imports: list[str], helpers: list[str]) -> str:
    parts = ["\n".join(imports)] if imports else []
    for text in helpers:
        if "\n" in text or not parts or "\n" in parts[-1] or _is_import(parts[-1]):
            parts.append(text)
        else:
            parts[-1] += "\n" + text
    return "\n\n".join(parts) + "\n\n" if parts else ""


def _is_import(text: str) -> bool:
    return text.startswith(("import ", "from "))


class _Module:
    """The names that the stub's own file gives."""

    def __init__(self, stub: Stub) -> None:
        items = [item for part in (stub.imports, stub.before, stub.after) for item in _items(part)]
        self._imported = {alias for item in items if item.is_import for alias in _aliases(item.text)}
        defined = {name for item in items if not item.is_import for name in item.binds}
        # What the file imports it has: a model that was told of a class likes to write it down again.
        self._defined = frozenset(defined | {alias[3] for alias in self._imported} | self._starred(stub))

    def _starred(self, stub: Stub) -> set[str]:
        """Names out of the project that reach the file through `import *`, as far as the prompt tells of them."""
        if not any(alias[2] == "*" for alias in self._imported):
            return set()
        return {name for pair in _TOLD.findall(stub.project) for name in pair if name}

    def missing(self, item: Item, wanted: set[str] | None = None) -> Item | None:
        """The part of an item that the file has not; of an import only what is `wanted`."""
        if not item.is_import:
            return None if item.binds <= self._defined else item
        aliases = [
            alias
            for alias in _aliases(item.text)
            if alias not in self._imported
            and (wanted is None or alias[3] in wanted)
            and alias[2] != "*"
            and alias[1] != "__future__"
        ]
        if not aliases:
            return None
        text = "\n".join(_import_lines(aliases))
        return dataclasses.replace(item, text=text, binds=frozenset(alias[3] for alias in aliases))


Alias = tuple[int, str, str, str, str]
"""(level, module, name, what it is bound to, "as" spelling) of one imported thing; name is "" for `import module`."""


def _aliases(text: str) -> list[Alias]:
    tree = parsed(text)
    found: list[Alias] = []
    for node in tree.body if tree else ():
        if isinstance(node, ast.Import):
            found += [(0, a.name, "", a.asname or a.name.partition(".")[0], a.asname or "") for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.level, node.module or "", a.name, a.asname or a.name, a.asname or "") for a in node.names]
    return found


def _import_lines(aliases: list[Alias]) -> Iterator[str]:
    grouped: dict[tuple[int, str], list[str]] = {}
    for level, module, name, _, renamed in aliases:
        spelled = f"{name or module} as {renamed}" if renamed else name or module
        if not name:
            yield f"import {spelled}"
        else:
            grouped.setdefault((level, module), []).append(spelled)
    for (level, module), names in grouped.items():
        yield f"from {'.' * level}{module} import {', '.join(names)}"


@functools.lru_cache(maxsize=8)
def _items(block: str) -> tuple[Item, ...]:
    source = block.encode()
    found: list[Item] = []
    todo = [_tree(source)]
    while todo:
        node = todo.pop()
        if node.type in {"module", "ERROR"}:
            todo += reversed(node.children)
        elif node.type in _STATEMENTS and node.start_point.column == 0 and (item := _item(_text(source, node))):
            found.append(item)
    return tuple(found)


def _item(text: str) -> Item | None:
    tree = parsed(text)
    if tree is None or len(tree.body) != 1 or re.match(r"if\s+__name__\b", text):
        return None
    statement = tree.body[0]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        binds = frozenset(alias[3] for alias in _aliases(text))
        return Item(text=text, binds=binds, needs=frozenset(), is_import=True) if binds else None
    binds = frozenset(_bound(statement))
    return Item(text=text, binds=binds, needs=frozenset(names_used(text))) if binds else None


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Names a top-level statement binds, without looking into functions and classes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    if isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
        return
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            yield from _bound(child)
        elif isinstance(child, ast.ExceptHandler):
            for inner in child.body:
                yield from _bound(inner)
        else:
            yield from (n.id for n in ast.walk(child) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def _tree(source: bytes) -> tree_sitter.Node:
    return tree_sitter.Parser(_LANGUAGE).parse(source).root_node


def _text(source: bytes, node: tree_sitter.Node) -> str:
    return source[node.start_byte : node.end_byte].decode()
