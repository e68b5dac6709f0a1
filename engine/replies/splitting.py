"""A planner's answer to "decompose this": a new body, and functions it calls that are still to be written."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import re
from collections.abc import Collection, Mapping

from ..facts import Fact, Stub
from ..python.composing import helper_stub, names_in, top_statements
from ..python.names import importable, undefined
from ..sources import Source, find_function
from . import fences
from .outside import needed
from .python import fault, is_placeholder, parsed

MOST_HELPERS = 8
"""New functions that one plan may ask for; more is no plan (our choice)."""

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


class Parts(Fact, frozen=True):
    """What a plan consists of. With a `problem` it cannot be used."""

    body: str = ""
    wanted: tuple[Stub, ...] = ()
    offered: dict[str, str] = {}
    reused: tuple[str, ...] = ()
    above: str = ""
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class _Plan:
    """A plan as it was read, before it is known whether it can be followed."""

    block: str
    tree: ast.Module
    function: Stub
    """The function that was to be split, with its new body."""
    written: dict[str, Stub]
    """All functions of the plan by name."""
    called: set[str]
    """Names that the new body uses, directly or through the plan's functions."""
    new: list[str]
    """Functions of the plan that are called and were not there before."""


def split(text: str, stub: Stub, root: Stub, existing: Collection[str], ancestors: Collection[str]) -> Parts:
    """Read a plan for `stub`. Helpers that exist already, also in the root's file, are reused, never written again.

    `existing` are the names of the helpers there are, `ancestors` those of the functions above `stub` in the tree: a
    plan that calls one of them calls itself through it. Helpers that shadow a builtin, a parameter, or something of
    the file that is no function are refused.
    """
    there = _module_names(root)
    known = {stub.entry_point, *existing, *(name for name, is_function in there.items() if is_function)}
    plan = _read(text, stub, root, known)
    if plan is None:
        return Parts(problem="the plan has no code that defines the function")
    if is_placeholder(plan.function.body):
        return Parts(problem="the plan leaves the function itself unwritten")
    if problem := _refused(plan, stub, root, there, ancestors):
        return Parts(problem=problem)
    above = _above(plan.block, root)
    body = needed([above], plan.function.body, root) + plan.function.body
    if lost := _lost(stub, body, {*plan.new, *existing}):
        return Parts(problem=f"the plan calls {lost}, which nobody defines")
    if wrong := fault(stub, body):
        return Parts(problem=f"the plan does not compile: {wrong}")
    bodies = {name: plan.written[name].body for name in plan.new}
    return Parts(
        body=body,
        wanted=tuple(helper_stub(root, plan.written[name], above) for name in plan.new),
        offered={name: body for name, body in bodies.items() if not is_placeholder(body)},
        reused=tuple(name for name in existing if name in plan.called),
        above=above,
    )


def restated(text: str, stub: Stub, root: Stub) -> Stub:
    """A helper's stub as the user rewrote it; `stub` itself when the text does not define the function."""
    found = find_function(_source(root, text), stub.entry_point)
    if found is None or stub.name == root.name:
        return stub
    return helper_stub(root, found, _above(text, root), "visible")


# ------------------------------------------------------------------------------------------------- reading code


def _read(text: str, stub: Stub, root: Stub, known: Collection[str]) -> _Plan | None:
    block = _block(text, stub.entry_point)
    tree = parsed(block) if block else None
    function = find_function(_source(root, block), stub.entry_point) if block else None
    if block is None or tree is None or function is None:
        return None
    written = _functions(root, block, tree)
    called = _reached(function.body, written)
    new = [name for name in written if name in called and name not in known]
    return _Plan(block=block, tree=tree, function=function, written=written, called=called, new=new)


def _block(text: str, name: str) -> str | None:
    """All blocks of the reply as one program; of those that define the function only the last counts."""
    blocks = fences.blocks(text) or [text]
    defining = [block for block in blocks if _defines(block, name)]
    if not defining:
        joined = "\n\n".join(blocks)
        return joined if _defines(joined, name) else None
    joined = "\n\n".join(block for block in blocks if block is defining[-1] or block not in defining)
    return joined if parsed(joined) else defining[-1]


def _defines(block: str, name: str) -> bool:
    tree = parsed(block)
    return tree is not None and any(isinstance(node, _FUNCTION) and node.name == name for node in ast.walk(tree))


def _source(root: Stub, text: str) -> Source:
    return Source(path=root.path, text=text, digest="")


