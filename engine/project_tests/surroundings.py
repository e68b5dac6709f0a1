"""What stands around a test: its class and its file, as far as they decide whether it can be run alone."""

from __future__ import annotations

import ast
import re

from .claims import Dotted, Unusable
from .scripts import Method, NamesIn, Script, Statement
from .stand_ins import BEFORE_ALL, BEFORE_EACH, does_nothing

_AUTOUSE = re.compile(rb"autouse\s*=\s*True")
_SKIPPING = {f"pytest.{name}" for name in ("skip", "exit", "xfail", "fail", "importorskip")} | {"unittest.SkipTest"}
_RAISED = {"SkipTest", "Skipped", "skipTest"}
_MAY_SKIP = re.compile(rb"skip|Skip|exit|xfail|fail")
_FILE_SETUPS = {"setup_module", "setUpModule", "setup_function"}
_CLASS_SETUPS = {"asyncSetUp"}
_OUTER = {*BEFORE_ALL, *BEFORE_EACH}
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


def refuse_setups(script: Script, method: Method) -> None:
    """Refuse a test that its classes prepare in a way which is not understood.

    Raises:
        Unusable: they do.
    """
    members = [(member, holder is method.classes[-1]) for holder in method.classes for member in script.members(holder)]
    for member, is_own in members:
        if member.defined in (_CLASS_SETUPS if is_own else _CLASS_SETUPS | _OUTER) and not _is_trivial(member):
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
    return isinstance(tree, ast.FunctionDef) and all(does_nothing(inner) for inner in tree.body)
