"""How a function is called: its parameters as its header has them, and what stands before the parenthesis."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

import msgspec

from ..examples import asked, values
from ..facts import Stub
from ..python.parsing import parsed

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_LAZY = frozenset({"Iterator", "Generator", "Iterable", "AsyncIterator"})


class Parameter(msgspec.Struct, frozen=True):
    """One parameter that a call may give."""

    name: str
    annotation: ast.expr | None = None
    default: ast.expr | None = None
    by_name: bool = False
    """Whether it can be given by its name alone."""
    rest: bool = False
    """Whether it takes any number of arguments (`*args`)."""


class Calling(msgspec.Struct, frozen=True):
    """How calls of one function are spelled."""

    parameters: tuple[Parameter, ...]
    head: str
    """What stands before the arguments: "median", "Stack().push"."""
    around: str = "{}"
    """What stands around the call, with {} in its place: what awaits or collects the result."""

    def spelled(self, arguments: str) -> str:
        """The call with these arguments."""
        return self.around.format(f"{self.head}({arguments})")


@lru_cache(maxsize=64)
def calling(stub: Stub) -> Calling | None:
    """How calls of a stub's function are spelled; None where nothing outside can call it."""
    tree = parsed(stub.code("pass"))
    function = tree.body[0] if tree is not None and tree.body else None
    if not isinstance(function, _FUNCTION):
        return None
    decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in function.decorator_list}
    head = _head(stub, decorators)
    if head is None:
        return None
    bound = "." in stub.name and "staticmethod" not in decorators
    return Calling(_parameters(function.args, bound=bound), head, _around(stub, function))


def program_tree(stub: Stub) -> ast.Module | None:
    """The module around the stub, None when it does not parse."""
    return _tree_of(stub.program("pass"))


@lru_cache(maxsize=16)
def _tree_of(text: str) -> ast.Module | None:
    return parsed(text)


def is_call_of(node: ast.AST, name: str) -> bool:
    """Whether a node calls a function or method of that name."""
    if not isinstance(node, ast.Call):
        return False
    return (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) == name


def _parameters(given: ast.arguments, *, bound: bool) -> tuple[Parameter, ...]:
    plain = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [*[None] * (len(plain) - len(given.defaults)), *given.defaults]
    found = [Parameter(a.arg, a.annotation, default) for a, default in zip(plain, defaults, strict=True)]
    if given.vararg is not None:
        found.append(Parameter(given.vararg.arg, given.vararg.annotation, rest=True))
    found += [
        Parameter(a.arg, a.annotation, default, by_name=True)
        for a, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    return tuple(found[1:] if bound else found)


def _head(stub: Stub, decorators: set[str]) -> str | None:
    """What stands before the parenthesis; None for what is nested, a property, or needs an object nobody shows."""
    above, _, name = stub.name.rpartition(".")
    if not above:
        return name
    tree = program_tree(stub)
    owner = next((n for n in (tree.body if tree else []) if isinstance(n, ast.ClassDef) and n.name == above), None)
    if owner is None or decorators & {"property", "cached_property", "setter"}:
        return None
    if decorators & {"staticmethod", "classmethod"}:
        return f"{above}.{name}"
    made = next((text for example in stub.examples if (text := _object(example.source, above))), None)
    if made is None:
        made = next((t for e in stub.examples for line in e.before if (t := _object(line, above))), None)
    if made is None and not _needs_arguments(owner):
        made = f"{above}()"
    return None if made is None else f"{made}.{name}"


def _object(source: str, owner: str) -> str | None:
    """How an object of a class is made in a statement, as far as plain values make it."""
    for node in ast.walk(parsed(source) or ast.Module([], [])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == owner:
            text = ast.unparse(node)
            if not values.free_names(node) - {owner} and len(text) <= 80:
                return text
    return None


def _needs_arguments(owner: ast.ClassDef) -> bool:
    """Whether an object of a class cannot be made without any, as far as can be read."""
    for node in owner.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return len(node.args.args) - len(node.args.defaults) > 1
        if isinstance(node, ast.AnnAssign) and node.value is None and owner.decorator_list:
            return True
    return bool(owner.bases)


def _around(stub: Stub, function: _FUNCTION) -> str:
    """What stands around a call so that it gives a value: an event loop for `async`, `list` for what is lazy."""
    if isinstance(function, ast.AsyncFunctionDef):
        imported = re.search(r"^import asyncio$", stub.imports, re.MULTILINE)
        return "asyncio.run({})" if imported else "__import__('asyncio').run({})"
    returns = function.returns
    base = returns.value if isinstance(returns, ast.Subscript) else returns
    lazy = base is not None and ast.unparse(base).rpartition(".")[2] in _LAZY
    return "list({})" if lazy and not _shown_bare(stub) else "{}"


def _shown_bare(stub: Stub) -> bool:
    """Whether an example calls the function and shows what it gives: then that can be shown."""
    name = stub.entry_point
    trees = (values.expression(asked(example).source) for example in stub.examples)
    return any(isinstance(t, ast.Call) and isinstance(t.func, ast.Name) and t.func.id == name for t in trees)
