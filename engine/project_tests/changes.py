"""What a function changes that outlasts it: objects of its file, of other modules, of the process."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

MAY_CHANGE = re.compile(
    rb"\bglobal\b|\bdel\b|[\w\])]\s*[-+*/|&^%@<>]*=[^=]|\b(?:setattr|delattr|next|seed|setstate|chdir|umask|setlocale|set\w+)\b"
    rb"|\.\w+\(|\b(?:heap\w+|shuffle|insort\w*|reload|setitem|delitem|iadd)\("
)
"""Without any of these a function changes nothing; read by Python's parser only where it is found."""
_CHANGING = frozenset(
    {
        "append",
        "appendleft",
        "extend",
        "extendleft",
        "insert",
        "pop",
        "popleft",
        "popitem",
        "remove",
        "discard",
        "clear",
    }
    | {
        "add",
        "update",
        "setdefault",
        "sort",
        "reverse",
        "rotate",
        "send",
        "throw",
        "close",
        "write",
        "writelines",
        "seek",
    }
    | {"truncate", "put", "put_nowait", "get_nowait", "register", "unregister", "subtract", "move_to_end"}
    | {"__setattr__", "__delattr__", "__setitem__", "__delitem__"}
    | {"intersection_update", "difference_update", "symmetric_difference_update"}
)
"""Methods that change their object, also where what they give is used."""
_IN_PLACE = frozenset(
    {"heappush", "heappop", "heapify", "heapreplace", "heappushpop", "shuffle", "insort", "insort_left", "insort_right"}
    | {"reload", "setitem", "delitem", "iadd", "setattr", "delattr"}
)
"""Functions that change their first argument."""
OF_PROCESS = frozenset(
    {"os.chdir", "os.umask", "os.putenv", "os.unsetenv", "random.seed", "random.setstate", "numpy.random.seed"}
    | {"locale.setlocale", "sys.setrecursionlimit", "decimal.setcontext", "logging.disable"}
    | {"socket.setdefaulttimeout", "time.tzset"}
)
"""Functions that change what every function of the process meets."""
MAY_CHANGE_PROCESS = re.compile(
    rb"\b(?:" + b"|".join(sorted({n.rpartition(".")[2].encode() for n in OF_PROCESS})) + rb")\b"
)
"""Without the name of one of them, no piece of program calls any."""
_GIVES_SHARED = re.compile(r"(?:get|current)_?[a-z]\w*")
"""Functions that give an object which others are given too, such as `decimal.getcontext`."""


class Change(NamedTuple):
    """Something that a function changes."""

    root: str
    """The name that leads to it; "self.items" for an attribute of `self`."""
    certain: bool
    """Whether it is a change whatever the object is: an assignment, or a method known to change what it is called on.

    Any other call for its effect (`SEEN.note(1)`) may be one."""


def changes_in(function: ast.AST) -> set[Change]:
    """What a function changes that outlasts it.

    Names that the function binds itself count as what they were bound to (`mine = SEEN`), and otherwise not at all.
    What is put back (`old = sys.stdout … sys.stdout = old`) does not outlast it.
    """
    own, stands_for = _bound(function)
    found = set[Change]()
    for change in _touched(function):
        root = stands_for.get(change.root, change.root)
        if root not in own:
            found.add(Change(root, change.certain))
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and _remembers(function):
        found.add(Change(function.name, certain=True))
    return found


