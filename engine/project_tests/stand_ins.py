"""What stands in for `self` in a method of a test case: its class, with what the test needs of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from ..facts import STAND_IN
from ..python.parsing import module
from .claims import Unusable
from .scripts import Method, Script, Statement
from .sharing import refuse_shared_attributes

BEFORE_ALL = ("setUpClass", "setup_class")
BEFORE_EACH = ("setUp", "setup_method", "setup")
_KINDS = {"staticmethod", "classmethod", "property"}
_OF_CLASS = {"__name__", "__qualname__", "__module__"}
_UNITTEST = {"subTest"}


def preparing(script: Script, method: Method, function: ast.FunctionDef) -> list[ast.stmt]:
    """Statements that make `self`, and do what the class does before each of its tests, as far as that only assigns.

    Raises:
        Unusable: the class does more than that, or the test uses more of `self`.
    """
    if not method.classes:
        return []
    holder = method.classes[-1]
    members = script.members(holder)
    if not function.args.args or function.args.args[0].arg != "self":
        raise Unusable("is no plain method")
    before = [
        statement
        for name, receiver in (*((name, "cls") for name in BEFORE_ALL), *((name, "self") for name in BEFORE_EACH))
        for member in members
        if member.defined == name
        for statement in _assignments(member, receiver, holder.defined)
    ]
    return _Made(holder.defined, members).statements([*before, *function.body], before)


def preparations(script: Script, method: Method) -> list[ast.stmt]:
    """What a class does before its tests and gives them, as far as it can be read; none of it is run."""
    members = [member for holder in method.classes for member in script.members(holder)]
    found = [member.tree for member in members if member.defined in BEFORE_EACH and member.tree is not None]
    given = [(name, member.value) for member in members if member.value is not None for name in member.names]
    for member in members:
        if member.defined in BEFORE_ALL and member.tree is not None:
            assigned = [node for node in ast.walk(member.tree) if isinstance(node, ast.Assign)]
            goals = [(goal, node.value) for node in assigned for goal in node.targets]
            given += [(goal.attr, value) for goal, value in goals if isinstance(goal, ast.Attribute)]
    goal_of = {name: ast.Attribute(ast.Name("self", ast.Load()), name, ast.Store()) for name, _ in given}
    return [*found, *(ast.Assign([goal_of[name]], value) for name, value in given)]


def does_nothing(statement: ast.stmt) -> bool:
    """Whether a statement is `pass`, a text, or a call of what the base class does, which is nothing."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"))))):
            return True
        case _:
            return False


def _assignments(setup: Statement, receiver: str, holder: str) -> Iterator[ast.stmt]:
    """The statements of a method that only assigns; `receiver` is what its first parameter must be called."""
    tree = setup.tree
    why = f"is prepared by {setup.defined}()"
    if not isinstance(tree, ast.FunctionDef) or {ast.unparse(one) for one in tree.decorator_list} - {"classmethod"}:
        raise Unusable(why)
    kept = [statement for statement in tree.body if not does_nothing(statement)]
    if not kept:
        return
    first, *others = (argument.arg for argument in tree.args.args)
    used = {node.id for statement in kept for node in ast.walk(statement) if isinstance(node, ast.Name)}
    plain = all(isinstance(one, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom) for one in kept)
    if first != receiver or used & set(others) or not plain:
        raise Unusable(why)
    if receiver == "cls":
        yield ast.fix_missing_locations(
            ast.Assign([ast.Name("cls", ast.Store())], ast.Name(holder, ast.Load()), lineno=1)
        )
    yield from kept


