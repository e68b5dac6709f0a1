"""Whatever models, files and tests say, every widget draws it, at every size, and it does nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Literal, get_args

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from redraft.engine import events as ev
from redraft.engine.diff import hunks
from redraft.engine.facts import Check, Draft, Example, Finding, Report, Review, Solution, Stub
from redraft.engine.state.run import RunState
from redraft.widgets.run.call_strip import CallStrip
from redraft.widgets.run.checks_table import ChecksTable
from redraft.widgets.run.diff_pane import DiffPane
from redraft.widgets.run.draft_pane import DraftPane
from redraft.widgets.run.meter_bar import MeterBar
from redraft.widgets.run.report_pane import ReportPane
from redraft.widgets.run.stage_bar import StageBar
from redraft.widgets.run.timeline import Timeline
from redraft.widgets.sheet import Sheet
from redraft.widgets.status_line import StatusLine
from redraft.widgets.stub_list import StubList, StubRow
from redraft.widgets.text import length, plain, shown
from textual.app import App, ComposeResult
from textual.widget import Widget

PIECES = [
    "[/]", "[", "]", "[bold]", "x[/y]", "m[i][j]", "[@click=app.quit]go[/]", "list[int]", "$primary", "{x}", "\\[", "|",
    "\x1b[2J", "\x1b]0;title\x07", "\0", "\r\n", "\r", "\n", "\t", "\x0c", "\x85", "\u2028", "\u202e", "\u200b", "\ufeff",
    "\ud800", "\udfff", "漢字", "😀", "❤\ufe0f", "e\u0301", "🇩🇪", "```python\n", "```", "def f(x):\n", '"""', "'''", "return 1\n",
    "    ", "a" * 90, "ñ", ">>> f(1)\n",
]  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=12).map("".join)
Verdict = Literal["passed", "failed", "raised", "timeout", "crashed", "not run"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@st.composite
def states(draw: st.DrawFn) -> RunState:
    """A run in which every text is hostile, stopped after some of its events."""
    pool = draw(st.lists(hostile, min_size=3, max_size=6))
    text = lambda: draw(st.sampled_from(pool))  # noqa: E731
    examples = tuple(
        Example(
            source=text(),
            want=text(),
            raises=draw(st.none() | hostile),
            origin=draw(st.sampled_from(["visible", "generated"])),
        )
        for _ in range(draw(st.integers(0, 3)))
    )
    stub = Stub(path=text(), name=text(), line=1, header=text() + "\n", body=text(), examples=examples)
    draft = Draft(id="d1", body=text(), model=text(), problem=draw(st.none() | hostile))
    fix = Draft(id="d2", body=text(), purpose=text(), parent="d1")
    report = Report(
        draft="d1",
        problem=draw(st.just("") | hostile),
        checks=tuple(Check(example=e, verdict=draw(st.sampled_from(VERDICTS)), got=text()) for e in examples),
    )
    findings = tuple(
        Finding(
            claim=text(), quote=text(), call=text(), comes_out=text(), should_be=text(), got=text(), got_fixed=text(),
            expected=text(),
            line=draw(st.none() | st.integers(0, 9)),
            status=draw(st.sampled_from(["untested", "reproduced", "refuted", "not shown"])),
        )
        for _ in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    review = Review(
        draft="d1", verdict=draw(st.sampled_from(["bugs", "clean", "unreadable"])), findings=findings, text=text()
    )
    log = [
        ev.RunStarted(run="r", pipeline=text(), stub=stub, models={"coder": text()}, scripted=draw(st.booleans())),
        ev.CallStarted(call="p", role="planner", purpose="plan", model=text()),
        ev.TextStreamed(call="p", text=text()),
        ev.CallFailed(call="p", problem=text()),
        ev.CallStarted(call="c", role="coder", purpose=text(), model=text()),
        ev.TextStreamed(call="c", text=text(), thinking=True),
        ev.TextStreamed(call="c", text=text()),
        ev.CallFailed(call="c", problem=text(), cancelled=draw(st.booleans())),
        ev.Drafted(draft=draft),
        ev.Checked(report=report),
        ev.Reviewed(review=review),
        ev.Drafted(draft=fix),
        ev.Decided(what=text()),
        draw(
            st.sampled_from(
                [ev.Settled(solution=Solution(draft=fix, why=text())), ev.RunFailed(problem=text()), ev.RunCancelled()]
            )
        ),
    ]
    state = RunState()
    for at, event in enumerate(log[: draw(st.integers(0, len(log)))]):
        state = state.after(ev.Entry(at=float(at), event=event))
    return state


def sheets(state: RunState, old: str, new: str) -> Iterator[Sheet]:
    """The larger widgets with these facts."""
    for kind in (ChecksTable, DraftPane, ReportPane):
        sheet = kind()
        sheet.state = state
        yield sheet
    diff = DiffPane()
    diff.hunks = hunks(old, new)
    yield diff
    stubs = StubList()
    stubs.stubs = tuple(StubRow(name, name, path, 1, note=path) for name, path in ((old, new), (new, old)))
    yield stubs


def bars(state: RunState, text: str) -> Iterator[Widget]:
    """The widgets of one line."""
    stages, meter, timeline, strip, line = StageBar(), MeterBar(), Timeline(), CallStrip(), StatusLine()
    for widget in (stages, meter, timeline, strip):
        widget.state = state
    meter.protection = line.seen = line.notice = text
    timeline.duration = 5.0
    yield from (stages, meter, timeline, strip, line)


class Bench(App[None]):
    """All widgets one above the other, without the themes: their names must not be needed."""

    def __init__(self, widgets: list[Widget]) -> None:
        super().__init__()
        self.widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self.widgets


# Without shrinking: an example costs half a second.
@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(states(), hostile, hostile, st.sampled_from([(80, 40), (20, 5), (3, 3), (160, 60)]))
def test_every_widget_draws_hostile_text_at_every_size(
    state: RunState, old: str, new: str, size: tuple[int, int]
) -> None:
    async def draw() -> None:
        app = Bench([*sheets(state, old, new), *bars(state, new)])
        async with app.run_test(size=size) as pilot:
            for sheet in app.query(Sheet):
                sheet.focus()
                await pilot.press("j", "enter")
            await pilot.resize_terminal(20, 5)
            await pilot.resize_terminal(90, 30)
            assert app.return_code is None

    asyncio.run(draw())


@settings(max_examples=100, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(states(), hostile, hostile, st.integers(24, 160), st.sampled_from(["always", "never"]))
def test_no_line_is_wider_than_its_sheet(state: RunState, old: str, new: str, width: int, split: str) -> None:
    for sheet in sheets(state, old, new):
        if isinstance(sheet, DiffPane):
            sheet.split = split  # type: ignore[assignment]
        elif isinstance(sheet, StubList):
            sheet.watch_stubs(sheet.stubs)
        else:
            assert isinstance(sheet, ChecksTable | DraftPane | ReportPane)
            sheet.watch_state(sheet.state)
        for row in sheet.rows(width):
            runs = sheet.runs(row)
            assert length(runs) <= width, (type(sheet), row)
            assert plain(runs) == shown(plain(runs))
            assert "\n" not in plain(runs)


@settings(max_examples=60, deadline=None)
@given(state=states(), text=hostile, width=st.integers(1, 200))
def test_bars_say_what_fits(state: RunState, text: str, width: int) -> None:
    meter = MeterBar()
    meter.state = state
    assert length(meter.runs(width)) <= width or len(meter.runs(width)) == 1
    line = StatusLine()
    line.seen = line.notice = text
    assert length(line.runs(width)) <= width
