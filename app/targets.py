"""`PATH[::NAME]` as people type it, and diffs as they read them."""

from __future__ import annotations

import difflib
from pathlib import Path

from ..engine.errors import UsageError
from ..engine.facts import Stub
from ..engine.sources import find, find_function, find_stubs, read
from .session import existing


def stubs_of(target: str, context_tokens: int) -> tuple[Stub, ...]:
    """The stubs that `PATH[::NAME]` names.

    Raises:
        UsageError: there is no such file or stub, or none at all.
        SourceError: the file cannot be read.
    """
    path, _, name = target.partition("::")
    if existing(Path(path)).is_dir() and not name:
        stubs = tuple(stub for found in find([path], tokens=context_tokens) for stub in found.stubs)
        if not stubs:
            raise UsageError(f"{path}: no stubs in this folder; a stub is a function whose body is `...` or `pass`")
        return stubs
    found = find_stubs(read(path), tokens=context_tokens)
    chosen = tuple(stub for stub in found.stubs if not name or name in {stub.name, stub.entry_point})
    if chosen:
        return chosen
    why = f" ({found.problem})" if found.problem else ""
    there = ", ".join(stub.name for stub in found.stubs) or "none"
    wanted = f"no stub named {name!r}" if name else "no stubs"
    raise UsageError(f"{path}: {wanted}{why}; stubs in this file: {there}")


def function_of(target: str, context_tokens: int) -> Stub:
    """The function that `PATH::NAME` names, written or not, as a stub whose body is what is there.

    Raises:
        UsageError: there is no such file or function.
        SourceError: the file cannot be read.
    """
    path, _, name = target.partition("::")
    if not name:
        raise UsageError(f"{target}: name the function too, as {path}::NAME")
    existing(Path(path))
    function = find_function(read(path), name, tokens=context_tokens)
    if function is None:
        raise UsageError(f"{path}: there is no function named {name!r}")
    return function


def unified(path: str, old: str, new: str) -> str:
    """A unified diff of two texts of one file, "" when they are equal."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), fromfile=f"a/{path}", tofile=f"b/{path}"
    )
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)
