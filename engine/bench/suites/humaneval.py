"""HumanEval and HumanEval+ as problems: the prompts as published, five of them mended unless one says otherwise."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from ...errors import SourceError
from ...facts import Stub
from ...sources import find_stubs
from ...sources.reading import decoded
from .problems import Problem
from .releases import HUMANEVAL_MINI, HUMANEVAL_PLUS, Shelf

_T = TypeVar("_T")
_TRIBONACCI = """\
    tri(1) = 3
    tri(n) = 1 + n / 2, if n is even.
    tri(n) =  tri(n - 1) + tri(n - 2) + tri(n + 1), if n is odd.
    For example:
    tri(2) = 1 + (2 / 2) = 2
    tri(4) = 3
    tri(3) = tri(2) + tri(1) + tri(4)
"""
"""Members of the sequence; the function of that name gives lists."""
MENDED: dict[str, tuple[tuple[str, str], ...]] = {
    "HumanEval/47": (("    15.0\n", "    8.0\n"),),
    "HumanEval/116": (
        ("== [1, 2, 3, 4, 5]", "== [1, 2, 4, 3, 5]"),
        ("== [-6, -5, -4, -3, -2]", "== [-4, -2, -6, -5, -3]"),
        ("[1, 0, 2, 3, 4]) [0, 1, 2, 3, 4]", "[1, 0, 2, 3, 4]) == [0, 1, 2, 4, 3]"),
    ),
    "HumanEval/130": ((_TRIBONACCI, _TRIBONACCI.replace("tri(", "T(")),),
    "HumanEval/148": (('==> ("Venus")', '==> ("Venus",)'),),
    "HumanEval/158": (('== ""aaaaaaa"', '== "aaaaaaa"'),),
}
"""What stands in a published prompt and what its own canonical solution says should stand there, by task.

The visible examples of these five contradict the tests: a pattern that obeys them is pushed off the right answer.
HumanEval/115, the sixth that FunCoder mends, is right in HumanEval+ already.
"""


class Row(msgspec.Struct, frozen=True):
    """A line of the file of HumanEval+ with self-contained tests."""

    task_id: str
    prompt: str
    canonical_solution: str
    entry_point: str
    test: str


class MiniRow(msgspec.Struct, frozen=True):
    """What we take from a line of HumanEval+ Mini."""

    task_id: str
    base_input: list[object]
    plus_input: list[object]


def humaneval(shelf: Shelf, *, mend: bool = True, quick: bool = False) -> tuple[Problem, ...]:
    """The 164 problems. Inputs count as base when they are among the distinct base inputs of the Mini file.

    `quick` judges by EvalPlus's Mini selection. Raises: SourceError, EnvironmentFault.
    """
    rows = decode_lines(shelf.content(HUMANEVAL_PLUS), Row, HUMANEVAL_PLUS.name)
    mini = {row.task_id: row for row in decode_lines(shelf.content(HUMANEVAL_MINI), MiniRow, HUMANEVAL_MINI.name)}
    return tuple(_problem(row, mini[row.task_id], mend=mend, quick=quick) for row in rows)


def _problem(row: Row, mini: MiniRow, *, mend: bool, quick: bool) -> Problem:
    prompt = row.prompt
    for old, new in MENDED.get(row.task_id, ()) if mend else ():
        if old not in prompt:
            raise SourceError(f"{row.task_id}: the prompt has no {old!r} to mend; the file is another version")
        prompt = prompt.replace(old, new)
    return Problem(
        id=row.task_id,
        stub=stub_of(prompt, row.entry_point),
        canonical=row.prompt + row.canonical_solution,
        test=row.test,
        base=len({repr(call) for call in mini.base_input}),
        patched=prompt != row.prompt,
        kept=tuple(repr(call) for call in mini.plus_input) if quick else (),
    )


@lru_cache(maxsize=1024)
def stub_of(prompt: str, entry_point: str, tokens: int = 400) -> Stub:
    """A prompt that ends in a docstring, as the stub it would be in a file. It belongs to no file and no project."""
    source = decoded("", (prompt.rstrip() + "\n    ...\n").encode())
    found = [stub for stub in find_stubs(source, tokens=tokens).stubs if stub.name == entry_point]
    if len(found) != 1:
        raise SourceError(f"{entry_point}: its prompt holds {len(found)} stubs of that name, not one")
    return replace(found[0], path="", line=0)


def decode_lines(content: bytes, row: type[_T], name: str) -> list[_T]:
    """The lines of a JSONL file. Raises: SourceError naming the line."""
    decoder = msgspec.json.Decoder(row)
    rows: list[_T] = []
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                rows.append(decoder.decode(line))
            except (msgspec.MsgspecError, RecursionError) as error:
                raise SourceError(f"{name}, line {number}: {error}; the file is another version") from error
    return rows
