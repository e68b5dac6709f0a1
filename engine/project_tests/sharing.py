"""What several tests of a file have in common and change: alone, each would meet it as no run of all tests does."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from .claims import Unusable
from .scripts import Script, Statement

_SELF = "self."


def refuse_shared(script: Script, names: Iterable[str]) -> None:
    """Refuse a test that uses names of its file which functions change that other tests run too.

    Raises:
        Unusable: one of the names is such.
    """
    for name in sorted(names):
        binding = script.binders.get(name, ())
        if any(not statement.defined and not statement.kind.startswith("import") for statement in binding):
            _refuse(name, _functions(script))


def refuse_shared_attributes(methods: Sequence[Statement], names: Iterable[str]) -> None:
    """Refuse a test that uses attributes of its class which methods change that other tests run too.

    Raises:
        Unusable: one of the attributes is such.
    """
    for name in sorted(names):
        _refuse(_SELF + name, [method for method in methods if method.kind == "function_definition"])


def _refuse(name: str, functions: Sequence[Statement]) -> None:
    using = [function for function in functions if function.mentions(name.removeprefix(_SELF).encode())]
    for function in using:
        alone = function.defined.startswith("test") and len(using) == 1
        if not alone and function.tree is not None and name in _changed(function.tree):
            raise Unusable(f"shares {name} with other tests, and {function.defined}() changes it")


def _functions(script: Script) -> list[Statement]:
    inside = [
        member for holder in script.statements if holder.kind == "class_definition" for member in script.members(holder)
    ]
    return [statement for statement in (*script.statements, *inside) if statement.kind == "function_definition"]


def _changed(function: ast.stmt) -> set[str]:
    """Names, and attributes of `self`, whose objects are changed: by `global`, in part, or by a call for its effect."""
    found = set[str]()
    for node in ast.walk(function):
        match node:
            case ast.Global(names=names):
                found.update(names)
            case ast.Subscript(value=inner, ctx=ast.Store() | ast.Del()):
                found.update(_root(inner))
            case ast.Attribute(value=inner, ctx=ast.Store() | ast.Del()):
                found.update(_root(inner))
            case ast.AugAssign(target=ast.Attribute() as target):
                found.update(_root(target))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=inner))):
                found.update(_root(inner))
            case ast.Call(func=ast.Name(id="next"), args=[inner, *_]):
                found.update(_root(inner))
            case _:
                pass
    return found


def _root(node: ast.expr) -> Iterator[str]:
    """The name that an expression begins with, "self.items" for an attribute of `self`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            yield _SELF + node.attr
            return
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
