"""`PATH[::NAME]` as people type it, and diffs as they read them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path

from ...engine.errors import UsageError
from ...engine.facts import Stub
from ...engine.sources import (
    Source,
    find,
    find_functions,
    find_stubs,
    in_order,
    problem_of,
    read,
)
from .session import existing

_NAME = re.compile(r"(?P<name>[^@#]+)(?:@(?P<line>\d{1,9})|#(?P<nth>\d{1,9}))?\Z")


def stubs_of(target: str, context_tokens: int) -> tuple[Stub, ...]:
    """The stubs that `PATH[::NAME]` names, those first that others need.

    Raises:
        UsageError: there is no such file or stub, or none at all, or the name may mean several.
        SourceError: the file cannot be read.
    """
    path, _, name = target.partition("::")
    if existing(Path(path)).is_dir() and not name:
        stubs = tuple(stub for found in find([path], tokens=context_tokens) for stub in found.stubs)
        if not stubs:
            raise UsageError(f"{path}: no stubs in this folder; a stub is a function whose body is `...` or `pass`")
        return in_order(stubs)
    source = read(path)
    found = find_stubs(source, tokens=context_tokens)
    if not name and found.stubs:
        return in_order(found.stubs)
    if chosen := _named(found.stubs, name):
        return (_the_one(chosen, path, name),)
    if name and (written := _functions(source, name, context_tokens)[1]):
        raise UsageError(f"{path}: {written[0].name} is written already; `redraft review {path}::{name}` reviews it")
    there = ", ".join(stub.label for stub in found.stubs) or "none"
    wanted = f"no stub named {name!r}" if name else "no stubs"
    raise UsageError(f"{path}: {_unsound(found.problem)}{wanted}; stubs in this file: {there}")


def function_of(target: str, context_tokens: int) -> Stub:
    """The function that `PATH::NAME` names, written or not, as a stub whose body is what is there.

    Raises:
        UsageError: there is no such file or function, or the name may mean several.
        SourceError: the file cannot be read.
    """
    path, _, name = target.partition("::")
    if not name:
        raise UsageError(f"{target}: name the function too, as {path}::NAME")
    return _the_one(functions_of(path, name, context_tokens), path, name)


def functions_of(path: str, name: str, context_tokens: int) -> tuple[Stub, ...]:
    """All functions that a name may mean, written or not.

    Raises:
        UsageError: there is no such file or function.
        SourceError: the file cannot be read.
    """
    existing(Path(path))
    source = read(path)
    every, found = _functions(source, name, context_tokens)
    if found:
        return found
    there = f"; {every[0].name!r} is at {_lines(every)}" if every else ""
    raise UsageError(f"{path}: {_unsound(problem_of(source.text))}there is no function named {name!r}{there}")


def _unsound(problem: str) -> str:
    """The beginning of a sentence about what a file does not have: first of all, that it is no program."""
    return f"syntax error at line {problem.rpartition(' ')[2]}: mend that first; as it is, " if problem else ""


def _functions(source: Source, name: str, context_tokens: int) -> tuple[tuple[Stub, ...], tuple[Stub, ...]]:
    """The functions of a file that have a name, written or not; and those of them that are meant (`NAME@LINE`)."""
    match = _NAME.match(name)
    every = find_functions(source, match["name"], tokens=context_tokens) if match else ()
    return every, _named(every, name)


def _named(stubs: Sequence[Stub], name: str) -> tuple[Stub, ...]:
    """Those that `NAME`, `NAME@LINE` or `NAME#2` means: by their qualified name, or else by the bare one."""
    match = _NAME.match(name)
    if match is None:
        return ()
    alike = [stub for stub in stubs if stub.name == match["name"]]
    alike = alike or [stub for stub in stubs if stub.entry_point == match["name"]]
    if match["line"]:
        return tuple(stub for stub in alike if first_line(stub) <= int(match["line"]) <= _last_line(stub))
    return tuple(stub for stub in alike if not match["nth"] or stub.nth[0] == int(match["nth"]))


def first_line(stub: Stub) -> int:
    """1-based line of its first decorator, or of `def`."""
    lines = stub.header.split("\n")
    return stub.line - next((n for n, line in enumerate(lines) if re.match(r"(async\s|def\s)", line)), 0)


def _last_line(stub: Stub) -> int:
    return first_line(stub) + stub.header.count("\n") + stub.body.count("\n")


def _the_one(found: Sequence[Stub], path: str, name: str) -> Stub:
    """The only one of those that a name may mean.

    Raises:
        UsageError: there are several; both lines are told.
    """
    if len(found) == 1:
        return found[0]
    places = ", ".join(f"{path}::{stub.name}@{stub.line}" for stub in found)
    raise UsageError(
        f"{path}: {name!r} may mean {len(found)} functions, at {_lines(found)}; name one of them as {places}"
    )


def _lines(found: Sequence[Stub]) -> str:
    numbers = [str(stub.line) for stub in found]
    return f"line {numbers[0]}" if len(numbers) == 1 else f"lines {', '.join(numbers[:-1])} and {numbers[-1]}"


def unified(path: str, old: str, new: str) -> str:
    """A unified diff of two texts of one file, "" when they are equal."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), fromfile=f"a/{path}", tofile=f"b/{path}"
    )
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)
