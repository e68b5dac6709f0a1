"""Stub list, stage bar, meter, status line, timeline and call strip."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Literal

import pytest
import sample_runs as runs
from redraft.engine import events as ev
from redraft.engine.facts import Check, Draft, Example, Report, Solution, Usage
from redraft.engine.state.run import IN_FILE, RunState
from redraft.widgets.ink import FALLBACKS, spelled, style
from redraft.widgets.run.call_strip import CallStrip
from redraft.widgets.run.clock import RunClock
from redraft.widgets.run.meter_bar import MeterBar, tokens_per_second
from redraft.widgets.run.stage_bar import StageBar
from redraft.widgets.run.timeline import Timeline
from redraft.widgets.status_line import StatusLine
from redraft.widgets.stub_list import StubList, StubRow
from redraft.widgets.text import length, plain
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

STUBS = (
    StubRow("a::f", "f", "a.py", 3, "verified"),
    StubRow("a::g", "g", "a.py", 9, "fails", "2 of 5 fail"),
    StubRow("b::h", "h", "b.py", 1, "queued"),
    StubRow("b::i", "i", "b.py", 9),
)


class Frame(App[None]):
    """One widget, and what it said."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.heard: list[Any] = []
        """Each test knows of which kind its messages are."""

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_stub_list_highlighted(self, event: StubList.Highlighted) -> None:
        self.heard.append(event)

    def on_stub_list_chosen(self, event: StubList.Chosen) -> None:
        self.heard.append(event)

    def on_timeline_seek(self, event: Timeline.Seek) -> None:
        self.heard.append(event)

    def on_timeline_play_toggled(self, event: Timeline.PlayToggled) -> None:
        self.heard.append(event)

    def on_timeline_speed_changed(self, event: Timeline.SpeedChanged) -> None:
        self.heard.append(event)


@asynccontextmanager
async def framed(widget: Widget, **facts: object) -> AsyncIterator[tuple[Pilot[None], list[Any]]]:
    for name, fact in facts.items():
        setattr(widget, name, fact)
    app = Frame(widget)
    async with app.run_test(size=(60, 20)) as pilot:
        widget.focus()
        await pilot.pause()
        yield pilot, app.heard


def said(bar: StageBar | MeterBar | StatusLine | Timeline, width: int) -> str:
    return plain(bar.runs(width))


# ------------------------------------------------------------------------------------------------ stubs


async def test_stubs_stand_under_their_files_with_sign_and_word() -> None:
    stubs = StubList()
    async with framed(stubs, stubs=STUBS):
        lines = [line.split() for line in stubs.text.splitlines()]
        assert lines[0] == ["a.py"]
        assert lines[1] == ["▌✓", "f", "verified"]
        assert lines[2] == ["✗", "g", "2", "of", "5", "fail"]
        assert lines[3:] == [["b.py"], ["·", "h", "queued"], ["○", "i", "new"]]


async def test_one_file_needs_no_name() -> None:
    stubs = StubList()
    async with framed(stubs, stubs=STUBS[:2]):
        assert "a.py" not in stubs.text


async def test_keys_move_and_enter_chooses() -> None:
    stubs = StubList()
    async with framed(stubs, stubs=STUBS) as (pilot, heard):
        await pilot.press("j", "down", "down", "down", "k", "enter")
        assert [(type(event).__name__, event.key) for event in heard] == [
            ("Highlighted", "a::g"), ("Highlighted", "b::h"), ("Highlighted", "b::i"), ("Highlighted", "b::h"),
            ("Chosen", "b::h"),
        ]  # fmt: skip


async def test_a_click_chooses_a_stub_and_one_on_a_file_does_not() -> None:
    stubs = StubList()
    async with framed(stubs, stubs=STUBS) as (pilot, heard):
        await pilot.click(StubList, offset=(5, 1))
        assert heard == []
        await pilot.click(StubList, offset=(5, 5))
        assert [type(event).__name__ for event in heard] == ["Highlighted", "Chosen"]
        assert stubs.chosen == "b::h"


async def test_the_cursor_stays_with_its_stub_when_others_come() -> None:
    stubs = StubList()
    async with framed(stubs, stubs=STUBS, chosen="b::h"):
        stubs.stubs = (StubRow("0::new", "new", "0.py", 1), *STUBS)
        assert stubs.chosen == "b::h"
        stubs.stubs = STUBS[:2]
        assert stubs.chosen == "a::f"


