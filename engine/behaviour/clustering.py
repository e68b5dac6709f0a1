"""Candidates grouped by what they do: equal results on every input are one behaviour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..facts import Behaviour, Behaviours, Result
from .outcomes import Done, result_of, same_done

UNSTEADY = Result(kind="unsteady", text="something else each time")
_USELESS = frozenset({"TypeError", "NameError"})


def clustered(calls: Sequence[str], did: Mapping[str, Sequence[Done | None]]) -> Behaviours:
    """The groups of candidates that do the same with every input. `did` is by id of the candidate, then by input.

    None stands for another result each time. An input with which everybody raises TypeError is left out, and so is one
    that somebody was not run on.
    """
    kept = [n for n in range(len(calls)) if _tells(n, did)]
    results: list[tuple[Result, ...]] = []
    columns: list[dict[str, int]] = []
    for n in kept:
        found, column = _told_apart({name: done[n] for name, done in did.items()})
        results.append(found)
        columns.append(column)
    groups: dict[tuple[int, ...], list[str]] = {}
    for name in did:
        groups.setdefault(tuple(column[name] for column in columns), []).append(name)
    found_groups = [Behaviour(drafts=tuple(names), does=does) for does, names in groups.items()]
    return Behaviours(
        inputs=tuple(calls[n] for n in kept),
        results=tuple(results),
        groups=tuple(sorted(found_groups, key=lambda group: -group.weight)),
    )


def disputed(did: Mapping[str, Sequence[Done]], inputs: int) -> list[int]:
    """The inputs with which not all candidates do the same."""
    first, *others = did.values()
    return [n for n in range(inputs) if not all(same_done(first[n], other[n]) for other in others)]


def differing(behaviours: Behaviours, one: str, other: str) -> tuple[int, ...]:
    """The inputs, by number, with which two candidates do something else; () when one of them was not run."""
    left, right = behaviours.group_of(one), behaviours.group_of(other)
    if left is None or right is None:
        return ()
    return tuple(n for n in range(len(behaviours.inputs)) if left.does[n] != right.does[n])


def agreement(behaviours: Behaviours) -> dict[str, float]:
    """By candidate: on how many inputs how many others do the same."""
    alike: dict[str, float] = {}
    for group in behaviours.groups:
        same = [
            sum(other.weight for other in behaviours.groups if other.does[n] == group.does[n]) - 1
            for n in range(len(behaviours.inputs))
        ]
        alike |= dict.fromkeys(group.drafts, float(sum(same)))
    return alike


def _tells(n: int, did: Mapping[str, Sequence[Done | None]]) -> bool:
    done = [one[n] for one in did.values()]
    statuses = {one.outcome.status for one in done if one is not None}
    if "not run" in statuses:
        return False
    raised = {one.outcome.raised.partition(":")[0] if one is not None else "" for one in done}
    return not (len(raised) == 1 and raised <= _USELESS)


def _told_apart(done: Mapping[str, Done | None]) -> tuple[tuple[Result, ...], dict[str, int]]:
    """The different results of one input, that of most candidates first, and which of them each candidate gave."""
    kinds: list[tuple[Done | None, list[str]]] = []
    for name, one in done.items():
        known = next((names for other, names in kinds if _alike(other, one)), None)
        if known is None:
            kinds.append((one, [name]))
        else:
            known.append(name)
    kinds.sort(key=lambda kind: -len(kind[1]))
    results = tuple(UNSTEADY if one is None else result_of(one) for one, _ in kinds)
    return results, {name: n for n, (_, names) in enumerate(kinds) for name in names}


def _alike(one: Done | None, other: Done | None) -> bool:
    return same_done(one, other) if one is not None and other is not None else one is other
