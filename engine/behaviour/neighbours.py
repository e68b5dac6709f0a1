"""Values near a plain value that code treats otherwise, if it treats any otherwise."""

from __future__ import annotations

from typing import cast

_LONG = 12
"""Members of a container that counts as long."""


def neighbours(value: object) -> list[object]:
    """Values of the same type: the next ones, the empty one, reversed, repeated, negative, and the like."""
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1, 0, -value, 2 * value + 1]
        case float():
            return [value + 0.5, -value, 0.0]
        case str():
            return _texts(value)
        case bytes():
            return [b"", value[1:], value[::-1]]
        case list() | tuple():
            return _sequences(cast("list[object] | tuple[object, ...]", value))
        case set() | frozenset():
            members = sorted(cast("set[object]", value), key=repr)
            kind = type(cast("object", value))
            return [kind(members[1:]), kind()]  # type: ignore[call-arg]
        case dict():
            return _mappings(cast("dict[object, object]", value))
        case _:
            return []


def _texts(value: str) -> list[object]:
    swapped = [value.swapcase()] if value.swapcase() != value else []
    return [value[1:], value[:-1], value[::-1], value + value, "", *swapped, f" {value} ", f"{value}é"]


def _sequences(items: list[object] | tuple[object, ...]) -> list[object]:
    """Other members, and of a list fewer, more and none; a tuple keeps its length, which often means something."""
    inner = [
        (*items[:at], other, *items[at + 1 :])
        for at in range(min(2, len(items)))
        for other in neighbours(items[at])[:3]
    ]
    if isinstance(items, tuple):
        return [items[::-1], *inner]
    two = [items[:1] * 2] if items else []
    long = [(items * 3)[:_LONG]] if 0 < len(items) < _LONG else []
    return [items[1:], items[:-1], items[::-1], items * 2, [], items[:1], *two, *map(list, inner), *long]


def _mappings(pairs: dict[object, object]) -> list[object]:
    if not pairs:
        return []
    keys = list(pairs)
    changed = [{**pairs, keys[0]: other} for other in neighbours(pairs[keys[0]])[:3]]
    return [{}, {key: pairs[key] for key in keys[1:]}, *changed]
