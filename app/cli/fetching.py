"""Fetching the embedded model from the command line: what it takes is said first; only a terminal is asked."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from ...engine.errors import EnvironmentFault
from ...engine.facts import ROLES
from ...engine.models.embedded import weights
from ...engine.models.embedded.weight_sources import usual_sources
from ...engine.settings import Settings
from ..common.output import say, say_over


async def ensure_model(settings: Settings, environ: Mapping[str, str]) -> None:
    """Have the weights of the embedded model on the disk if any role needs them.

    Raises:
        EnvironmentFault: they cannot be fetched, or the person said no.
    """
    if any(settings.role(role).embedded for role in ROLES) and weights.find(environ) is None:
        await fetch(environ, ask=sys.stdin.isatty() and sys.stderr.isatty())


async def fetch(environ: Mapping[str, str], *, ask: bool, index_url: str | None = None) -> Path:
    """Fetch the weights, telling how far it is on standard error; gives where they are."""
    folder = weights.models_folder(environ)
    say(
        f"The embedded model, {weights.CODER.name}, is a file of {weights.CODER.size / 1e9:.1f} GB (Apache-2.0). "
        f"It goes into {folder} and is checked by its hash; `redraft model remove` deletes it."
    )
    if ask and not await _agreed():
        raise EnvironmentFault("no model was fetched; name a server with --base-url, or run `redraft model pull` later")
    path = await weights.pull(folder, usual_sources(environ, index_url), Meter(live=sys.stderr.isatty()).show)
    say("")
    return path


async def _agreed() -> bool:
    say("Fetch it now? [Y/n] ", end="")
    answer = await asyncio.to_thread(sys.stdin.readline)
    return answer.strip().lower() in {"", "y", "yes"} and answer != ""


class Meter:
    """Progress on one line of a terminal, or a line every tenth of the way elsewhere."""

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._tenth = -1

    def show(self, progress: weights.Progress) -> None:
        """Tell how far the fetch is."""
        share = progress.done / progress.total if progress.total else 0.0
        text = f"{progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB from {progress.source}"
        if self._live:
            filled = int(share * 30)
            say_over(f"[{'█' * filled}{'·' * (30 - filled)}] {text}")
        elif int(share * 10) != self._tenth:
            self._tenth = int(share * 10)
            say(text)
