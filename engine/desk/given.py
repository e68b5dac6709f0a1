"""Names that pytest alone gives to docstrings: by `doctest_namespace` in a `conftest.py`, and its own `getfixture`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from ..errors import SourceError
from ..facts import Check, Example, Report
from ..project import locate
from ..python.parsing import parsed
from ..sources import read

_MISSING = re.compile(r"^NameError: name '(\w+)' is not defined", re.MULTILINE)
_OF_PYTEST = "getfixture"
_MOST_FOLDERS = 12


def without_given(report: Report, path: str) -> Report:
    """The report in which examples that lack a name which pytest gives are not held against the draft, and say why."""
    lacking = {n: found[1] for n, check in enumerate(report.checks) if (found := _lacks(check)) is not None}
    if not lacking:
        return report
    given = dict(_given(path, set(lacking.values())))
    checks = list(report.checks)
    for n, name in lacking.items():
        if (why := given.get(name)) is not None:
            checks[n] = replace(checks[n], verdict="waits", got=why)
            # What it would have bound is missing in the examples after it.
            given |= dict.fromkeys(_bound(checks[n].example), why)
    return replace(report, checks=tuple(checks))


def _lacks(check: Check) -> re.Match[str] | None:
    is_own = check.verdict == "raised" and check.example.test is None
    return _MISSING.search(check.got) if is_own else None


def _given(path: str, names: set[str]) -> Iterator[tuple[str, str]]:
    """Which of these names pytest gives, and the sentence that says so."""
    for file, text in _conftests(path):
        if "doctest_namespace" in text:
            told = f"{file} gives this name to pytest; redraft runs docstrings as doctest does"
            yield from ((name, told) for name in names if re.search(rf"\b{name}\b", text))
    if _OF_PYTEST in names:
        yield _OF_PYTEST, f"{_OF_PYTEST} is pytest's; redraft runs docstrings as doctest does"


def _conftests(path: str) -> Iterator[tuple[str, str]]:
    """The `conftest.py` files that pytest reads for a file, the nearest first: as they are shown, and their text."""
    location = locate(path)
    top = Path(location.project or location.root or Path(location.path).parent)
    for folder in Path(location.path).parents[:_MOST_FOLDERS]:
        if folder != top and not folder.is_relative_to(top):
            return
        file = folder / "conftest.py"
        try:
            yield location.shown(str(file)), read(str(file)).text
        except SourceError:
            continue  # There is none, or none that can be read: then pytest gets nothing from it either.


def _bound(example: Example) -> Iterator[str]:
    for node in ast.walk(parsed(example.source) or ast.Module([], [])):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
