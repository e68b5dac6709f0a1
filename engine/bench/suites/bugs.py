"""Bodies for reviewers to judge, each right or buggy as published: QuixBugs, and HumanEvalFix on HumanEval+'s tests."""

from __future__ import annotations

import ast

import msgspec
from msgspec.structs import replace

from ...errors import SourceError
from ...examples import is_python
from ...facts import Stub
from ...indent import dedented
from ...python.parsing import module
from ...sandbox.splitting import split
from ...sources import find_function
from ...sources.reading import decoded
from .humaneval import decode_lines, humaneval
from .problems import Asserts, Problem, Specimen
from .releases import HUMANEVAL_PACK, QUIXBUGS, Shelf


class QuixRow(msgspec.Struct, frozen=True):
    """A line of QuixBugs as OctoPack has it."""

    name: str
    buggy_program: str
    docstring: str
    solution: str
    tests: str


class PackRow(msgspec.Struct, frozen=True):
    """What we take from a line of HumanEvalPack."""

    task_id: str
    canonical_solution: str
    buggy_solution: str
    bug_type: str
    entry_point: str


def quixbugs(shelf: Shelf) -> tuple[Specimen, ...]:
    """Forty problems, twice each: first the right, then the buggy program. Raises: SourceError, EnvironmentFault."""
    rows = decode_lines(shelf.content(QUIXBUGS), QuixRow, QUIXBUGS.name)
    return tuple(specimen for row in rows for specimen in _quix(row))


def humanevalfix(shelf: Shelf, *, mend: bool = True) -> tuple[Specimen, ...]:
    """HumanEvalPack's right and buggy bodies, on the stubs of HumanEval+ and judged by the base inputs.

    Two dozen of the right ones, which are HumanEval's own, fail inputs that EvalPlus added.

    Raises:
        SourceError, EnvironmentFault: the files are not as they should be, or cannot be had.
    """
    rows = {
        row.task_id.partition("/")[2]: row
        for row in decode_lines(shelf.content(HUMANEVAL_PACK), PackRow, HUMANEVAL_PACK.name)
    }
    return tuple(
        Specimen(problem=problem, body=dedented(text), buggy=buggy, kind=row.bug_type if buggy else "")
        for problem in (replace(problem, kept=("",)) for problem in humaneval(shelf, mend=mend))
        for row in (rows[problem.id.partition("/")[2]],)
        for text, buggy in ((row.canonical_solution, False), (row.buggy_solution, True))
    )


def _quix(row: QuixRow) -> tuple[Specimen, Specimen]:
    problem = Problem(
        id=f"QuixBugs/{row.name}",
        stub=_documented(row, row.solution)[0],
        canonical=row.solution,
        asserts=_asserts(row.tests, row.name),
    )
    stub, right = _documented(row, row.solution)
    # The buggy program may import or define other things around the function: it brings its own surroundings.
    other, wrong = _documented(row, row.buggy_program)
    return (
        Specimen(problem=replace(problem, stub=stub), body=right, buggy=False),
        Specimen(problem=replace(problem, stub=other), body=wrong, buggy=True),
    )


def _documented(row: QuixRow, program: str) -> tuple[Stub, str]:
    """The function of a program as a stub with QuixBugs' docstring, and its body."""
    tree = module(program)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == row.name]
    if len(functions) != 1:
        raise SourceError(f"QuixBugs/{row.name}: its program defines it {len(functions)} times; the file is broken")
    lines = program.split("\n")
    begins = functions[0].body[0].lineno - 1
    docstring = [f"    {line}".rstrip() for line in row.docstring.split("\n")]
    text = "\n".join([*lines[:begins], *docstring, *lines[begins:]]) + "\n"
    stub = find_function(decoded("", text.encode()), row.name)
    if stub is None:
        raise SourceError(f"QuixBugs/{row.name}: the function is not found in its own program")
    # One docstring has an example that is broken off within its second line: no program could hold it.
    examples = tuple(example for example in stub.examples if is_python(example))
    return replace(stub, path="", line=0, examples=examples), stub.body


def _asserts(tests: str, name: str) -> Asserts:
    """Single asserts about a call are split; all others run beside the function, for their values cannot cross."""
    tree = module(tests)
    if all(isinstance(node, ast.Assert) for node in tree.body):
        texts = tuple(ast.unparse(node) for node in tree.body)
        return Asserts(tests=texts, beside=any(split(text, name) is None for text in texts))
    begins = next((n for n, node in enumerate(tree.body) if _is_call(node)), len(tree.body))
    above = [node for node in tree.body[:begins] if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import)]
    below = [node for node in tree.body if node not in above]
    return Asserts(tests=tuple(map(ast.unparse, below)), setup="\n".join(map(ast.unparse, above)), beside=True)


def _is_call(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
