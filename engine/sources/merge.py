"""Bringing an accepted body into a file that the user went on editing: their edits win, and what clashes is shown."""

from __future__ import annotations

import ast
from itertools import pairwise

from ..diff import matching_lines
from ..facts import Fact, Stub
from ..indent import lines_of
from ..python.parsing import module
from .reading import Source, read
from .splicing import relocate, splice
from .stubs import find_stubs
from .syntax import problem_of
from .writes.writing import Keeper, write


class Conflict(Fact, frozen=True):
    """One place that both sides changed differently. All three are whole lines."""

    base: str
    """What stood there when the draft began."""
    yours: str
    """What the user made of it."""
    ours: str
    """What we would have made of it."""
    line: int = 0
    """1-based line in the user's text where `yours` begins."""


class Merge(Fact, frozen=True):
    """A three-way merge. `text` has the user's side of every conflict, and never a marker."""

    text: str
    conflicts: tuple[Conflict, ...] = ()


class Landing(Fact, frozen=True):
    """How an accepted text reached its file. With conflicts nothing was written."""

    source: Source
    """The file as it is now."""
    conflicts: tuple[Conflict, ...] = ()
    merged: bool = False
    """Whether the user had edited the file meanwhile."""
    changed: bool = False
    """Whether the file holds something else than before: not when it held the text already, or edits of it won."""

    @property
    def written(self) -> bool:
        """Whether the text is in the file."""
        return not self.conflicts


def write_merged(source: Source, stub: Stub, body: str, journal: Keeper) -> Landing:
    """Write a body into the file it was drafted for, whatever the user did to it meanwhile.

    `source` and `stub` are what the draft was made from. If the function still waits in the file as it is now, with
    the same parameters, the body is put there. Otherwise the change is merged by lines, and a conflict means that
    nothing is written.

    Raises:
        SourceError: the file is gone or cannot be written; it is as it was.
    """
    present = read(source.path)
    waiting = relocate(present, stub) or _only_namesake(present, stub)
    if waiting is None:
        return write_text_merged(source, splice(source, stub, body), journal, present=present)
    if waiting.header != stub.header and _parameters(waiting) != _parameters(stub):
        clash = Conflict(base=stub.header, yours=waiting.header, ours=stub.code(body), line=waiting.line)
        return Landing(source=present, conflicts=(clash,), merged=True)
    written = write(present, splice(present, waiting, body), journal)
    return _landed(present, written, merged=present.digest != source.digest)


def write_text_merged(source: Source, ours: str, journal: Keeper, *, present: Source | None = None) -> Landing:
    """Write a whole new text of a file, made from `source`, into the file as it is now.

    Raises:
        SourceError: the file is gone or cannot be written; it is as it was.
    """
    present = present or read(source.path)
    if present.digest == source.digest:
        return _landed(present, write(present, ours, journal), merged=False)
    merge = merged(source.text, present.text, ours)
    if merge.conflicts:
        return Landing(source=present, conflicts=merge.conflicts, merged=True)
    if problem_of(merge.text) and not problem_of(present.text) and not problem_of(ours):
        # Each side is a program and the sum is none: the lines did not clash, but the edits do.
        clash = Conflict(base=source.text, yours=present.text, ours=ours, line=1)
        return Landing(source=present, conflicts=(clash,), merged=True)
    return _landed(present, write(present, merge.text, journal), merged=True)


def _landed(before: Source, after: Source, *, merged: bool) -> Landing:
    return Landing(source=after, merged=merged, changed=after.digest != before.digest)


def merged(base: str, yours: str, ours: str) -> Merge:
    """The changes of both sides to `base`, by lines. Where both changed the same lines differently, `yours` stays."""
    old, left, right = lines_of(base), lines_of(yours), lines_of(ours)
    out: list[str] = []
    conflicts: list[Conflict] = []
    line = 1
    for was, mine, made in _regions(old, left, right):
        if made in (was, mine):
            out.extend(mine)
        elif mine == was:
            out.extend(made)
        else:
            conflicts.append(Conflict(base="".join(was), yours="".join(mine), ours="".join(made), line=line))
            out.extend(mine)
        line += len(mine)
    if conflicts:
        return Merge(text=yours, conflicts=tuple(conflicts))
    return Merge(text=_lines_ended(out))


def _only_namesake(present: Source, stub: Stub) -> Stub | None:
    """The one stub of that name, whose decorators, annotations or docstring the user changed."""
    namesakes = [found for found in find_stubs(present).stubs if found.name == stub.name and found.nth == stub.nth]
    return namesakes[0] if len(namesakes) == 1 else None


def _parameters(stub: Stub) -> str:
    """What a body relies on: the parameters' names and kinds, and whether the function is async."""
    try:
        tree = module(stub.code("pass")).body[0]
    except SyntaxError:
        return stub.header
    if not isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef):
        return stub.header
    for argument in ast.walk(tree.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return f"{type(tree).__name__} {ast.unparse(tree.args)}"


Lines = list[str]


def _regions(old: Lines, left: Lines, right: Lines) -> list[tuple[Lines, Lines, Lines]]:
    """Base, left and right cut at the lines that all three share; every second region is such a run of shared lines."""
    cuts = [(0, 0, 0), *_shared(old, left, right), (len(old), len(left), len(right))]
    return [(old[a:d], left[b:e], right[c:f]) for (a, b, c), (d, e, f) in pairwise(cuts)]


def _shared(old: Lines, left: Lines, right: Lines) -> list[tuple[int, int, int]]:
    """Beginnings and ends of the runs that all three texts share, as positions in each."""
    in_right = matching_lines(old, right)
    found: list[tuple[int, int, int]] = []
    for at_old, at_left, size in matching_lines(old, left):
        for other_old, at_right, other_size in in_right:
            low, high = max(at_old, other_old), min(at_old + size, other_old + other_size)
            if low < high:
                shift_left, shift_right = at_left - at_old, at_right - other_old
                found += [(low, low + shift_left, low + shift_right), (high, high + shift_left, high + shift_right)]
    return found


def _lines_ended(lines: Lines) -> str:
    """The lines as one text; a last line without newline that came to stand further up gets one."""
    return "".join(line if line.endswith("\n") or last else line + "\n" for line, last in _with_last(lines))


def _with_last(lines: Lines) -> list[tuple[str, bool]]:
    return [(line, number + 1 == len(lines)) for number, line in enumerate(lines)]
