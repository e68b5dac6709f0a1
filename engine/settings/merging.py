"""Laying the sources over each other, and letting roles follow each other, without sending a key to a stranger.

Four rules beyond "the nearer source wins":

* A source that leads from a server to the models of this machine, or back, drops the model's name.
* A price belongs to one model: a source that names another model or endpoint drops it.
* A role that leaves something open takes it from the role it follows, unless it names another endpoint or model.
* A key in a file goes only to the endpoint for which the file has it. A key in a variable or flag goes where the
  shell says: whoever starts redraft with both means both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..facts import ROLES, Role
from .layers import Layer
from .shape import EMBEDDED, FOLLOWS
from .tree import Path, Values, dotted

KEYS = ("api_key", "api_key_env", "api_key_command")
PRICES = ("price_in", "price_out")
OF_MODEL = (
    *PRICES,
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "max_tokens",
    "thinking",
    "effort",
    "thinking_tokens",
    "prefill",
)
OF_ENDPOINT = ("model", *KEYS, *OF_MODEL)
FILES = ("user", "project", "servers")
FOLLOWING = "follows roles."


class Placed(NamedTuple):
    """A value, where it came from, and, for a key, the endpoint that its source names ("" when it names none)."""

    value: object
    source: str
    kind: str
    endpoint: str = ""


Placings = dict[Path, Placed]


def merged(layers: Iterable[Layer]) -> tuple[Placings, tuple[str, ...]]:
    """All layers, weakest first, laid over each other, roles following; and a warning for each key that was dropped."""
    placed: Placings = {}
    for layer in layers:
        for role in ROLES:
            _make_way(placed, layer, role)
        for path, value in layer.values.items():
            endpoint = _endpoint(layer, path[1]) if path[-1] in KEYS else ""
            placed[path] = Placed(value, layer.source(path), layer.kind, endpoint)
    return _without_stray_keys(_following(placed))


def values_of(placed: Placings) -> Values:
    """Only the values."""
    return {path: place.value for path, place in placed.items()}


def _endpoint(layer: Layer, role: str) -> str:
    """The endpoint that a layer names for a role, itself or by way of the roles it follows."""
    named: str | None = role
    while named is not None:
        if ("roles", named, "base_url") in layer.values:
            return str(layer.values["roles", named, "base_url"])
        named = next((leader for follower, leader in FOLLOWS.items() if follower == named), None)
    return ""


def _make_way(placed: Placings, layer: Layer, role: Role) -> None:
    """Drop from `placed` what the layer's endpoint, model or key makes void."""
    sets = {path[2]: value for path, value in layer.values.items() if path[:2] == ("roles", role)}
    void: set[str] = set()
    if any(name in sets for name in KEYS):
        void.update(KEYS)
    for name, unset in (("model", ""), ("base_url", EMBEDDED)):
        if name in sets and sets[name] != _value(placed, ("roles", role, name), unset):
            void.update(PRICES)
    before = placed.get(("roles", role, "base_url"))
    if before and "base_url" in sets and (sets["base_url"] == EMBEDDED) != (before.value == EMBEDDED):
        # What runs here and what a server has go by other names.
        void.add("model")
    for name in void:
        placed.pop(("roles", role, name), None)


def _following(placed: Placings) -> Placings:
    """The same, with what a role leaves open taken from the role it follows."""
    full = dict(placed)
    for role, leader in FOLLOWS.items():
        barred = _barred(full, role, leader)
        for path in [path for path in full if path[:2] == ("roles", leader)]:
            here = ("roles", role, path[2])
            if here not in full and path[2] not in barred:
                full[here] = full[path]._replace(source=FOLLOWING + leader)
    return full


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


def _without_stray_keys(placed: Placings) -> tuple[Placings, tuple[str, ...]]:
    """The same without the keys of files whose endpoint is not the one in force; a warning for each."""
    kept = dict(placed)
    warnings: list[str] = []
    for path, key in placed.items():
        if path[-1] not in KEYS or path[0] != "roles" or key.kind not in FILES:
            continue
        target = placed.get((*path[:-1], "base_url"), Placed(EMBEDDED, "default", "default"))
        strange = target.kind == "project" and key.kind == "user"
        if key.endpoint != target.value if key.endpoint else strange:
            del kept[path]
            # The key of `redraft serve` is for its own servers; nobody set it, so nobody needs to be told.
            told = not key.source.startswith(FOLLOWING) and key.kind != "servers"
            if told and target.value != EMBEDDED:
                warnings.append(f"{dotted(path)} ({key.source}) was not used: {target.source} names another endpoint")
    return kept, tuple(warnings)


def _same(placed: Placings, role: Role, leader: Role, name: str, unset: str) -> bool:
    return _value(placed, ("roles", role, name), unset) == _value(placed, ("roles", leader, name), unset)


def _value(placed: Placings, path: Path, unset: str) -> object:
    return placed[path].value if path in placed else unset