def changed_for_all(tree: ast.AST, known: Mapping[str, str]) -> str:
    """The first call that changes what the whole process meets ("random.seed"), "" for none; `known`: dotted names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            written = ast.unparse(node.func)
            first, _, rest = written.partition(".")
            dotted = known.get(first, first) + (f".{rest}" if rest else "")
            if dotted in OF_PROCESS:
                return dotted
    return ""


def _touched(function: ast.AST) -> Iterator[Change]:
    restored = _restored(function)
    for object_, certain in _objects(function):
        if ast.unparse(object_) not in restored:
            yield from _root(object_, certain=certain)
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            yield from (Change(name, certain=True) for name in node.names)


def _objects(tree: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """Each expression whose object is changed; an attribute that is assigned is the object itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                yield node, True
            case ast.Subscript(value=inner, ctx=ast.Store() | ast.Del()):
                yield inner, True
            case ast.Call(func=ast.Attribute(value=inner, attr=method)) if method in _CHANGING:
                # `m.add(1)` may be a function of a module; `m.SEEN.add(1)` and `SEEN.add(1)` hardly.
                yield inner, not isinstance(inner, ast.Name) or inner.id.isupper()
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=inner))):
                yield inner, False
            case ast.Call(func=ast.Name(id="next" | "setattr" | "delattr"), args=[inner, *_]):
                yield inner, True
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[inner, *_]) if name in _IN_PLACE:
                yield inner, True
            case _:
                pass


def _root(node: ast.expr, *, certain: bool) -> Iterator[Change]:
    """The name that an expression begins with; none where it begins with a call that makes something new."""
    if ast.unparse(node).startswith("sys.modules"):
        yield Change("sys.modules", certain=True)
        return
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        match node:
            case ast.Call(func=ast.Name(id="globals"), args=[]):
                yield Change("globals()", certain)
                return
            case (
                ast.Call(func=ast.Name(id="vars"), args=[inner])
                | ast.Call(func=ast.Name(id="getattr"), args=[inner, *_])
            ):
                node = inner
                continue
            case _:
                pass
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            yield Change(f"self.{node.attr}", certain)
            return
        if isinstance(node, ast.Call) and ast.unparse(node) == "type(self)":
            yield Change("self.__class__", certain)
            return
        if isinstance(node, ast.Call) and not _GIVES_SHARED.fullmatch(ast.unparse(node.func).rpartition(".")[2]):
            return
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        yield Change(node.id, certain)


def _bound(function: ast.AST) -> tuple[set[str], dict[str, str]]:
    """The names that a function binds itself, and those of them that are another's object."""
    own, stands_for, outside = set[str](), dict[str, str](), set[str]()
    for node in ast.walk(function):
        match node:
            case ast.Global(names=names):
                outside.update(names)
            case ast.arg(arg=name):
                own.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute() | ast.Subscript() as value):
                own.add(name)
                stands_for.update((name, change.root) for change in _root(value, certain=True))
            case ast.For(target=ast.Name(id=name), iter=ast.Name() | ast.Attribute() | ast.Subscript() as value):
                own.add(name)
                stands_for.update((name, change.root) for change in _root(value, certain=True))
            case ast.Name(id=name, ctx=ast.Store()):
                own.add(name)
            case ast.ExceptHandler(name=str() as name):
                own.add(name)
            case _:
                pass
    for name in outside & stands_for.keys():
        del stands_for[name]
    for name in list(stands_for):
        seen = {name}
        while (root := stands_for[name]) in stands_for and root not in seen:
            seen.add(root)
            stands_for[name] = stands_for[root]
    return own - outside, stands_for


def _restored(function: ast.AST) -> set[str]:
    """What is put back, as it is written: in a `finally`, or by giving it the value that was kept of it."""
    kept: dict[str, str] = {}
    found = set[str]()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute() | ast.Subscript() as value):
                kept[name] = ast.unparse(value)
            case ast.Try(finalbody=[_, *_] as last):
                found.update(ast.unparse(object_) for part in last for object_, _ in _objects(part))
            case _:
                pass
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as target], value=ast.Name(id=name)):
                if kept.get(name) == ast.unparse(target):
                    found.add(ast.unparse(target.value if isinstance(target, ast.Subscript) else target))
            case _:
                pass
    return found


def _remembers(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function keeps something from one call to the next, in a default value of its own."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    values = function.args.defaults
    pairs = [*zip(arguments[len(arguments) - len(values) :], values, strict=True)]
    pairs += [
        (argument, value)
        for argument, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if value is not None
    ]
    kept = {
        argument.arg
        for argument, value in pairs
        if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp | ast.Call)
    }
    return any(change.root in kept for change in _touched(function))
