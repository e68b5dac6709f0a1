"""What stands around a test: its class and its file, as far as they decide whether it can be run alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from ..facts import STAND_IN
from ..python.parsing import module
from .claims import Dotted, Unusable
from .scripts import Method, NamesIn, Script, Statement, names_in
from .sharing import refuse_shared_attributes

_AUTOUSE = re.compile(rb"autouse\s*=\s*True")
_SKIPPING = {f"pytest.{name}" for name in ("skip", "exit", "xfail", "fail", "importorskip")} | {"unittest.SkipTest"}
_RAISED = {"SkipTest", "Skipped", "skipTest"}
_MAY_SKIP = re.compile(rb"skip|Skip|exit|xfail|fail")
_FILE_SETUPS = {"setup_module", "setUpModule", "setup_function"}
_CLASS_SETUPS = {"setup_method", "setup_class", "setUpClass", "asyncSetUp", "setup"}
_CASE = {"unittest.TestCase", "unittest.case.TestCase"}
_MOCKING = ("unittest.mock", "mock", "freezegun", "time_machine", "responses", "requests_mock", "respx", "hypothesis")


def skips(names: NamesIn, dotted: Dotted) -> bool:
    """Whether a piece of program names something that makes pytest skip."""
    return raises_skip(names) or any(dotted(node) in _SKIPPING for node in names.nodes)


def raises_skip(names: NamesIn) -> bool:
    """Whether a piece of program names an exception, or a method, by which a test skips itself."""
    return any((node.id if isinstance(node, ast.Name) else node.attr) in _RAISED for node in names.nodes)


def problem_of_file(script: Script, dotted: Dotted) -> str:
    """Why no test of a file can be run alone, "" when they can."""
    skipping = {
        statement.defined
        for statement in script.statements
        if statement.defined and statement.mentions(_MAY_SKIP) and skips(statement.inside, dotted)
    }
    for statement in script.statements:
        if statement.defined in _FILE_SETUPS and not _is_trivial(statement):
            return f"is prepared by {statement.defined}()"
        if statement.kind == "function_definition" and _AUTOUSE.search(statement.raw):
            return f"is given a fixture of its file ({statement.defined})"
        is_run = not statement.defined and not statement.kind.startswith("import")
        if is_run and (skips(statement.inside, dotted) or statement.inside.used & skipping):
            return "is in a file that may be skipped"
        if statement.defined == "pytest_generate_tests":
            return "is given its parameters by pytest_generate_tests()"
        if "pytest_plugins" in statement.names:
            return "may be changed by plugins that its file names"
        if "pytestmark" in statement.names and (why := _problem_of_marks(statement)):
            return why
    return ""


def refuse_mocking(names: NamesIn, dotted: Dotted) -> None:
    """Refuse what puts other things in the place of real ones.

    Raises:
        Unusable: it uses a library for that.
    """
    for node in names.nodes:
        if isinstance(node, ast.Name) and (name := dotted(node)):
            for library in _MOCKING:
                if name == library or name.startswith(library + "."):
                    raise Unusable(f"uses {library}")


def preparing(script: Script, method: Method, function: ast.FunctionDef, dotted: Dotted) -> list[ast.stmt]:
    """What stands in for `self`: class attributes that the test reads, and a `setUp` that only assigns.

    Raises:
        Unusable: the class does more than that, or the test uses more of `self`.
    """
    if not method.classes:
        return []
    members = [member for holder in method.classes for member in script.members(holder)]
    _refuse_setups(members)
    own = script.members(method.classes[-1])
    setup = next((member for member in own if member.defined == "setUp"), None)
    first = function.args.args[0].arg if function.args.args else ""
    if first != "self":
        raise Unusable("is no plain method")
    before = _assignments(setup) if setup is not None else []
    return _stood_in(own, [*before], [*before, *function.body])


def preparations(script: Script, method: Method) -> list[ast.stmt]:
    """What a class does before each of its tests, as far as it can be read."""
    members = [member for holder in method.classes for member in script.members(holder)]
    return [
        member.tree for member in members if member.defined in {"setUp", "setup_method"} and member.tree is not None
    ]


def is_case(holder: Statement, dotted: Dotted) -> bool:
    """Whether a class is a unittest.TestCase. Any other must be like those that pytest takes.

    Raises:
        Unusable: it derives from something else, whose preparations are not known.
    """
    tree = holder.head
    if not isinstance(tree, ast.ClassDef):
        raise Unusable("is in a class that cannot be read")
    bases = [base for base in tree.bases if not (isinstance(base, ast.Name) and base.id == "object")]
    if any(dotted(base) not in _CASE for base in bases):
        other = next(base for base in bases if dotted(base) not in _CASE)
        raise Unusable(f"is in a class that derives from {ast.unparse(other)[:60]}")
    return bool(bases)


def _refuse_setups(members: Sequence[Statement]) -> None:
    for member in members:
        if member.defined in _CLASS_SETUPS and not _is_trivial(member):
            raise Unusable(f"is prepared by {member.defined}()")
        if member.kind == "function_definition" and _AUTOUSE.search(member.raw):
            raise Unusable(f"is given a fixture of its class ({member.defined})")
        if "pytestmark" in member.names and (why := _problem_of_marks(member)):
            raise Unusable(why)


def _problem_of_marks(statement: Statement) -> str:
    found = re.search(rb"\b(skip|skipif|xfail|usefixtures|parametrize)\b", statement.raw)
    return f"is in a file or class marked {found[1].decode()}" if found else ""


def _is_trivial(statement: Statement) -> bool:
    tree = statement.tree
    return isinstance(tree, ast.FunctionDef) and all(_does_nothing(inner) for inner in tree.body)


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"))))):
            return True
        case _:
            return False


def _assignments(setup: Statement) -> list[ast.stmt]:
    tree = setup.tree
    if not isinstance(tree, ast.FunctionDef) or tree.decorator_list:
        raise Unusable("is prepared by setUp()")
    kept = [statement for statement in tree.body if not _does_nothing(statement)]
    if not all(isinstance(statement, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom) for statement in kept):
        raise Unusable("is prepared by setUp()")
    return kept


def _stood_in(own: Sequence[Statement], before: list[ast.stmt], whole: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Statements that make a `self` with the attributes that are read, then `before`."""
    read, bound, called = set[str](), set[str](), set[str]()
    for node in (inner for statement in whole for inner in ast.walk(statement)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                called.add(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Load()):
                read.add(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                bound.add(name)
            case _:
                pass
    attributes = {name: member for member in own for name in member.names if not member.defined}
    needed = {name for name in read - called if name not in bound}
    strange = sorted(name for name in needed if name not in attributes or attributes[name].value is None)
    own_calls = sorted(name for name in called if not name.startswith("assert") and name not in {"subTest"} | bound)
    if strange or own_calls:
        name = (strange or own_calls)[0]
        raise Unusable(f"uses self.{name}{'' if strange else '(…)'} of its class")
    if not (needed or bound):
        return before
    refuse_shared_attributes(own, needed)
    made: list[ast.stmt] = module(STAND_IN).body
    for name in sorted(needed):
        value = attributes[name].value
        assert value is not None
        if names_in(value).used & attributes.keys():
            raise Unusable(f"uses self.{name} of its class")
        goal = ast.Attribute(ast.Name("self", ast.Load()), name, ast.Store())
        made.append(ast.fix_missing_locations(ast.Assign([goal], value, lineno=1)))
    return [*made, *before]
