"""What the widgets cost in CPU: a diff of 2,000 lines, and a draft that streams. `python tests/performance/widgets_on_a_screen.py`

Milliseconds of process time on this machine; shares are of one core, at the coalescer's ten updates a second.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "looks"))

import sample_runs as runs
from redraft.engine import events as ev
from redraft.engine.diff import hunks
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.draft_pane import DraftPane
from textual.app import App, ComposeResult
from textual.widget import Widget

TOKENS_PER_UPDATE = 12
"""Characters: three tokens, as at 30 tokens a second."""


class Bare(App[None]):
    """One widget and nothing else."""

    def __init__(self, kind: Callable[[], Widget]) -> None:
        super().__init__()
        self.kind = kind

    def compose(self) -> ComposeResult:
        """The widget."""
        yield self.kind()


@contextmanager
def measured(what: str, times: int = 1) -> Iterator[None]:
    """Print the CPU time of a block, divided by `times`."""
    began = time.process_time()
    yield
    print(f"{what:<46}{(time.process_time() - began) * 1000 / times:8.1f} ms")


async def long_diff() -> None:
    """Show, walk, decide and turn a diff of 2,000 lines with 167 hunks."""
    old = [f"    value_{n} = compute(items[{n}], scale=0.{n}) if items else None  # step {n}" for n in range(2000)]
    new = [line.replace("compute", "calculate") if n % 12 == 0 else line for n, line in enumerate(old)]
    changes = hunks("\n".join(old), "\n".join(new), context=None)
    app = Bare(DiffPane)
    async with app.run_test(size=(160, 50)) as pilot:
        pane = app.query_one(DiffPane)
        pane.focus()
        with measured("diff of 2,000 lines, first paint"):
            pane.hunks = changes
            await pilot.pause()
        with measured("diff, ten times the next hunk, each", 10):
            for _ in range(10):
                pane.action_next_hunk()
                await asyncio.sleep(0.02)
        with measured("diff, a decision"):
            pane.decided = {1: "accepted"}
            await asyncio.sleep(0.02)
        with measured("diff, one column to two"):
            pane.split = "always"
            await asyncio.sleep(0.02)


async def streaming(*, shown: bool) -> float:
    """CPU seconds for one update of a draft that grows to 60 lines; without the widget when not `shown`."""
    code = "".join(f"    value_{n} = compute(items[{n}])\n" for n in range(60))
    app = Bare(DraftPane)
    async with app.run_test(size=(100, 40)):
        pane, state = app.query_one(DraftPane), runs.until(1.0)
        starts = range(0, len(code), TOKENS_PER_UPDATE)
        began = time.process_time()
        for start in starts:
            piece = ev.TextStreamed(call="c1", text=code[start : start + TOKENS_PER_UPDATE])
            state = state.after(ev.Entry(at=1.0, event=piece))
            if shown:
                pane.state = state
            await asyncio.sleep(0.02)
        return (time.process_time() - began) / len(starts)


async def main() -> None:
    """All measurements."""
    await long_diff()
    alone, drawn = await streaming(shown=False), await streaming(shown=True)
    print(f"{'draft, one update (three tokens)':<46}{drawn * 1000:8.1f} ms, {drawn * 10:.1%} of a core at 10 Hz")
    print(f"{'of which the fold':<46}{alone * 1000:8.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
