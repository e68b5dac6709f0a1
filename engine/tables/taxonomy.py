"""Why a pattern fails where raw-coder passes: the four failure classes of arXiv 2603.03406, section 4.4.

The paper sorts 15 regressions by hand (7 missing imports, 5 algorithm mismatches, 2 over-engineered, 1 identifier
"corrected"); the rules that sort them here are ours, and each class comes with the evidence that put it there.
"""

from __future__ import annotations

import ast
import re
from typing import Literal

from ..facts import (
    Fact,
    Report,
    Solution,
    Stub,
)
from ..python.names import importable, undefined
from ..python.parsing import parsed
from ..python.shape import size

FailureClass = Literal["missing import", "identifier", "over-engineering", "algorithm mismatch"]
LARGER = 1.5
"""From this ratio of syntax tree nodes on, together with more branches, a body counts as over-engineered."""

_UNKNOWN_NAME = re.compile(
    r"(?:NameError: name|ModuleNotFoundError: No module named|UnboundLocalError: .*?) '([\w.]+)'"
)
_KEYWORDS = re.compile(r"TypeError: .*(?:unexpected keyword argument|missing \d+ required|positional arguments? but)")


class Failure(Fact, frozen=True):
    """What a draft failed of, and how that is known."""

    kind: FailureClass
    evidence: str


class Change(Fact, frozen=True):
    """A pattern and raw-coder disagree about one stub."""

    direction: Literal["regression", "improvement"]
    """regression: raw-coder passes and the pattern fails; improvement: the other way round."""
    failure: Failure
    """Of whichever failed."""


def change(stub: Stub, raw: Solution, other: Solution) -> Change | None:
    """What the pattern changed against raw-coder, None when both pass, both fail, or nothing was verified."""
    if raw.verdict == "verified" and other.verdict == "fails":
        return Change(direction="regression", failure=classified(stub, failed=other, passed=raw))
    if raw.verdict == "fails" and other.verdict == "verified":
        return Change(direction="improvement", failure=classified(stub, failed=raw, passed=other))
    return None


def classified(stub: Stub, *, failed: Solution, passed: Solution) -> Failure:
    """The class of a failure, by the first rule that holds."""
    body = failed.draft.body
    messages = _messages(failed.report)
    missing = _missing_import(stub, body, messages)
    if missing:
        return Failure(kind="missing import", evidence=missing)
    identifier = _identifier(stub, body, messages)
    if identifier:
        return Failure(kind="identifier", evidence=identifier)
    grown = _grown(stub.code(passed.draft.body), stub.code(body))
    if grown:
        return Failure(kind="over-engineering", evidence=grown)
    return Failure(
        kind="algorithm mismatch", evidence=messages[0] if messages else failed.draft.problem or "wrong output"
    )


def _messages(report: Report | None) -> list[str]:
    if report is None:
        return []
    failing = [
        f"{check.example.source.strip()} gives {check.got.strip() or check.verdict}" for check in report.failures
    ]
    return [report.problem, *failing] if report.problem else failing


def _missing_import(stub: Stub, body: str, messages: list[str]) -> str:
    for message in messages:
        named = _UNKNOWN_NAME.search(message)
        if named and ("ModuleNotFound" in message or importable(named[1].partition(".")[0])):
            return message
    for name, line in undefined(stub.program(body), stub.name):
        if statement := importable(name):
            return f"line {line} uses {name}, which nothing defines; `{statement}` is missing"
    return ""


def _identifier(stub: Stub, body: str, messages: list[str]) -> str:
    for message in messages:
        if _KEYWORDS.search(message):
            return message
    parameters = _parameters(stub)
    for name, line in undefined(stub.program(body), stub.name):
        near = next((p for p in sorted(parameters) if _almost(p, name)), None)
        if near:
            return f"line {line} says {name} where the parameter is called {near}"
    return ""


def _grown(small: str, large: str) -> str:
    before, after = size(small), size(large)
    if before is None or after is None:
        return ""
    if after.nodes >= LARGER * before.nodes and after.branches > before.branches:
        return f"{after.nodes} syntax nodes and {after.branches} branches, against {before.nodes} and {before.branches}"
    return ""


def _parameters(stub: Stub) -> set[str]:
    tree = parsed(stub.code("pass")) or ast.Module([], [])
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _almost(one: str, other: str) -> bool:
    """Whether two names differ by a few letters, as `delimeter` and `delimiter` do."""
    return one != other and len(one) > 3 and abs(len(one) - len(other)) <= 2 and _distance(one, other) <= 2


def _distance(one: str, other: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (a != b)))
    return row[-1]
