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
    """Show an error to the user; one that is no `RedraftError` is also kept with its traceback."""
    if isinstance(error, RedraftError):
        screen.notify(str(error), severity="error", markup=False, timeout=15)
        return
    screen.notify(keep(error, places), severity="error", markup=False, timeout=30)


class Faults:
    """Faults of redraft's own that a screen's work goes on after: each is told once, however often it is met."""

    def __init__(self, screen: Screen[Any], places: Places) -> None:
        self._screen = screen
        self._places = places
        self._kept: dict[tuple[str, str, int], Path | str] = {}
        """Where the traceback lies, by kind and by the line that raised."""

    def met(self, error: Exception) -> str:
        """Keep and tell a fault, unless that was done before; the words for what was not done because of it."""
        frame = traceback.extract_tb(error.__traceback__)[-1:]
        known = (type(error).__name__, *((frame[0].filename, frame[0].lineno or 0) if frame else ("", 0)))
        if known not in self._kept:
            self._kept[known] = kept = _kept(error, self._places)
            self._screen.notify(_words(error, kept), severity="error", markup=False, timeout=30)
        return f"a fault in redraft itself, see {self._kept[known]}"


def keep(error: BaseException, places: Places) -> str:
    """Keep a fault of ours with its traceback; the sentence that tells of it and of where that lies."""
    return _words(error, _kept(error, places))


def _words(error: BaseException, kept: Path | str) -> str:
    return f"a fault in redraft itself: {redact(repr(error))}; the traceback is in {kept}, please report it"


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
