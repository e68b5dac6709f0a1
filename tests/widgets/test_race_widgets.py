"""Lanes, their words and the table: whatever models and programs say, it fits, it shows, and it does nothing."""

from __future__ import annotations

import asyncio
from typing import Literal, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from redraft.engine.facts import Check, Draft, Example, Report, Solution, Stub, Undefined
from redraft.engine.state.run import CallState, RunState, RunStatus
from redraft.widgets.race.lane import Lane
from redraft.widgets.race.lane_words import (
    examples,
    head,
    lane_at,
    meter,
    newest_draft,
    outcome,
    strip,
)
from redraft.widgets.results.score_table import Column, Line, ScoreTable
from redraft.widgets.run.richness_bar import RichnessBar, SpecPart, SpecScore
from redraft.widgets.text import length, plain, shown
from textual.app import App, ComposeResult
from textual.containers import Horizontal

PIECES = [
    "[/]",
    "x[/y]",
    "[@click=app.quit]go[/]",
    "list[int]",
    "\x1b[2J",
    "\0",
    "\r\n",
    "\n",
    "\u202e",
    "\ud800",
    "漢字",
    "😀",
    "a" * 90,
]
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=6).map("".join)
Verdict = Literal["passed", "failed", "raised", "timeout", "crashed", "not run"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
UNSETTLED: tuple[RunStatus, ...] = ("idle", "running", "failed", "cancelled")


@st.composite
def states(draw: st.DrawFn) -> RunState:
    """A lane at any point, in which every text is hostile."""
    shown_examples = tuple(Example(source=draw(hostile), want=draw(hostile)) for _ in range(draw(st.integers(0, 4))))
    stub = Stub(path=draw(hostile), name="f", line=1, header="def f():\n", body="...", examples=shown_examples)
    checks = tuple(
        Check(example=example, verdict=draw(st.sampled_from(VERDICTS)), got=draw(hostile)) for example in shown_examples
    )
    report = draw(
        st.none() | st.builds(Report, draft=st.just("d1"), checks=st.just(checks), problem=st.just("") | hostile)
    )
    draft = Draft(id="d1", body=draw(hostile), model=draw(hostile))
    solution = draw(st.none() | st.builds(Solution, draft=st.just(draft), report=st.just(report), why=hostile))
    status = "settled" if solution else draw(st.sampled_from(UNSETTLED))
    call = CallState(id="c1", role="coder", purpose=draw(hostile), model=draw(hostile), text=draw(hostile))
    return RunState(
        status=status,
        stub=draw(st.sampled_from([stub, None])),
        bound=draw(st.none() | st.integers(1, 200)),
        calls=(call,) if draw(st.booleans()) else (),
        drafts=(draft,),
        reports={"d1": report} if report else {},
        undefined={"d1": (Undefined(name=draw(hostile), line=1, repair=draw(hostile)),)},
        queued={"c2": draw(hostile)} if draw(st.booleans()) else {},
        hidden=draw(st.sampled_from([report, None])),
        solution=solution,
        problem=draw(hostile),
        now=draw(st.floats(0, 1e5)),
    )


@given(states(), hostile, st.integers(12, 100))
def test_what_a_lane_says_fits_and_is_harmless(state: RunState, name: str, width: int) -> None:
    lines = [
        head(1, shown(name), state, width),
        meter(state, state.now, width),
        *examples(state, width),
        *outcome(state, width),
    ]
    for line in lines[:1] + lines[2:]:
        assert length(line) <= max(width, 45), plain(line)
    said = "".join(plain(line) for line in lines)
    assert said == shown(said).replace("\n", "")


@given(states(), hostile, st.integers(1, 5), st.integers(20, 100))
def test_the_strip_is_harmless_and_shows_all_lanes_at_once(state: RunState, name: str, lanes: int, width: int) -> None:
    lines = strip([(name, state)] * lanes, 0, frozenset({0}), width)
    for line in lines:
        assert len(line) >= lanes
        assert length(line) <= max(width, 4 * lanes)
        assert plain(line) == shown(plain(line))
    assert [lane_at(n * (width // lanes), lanes, width) for n in range(lanes)] == list(range(1, lanes + 1))


@given(states())
def test_a_settled_lane_shows_the_draft_it_settled_on(state: RunState) -> None:
    if state.solution is not None:
        assert newest_draft(state) == "d1"


class Stage(App[None]):
    """Two lanes and a table."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Lane(1, "raw-coder")
            yield Lane(2, "[/]x[@click=app.quit]", live=False)
        yield ScoreTable()


@settings(max_examples=12, deadline=None)
@given(states(), states(), hostile, st.sampled_from([(80, 24), (20, 6), (160, 50)]))
def test_lanes_and_table_draw_hostile_text_at_every_size(
    one: RunState, two: RunState, text: str, size: tuple[int, int]
) -> None:
    async def show() -> None:
        app = Stage()
        async with app.run_test(size=size) as pilot:
            for lane, state in zip(app.query(Lane), (one, two), strict=True):
                lane.state = state
            table = app.query_one(ScoreTable)
            table.columns = (Column("lane"), Column("what", numbers=True, weight=2), Column("why", weight=1))
            table.lines = (Line(((text, "bold"), (text, ""), (text, "$muted")), 1),)
            table.notes = (text,)
            await pilot.pause()
            app.export_screenshot()
            assert app.is_running

    asyncio.run(show())


def test_a_narrow_table_keeps_the_weightless_and_the_lightest_there_is_room_for() -> None:
    async def heads(width: int) -> str:
        app = Stage()
        async with app.run_test(size=(width, 40)) as pilot:
            table = app.query_one(ScoreTable)
            table.columns = (Column("lane"), Column("tokens", weight=2), Column("change", weight=1))
            table.lines = (Line((("raw-coder", ""), ("1,234,567", ""), ("regression: missing import", "")), 1),)
            await pilot.pause()
            return table.text.splitlines()[0]

    assert asyncio.run(heads(100)).split() == ["lane", "tokens", "change"]
    assert asyncio.run(heads(48)).split() == ["lane", "change"]
    assert asyncio.run(heads(30)).split() == ["lane", "tokens"]
    assert asyncio.run(heads(20)).split() == ["lane"]


def test_the_richness_bar_tells_score_parts_and_what_would_raise_it() -> None:
    bar = RichnessBar()
    bar.score = SpecScore((SpecPart("examples", 2, 3), SpecPart("annotations", 1, 1)), lean=False, advice="add 1 more")
    assert plain(bar.runs(80)) == "specification 3 of 4   · examples 2/3   ✓ annotations   ↑ add 1 more"
    assert plain(bar.runs(40)) == "specification 3 of 4   ↑ add 1 more"
    assert plain(bar.runs(20)) == "specification 3 of 4"
    bar.score = SpecScore((SpecPart("examples", 0, 3),), lean=True, advice="add an example (>>>)")
    assert plain(bar.runs(60)) == "specification 0 of 3 lean   ↑ add an example (>>>)"
