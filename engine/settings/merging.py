"""Laying the sources over each other, and letting roles follow each other, without sending a key to a stranger.

Two rules beyond "the later source wins":

* A key goes only to the endpoint it was set for, and a price belongs to one model. So a source that names another
  endpoint or model drops what belonged to the former one. A key in an environment variable or flag stays: whoever
  starts redraft with both means both.
* A role that leaves something open takes it from the role it follows, unless it names another endpoint or model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..facts import ROLES, Role
from .layers import Layer
from .shape import EMBEDDED, FOLLOWS
from .tree import Path, Values, dotted

KEYS = ("api_key", "api_key_env", "api_key_command")
PRICES = ("price_in", "price_out")
OF_MODEL = (*PRICES, "temperature", "top_p", "top_k", "min_p", "max_tokens", "thinking", "prefill")
OF_ENDPOINT = ("model", *KEYS, *OF_MODEL)


class Placed(NamedTuple):
    """A value, where it came from, and the endpoint its source knew of ("" when it named none)."""

    value: object
    source: str
    kind: str
    endpoint: str = ""


Placings = dict[Path, Placed]


def merged(layers: Iterable[Layer]) -> tuple[Placings, tuple[str, ...]]:
    """All layers, weakest first, laid over each other; and a warning for each key that was dropped."""
    placed: Placings = {}
    warnings: list[str] = []
    for layer in layers:
        for role in ROLES:
            warnings += _make_way(placed, layer, role)
        for path, value in layer.values.items():
            endpoint = str(layer.values.get((*path[:-1], "base_url"), "")) if path[-1] in KEYS else ""
            placed[path] = Placed(value, layer.source(path), layer.kind, endpoint)
    return placed, tuple(warnings)


def following(placed: Placings) -> Placings:
    """The same, with what a role leaves open taken from the role it follows."""
    full = dict(placed)
    for role, leader in FOLLOWS.items():
        barred = _barred(full, role, leader)
        for path in [path for path in full if path[:2] == ("roles", leader)]:
            here = ("roles", role, path[2])
            if here not in full and path[2] not in barred:
                full[here] = full[path]._replace(source=f"follows roles.{leader}")
    return full


def values_of(placed: Placings) -> Values:
    """Only the values."""
    return {path: place.value for path, place in placed.items()}


def _make_way(placed: Placings, layer: Layer, role: Role) -> Sequence[str]:
    """Drop from `placed` what the layer's endpoint, model or key makes void; say which file's key is not used."""

    def now(name: str) -> Path:
        return ("roles", role, name)

    sets = {path[2]: value for path, value in layer.values.items() if path[:2] == ("roles", role)}
    void: set[str] = set()
    warnings: list[str] = []
    if any(name in sets for name in KEYS):
        void.update(KEYS)
    if "model" in sets and sets["model"] != _value(placed, now("model"), ""):
        void.update(PRICES)
    if "base_url" in sets and sets["base_url"] != _value(placed, now("base_url"), EMBEDDED):
        void.update(PRICES)
        for name in KEYS:
            key = placed.get(now(name))
            if (
                key
                and name not in void
                and key.kind in {"user", "project"}
                and (key.endpoint or layer.kind == "project")
            ):
                void.add(name)
                other = layer.source(now("base_url"))
                warnings.append(f"{dotted(now(name))} ({key.source}) was not used: {other} names another endpoint")
    for name in void:
        placed.pop(now(name), None)
    return warnings


def _barred(placed: Placings, role: Role, leader: Role) -> frozenset[str]:
    """What a role may not take from its leader."""
    own = {path[2] for path in placed if path[:2] == ("roles", role)}
    barred: set[str] = set()
    if "base_url" in own and not _same(placed, role, leader, "base_url", EMBEDDED):
        barred.update(OF_ENDPOINT)
    if "model" in own and not _same(placed, role, leader, "model", ""):
        barred.update(OF_MODEL)
    if own & set(KEYS):
        barred.update(KEYS)
    return frozenset(barred)


def _same(placed: Placings, role: Role, leader: Role, name: str, unset: str) -> bool:
    return _value(placed, ("roles", role, name), unset) == _value(placed, ("roles", leader, name), unset)


def _value(placed: Placings, path: Path, unset: str) -> object:
    return placed[path].value if path in placed else unset
