"""Values that an annotation allows, as Python text, the simplest first: what a call may be given."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, zip_longest

from ..examples import values

MOST = 12
"""Values of one annotation."""
_DEEPEST = 4
"""Containers within containers."""
_TEXTS = ("''", "'a'", "'ab'", "'aa'", "'Ab c'", "' a '", "'a,b'", "'12'", "'é'", "'abcdefghijkl'")
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "int": ("0", "1", "2", "-1", "3", "10", "7", "-5", "100"),
    "float": ("0.0", "1.0", "0.5", "-1.5", "2.25", "1e9"),
    "complex": ("0j", "1 + 2j"),
    "bool": ("False", "True"),
    "str": _TEXTS,
    "LiteralString": _TEXTS,
    "bytes": ("b''", "b'a'", "b'ab\\xff'"),
    "bytearray": ("bytearray()", "bytearray(b'ab')"),
    "None": ("None",),
    "object": ("0", "'a'", "[]"),
    "Any": ("0", "'a'", "[]"),
    "range": ("range(0)", "range(3)"),
    "slice": ("slice(None)", "slice(1, 3)"),
}
_MADE: Mapping[str, tuple[str, ...]] = {
    "datetime.date": ("(2024, 2, 29)", "(2023, 12, 31)", "(2024, 1, 1)"),
    "datetime.datetime": ("(2024, 2, 29, 12, 30)", "(2023, 12, 31, 23, 59, 59)", "(2024, 1, 1)"),
    "datetime.time": ("(0, 0)", "(12, 30)", "(23, 59, 59)"),
    "datetime.timedelta": ("(0)", "(1)", "(0, 90)", "(-1)"),
    "decimal.Decimal": ("('0')", "('1')", "('-2.50')", "('0.1')"),
    "fractions.Fraction": ("(0)", "(1, 2)", "(-3, 4)"),
    "pathlib.Path": ("('.')", "('a/b.txt')", "('/a/../b')", "('')"),
    "pathlib.PurePath": ("('.')", "('a/b.txt')"),
    "collections.Counter": ("()", "('aab')"),
    "collections.deque": ("()", "([1, 2])"),
    "uuid.UUID": ("(int=0)",),
}
"""By full name: what stands behind the name as it is imported."""
_LISTS = frozenset({"list", "List", "Sequence", "MutableSequence", "Collection", "Iterable", "Reversible"})
_SETS = frozenset({"set", "Set", "AbstractSet", "MutableSet"})
_DICTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"})
_WRAPPED = frozenset({"Final", "Annotated", "Required", "NotRequired", "ReadOnly", "ClassVar"})


class Kinds:
    """The values of annotations in one module: built-in types, the library's, and the module's own classes."""

    def __init__(self, module: ast.Module | None) -> None:
        body = module.body if module is not None else []
        self._classes = {node.name: node for node in body if isinstance(node, ast.ClassDef)}
        self._aliases = dict(_aliases(body))
        self._full = dict(_imported(body))

    def values(self, annotation: ast.expr | None, depth: int = 0) -> tuple[str, ...]:
        """At most so many values, simple ones first; () for what cannot be made."""
        if annotation is None or depth > _DEEPEST:
            return ()
        return tuple(islice(dict.fromkeys(self._values(annotation, depth)), MOST))

    def _values(self, annotation: ast.expr, depth: int) -> Iterable[str]:
        match annotation:
            case ast.Constant(value=None):
                return ("None",)
            case ast.Constant(value=str() as text):
                return self.values(values.expression(text), depth + 1)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return _in_turns([self.values(left, depth), self.values(right, depth)])
            case ast.Subscript(value=base, slice=inside):
                members = inside.elts if isinstance(inside, ast.Tuple) else [inside]
                return self._of_generic(ast.unparse(base).rpartition(".")[2], members, depth)
            case ast.Name() | ast.Attribute():
                return self._of_name(ast.unparse(annotation), depth)
            case _:
                return ()

    def _of_name(self, name: str, depth: int) -> Iterable[str]:
        last = name.rpartition(".")[2]
        if name in self._classes:
            return self._of_class(self._classes[name], depth)
        if name in self._aliases:
            return self.values(self._aliases[name], depth + 1)
        if made := _MADE.get(self._full_name(name)):
            return [name + arguments for arguments in made]
        if last in _PLAIN:
            return _PLAIN[last]
        integers: list[ast.expr] = [ast.Name("int")]
        if last in _LISTS or last in _SETS or last in {"frozenset", "FrozenSet", "Iterator", "Generator"}:
            return self._of_generic(last, integers, depth)
        if last in {"tuple", "Tuple"}:
            return self._of_generic(last, [*integers, ast.Constant(...)], depth)
        if last in _DICTS:
            return self._of_generic(last, [ast.Name("str"), ast.Name("int")], depth)
        return self._of_generic(last, [], depth) if last == "Callable" else ()

    def _of_generic(self, name: str, members: list[ast.expr], depth: int) -> Iterable[str]:
        if name == "Literal":
            return [ast.unparse(member) for member in members]
        if name == "Optional":
            return _in_turns([self.values(members[0], depth), ("None",)])
        if name == "Union":
            return _in_turns([self.values(member, depth) for member in members])
        if name in _WRAPPED:
            return self.values(members[0], depth)
        if name == "Callable":
            return self._callables(members)
        inner = [self.values(member, depth + 1) for member in members if not _is_dots(member)]
        if not inner or not all(inner):
            return ()
        return _contained(name, inner, endless=any(map(_is_dots, members)))

    def _callables(self, members: list[ast.expr]) -> Iterable[str]:
        """Functions of so many arguments."""
        taken = members[0].elts if members and isinstance(members[0], ast.List) else None
        names = ["x", "y", "z"][: len(taken)] if taken is not None else ["*given"]
        first = names[0].lstrip("*") if names else "0"
        result = self.values(members[1], 1) if len(members) > 1 else ()
        head = f"lambda {', '.join(names)}: " if names else "lambda: "
        return [head + first, *(head + value for value in result[:2])]

    def _of_class(self, node: ast.ClassDef, depth: int) -> Iterable[str]:
        """Members of an enum; objects of a dataclass, a named tuple or a typed dictionary."""
        bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        if bases & {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}:
            return [f"{node.name}.{name}" for name in _members(node)]
        decorators = {
            ast.unparse(d.func if isinstance(d, ast.Call) else d).rpartition(".")[2] for d in node.decorator_list
        }
        fields = {
            item.target.id: self.values(item.annotation, depth + 1)
            for item in node.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        }
        if "TypedDict" in bases and all(fields.values()):
            return [
                "{" + ", ".join(f"{name!r}: {value}" for name, value in zip(fields, row, strict=True)) + "}"
                for row in _rows(list(fields.values()))
            ]
        if (bases & {"NamedTuple"} or "dataclass" in decorators) and all(fields.values()):
            return [f"{node.name}({', '.join(row)})" for row in _rows(list(fields.values()))]
        has_init = any(isinstance(item, ast.FunctionDef) and item.name == "__init__" for item in node.body)
        return () if has_init or node.bases else (f"{node.name}()",)

    def _full_name(self, name: str) -> str:
        first, dot, rest = name.partition(".")
        return self._full.get(first, first) + dot + rest


def _contained(name: str, inner: list[tuple[str, ...]], *, endless: bool) -> Iterable[str]:
    """Containers of such members: empty, of one, of two, of two equal ones, reversed, long."""
    if name in _DICTS and len(inner) == 2:
        return _dictionaries(inner[0], inner[1])
    if name in {"tuple", "Tuple"} and not endless:
        return [f"({', '.join(row)}{',' if len(row) == 1 else ''})" for row in _rows(inner)]
    groups = _groups(inner[0])
    if name in {"tuple", "Tuple"}:
        return [f"({', '.join(group)}{',' if len(group) == 1 else ''})" for group in groups]
    lists = [f"[{', '.join(group)}]" for group in groups]
    if name in _LISTS:
        return lists
    if name in {"Iterator", "Generator"}:
        return [f"iter({text})" for text in lists]
    if name in _SETS:
        return ["set()", *(f"{{{', '.join(dict.fromkeys(group))}}}" for group in groups if group)]
    return [f"frozenset({text})" for text in lists] if name in {"frozenset", "FrozenSet"} else ()


def _groups(members: tuple[str, ...]) -> list[tuple[str, ...]]:
    one, *more = members[1:] or members
    two = more[0] if more else one
    few = members[1:4] or members
    return [(), (one,), (one, two), (two, one), (one, one), few, few[::-1], members[:1], members, (*few, *few)]


def _dictionaries(keys: tuple[str, ...], values: tuple[str, ...]) -> list[str]:
    pairs = [f"{key}: {value}" for key, value in zip(keys, chain(values[1:], values[:1]), strict=False)]
    return ["{}", *("{" + ", ".join(pairs[first:end]) + "}" for first, end in ((1, 2), (1, 3), (0, 1), (0, 5)))]


def _rows(columns: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """One value of each column; then each column changed alone."""
    if not columns:
        return
    usual = tuple(column[min(1, len(column) - 1)] for column in columns)
    yield usual
    for nth in range(MOST):
        for at, column in enumerate(columns):
            if nth < len(column):
                yield (*usual[:at], column[nth], *usual[at + 1 :])


def _in_turns(streams: list[tuple[str, ...]]) -> Iterator[str]:
    return (text for row in zip_longest(*streams) for text in row if text is not None)


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _members(node: ast.ClassDef) -> Iterator[str]:
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            yield item.targets[0].id


def _aliases(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Names that stand for an annotation: `Vector = list[float]`, `Id = NewType("Id", int)`, `type Row = …`."""
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=made, args=[_, ast.expr() as kind])) if (
                ast.unparse(made).endswith("NewType")
            ):
                yield name, kind
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() | ast.BinOp() as kind):
                yield name, kind
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=made)) if ast.unparse(made).endswith(
                "TypeVar"
            ):
                yield name, ast.Name("int")
            case _:
                pass


def _imported(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name.partition(".")[0], alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
