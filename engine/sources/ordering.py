"""The order in which several stubs are drafted: what others call comes first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

from ..facts import Stub

_NAMED = re.compile(r"`~?\.?([A-Za-z_][\w.]*)(?:\(\))?`|(?<![\w.])([A-Za-z_][\w.]*)(?=\()")
"""A name that a docstring marks as code or calls."""


def in_order(stubs: Sequence[Stub]) -> tuple[Stub, ...]:
    """The stubs with those first that the examples and docstrings of others need; else in the order they came in.

    Where they need each other in a circle, what the examples need counts before what the docstrings say, and then the
    order they came in.
    """
    known = _by_name(stubs)
    called = [_places(stub, known, _called(stub)) for stub in stubs]
    said = [needs | _places(stub, known, _said(stub)) for stub, needs in zip(stubs, called, strict=True)]
    order: list[int] = []
    for circle in _circles(range(len(stubs)), said.__getitem__):
        for smaller in _circles(circle, called.__getitem__):
            order += smaller
    return tuple(stubs[n] for n in order)


def _by_name(stubs: Sequence[Stub]) -> Mapping[str, list[int]]:
    """Places of stubs by what names them: `PATH::NAME` in their own file, `module.NAME` elsewhere."""
    known: dict[str, list[int]] = {}
    for n, stub in enumerate(stubs):
        path = PurePath(stub.path)
        module = path.parent.name if path.stem == "__init__" else path.stem
        for name in (f"{stub.path}::{stub.name}", f"{module}.{stub.name}"):
            known.setdefault(name, []).append(n)
    return known


def _called(stub: Stub) -> set[str]:
    """What its examples wait for."""
    return {name.partition(" ")[0] for example in stub.examples for name in example.waits_for}


def _said(stub: Stub) -> set[str]:
    """What its docstring and its decorators name as code."""
    named = {first or second for first, second in _NAMED.findall(stub.docstring)}
    home = stub.name.rpartition(".")[0]
    decorators = set(re.findall(r"^@([A-Za-z_][\w.]*)", stub.header, re.M))
    return named | decorators | {f"{home}.{name.removeprefix('self.')}" for name in named if home}


def _places(stub: Stub, known: Mapping[str, list[int]], names: set[str]) -> set[int]:
    """Places of the stubs of these names: of the same file, or of another one if the name says which."""
    own = (known.get(f"{stub.path}::{name}", []) for name in names)
    others = (known.get(".".join(name.split(".")[-2:]), []) for name in names if "." in name)
    return {n for found in (*own, *others) for n in found}


def _circles(numbers: Sequence[int], needs: Callable[[int], set[int]]) -> list[list[int]]:
    """The numbers in groups that need each other, a group after those it needs; each group in the order given.

    Tarjan's strongly connected components, without recursion.
    """
    rank = {number: n for n, number in enumerate(numbers)}
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    closed: set[int] = set()
    found: list[list[int]] = []
    for start in numbers:
        way: list[tuple[int, list[int]]] = []
        entered = None if start in index else start
        while way or entered is not None:
            if entered is not None:
                index[entered] = low[entered] = len(index)
                open_.append(entered)
                needed = sorted((needs(entered) & rank.keys()) - {entered}, key=rank.__getitem__, reverse=True)
                way.append((entered, needed))
            at, left = way[-1]
            entered = left.pop() if left else None
            if entered is not None and entered in index:
                low[at] = low[at] if entered in closed else min(low[at], index[entered])
                entered = None
            elif entered is None:
                way.pop()
                if way:
                    low[way[-1][0]] = min(low[way[-1][0]], low[at])
                if low[at] == index[at]:
                    group = open_[open_.index(at) :]
                    del open_[-len(group) :]
                    closed.update(group)
                    found.append(sorted(group, key=rank.__getitem__))
    return found
