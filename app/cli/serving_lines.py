"""What `redraft serve` shows: the commands, how far they are, and who plays which role."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from ...engine.facts import ROLES, Role
from ...engine.models.vllm.commands import Command
from ...engine.models.vllm.models import Fleet
from ...engine.models.vllm.placing import sum_of
from ...engine.settings.serving import Served
from ...engine.tables.rendering import Table, as_plain
from ..common.output import harmless

SLOW = 10.0
"""Seconds between two lines about one server where lines cannot be written over."""
QUICK = 0.25
TABLE_1 = ("role", "model", "parameters", "quantisation", "device", "memory")
QUANTISED = {"awq": "AWQ, 4 bits", "gptq": "GPTQ, 4 bits", "fp8": "FP8", "int8": "INT8", "int4": "INT4"}
"""By a word of a model's name."""


class Ticker:
    """How far the servers are: one line that is written over on a terminal, now and then a line elsewhere."""

    def __init__(self, stream: TextIO, *, live: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._live, self._clock = stream, live, clock
        self._next = 0.0
        self._open = False

    def show(self, fleet: Fleet) -> None:
        """Tell it, unless it was told a moment ago."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + (QUICK if self._live else SLOW)
        text = harmless(" · ".join(f"{label}: {how}" for label, how in fleet.progress))
        if not self._live:
            self._stream.write(text + "\n")
        else:
            wide = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r\x1b[K{text if len(text) <= wide else text[: wide - 1] + '…'}")
            self._open = True
        self._stream.flush()

    def end(self) -> None:
        """Leave the line clean for what comes next."""
        if self._open:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
        self._open = False


def as_json(command: Command) -> dict[str, object]:
    """A command as JSON tells it."""
    place = command.place
    return {
        "roles": place.order.roles,
        "model": command.model,
        "environ": dict(command.environ),
        "argv": command.argv,
        "base_url": command.base_url,
        "devices": [device.index for device in place.devices if device.kind == "gpu"],
        "share": place.share,
        "context": place.context,
        "need_gb": round(place.order.need(place.context, len(place.devices)), 1),
    }


def explained(planned: Sequence[Command]) -> list[str]:
    """The commands for a shell, with where each goes and why, and the settings that point redraft at them."""
    lines = [*(f"# {line}".rstrip() for line in lineup_table(planned)), ""]
    for command in planned:
        place = command.place
        roles = ", ".join(place.order.roles)
        lines += [f"# {roles}, on {' and '.join(device.shown for device in place.devices)}"]
        lines += [f"#{sum_of(place.order, place.context)}"]
        lines += [command.shown, ""]
    lines += [
        "# `redraft serve` starts them with a random key; started by hand they have none. Settings for redraft.toml:"
    ]
    return lines + _settings(_roles(planned))


def lineup_table(planned: Sequence[Command]) -> list[str]:
    """Who plays which role on what: the columns of table 1 of arXiv 2603.03406."""
    rows = [
        (
            ", ".join(place.order.roles),
            command.model,
            f"{place.order.size.billions:g} B" if place.order.size.billions else "not known",
            _quantisation(command.model, place.order.dtype),
            f"{len(place.devices)} × {place.devices[0].name}",
            f"{place.order.need(place.context, len(place.devices)) * len(place.devices):.1f} GB",
        )
        for command, place in ((command, command.place) for command in planned)
    ]
    title = "who plays which role (the columns of table 1 of arXiv 2603.03406)"
    table = Table(name="A1", title=title, heads=TABLE_1, rows=tuple(rows), words=len(TABLE_1))
    return as_plain(table).splitlines()


def _quantisation(model: str, dtype: str) -> str:
    """How its numbers are kept, as its name and the line-up say."""
    name = model.lower()
    kept = next((said for word, said in QUANTISED.items() if word in name), "")
    return ", ".join(part for part in (kept, dtype) if part) or "as its files say"


def _settings(roles: Mapping[Role, Served]) -> list[str]:
    lines: list[str] = []
    for role, served in roles.items():
        lines += [f"[roles.{role}]", f'base_url = "{served.base_url}"', f'model = "{served.model}"', ""]
    return lines[:-1]


def _roles(planned: Sequence[Command]) -> dict[Role, Served]:
    roles: dict[Role, Served] = {}
    for role in ROLES:
        mine = [command for command in planned if role in command.place.order.roles]
        roles[role] = Served(base_url=",".join(command.base_url for command in mine), model=mine[0].model)
    return roles


def ready_lines(roles: Mapping[Role, Served], planned: Sequence[Command]) -> list[str]:
    """Who plays which role, and what that means."""
    rooms = {command.model: command.place for command in planned}
    return [
        "ready",
        *(f"  {role:<9} {served.model}  {served.base_url}" for role, served in roles.items()),
        *(
            f"  {model}: up to {place.context:,} tokens; the cache holds {place.at_once:.1f} such conversations"
            for model, place in rooms.items()
        ),
        "every redraft you start now uses them; ctrl+c here stops them",
    ]
