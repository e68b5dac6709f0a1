"""What a person sees and may do while a benchmark runs."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ...engine.bench.lines import Line
from ...engine.bench.tally import Tally
from ...engine.state.cost import shown
from ..common.output import say, say_over

PLAIN_SECONDS = 10.0
"""Between two lines where nothing can be redrawn."""


class Meter:
    """Running pass@1, cost and pace on standard error: one line that is redrawn, or a line now and then."""

    def __init__(self, *, live: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._live = live and sys.stderr.isatty()
        self._clock = clock
        self._began = self._said = clock()
        self._count = 0

    def show(self, line: Line, tally: Tally) -> None:
        """Tell of one more result."""
        self._count += 1
        now = self._clock()
        if line.status != "done":
            self._over(f"{line.problem}: {line.error}")
            say("")
        whole = tally.done + tally.errors + tally.faults >= tally.total
        if self._live:
            self._over(self._text(tally, now))
            if whole:
                say("")
        elif whole or now - self._said >= PLAIN_SECONDS:
            self._said = now
            say(self._text(tally, now))

    def done(self) -> None:
        """Clear the line that was being redrawn."""
        if self._live:
            self._over("")

    def _text(self, tally: Tally, now: float) -> str:
        share = (
            f"pass@1 {100 * tally.plus / tally.done:.1f} % (base {100 * tally.base / tally.done:.1f} %)"
            if tally.done
            else "—"
        )
        cost = shown(tally.spent) if tally.spent.calls else "n/a"
        pace = self._count / max(now - self._began, 1e-9)
        rest = [f"{tally.errors} errors"] if tally.errors else []
        if tally.faults:
            rest.append(f"{tally.faults} faults of redraft's own")
        if tally.empty:
            rest.append(f"{tally.empty} without code")
        column = f"{tally.column.pipeline} · {tally.column.model}"
        parts = [f"{column} {tally.done}/{tally.total}", share, f"cost {cost}", f"{pace:.2g} problems/s", *rest]
        return " · ".join(parts)

    def _over(self, text: str) -> None:
        say_over(text) if self._live else say(text, end="")


@asynccontextmanager
async def two_interrupts(stop: Callable[[], None]) -> AsyncIterator[None]:
    """The first Ctrl-C calls `stop`; the second cancels everything that is under way. SIGTERM is as good as two."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    pressed = False
    cancelled = False

    def interrupted() -> None:
        nonlocal pressed
        if pressed:
            ended()
            return
        pressed = True
        say("\nfinishing what is under way; press Ctrl-C again to leave it. The same command goes on from here later.")
        stop()

    def ended() -> None:
        nonlocal cancelled
        say("leaving what is under way; the same command goes on from here later.")
        cancelled = True
        task.cancel()

    loop.add_signal_handler(signal.SIGINT, interrupted)
    loop.add_signal_handler(signal.SIGTERM, ended)
    try:
        yield
    except asyncio.CancelledError:
        if not cancelled:
            raise
        raise KeyboardInterrupt from None
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)
