"""MBPP and MBPP+ (EvalPlus's 378 problems), and the 175 of them that *PaT* ran."""

from __future__ import annotations

import ast
import re
from collections import Counter

import msgspec
from msgspec.structs import replace

from ...errors import SourceError
from ...facts import Example, Stub
from ...python.parsing import module
from ...sandbox.splitting import split
from .humaneval import decode_lines, stub_of
from .pat_175 import PAT_175
from .problems import Problem
from .published import entry_of
from .releases import MBPP_PLUS, MBPP_STUBS, Shelf

HEAVY = frozenset({255, 599})
"""One needs 2.2 GB, the other 16 seconds of a processor for its canonical solution."""
_KINDS: dict[type, str] = {
    str: "text",
    int: "number",
    float: "number",
    list: "items",
    tuple: "items",
    dict: "mapping",
    set: "members",
    bool: "flag",
}


class Row(msgspec.Struct, frozen=True):
    """A line of the file of MBPP+ with self-contained tests."""

    task_id: int | str
    code: str
    prompt: str
    test_list: list[str]
    test: str

    @property
    def number(self) -> int:
        """The problem's number in MBPP."""
        return int(self.task_id)


class TypedStub(msgspec.Struct, frozen=True):
    """What we take from a line of Reflexion's typed stubs."""

    name: str
    prompt: str
    entry_point: str


def mbpp(shelf: Shelf) -> tuple[Problem, ...]:
    """All 378. Raises: SourceError, EnvironmentFault."""
    return tuple(_problem(row) for row in _rows(shelf))


def mbpp_175(shelf: Shelf) -> tuple[Problem, ...]:
    """The 175 of *PaT*, on FunCoder's typed stubs, which show no example. Raises: SourceError, EnvironmentFault."""
    typed = {
        int(stub.name.split("_")[1]): stub
        for stub in decode_lines(shelf.content(MBPP_STUBS), TypedStub, MBPP_STUBS.name)
    }
    rows = {row.number: row for row in _rows(shelf)}
    return tuple(_with_typed_stub(_problem(rows[number]), typed[number]) for number in PAT_175)


def _rows(shelf: Shelf) -> list[Row]:
    return decode_lines(shelf.content(MBPP_PLUS), Row, MBPP_PLUS.name)


def _with_typed_stub(problem: Problem, typed: TypedStub) -> Problem:
    return replace(problem, stub=replace(stub_of(typed.prompt, typed.entry_point), examples=()))


def _problem(row: Row) -> Problem:
    entry = entry_of(row.test)
    if not entry:
        raise SourceError(f"Mbpp/{row.task_id}: its test calls no function; the file is another version")
    return Problem(
        id=f"Mbpp/{row.number}",
        stub=synthesised(row.prompt, row.test_list[0], entry),
        canonical=row.code,
        test=row.test,
        # The file does not say where EvalPlus's own inputs begin; MBPP's come first, one an assert, duplicates once.
        base=len(set(row.test_list)),
        heavy=row.number in HEAVY,
    )


def synthesised(text: str, test: str, entry: str) -> Stub:
    """A stub for a prompt that has none: the parameters are those of the assert's call, named by what is passed.

    As in EvalPlus's prompt, the docstring is the text and the first assert, which is the one visible example.
    """
    said = f"{text.strip()}\n{test.strip()}".replace("\\", "\\\\").replace('"""', "'''")
    header = f"def {entry}({', '.join(_parameters(test, entry))}):"
    body = said.replace("\n", "\n    ")
    stub = stub_of(f'{header}\n    """{body}\n    """', entry)
    return replace(stub, examples=(_example(test, entry),))


def _example(test: str, entry: str) -> Example:
    parts = split(test, entry)
    if parts is not None and parts.relation == "==":
        return Example(source=parts.call, want=parts.want, compare="value")
    statement = module(test.strip()).body[0]
    if not isinstance(statement, ast.Assert):
        raise SourceError(f"{entry}: {test[:60]!r} is no assert; the file is another version")
    claim = re.sub(r"\bmath\.", "__import__('math').", ast.unparse(statement.test))
    return Example(source=f"bool({claim})", compare="truth")


def _parameters(test: str, entry: str) -> list[str]:
    calls = [
        node
        for node in ast.walk(module(test.strip()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == entry
    ]
    if not calls:
        raise SourceError(f"{entry}: {test[:60]!r} does not call it; the file is another version")
    kinds = [_kind(argument) for argument in calls[0].args]
    several, seen = Counter(kinds), Counter[str]()
    names: list[str] = []
    for kind in kinds:
        seen[kind] += 1
        names.append(f"{kind}_{seen[kind]}" if several[kind] > 1 else kind)
    return names


def _kind(argument: ast.expr) -> str:
    try:
        value: object = ast.literal_eval(argument)
    except (ValueError, TypeError, SyntaxError):
        return "number" if isinstance(argument, ast.BinOp | ast.UnaryOp) else "value"
    return _KINDS.get(type(value), "value")
