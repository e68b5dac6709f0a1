"""What a large tree costs on the screen: each new state, each key, and a second of a run that goes on.

python tests/performance/tree_screen.py [NODES]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "widgets"))

from redraft.app.tree.view import TreeView
from redraft.engine import events as ev
from redraft.engine.state.run import state_of
from redraft.widgets.tree.plan_tree import PlanTree
from textual.app import App, ComposeResult
from tree_logs import large


class Bench(App[None]):
    """A tree and nothing else."""

    def compose(self) -> ComposeResult:
        yield TreeView(live=False)


def told(what: str, seconds: list[float]) -> None:
    """Median and worst, in milliseconds of the processor."""
    print(f"{what:<44} {1000 * statistics.median(seconds):6.1f} ms  worst {1000 * max(seconds):6.1f} ms")


async def main(nodes: int) -> None:
    entries = large(nodes)
    began = time.process_time()
    state = state_of(entries)
    print(f"fold of {len(entries)} entries, {nodes} nodes{'':<16} {1000 * (time.process_time() - began):6.1f} ms")
    async with Bench().run_test(size=(160, 50)) as pilot:
        view, tree = pilot.app.query_one(TreeView), pilot.app.query_one(PlanTree)
        view.state = state
        await pilot.pause()
        tree.focus()
        took: list[float] = []
        for _ in range(30):
            began = time.process_time()
            tree.relayout()
            took.append(time.process_time() - began)
        told("lay the tree out", took)
        took = []
        for number in range(30):
            call = f"x{number}"
            path = f"{1 + number % 3}"
            started = ev.CallStarted(call=call, role="coder", purpose="trial", model="m", node=path)
            state = state.after(ev.Entry(at=state.now + 1, event=started))
            began = time.process_time()
            view.state = state
            await pilot.pause()
            took.append(time.process_time() - began)
        told("a new state, seen on the screen", took)
        took = []
        for _ in range(50):
            state = state.after(ev.Entry(at=state.now + 0.1, event=ev.TextStreamed(call=call, text=" word")))
            began = time.process_time()
            view.state = state
            await pilot.pause()
            took.append(time.process_time() - began)
        told("some more text of an answer", took)
        took = []
        for _ in range(60):
            began = time.process_time()
            await pilot.press("j")
            took.append(time.process_time() - began)
        told("a key that moves the cursor", took)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
