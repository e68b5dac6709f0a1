"""Fetching models from the command line: what it takes is said first; only a terminal is asked."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...engine.errors import EnvironmentFault
from ...engine.models.embedded import stock
from ...engine.models.embedded.weight_sources import usual_sources
from ...engine.models.embedded.weights import Progress, Weights, megabytes
from ...engine.settings import Settings
from ..common.output import say, say_block
from ..models.takes import memory_line


async def ensure_models(settings: Sequence[Settings], environ: Mapping[str, str]) -> None:
    """Have the models on the disk that any role needs which is played on this machine.

    Raises:
        EnvironmentFault: nothing can run them here, they cannot be fetched, or the user said no.
    """
    if needed := await stock.lacking(settings, environ):
        await fetch(needed, environ, ask=sys.stdin.isatty() and sys.stderr.isatty())


async def fetch(
    models: Sequence[Weights], environ: Mapping[str, str], *, ask: bool, index_url: str | None = None
) -> tuple[Path, ...]:
    """Fetch models, telling what it takes before, and on standard error how far each is; gives where they are."""
    order = await stock.place_order(models, environ)
    if not order.models:
        return ()
    for model in order.models:
        licence = model.licence or "licence: see its page at the hub"
        say(f"{model.typed}: a file of {megabytes(model.size)} ({licence})")
        say(f"  {memory_line(model)}")
    each = "each is" if len(order.models) > 1 else "it is"
    say(
        f"{megabytes(order.size)} go into {order.folder} ({megabytes(order.free)} free); {each} checked by its hash; "
        "`redraft model remove` deletes it."
    )
    if ask and not await _agreed():
        raise EnvironmentFault("no model was fetched; name a server with --base-url, or run `redraft model pull` later")
    meter = Meter(order.models, live=sys.stderr.isatty())
    came = await stock.fetch(order, environ, meter.show, usual_sources(environ, index_url))
    meter.end()
    return came


async def _agreed() -> bool:
    say("Fetch it now? [Y/n] ", end="")
    answer = await asyncio.to_thread(sys.stdin.readline)
    return answer.strip().lower() in {"", "y", "yes"} and answer != ""


class Meter:
    """Progress, a line for each file: redrawn on a terminal, said every tenth of the way elsewhere."""

    def __init__(self, models: Sequence[Weights], *, live: bool) -> None:
        self._live = live
        self._at = dict.fromkeys((model.typed for model in models), "")
        self._tenths: dict[str, int] = {}

    def show(self, model: Weights, progress: Progress) -> None:
        """Tell how far the fetch of one is."""
        share = progress.done / progress.total if progress.total else 0.0
        way = "checking" if progress.source == "checking" else f"from {progress.source}"
        text = f"{progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB {way}"
        named = f"{model.called or model.name}: {text}" if len(self._at) > 1 else text
        if not self._live:
            if int(share * 10) != self._tenths.get(model.typed):
                self._tenths[model.typed] = int(share * 10)
                say(named)
            return
        filled = int(share * 30)
        begun = any(self._at.values())
        self._at[model.typed] = f"[{'█' * filled}{'·' * (30 - filled)}] {named}"
        say_block(list(self._at.values()), again=begun)

    def end(self) -> None:
        """Leave the lines behind."""
        if self._live:
            say("")