async def test_an_empty_list_says_what_to_write() -> None:
    stubs = StubList()
    async with framed(stubs):
        assert "write a function with a docstring and a body of ..." in " ".join(stubs.text.split())


# ------------------------------------------------------------------------------------------------ stages


def stages(state: RunState, width: int = 120) -> str:
    bar = StageBar()
    bar.live = False
    bar.state = state
    return said(bar, width)


def test_stages_have_sign_and_word() -> None:
    assert (
        stages(runs.settled())
        == "✓ stub ── ✓ draft ── ✗ examples 1 of 4 ── ! review 4 findings ── ✓ fix 6 of 6 ── ✓ verified"
    )


def test_a_narrow_bar_tells_of_the_stage_that_runs() -> None:
    assert stages(runs.until(11.0), 30) == "✓ ✓ ✗ ! ▸ ·  fix"
    assert stages(runs.until(11.0), 13) == "✓ ✓ ✗ ! ▸ · "


def test_nothing_verified_is_not_shown_as_verified() -> None:
    draft = Draft(id="d1", body="return 1\n")
    solution = Solution(draft=draft, report=Report(draft="d1"))
    state = RunState(run="r", status="settled", stub=runs.STUB, drafts=(draft,), solution=solution)
    assert stages(state).endswith("? unverified")


def check(verdict: Literal["passed", "failed"]) -> Check:
    return Check(example=Example(source="f(1)"), verdict=verdict)


def test_the_numbers_are_those_of_what_stands_in_the_file_once_that_was_run() -> None:
    state = runs.settled()
    for event in (
        ev.RecheckStarted(draft=Draft(id=IN_FILE, body="return 1")),
        ev.Checked(report=Report(draft=IN_FILE, checks=(check("passed"), check("failed")))),
    ):
        state = state.after(ev.Entry(at=60.0, event=event))
    assert "✗ examples 1 of 2" in stages(state)
    assert stages(state).endswith("✗ not verified 1 of 2")


def test_a_repair_that_is_the_draft_once_more_is_none() -> None:
    report = Report(draft="d1", checks=(check("failed"),))
    first, again = Draft(id="d1", body="return 1"), Draft(id="d2", body="return 1", parent="d1")
    state = RunState(
        run="r", status="settled", stub=runs.STUB, drafts=(first, again), reports={"d1": report},
        dropped={"d2": "the same program as d1"}, solution=Solution(draft=first, report=report),
    )  # fmt: skip
    assert stages(state).endswith("✗ examples 0 of 1 ── – review ── ✗ fix ── ✗ not verified 0 of 1")


@pytest.mark.parametrize(("by", "word"), [("you", "■ cancelled"), ("save", "■ cancelled by a save")])
def test_a_cancelled_run_says_so(by: str, word: str) -> None:
    state = runs.until(3.0).after(ev.Entry(at=3.0, event=ev.RunCancelled(by=by)))
    assert stages(state).endswith(word)
    assert stages(state, 40).endswith(word)


async def test_the_bar_moves_only_while_a_stage_runs() -> None:
    bar = StageBar()
    async with framed(bar, state=runs.until(3.0)):
        assert bar._timer is not None
        assert bar._timer._active.is_set() is bar._moves
        bar.state = runs.settled()
        assert not bar._moves
        assert not bar._timer._active.is_set()


# ------------------------------------------------------------------------------------------------ meter


def meter(state: RunState, width: int = 120, protection: str = "isolated") -> str:
    bar = MeterBar()
    bar.live = False
    bar.state, bar.protection = state, protection
    return said(bar, width)


def test_the_meter_tells_calls_tokens_seconds_rate_cost_and_model() -> None:
    assert meter(runs.settled()) == (
        "isolated · 3 calls · 1,254 tokens · 931 in, 323 out · 13.4 s · 31 tokens/s · cost n/a · qwen2.5-coder-1.5b"
    )


def test_estimated_tokens_are_marked() -> None:
    assert "~354 tokens" in meter(runs.until(3.0))