def _functions(root: Stub, block: str, tree: ast.Module) -> dict[str, Stub]:
    """The functions at the top of a block by name, in order."""
    names = dict.fromkeys(node.name for node in tree.body if isinstance(node, _FUNCTION))
    found = {name: find_function(_source(root, block), name) for name in names}
    return {name: stub for name, stub in found.items() if stub is not None}


def _reached(body: str, written: Mapping[str, Stub]) -> set[str]:
    """Names that a body uses, and those that the functions it calls use."""
    found = names_in(body)
    waiting = [name for name in written if name in found]
    while waiting:
        more = names_in(written[waiting.pop()].body) - found
        found |= more
        waiting += [name for name in written if name in more]
    return found


def _module_names(root: Stub) -> dict[str, bool]:
    """Names that the root's file binds at its top, and whether each is a function that is written."""
    tree = parsed(root.program(root.body or "pass"))
    found: dict[str, bool] = {}
    for node in tree.body if tree else ():
        if isinstance(node, _FUNCTION):
            if not is_placeholder("\n".join(ast.unparse(statement) for statement in node.body)):
                found[node.name] = True
        elif isinstance(node, ast.ClassDef):
            found[node.name] = False
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.partition(".")[0]: False for alias in node.names}
        elif isinstance(node, ast.Assign):
            found |= {target.id: False for target in node.targets if isinstance(target, ast.Name)}
    return found


def _parameters(stub: Stub) -> list[str]:
    tree = parsed(stub.code("pass"))
    function = tree.body[0] if tree and tree.body else None
    if not isinstance(function, _FUNCTION):
        return []
    return [node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)]


def _above(block: str, root: Stub) -> str:
    """What a block says beside its functions and the file has not: imports it uses, constants, classes.

    A constant that calls a function of the block is an example of its use, and is left out.
    """
    parts = top_statements(block)
    functions = {node.name for node, _ in parts if isinstance(node, _FUNCTION)}
    rest = [(node, text) for node, text in parts if not isinstance(node, _FUNCTION)]
    kept = [text for node, text in rest if isinstance(node, ast.ClassDef) or not names_in(text) & functions]
    bound = "\n".join(name for text in kept for name in sorted(_stored(text)))
    code = "\n\n".join(text for node, text in parts if isinstance(node, _FUNCTION))
    return needed(["\n".join(kept)], f"{code}\n{bound}", root)


def _stored(text: str) -> set[str]:
    """Names that the constants and classes of a piece of code bind at its top."""
    tree = parsed(text)
    nodes = tree.body if tree else []
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    stored = (name for node in nodes if isinstance(node, ast.Assign | ast.AnnAssign) for name in ast.walk(node))
    return classes | {name.id for name in stored if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}


# ------------------------------------------------------------------------------------------------- refusing


def _refused(plan: _Plan, stub: Stub, root: Stub, there: Collection[str], ancestors: Collection[str]) -> str:
    """Why a plan cannot be followed, "" when it can."""
    parameters = _parameters(stub)
    if _parameters(plan.function) != parameters:
        return "the plan changes the function's parameters"
    for name in ancestors:
        if name in plan.called:
            return f"the plan calls {name}, which is the function it is part of"
    for name in plan.new:
        if hasattr(builtins, name):
            return f"the plan asks for {name}, which is a builtin"
        if name in parameters:
            return f"the plan asks for {name}, which is a parameter"
        if name in there:
            return f"the plan asks for {name}, which the file has for something else"
    if method := _new_method(plan.tree, plan.function.body, root):
        return f"the plan asks for a method {method}; helpers are functions"
    if len(plan.new) > MOST_HELPERS:
        return f"the plan asks for {len(plan.new)} functions, {MOST_HELPERS} at most make sense"
    return ""


def _lost(stub: Stub, body: str, helpers: Collection[str]) -> str:
    """A name that the new body uses and neither plan nor file nor Python defines, "" when there is none.

    A forgotten import is no lost helper: the checks will tell.
    """
    names = (name for name, _ in undefined(stub.program(body), stub.name))
    return next((name for name in names if name not in helpers and not importable(name)), "")


def _new_method(tree: ast.Module, body: str, root: Stub) -> str:
    """A method that the plan calls and the class has not, "" for none: a body cannot bring methods with it."""
    written = {node.name for node in ast.walk(tree) if isinstance(node, _FUNCTION)}
    on_self = {
        node.attr
        for node in ast.walk(parsed(body) or ast.Module([], []))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
    }
    file = root.before + root.after
    return next((name for name in sorted(on_self & written) if not re.search(rf"\bdef {name}\b", file)), "")
