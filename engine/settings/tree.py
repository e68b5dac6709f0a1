"""The settings as flat leaves: `("roles", "coder", "model")` and what may stand there."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec

from .shape import Settings

Path = tuple[str, ...]
Values = dict[Path, object]

KEYS: Path = ("interface", "keys")
"""The one open table: its leaves are named by binding ids."""


def dotted(path: Iterable[str]) -> str:
    """A path as a person writes it in TOML."""
    return ".".join(part if part.replace("_", "").replace("-", "").isalnum() else f'"{part}"' for part in path)


@functools.cache
def leaves() -> dict[Path, Any]:
    """The type that may stand at each leaf; a binding of `interface.keys` is not listed."""
    return {path: kind for path, kind in _walk(Settings, ()) if path != KEYS}


@functools.cache
def sections() -> frozenset[Path]:
    """The tables that may be opened."""
    return frozenset(path[:depth] for path in leaves() for depth in range(1, len(path))) | {KEYS}


def is_of_role(path: Path, name: str) -> bool:
    """Whether this is the setting `name` of some role (a key binding may have the same name)."""
    return path[0] == "roles" and path[-1] == name


def leaf_type(path: Path) -> Any:
    """What may stand at `path`, or None when there is no such leaf."""
    if path[: len(KEYS)] == KEYS and len(path) > len(KEYS):
        return str
    return leaves().get(path)


def choices(kind: Any) -> tuple[str, ...]:
    """The words a leaf of this type allows, or () when it is not a choice between words."""
    if typing.get_origin(kind) is typing.Literal:
        return tuple(str(word) for word in typing.get_args(kind))
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return tuple(word for part in typing.get_args(kind) for word in choices(part))
    return ()


def flattened(table: Mapping[str, object], path: Path = ()) -> Iterable[tuple[Path, object]]:
    """Every leaf of a nested table; a table that is not known comes out as one leaf."""
    for name, value in table.items():
        here = (*path, name)
        if not isinstance(value, dict) or here not in sections():
            yield here, value
        elif here == KEYS:
            for binding, key in _bindings(cast("dict[str, object]", value)):
                yield (*KEYS, binding), key
        else:
            yield from flattened(cast("dict[str, object]", value), here)


def _bindings(table: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    """Ids may have dots, and TOML reads `diff.accept = "a"` as a table."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{rest}", key) for rest, key in _bindings(cast("dict[str, object]", value)))
        else:
            yield name, value


def built(values: Values) -> Settings:
    """The settings with these leaves, and defaults for the rest."""
    nested: dict[str, Any] = {}
    for path, value in values.items():
        table = nested
        for part in path[:-1]:
            table = table.setdefault(part, {})
        table[path[-1]] = value
    return cast("Settings", _construct(Settings, nested))


def default(path: Path) -> object:
    """What stands at a leaf that nobody set."""
    place: object = Settings()
    for part in path:
        place = getattr(place, part)
    return place


def _construct(kind: type[msgspec.Struct], nested: dict[str, Any]) -> msgspec.Struct:
    kinds = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return kind(
        **{name: _construct(kinds[name], value) if _is_struct(kinds[name]) else value for name, value in nested.items()}
    )


def _walk(kind: type[msgspec.Struct], path: Path) -> Iterable[tuple[Path, Any]]:
    for field in msgspec.structs.fields(kind):
        here = (*path, field.name)
        if _is_struct(field.type):
            yield from _walk(field.type, here)
        else:
            yield here, field.type


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