class _Made:
    """A class with the attributes and methods that are needed of it."""

    def __init__(self, name: str, members: Sequence[Statement]) -> None:
        self._name, self._members = name, members
        self._bound = set[str]()
        """Attributes that a test, or what comes before it, sets itself."""
        self._needed = set[str]()

    def statements(self, whole: Sequence[ast.stmt], before: list[ast.stmt]) -> list[ast.stmt]:
        """Those that make it and its one object, where anything of it is used, and `before`."""
        found = [use for statement in whole for use in _uses(statement, {"self", "cls"}, self._name)]
        if not found:
            return before
        self._bound = {name for name, how in found if how == "bound"}
        waiting = [(name, how) for name, how in found if how != "bound"]
        while waiting:
            name, how = waiting.pop()
            if name not in self._needed and name not in _OF_CLASS | _UNITTEST and not name.startswith("assert"):
                waiting += self._need(name, how)
        refuse_shared_attributes(self._members, self._needed - self._immutable())
        body = [member.tree for member in self._members if member.tree and member.names & self._needed]
        made = module(f"class {self._name}: pass").body[0]
        assert isinstance(made, ast.ClassDef)
        made.body = body or made.body
        self_ = ast.Assign([ast.Name("self", ast.Store())], ast.Call(ast.Name(self._name, ast.Load()), [], []))
        return [ast.fix_missing_locations(ast.If(ast.Constant(STAND_IN), [made, self_], [], lineno=1)), *before]

    def _need(self, name: str, how: str) -> Iterable[tuple[str, str]]:
        """Note that a member is needed; what it uses itself."""
        members = [member for member in self._members if name in member.names]
        if not members:
            if name in self._bound and how != "class":
                return []
            raise Unusable(f"uses self.{name}{'(…)' if how == 'called' else ''} of its class")
        self._needed.add(name)
        return [use for member in members for use in self._used_by(member, how)]

    def _used_by(self, member: Statement, how: str) -> Iterator[tuple[str, str]]:
        tree = member.tree
        if isinstance(tree, ast.FunctionDef):
            told = f"uses self.{tree.name}{'(…)' if how == 'called' else ''} of its class"
            if {ast.unparse(one) for one in tree.decorator_list} - _KINDS or tree.name in {*BEFORE_ALL, *BEFORE_EACH}:
                raise Unusable(told)
            is_static = any(ast.unparse(one) == "staticmethod" for one in tree.decorator_list)
            first = {tree.args.args[0].arg} if tree.args.args and not is_static else set[str]()
            for statement in tree.body:
                for name, kind in _uses(statement, first, self._name):
                    if name.startswith("assert"):
                        raise Unusable(told)
                    yield name, "read" if kind == "bound" else kind
        elif tree is None or isinstance(tree, ast.ClassDef | ast.AsyncFunctionDef):
            raise Unusable(f"uses self.{member.defined} of its class")
        else:
            names = {name for other in self._members for name in other.names}
            yield from ((name, "class") for name in member.inside.used & names - member.names)

    def _immutable(self) -> set[str]:
        """Attributes that no test can change for another by `self.n += 1`."""
        plain = (member for member in self._members if isinstance(member.value, ast.Constant))
        return {name for member in plain for name in member.names}


def _uses(tree: ast.AST, receivers: set[str], holder: str) -> Iterator[tuple[str, str]]:
    """What is used of a test case, and how: "read", "called", "bound", or "class" where the class is asked for it.

    Raises:
        Unusable: the object is used as a whole.
    """
    known = set[int]()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if name in receivers:
                known.add(id(node.func))
                known.add(id(_inner(node.func)))
                yield attribute, "called"
            case ast.AugAssign(target=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if name in receivers:
                yield attribute, "read"
            case ast.Attribute(value=value, attr=attribute, ctx=context) if _is_class(value, receivers, holder):
                known.update(id(part) for part in ast.walk(value))
                yield attribute, "class" if isinstance(context, ast.Load) else "bound"
            case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=context) if name in receivers:
                known.add(id(node.value))
                if id(node) not in known:
                    yield attribute, "read" if isinstance(context, ast.Load) else "bound"
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name) as whole, ast.Name(id=kind)]) if (
                name in receivers and kind == holder
            ):
                known.add(id(whole))
                yield "__name__", "class"
            case ast.Name(id=name, ctx=ast.Load()) if name in receivers and id(node) not in known:
                raise Unusable(f"uses {name} as a whole")
            case _:
                pass


def _is_class(node: ast.expr, receivers: set[str], holder: str) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="type"), args=[ast.Name(id=name)]):
            return name in receivers
        case ast.Attribute(value=ast.Name(id=name), attr="__class__"):
            return name in receivers
        case ast.Name(id=name):
            return name == holder
        case _:
            return False


def _inner(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Attribute) else node
