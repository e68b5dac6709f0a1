"""Telling what went wrong: ours in its own words, a bug with the place where its traceback lies."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...engine.errors import RedraftError
from ...engine.redaction import redact
from ...engine.system.paths import Places, write_private

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen
    from textual.worker import Worker

EXIT_CODE = 70
"""Of a command that ends with a fault of redraft's own (EX_SOFTWARE)."""


def tell(screen: Screen[Any] | App[Any], error: BaseException, places: Places) -> None:
    """Show an error to the person; one that is no `RedraftError` is also kept with its traceback."""
    if isinstance(error, RedraftError):
        screen.notify(str(error), severity="error", markup=False, timeout=15)
        return
    screen.notify(keep(error, places), severity="error", markup=False, timeout=30)


def keep(error: BaseException, places: Places) -> str:
    """Keep a fault of ours with its traceback; the sentence that tells of it and of where that lies."""
    fault = redact(repr(error))
    return f"a fault in redraft itself: {fault}; the traceback is in {_kept(error, places)}, please report it"


def tell_of(screen: Screen[Any], event: Worker.StateChanged, places: Places) -> None:
    """Show why a worker failed, if it did; nothing is swallowed."""
    if event.state.name == "ERROR" and event.worker.error is not None:
        tell(screen, event.worker.error, places)


def _kept(error: BaseException, places: Places) -> Path | str:
    path = places.state / "faults" / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}.txt"
    try:
        write_private(path, redact("".join(traceback.format_exception(error))).encode())
    except RedraftError as unwritable:
        return f"nowhere ({unwritable})"
    return path
