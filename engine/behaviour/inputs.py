"""Calls with which candidates are compared: those of the examples, with arguments varied, and what annotations allow.

Nobody knows what they should give. Candidates that hold the same examples may differ on them: running shows it.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from ..examples import asked, values
from ..examples.calls import spelling
from ..facts import Stub
from ..python.literals import NotPlain
from .calling import Calling, Parameter, calling, is_call_of, program_tree
from .kinds import Kinds
from .neighbours import neighbours

MOST = 60
"""Inputs of one function; they are run in one process, for each candidate."""
LONGEST = 200
"""Characters of an input: a longer one is a table, and nobody reads it in a docstring."""
_MIXED = 200
"""How often arguments are drawn to be mixed."""

_T = TypeVar("_T")
_Arguments = Mapping[str, str]
"""Python text by parameter."""


class Inputs(NamedTuple):
    """What a function is compared with."""

    calls: tuple[str, ...]
    """Python text that could stand in a docstring, the shortest first."""
    why_none: str = ""
    """Why there is none, "" when there are some."""


def inputs(stub: Stub, extra: Iterable[str] = (), *, seed: int = 0, most: int = MOST) -> Inputs:
    """At most so many calls of a stub's function; equal for an equal stub and seed.

    `extra` are calls that somebody else thought of: a tester, a reviewer.
    """
    how = calling(stub)
    if how is None:
        return Inputs((), f"{stub.name} cannot be called from outside, or nobody shows how its object is made")
    own = tuple(_own_calls(stub))
    made = [*own, *_plain(extra, stub), *_made(stub, how, seed)]
    names = tuple(parameter.name for parameter in how.parameters)
    found: dict[str, str] = {}
    for call in made:
        if len(call) <= LONGEST:
            found.setdefault(spelling(call, names), call)
    calls = sorted(islice(found.values(), most), key=len)
    why = "" if calls else "no input can be made: it has no example that calls it, and its parameters no annotation"
    return Inputs(tuple(calls), why)


def own_calls(stub: Stub) -> frozenset[str]:
    """What the examples that are calls of the function ask, spelled as `spelling` does."""
    how = calling(stub)
    names = tuple(parameter.name for parameter in how.parameters) if how is not None else ()
    return frozenset(spelling(call, names) for call in _own_calls(stub))


def _own_calls(stub: Stub) -> Iterator[str]:
    known = {stub.entry_point, stub.name.partition(".")[0]}
    for example in stub.judged:
        call = _call(asked(example).source, stub.entry_point)
        if call is not None and not values.free_names(call) - known:
            yield ast.unparse(call)


def _plain(calls: Iterable[str], stub: Stub) -> Iterator[str]:
    """Those that are calls of the function and need nothing else."""
    for text in calls:
        tree = values.expression(text)
        if tree is not None and any(is_call_of(node, stub.entry_point) for node in ast.walk(tree)):
            yield ast.unparse(tree)


def _call(source: str, name: str) -> ast.Call | None:
    """The call of the function itself, with plain arguments, that an example is; None for any other expression."""
    tree = values.expression(source)
    if not isinstance(tree, ast.Call):
        return None
    free = set[str]().union(*(values.free_names(part) for part in (*tree.args, *(k.value for k in tree.keywords))))
    return (
        tree if is_call_of(tree, name) and not free and not any(isinstance(a, ast.Starred) for a in tree.args) else None
    )


# ---------------------------------------------------------------------------------------------- made by us


def _made(stub: Stub, how: Calling, seed: int) -> Iterator[str]:
    """Calls with arguments of the examples and of the annotations: one varied at a time, then several."""
    kinds = Kinds(program_tree(stub))
    allowed = {parameter.name: _allowed(kinds, parameter) for parameter in how.parameters}
    shown = [bound for example in stub.judged if (bound := _bound(asked(example).source, stub, how)) is not None]
    bases = shown or _usual(how, allowed)
    varied = [_varied(base, how, allowed) for base in bases]
    yield from (_spelled(arguments, how) for arguments in _in_turns(varied))
    yield from (_spelled(arguments, how) for arguments in _mixed(bases, how, allowed, seed))


def _allowed(kinds: Kinds, parameter: Parameter) -> tuple[str, ...]:
    """What may be given for a parameter: what its annotation allows, else values like its default."""
    if found := kinds.values(parameter.annotation):
        return found
    default = ast.unparse(parameter.default) if parameter.default is not None else ""
    return (default, *_near(default)) if default else ()


def _bound(source: str, stub: Stub, how: Calling) -> _Arguments | None:
    """The arguments of an example by parameter; None for what is no call with plain arguments."""
    tree = _call(source, stub.entry_point)
    places = [parameter.name for parameter in how.parameters if not parameter.by_name]
    if tree is None or (len(tree.args) > len(places) and not any(p.rest for p in how.parameters)):
        return None
    given = dict(zip(places, map(ast.unparse, tree.args), strict=False))
    if len(tree.args) > len(places):
        given[places[-1]] = ", ".join(map(ast.unparse, tree.args[len(places) - 1 :]))
    known = {parameter.name for parameter in how.parameters}
    return given | {word.arg: ast.unparse(word.value) for word in tree.keywords if word.arg in known}


def _usual(how: Calling, allowed: Mapping[str, tuple[str, ...]]) -> list[_Arguments]:
    """A call with a usual value for everything that must be given, where no example shows one."""
    needed = [p for p in how.parameters if p.default is None and not p.rest]
    if not all(allowed[parameter.name] for parameter in needed):
        return []
    return [{p.name: allowed[p.name][min(1, len(allowed[p.name]) - 1)] for p in needed}]


def _varied(base: _Arguments, how: Calling, allowed: Mapping[str, tuple[str, ...]]) -> Iterator[_Arguments]:
    """The base itself, then with one argument changed: values near it and allowed ones take turns, and parameters."""
    yield base
    yield from _in_turns([_with_other(base, parameter.name, allowed[parameter.name]) for parameter in how.parameters])


def _with_other(base: _Arguments, name: str, allowed: tuple[str, ...]) -> Iterator[_Arguments]:
    """The base with this argument changed."""
    yield from ({**base, name: value} for value in _changed(base.get(name, ""), allowed))


def _changed(text: str, allowed: tuple[str, ...]) -> Iterator[str]:
    """Values near this one first: they are what the examples speak of."""
    near = _near(text) if text else []
    yield from (value for value in _in_turns([iter(near), iter(allowed)]) if value != text)


def _near(text: str) -> list[str]:
    try:
        value = values.literal(text)
    except NotPlain:
        return []
    return [shown for other in neighbours(value) if (shown := _shown(other))]


def _shown(value: object) -> str:
    """A plain value as a person writes it; "" for what only a call would spell."""
    text = repr(value)
    return "" if "inf" in text or "nan" in text else text


def _mixed(
    bases: Sequence[_Arguments], how: Calling, allowed: Mapping[str, tuple[str, ...]], seed: int
) -> Iterator[_Arguments]:
    """Calls of which several arguments were drawn."""
    drawn = random.Random(seed)  # noqa: S311 - an order that can be repeated
    pools = {
        p.name: list(dict.fromkeys([*(b[p.name] for b in bases if p.name in b), *allowed[p.name]]))
        for p in how.parameters
    }
    if not bases or sum(map(bool, pools.values())) < 2:
        return
    for _ in range(_MIXED):
        base = drawn.choice(bases)
        yield {name: drawn.choice(pool) if (pool := pools[name]) else text for name, text in base.items()}


def _spelled(arguments: _Arguments, how: Calling) -> str:
    """The call: by place as long as nothing is left out before, by name from there on."""
    parts: list[str] = []
    by_place = True
    for parameter in how.parameters:
        text = arguments.get(parameter.name)
        by_place = by_place and not parameter.by_name
        if text is None:
            by_place = by_place and parameter.rest
        elif parameter.rest:
            parts += [text] if by_place and text else []
        else:
            parts.append(text if by_place else f"{parameter.name}={text}")
    return how.spelled(", ".join(parts))


def _in_turns(streams: Iterable[Iterator[_T]]) -> Iterator[_T]:
    """One of each stream after the other, until all have ended."""
    waiting = list(streams)
    while waiting:
        for stream in list(waiting):
            try:
                yield next(stream)
            except StopIteration:
                waiting.remove(stream)
