"""What is wrong with keys that a user has moved: names that are none, and keys that mean two things on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from textual.binding import Binding

from .keys import (
    COMPARING,
    COMPARING_CANDIDATES,
    DECIDING,
    DRAFTING,
    ENRICHING,
    EVERYWHERE,
    LEARNING,
    LOOKING,
    MOVING,
    RACE_DEEDS,
    RACING,
    REPLAYED_RACE,
    REPLAYING,
    RESULTS,
    SEARCHING,
    SORTING,
    STEERING,
    STEPPING,
    TOPIC_KEYS,
    TREE,
    TREE_TIME,
    Topic,
)

_SCREENS: tuple[tuple[Topic, ...], ...] = (
    (DRAFTING, DECIDING, LOOKING, STEPPING, SEARCHING, MOVING),
    (TREE, STEERING, TREE_TIME, SEARCHING),
    (RACE_DEEDS, RACING),
    (REPLAYING, LOOKING, SEARCHING),
    (REPLAYING, REPLAYED_RACE, RACING),
    (RESULTS, SORTING),
    (LEARNING,),
    (ENRICHING,),
    (COMPARING,),
    (COMPARING_CANDIDATES,),
)
"""What is bound together; `EVERYWHERE` is on each of them."""
_OF_WIDGETS = frozenset({
    "answer", "behaviour",
    "candidates", "checks", "claim", "compare", "conflict", "consent", "detail", "draft", "function", "lineup", "offer",
    "picker", "report", "score", "stubs", "tree",
})  # fmt: skip
"""First parts of the ids of keys that belong to one list or dialogue; those are not looked up."""


def strange_names(names: Iterable[str]) -> list[str]:
    """What is wrong with the names in `[interface.keys]`: one sentence for each that is no key of ours."""
    sentences: list[str] = []
    for name in names:
        if name not in TOPIC_KEYS and name.partition(".")[0] not in _OF_WIDGETS:
            near = get_close_matches(name, sorted(TOPIC_KEYS), 1, 0.4) or ["diff.accept"]
            sentences.append(f"[interface.keys]: there is no key {name!r}; did you mean {near[0]!r}? `?` lists them")
    return sentences


def clashes(chosen: Mapping[str, str]) -> list[str]:
    """One sentence for each key that means two things on one screen once these are moved."""
    told: dict[str, None] = {}
    for topics in _SCREENS:
        bound = [binding for topic in (EVERYWHERE, *topics) for binding in topic.bindings]
        shared = {pair for _, pair in _pairs(bound, {})}
        told |= {clash(key, *pair): None for key, pair in _pairs(bound, chosen) if pair not in shared}
    return list(told)


def clashes_with(clashed: Binding, bound: Sequence[Binding], chosen: Mapping[str, str]) -> list[str]:
    """One sentence for each moved key of a list or dialogue that took the key of another one there."""
    names = (binding.id or "" for binding in bound)
    takers = (name for name in names if name != clashed.id and clashed.key in chosen.get(name, "").split(","))
    return [clash(clashed.key, clashed.id or clashed.action, name) for name in dict.fromkeys(takers)]


def clash(key: str, one: str, other: str) -> str:
    """What is told of a key that means two things."""
    return f"[interface.keys]: {key!r} is both {one} and {other}; move one of them"


def _pairs(bound: Sequence[Binding], chosen: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each key that means two things, and the ids of both; the one that was moved comes last."""
    held: dict[str, str] = {}
    for binding in sorted(bound, key=lambda binding: binding.id in chosen):
        name = binding.id or ""
        for key in chosen.get(name, binding.key).split(","):
            other = held.setdefault(key.strip(), name)
            if other != name:
                yield key.strip(), (other, name)
