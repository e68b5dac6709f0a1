"""Reading EvalPlus's test texts (its "OriginFmt") without running them: where inputs and results are, which rule holds.

The files are known by their hash, so their shape is too: one line of inputs, one of results, written by `repr`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ...errors import SourceError
from .problems import Inputs, Problem, Rule

_INPUTS = re.compile(r"^ *inputs = \[", re.MULTILINE)
_RESULTS = re.compile(r"^ *results = \[", re.MULTILINE)
_TOLERANCE = re.compile(r"assertion\([\w.]+\(\*inp\), (?:exp|ref_func\(\*inp\)), ([\d.e-]+)\)")
_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[\[({]|[\])}]|,", re.DOTALL)
_ENTRY = re.compile(r"assertion\((\w+)\(\*inp\)")
_BY_ENTRY: dict[str, Rule] = {"surface_Area": "surface", "digit_distance_nums": "digits"}


def inputs_of(problem: Problem) -> Inputs:
    """The inputs of a problem with a published test. Raises: SourceError when the text is not of the known shape."""
    if problem.inputs is not None:
        return problem.inputs
    found = _read(problem.test, problem.base, problem.id)
    if not problem.kept:
        return found
    chosen = [n for n, call in enumerate(found.calls) if n < found.base or call in problem.kept]
    return Inputs(
        calls=tuple(found.calls[n] for n in chosen),
        expected=tuple(found.expected[n] for n in chosen) if found.expected else (),
        base=found.base,
        atol=found.atol,
        rule=found.rule,
        reference=found.reference,
    )


@lru_cache(maxsize=16)
def _read(test: str, base: int, name: str) -> Inputs:
    start = _INPUTS.search(test)
    if not start:
        raise SourceError(f"{name}: its test has no inputs; the file is not the version it should be")
    calls = elements(test, start.end())
    told = _RESULTS.search(test, start.end())
    expected = elements(test, told.end()) if told else ()
    after = test[test.rfind("for i") :]
    tolerance = _TOLERANCE.search(after)
    rule = _rule(test[: start.start()], after)
    atol = 1e-4 if rule == "root" else float(tolerance[1]) if tolerance else 0.0
    if told and len(expected) != len(calls):
        raise SourceError(f"{name}: {len(calls)} inputs and {len(expected)} results; the file is broken")
    return Inputs(
        calls=calls,
        expected=expected,
        base=min(base, len(calls)),
        atol=atol,
        rule=rule,
        reference="" if told else _reference(test[: start.start()]),
    )


def elements(text: str, at: int) -> tuple[str, ...]:
    """The members of the list whose bracket was opened just before `at`, as they are spelled.

    >>> elements("[[1, (2, 3)], 'a, ]', {}]", 1)
    ('[1, (2, 3)]', "'a, ]'", '{}')
    """
    found: list[str] = []
    depth, begin = 0, at
    for token in _TOKEN.finditer(text, at):
        sign = text[token.start()]
        if sign in "[({":
            depth += 1
        elif sign in "])}":
            depth -= 1
            if depth < 0:
                if last := text[begin : token.start()].strip():
                    found.append(last)
                return tuple(found)
        elif sign == "," and depth == 0:
            found.append(text[begin : token.start()].strip())
            begin = token.end()
    raise SourceError("a list of inputs does not end; the file is cut short")


def entry_of(test: str) -> str:
    """The function that a test of MBPP+ calls, "" when it names none."""
    found = _ENTRY.search(test[test.rfind("for i") :])
    return found[1] if found else ""


def _rule(above: str, after: str) -> Rule:
    if "_poly(" in after:
        return "root"
    if "exp = set(exp)" in above:
        return "set"
    if "out is not None" in above:
        return "not none"
    entry = _ENTRY.search(after)
    return _BY_ENTRY.get(entry[1], "equal") if entry else "equal"


def _reference(above: str) -> str:
    """The program above the inputs; of numpy only the comparisons make use, and they are not run."""
    lines = above.split("\n")
    return (
        "\n".join(line for line in lines if line.strip() not in {"import numpy as np", "def check(candidate):"}) + "\n"
    )
