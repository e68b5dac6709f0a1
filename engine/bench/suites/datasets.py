"""The suites by name, and choosing from their problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from ...errors import UsageError
from ...system.nearest import nearest
from .bugs import quixbugs
from .humaneval import humaneval
from .mbpp import mbpp, mbpp_175
from .problems import Problem, Suite
from .releases import HUMANEVAL_MINI, HUMANEVAL_PLUS, MBPP_PLUS, MBPP_STUBS, QUIXBUGS, Release, Shelf
from .xcodeeval import xcodeeval

SUITES = ("humaneval", "humaneval+", "mbpp", "mbpp+", "mbpp-175", "quixbugs", "xcodeeval")
BASE_ONLY = frozenset({"humaneval", "mbpp", "quixbugs", "xcodeeval"})
"""Suites without tests beyond the benchmark's own."""


def load_suite(
    name: str,
    shelf: Shelf,
    *,
    mend: bool = True,
    quick: bool = False,
    ids: Sequence[str] = (),
    limit: int | None = None,
) -> Suite:
    """A suite with the problems that were asked for, in the published order.

    `ids` are published ids or their numbers; `limit` takes the first so many; `quick` leaves out what is heavy and
    judges HumanEval+ by EvalPlus's Mini selection.

    Raises:
        UsageError: there is no such suite, or it has no such problem.
        SourceError, EnvironmentFault: its files are not as they should be, or cannot be had.
    """
    if name not in SUITES:
        raise UsageError(f"there is no suite {name!r}{nearest(name, SUITES)}")
    loaded = _LOADERS[name](shelf, mend, quick)
    problems = tuple(problem for problem in loaded if not (quick and problem.heavy))
    left_out = len(loaded) - len(problems)
    chosen = _limited(_chosen(problems, ids, name), limit)
    if name in {"humaneval", "mbpp"}:
        chosen = tuple(replace(problem, kept=("",)) for problem in chosen)
    return Suite(
        name=name,
        problems=chosen,
        versions=tuple(f"{release.version} (sha256 {release.sha256[:12]})" for release in _FILES[name]),
        notes=tuple(_notes(chosen, left_out, name, mend=mend, quick=quick)),
        has_plus=name not in BASE_ONLY,
    )


def _notes(problems: Sequence[Problem], left_out: int, name: str, *, mend: bool, quick: bool) -> list[str]:
    notes: list[str] = []
    if mended := [problem.id for problem in problems if problem.patched]:
        notes.append(f"prompts mended: {', '.join(mended)}")
    elif name.startswith("humaneval") and not mend:
        notes.append("prompts as published, with their known mistakes (--no-patches)")
    if left_out:
        notes.append(f"{left_out} heavy problems left out (--quick)")
    if quick and name == "humaneval+":
        notes.append("judged by EvalPlus's Mini selection of inputs (--quick)")
    if name.startswith("mbpp") and name != "mbpp-175":
        notes.append("MBPP's prompts have no signature: it is made from the first assert, which is the visible example")
    if name == "xcodeeval":
        notes.append(
            "difficulty: below 1200 easy, below 1600 mid, below 2000 hard; the paper does not tell its own limits"
        )
    if name == "quixbugs":
        notes.append("tests that need classes of their own run in the function's process: a weaker verdict")
    return notes


def _chosen(problems: tuple[Problem, ...], ids: Sequence[str], suite: str) -> tuple[Problem, ...]:
    if not ids:
        return problems
    known = {problem.id: problem for problem in problems}
    short = {problem.id.rpartition("/")[2]: problem for problem in problems}
    wanted: set[str] = set()
    for name in ids:
        found = known.get(name) or short.get(name)
        if found is None:
            raise UsageError(f"{suite} has no problem {name!r}{nearest(name, known)}")
        wanted.add(found.id)
    return tuple(problem for problem in problems if problem.id in wanted)


def _limited(problems: tuple[Problem, ...], limit: int | None) -> tuple[Problem, ...]:
    if limit is not None and limit < 1:
        raise UsageError(f"--limit {limit}: write a number from 1 on")
    return problems if limit is None else problems[:limit]


def ids_in(text: str) -> tuple[str, ...]:
    """The ids of an `--ids` value: separated by commas or spaces, `3-7` for five of them.

    >>> ids_in("HumanEval/3, 5-7")
    ('HumanEval/3', '5', '6', '7')
    """
    found: list[str] = []
    for word in re.split(r"[,\s]+", text.strip()):
        if span := re.fullmatch(r"(\d+)-(\d+)", word):
            found += [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
        elif word:
            found.append(word)
    return tuple(found)


def _quixbugs(shelf: Shelf) -> tuple[Problem, ...]:
    return tuple(
        replace(specimen.problem, stub=replace(specimen.problem.stub, body="..."))
        for specimen in quixbugs(shelf)
        if not specimen.buggy
    )


_Loader = Callable[[Shelf, bool, bool], tuple[Problem, ...]]
_LOADERS: dict[str, _Loader] = {
    "humaneval": lambda shelf, mend, _quick: humaneval(shelf, mend=mend),
    "humaneval+": lambda shelf, mend, quick: humaneval(shelf, mend=mend, quick=quick),
    "mbpp": lambda shelf, _mend, _quick: mbpp(shelf),
    "mbpp+": lambda shelf, _mend, _quick: mbpp(shelf),
    "mbpp-175": lambda shelf, _mend, _quick: mbpp_175(shelf),
    "quixbugs": lambda shelf, _mend, _quick: _quixbugs(shelf),
    "xcodeeval": lambda shelf, _mend, _quick: xcodeeval(shelf.folder),
}
_FILES: dict[str, tuple[Release, ...]] = {
    "humaneval": (HUMANEVAL_PLUS, HUMANEVAL_MINI),
    "humaneval+": (HUMANEVAL_PLUS, HUMANEVAL_MINI),
    "mbpp": (MBPP_PLUS,),
    "mbpp+": (MBPP_PLUS,),
    "mbpp-175": (MBPP_PLUS, MBPP_STUBS),
    "quixbugs": (QUIXBUGS,),
    "xcodeeval": (),
}
