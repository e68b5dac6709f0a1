"""Where every value comes from, for `redraft config show`. A key is never among what is shown."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import cast

from ..facts import Fact
from .checking import without_password
from .merging import Placed
from .secret import Secret
from .tree import KEYS, Path, default, dotted, is_of_role, leaves


class Origin(Fact, frozen=True):
    """One setting: its key, its value as a person may see it, and its source."""

    key: str
    value: str
    """TOML spelling; "" when it is not set; "set" for a key."""
    source: str
    """"command line", "$REDRAFT_MODEL", a file, "follows roles.coder", or "default"."""


def origins_of(placed: Mapping[Path, Placed]) -> tuple[Origin, ...]:
    """One origin for each setting, in the order in which they are documented."""
    bindings = sorted(path for path in placed if path[: len(KEYS)] == KEYS)
    return tuple(_origin(path, placed.get(path)) for path in (*leaves(), *bindings))


def shown(path: Path, value: object) -> str:
    """A value as a person may see it: no key, no password inside an address, no arguments of a command."""
    match value:
        case None | "" | ():
            return ""
        case Secret():
            return str(value)
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
        case _ if is_of_role(path, "api_key_command"):
            # Its arguments may hold the very thing the command is there to hide.
            words = shlex.split(value) if isinstance(value, str) else list(cast("tuple[str, ...]", value))
            return " ".join(words[:1] + ["…"] * (len(words) > 1))
        case _:
            return without_password(str(value))


def _origin(path: Path, place: Placed | None) -> Origin:
    if place is None:
        return Origin(key=dotted(path), value=shown(path, default(path)), source="default")
    return Origin(key=dotted(path), value=shown(path, place.value), source=place.source)