def test_a_known_cost_is_told_in_dollars() -> None:
    ended = ev.CallEnded(call="c", finish="stop", usage=Usage(prompt_tokens=10), seconds=1.0, cost=0.0021)
    log = [
        ev.RunStarted(run="r", pipeline="p", stub=runs.STUB),
        ev.CallStarted(call="c", role="coder", purpose="draft", model="m"),
        ended,
    ]
    assert "cost $0.0021" in meter(runs.until(9, [ev.Entry(at=0.0, event=event) for event in log]))


def test_a_scripted_run_says_so_and_less_important_parts_go_first() -> None:
    state = runs.settled(scripted=True)
    for width in (20, 40, 60, 80):
        line = meter(state, width, "NOT isolated")
        assert len(line) <= width
        assert line.startswith("NOT isolated")
        assert ("scripted" in line) is (width > 20)
    assert "31 tokens/s" not in meter(state, 80)


def test_the_rate_is_unknown_before_the_first_token() -> None:
    assert tokens_per_second(runs.until(1.0), 1.0) is None


def test_the_clock_goes_on_while_a_run_does_and_stops_with_it() -> None:
    ticks = count(100.0, 5.0)
    clock = RunClock(lambda: next(ticks))
    clock.see(runs.until(3.0))
    assert clock.now(live=False) == 2.4
    assert clock.now(live=True) == 2.4 + 5.0
    clock.see(runs.settled())
    assert clock.now(live=True) == 13.4


# ------------------------------------------------------------------------------------------------ status line


def test_a_notice_stands_before_what_was_seen() -> None:
    line = StatusLine()
    line.seen = "3 stubs"
    assert said(line, 40) == "3 stubs"
    line.notice, line.tone = "no model answers", "error"
    assert said(line, 40) == "✗ no model answers   3 stubs"
    assert said(line, 10) == "✗ no mode…"


# ------------------------------------------------------------------------------------------------ time


async def test_arrows_go_from_moment_to_moment() -> None:
    timeline = Timeline()
    facts = {"state": runs.settled(), "duration": 13.4, "position": 4.2, "moments": (0.0, 4.2, 9.9)}
    async with framed(timeline, **facts) as (pilot, heard):
        await pilot.press("right", "left", "home", "end")
        timeline.position = 9.9
        await pilot.press("right")
        assert [event.position for event in heard] == [9.9, 0.0, 0.0, 13.4, 13.4]


async def test_space_pauses_and_signs_change_the_speed() -> None:
    timeline = Timeline()
    async with framed(timeline, duration=10.0, speed=16.0) as (pilot, heard):
        await pilot.press("space", "plus", "minus", "less_than_sign")
        assert [type(event).__name__ for event in heard] == ["PlayToggled", "SpeedChanged", "SpeedChanged"]
        assert heard[-1].speed == 8.0


async def test_a_click_on_the_track_goes_there() -> None:
    timeline = Timeline()
    async with framed(timeline, duration=10.0) as (pilot, heard):
        start = plain(timeline.runs(timeline.size.width)).index("●") + timeline.gutter.left
        await pilot.click(Timeline, offset=(start, 0))
        assert [event.position for event in heard] == [0.0]
        await pilot.click(Timeline, offset=(timeline.gutter.left, 0))
        assert type(heard[-1]).__name__ == "PlayToggled"


def test_a_track_shows_who_was_at_work() -> None:
    timeline = Timeline()
    timeline.state, timeline.duration, timeline.position = runs.settled(), 13.4, 7.0
    inks = [ink for text, ink in timeline.runs(60) if text and text in "━─"]
    assert inks.index("$accent") > inks.index("$primary")
    assert length(timeline.runs(60)) == 60


def test_calls_are_bars_in_time() -> None:
    strip = CallStrip()
    strip.state = runs.settled()
    line = plain(strip.line_of("coder", 50))
    assert line.startswith("coder     ░")
    assert line.rstrip().endswith("█")
    assert " " in line[10:].strip()


# ------------------------------------------------------------------------------------------------ inks


def test_every_name_of_ours_means_something_in_a_theme_without_it() -> None:
    variables = App[None]().get_css_variables()
    for name in FALLBACKS:
        assert "$" not in spelled(f"${name}", variables)
        assert style(f"bold ${name}", variables).bold


def test_a_theme_decides_before_the_fallback() -> None:
    assert spelled("bold $muted on $none", {"muted": "#123456"}) == "bold #123456 on"
