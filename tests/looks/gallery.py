"""All widgets with realistic states, one exhibit a picture: `python tests/looks/gallery.py OUT [EXHIBIT…]` writes SVGs."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

import sample_runs as runs
from redraft.engine.diff import hunks
from redraft.engine.state.run import RunState
from redraft.themes import load_themes, textual_theme
from redraft.widgets.run.checks_table import ChecksTable
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.draft_pane import DraftPane
from redraft.widgets.run.meter_bar import MeterBar
from redraft.widgets.run.report_pane import ReportPane
from redraft.widgets.run.stage_bar import StageBar
from redraft.widgets.run.timeline import Timeline
from redraft.widgets.status_line import StatusLine
from redraft.widgets.stub_list import StubList, StubRow
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

W = TypeVar("W", bound=Widget)

STUBS = (
    StubRow("a::running_mean", "running_mean", "stats/windows.py", 3, "drafting"),
    StubRow("a::Stack.push", "Stack.push", "stats/windows.py", 31, "verified"),
    StubRow("a::Stack.pop", "Stack.pop", "stats/windows.py", 40, "fails", "2 of 5 fail"),
    StubRow("a::median", "median", "stats/windows.py", 52, "unverified"),
    StubRow("b::parse_header", "parse_header", "stats/reading.py", 8, "written"),
    StubRow("b::guess_encoding", "guess_encoding", "stats/reading.py", 21, "queued"),
)


def with_facts(widget: W, **facts: object) -> W:
    """A widget with its attributes set."""
    if hasattr(widget, "live"):
        facts["live"] = False  # a picture must not depend on how long it took to draw
    for name, fact in facts.items():
        setattr(widget, name, fact)
    return widget


def diff(**facts: object) -> DiffPane:
    """The diff of the sample's fix."""
    changes = hunks(runs.STUB.code(runs.FIRST), runs.STUB.code(runs.FIXED), context=3)
    return with_facts(DiffPane(), **{"hunks": changes, "caption": "draft d1 → fix d2", **facts})


def bars(state: RunState, **facts: object) -> list[Widget]:
    """The bars above and below everything."""
    meter = with_facts(MeterBar(), state=state, protection="isolated")
    line = with_facts(StatusLine(), **{"seen": "windows.py: 4 stubs, 1 changed", **facts})
    return [with_facts(StageBar(), state=state), meter, line]


def workbench(state: RunState, *right: Widget, **facts: object) -> ComposeResult:
    """Something like the real screen, to see the widgets together."""
    stages, meter, line = bars(state, **facts)
    yield stages
    with Horizontal():
        stubs = with_facts(StubList(), stubs=STUBS, chosen="a::running_mean")
        stubs.styles.width = 30
        stubs.display = os.environ.get("STUBS") == "1"
        yield stubs
        yield with_facts(DraftPane(), state=state)
        with Vertical():
            yield from right
    yield meter
    yield line


EXHIBITS: dict[str, Callable[[], ComposeResult]] = {
    "stubs": lambda: iter([with_facts(StubList(), stubs=STUBS, chosen="a::Stack.pop")]),
    "stubs_empty": lambda: iter([StubList()]),
    "draft_waiting": lambda: iter([with_facts(DraftPane(), state=runs.until(1.0)), *bars(runs.until(1.0))]),
    "draft_streaming": lambda: iter([with_facts(DraftPane(), state=runs.until(3.0)), *bars(runs.until(3.0))]),
    "draft_reviewed": lambda: iter([with_facts(DraftPane(), state=runs.settled(), line=15, unfolded=True)]),
    "draft_cancelled": lambda: iter([with_facts(DraftPane(), state=runs.cancelled()), *bars(runs.cancelled())]),
    "draft_empty": lambda: iter([DraftPane()]),
    "report": lambda: iter([with_facts(ReportPane(), state=runs.settled())]),
    "report_unreadable": lambda: iter([with_facts(ReportPane(), state=runs.settled(review=runs.UNREADABLE))]),
    "report_waiting": lambda: iter([with_facts(ReportPane(), state=runs.until(4.6)), *bars(runs.until(4.6))]),
    "report_empty": lambda: iter([ReportPane()]),
    "diff": lambda: iter([diff(decided={1: "accepted"}, current=2)]),
    "diff_split": lambda: iter([diff(split="always")]),
    "diff_rejected": lambda: iter([diff(split="never", decided={1: "rejected", 2: "accepted"})]),
    "diff_empty": lambda: iter([DiffPane()]),
    "checks": lambda: iter([with_facts(ChecksTable(), state=runs.until(4.45))]),
    "checks_hold": lambda: iter([with_facts(ChecksTable(), state=runs.settled())]),
    "checks_empty": lambda: iter([ChecksTable()]),
    "workbench_review": lambda: workbench(
        runs.until(9.95),
        with_facts(ReportPane(), state=runs.until(9.95)),
        with_facts(ChecksTable(), state=runs.until(9.95)),
    ),
    "workbench_settled": lambda: workbench(
        runs.settled(),
        with_facts(ReportPane(), state=runs.settled()),
        diff(),
        notice="the fix is verified",
        tone="good",
    ),
    "bars": lambda: iter(
        [
            *bars(RunState()),
            *bars(runs.until(1.0), notice="reading the prompt"),
            *bars(runs.until(11.0), notice="the model is slow today", tone="warning"),
            *bars(runs.settled(scripted=True), notice="the fix is verified", tone="good"),
            *bars(runs.cancelled(), notice="no model answers at 127.0.0.1:8080", tone="error"),
            with_facts(
                Timeline(),
                state=runs.settled(),
                duration=13.4,
                position=7.5,
                playing=True,
                moments=(0.0, 4.2, 9.9, 13.4),
            ),
            with_facts(Timeline(), state=runs.settled(), duration=13.4, position=0.0, speed=4.0),
        ]
    ),
}


class Gallery(App[None]):
    """One exhibit."""

    def __init__(self, exhibit: str, theme: str = "redraft-dark") -> None:
        super().__init__()
        self.exhibit = exhibit
        for palette in load_themes().values():
            self.register_theme(textual_theme(palette))
        self.theme = theme

    def compose(self) -> ComposeResult:
        """The exhibit's widgets."""
        yield from EXHIBITS[self.exhibit]()


SIZES: tuple[tuple[int, int], ...] = ((80, 24), (100, 30), (160, 50))


async def photograph(out: Path, names: list[str], theme: str) -> None:
    """Write a picture of each exhibit at each size."""
    for name in names:
        for size in SIZES:
            app = Gallery(name, theme)
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                (out / f"{name}_{size[0]}x{size[1]}.svg").write_text(app.export_screenshot(title=name), "utf-8")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(photograph(folder, sys.argv[2:] or list(EXHIBITS), os.environ.get("THEME", "redraft-dark")))
