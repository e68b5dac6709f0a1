"""Bodies that could decide themselves whether a test holds, told by reading.

What the application compares needs none of this. What a test compares itself (`f(1) == helper()`, `check(f(1), 3)`) is
compared in the process of the body: a class made there may be equal to everything, and what is expected be looked up.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .scripts import parsed

_TURNING = re.compile(
    "__(?:eq|ne|lt|le|gt|ge|bool|nonzero|hash|len|length_hint|contains|class|getattr|getattribute|instancecheck"
    "|subclasscheck|subclasshook|abs|neg|pos|invert|round|trunc|floor|ceil|int|float|complex|index|format"
    "|[ri]?(?:add|sub|mul|matmul|truediv|floordiv|mod|divmod|pow|lshift|rshift|and|or|xor))__"
)
"""What a class can make a comparison, or what leads to one, come out by."""
_MOCKS = re.compile(r"\b(?:mock|Mock|MagicMock|ANY|dirty_equals)\b")
_FRAMES = re.compile(
    r"\b(?:_getframe|_current_frames|currentframe|getouterframes|getinnerframes|getclosurevars|f_back|f_locals|f_globals"
    r"|f_code|tb_frame|gi_frame|cr_frame|ag_frame|co_consts|co_names|__code__|__globals__|__closure__|cell_contents"
    r"|settrace|setprofile|get_objects|get_referrers|get_referents|__subclasses__|__builtins__|getsource|getsourcelines"
    r"|linecache|tracemalloc|ctypes|monitoring|walk_stack|extract_stack)\b|\binspect\.(?:stack|trace)\b|\bsys\.modules\b"
    r"|/proc/"
)
_COMPUTED = frozenset({"exec", "eval", "compile", "globals", "locals", "__import__", "import_module", "breakpoint"})
_MODULES = frozenset({"gc", "ctypes", "linecache", "tracemalloc"})


class Sway(NamedTuple):
    """What a body could do about a test, as in "defines __eq__"; "" twice for one that could do nothing."""

    turns: str = ""
    """How it could make a comparison come out as it likes."""
    looks: str = ""
    """How it could find out what is expected."""

    def __bool__(self) -> bool:
        return bool(self.turns or self.looks)


def sway_of(body: str) -> Sway:
    """What a body could do about tests that are held against it."""
    tree = parsed("async def body():\n" + textwrap.indent(textwrap.dedent(body), " ")) if body else None
    if tree is None:
        return Sway()
    turns = looks = ""
    for text in _names_in(tree):
        if not turns and _MOCKS.search(text):
            turns = f"has {text[:40]} in it"
        if not looks and (_FRAMES.search(text) or text in _MODULES):
            looks = f"has {text[:40]} in it"
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _COMPUTED:
                if isinstance(node.func, ast.Name) or name in {"import_module", "__import__"}:
                    looks = looks or f"calls {name}()"
                    turns = turns or f"calls {name}()"
            case (
                ast.Call(func=ast.Name(id="type"), args=[_, _, _, *_]) | ast.Call(func=ast.Attribute(attr="new_class"))
            ):
                turns = turns or "makes a class by a call"
            case ast.Call(func=ast.Name(id="vars"), args=[]):
                looks = looks or "calls vars()"
            case ast.Call(func=ast.Name(id="setattr"), args=[_, name, *_]) if not isinstance(name, ast.Constant):
                turns = turns or "sets attributes whose names are computed"
            case ast.Attribute(value=ast.Name(id="builtins" | "operator" | "math"), ctx=ast.Store() | ast.Del()):
                turns = turns or f"changes {ast.unparse(node)[:40]}"
            case (
                ast.FunctionDef(name=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
                | ast.Constant(value=str() as name)
            ) if _TURNING.fullmatch(name):
                turns = turns or f"has {name} in it"
            case _:
                pass
    return Sway(turns, looks)


_CARRYING = (
    ast.Module, ast.Expr, ast.Assign, ast.Import, ast.ImportFrom, ast.alias, ast.Constant, ast.Name, ast.expr_context,
    ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.Call, ast.keyword,
)  # fmt: skip
"""What a value goes through as it is."""
_MAKERS = frozenset({"list", "tuple", "dict", "set", "frozenset", "sorted", "str", "repr", "next", "iter", "type"})


def is_carried(source: str, setup: Iterable[str], name: str) -> bool:
    """Whether an expression is what the function `name` gives, with no comparison, sum or helper in it."""
    tree = parsed("\n".join((*setup, source)))
    return tree is not None and all(
        (isinstance(node, _CARRYING) or _is_minus(node)) and not (isinstance(node, ast.Call) and not _gives(node, name))
        for node in ast.walk(tree)
    )


def _is_minus(node: ast.AST) -> bool:
    match node:
        case ast.USub() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
        case _:
            return False


def _gives(call: ast.Call, name: str) -> bool:
    called = call.func
    if isinstance(called, ast.Name):
        return called.id == name or called.id in _MAKERS
    return isinstance(called, ast.Attribute) and called.attr in {name, "items", "keys", "values", "copy", "get"}


def _names_in(tree: ast.AST) -> Iterator[str]:
    """Every name and dotted name, and every text that may be one."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                yield name
            case ast.Attribute():
                yield ast.unparse(node)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Constant(value=str() as text) if len(text) < 200:
                yield text
            case _:
                pass
