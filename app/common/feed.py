"""From a log to what a screen shows: many entries become few states."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable

from ...engine.events import Entry
from ...engine.state.run import RunState

PEACEFUL_HZ = 10.0
"""States a second while one or two models write. A screen that paints more often slows a model on the same cores."""
CROWDED_HZ = 4.0
"""States a second while more than two models write at once."""
CROWD = 2


async def feed(log: AsyncIterable[Entry], hz: float = PEACEFUL_HZ) -> AsyncGenerator[RunState]:
    """The states of a run, at most `hz` a second: the first at once, the last always, none twice.

    Leave it inside `aclosing(...)`, so that its last wait for an entry is not left behind. The run itself is not
    cancelled by leaving: that is for whoever opened it.
    """
    now = asyncio.get_running_loop().time
    state, shown = RunState(), RunState()
    due = now()
    entries = aiter(log)
    waiting = asyncio.ensure_future(anext(entries, None))
    try:
        while True:
            news = state is not shown
            await asyncio.wait({waiting}, timeout=max(0.0, due - now()) if news else None)
            if waiting.done():
                entry = waiting.result()
                if entry is None:
                    break
                state = state.after(entry)
                waiting = asyncio.ensure_future(anext(entries, None))
            if state is not shown and now() >= due:
                due = now() + 1 / _pace(state, hz)
                shown = state
                yield state
        if state is not shown:
            yield state
    finally:
        await _given_up(waiting)


def _pace(state: RunState, hz: float) -> float:
    writing = sum(call.status in {"reading prompt", "streaming"} for call in state.calls)
    return min(hz, CROWDED_HZ) if writing > CROWD else hz


async def _given_up(waiting: asyncio.Future[Entry | None]) -> None:
    """Cancel a wait for an entry and see it end; an error in it has already been raised or no longer matters."""
    waiting.cancel()
    await asyncio.wait({waiting})
    if not waiting.cancelled():
        waiting.exception()
