"""A recorded run can be entered anywhere, and going there gives what was known then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.app.common.playing import BREATH, EVERY, Player
from redraft.engine import events as ev
from redraft.engine.facts import Draft, Finding, Report, Review, Solution, Stub, Usage
from redraft.engine.state.run import state_of

STUB = Stub(path="a.py", name="f", line=1, header="def f():\n")


def log(pieces: int) -> tuple[ev.Entry, ...]:
    text = [ev.TextStreamed(call="c1", text=f"{n} ") for n in range(pieces)]
    events: list[ev.AnyEvent] = [
        ev.RunStarted(run="r", pipeline="p", stub=STUB),
        ev.CallStarted(call="c1", role="coder", purpose="draft", model="m"),
        *text,
        ev.CallEnded(call="c1", finish="stop", usage=Usage(), seconds=1.0),
        ev.Drafted(draft=Draft(id="d1", body="return 1\n"), call="c1"),
        ev.CheckStarted(draft="d1", examples=1),
        ev.Checked(report=Report(draft="d1")),
        ev.RunEnded(seconds=1.0),
    ]
    return tuple(ev.Entry(at=n / 10, event=event) for n, event in enumerate(events))


ENTRIES = log(2 * EVERY + 10)
PLAYER = Player(ENTRIES)


@given(st.lists(st.floats(-1, PLAYER.duration + 1), min_size=1, max_size=6))
def test_any_position_gives_the_fold_of_what_had_happened_by_then(positions: list[float]) -> None:
    for position in positions:
        assert PLAYER.at(position) == state_of(entry for entry in ENTRIES if entry.at <= position)


def test_moments_leave_out_pieces_of_text() -> None:
    assert len(Player(log(50)).moments) == 7


def reviewed(*, waits: float = 0.0, held: float = 0.0) -> tuple[ev.Entry, ...]:
    """A run with every chapter, which stands in line and is held for so long."""
    draft, finding = Draft(id="d1", body="return 1\n"), Finding(claim="wrong", call="f()")
    review = Review(draft="d1", verdict="bugs", findings=(finding,))
    steps: list[tuple[float, ev.AnyEvent]] = [
        (0.0, ev.RunStarted(run="r", pipeline="p", stub=STUB)),
        (0.0, ev.CallQueued(call="c1", role="planner", purpose="plan", model="m")),
        (waits, ev.CallStarted(call="c1", role="planner", purpose="plan", model="m")),
        (20.0, ev.TextStreamed(call="c1", text="think")),
        (1.0, ev.CallEnded(call="c1", finish="stop", usage=Usage(), seconds=1.0)),
        (0.0, ev.Paused()),
        (held, ev.Paused(again=True)),
        (0.0, ev.CallStarted(call="c2", role="coder", purpose="draft", model="m")),
        (10.0, ev.TextStreamed(call="c2", text="return")),
        (2.0, ev.CallEnded(call="c2", finish="stop", usage=Usage(), seconds=1.0)),
        (0.0, ev.Drafted(draft=draft, call="c2")),
        (0.0, ev.CallStarted(call="c3", role="reviewer", purpose="review", model="m")),
        (10.0, ev.TextStreamed(call="c3", text="wrong")),
        (3.0, ev.CallEnded(call="c3", finish="stop", usage=Usage(), seconds=1.0)),
        (0.0, ev.Reviewed(review=review)),
        (0.5, ev.FindingsTested(review=review)),
        (0.0, ev.CallStarted(call="c4", role="coder", purpose="fix", model="m")),
        (10.0, ev.TextStreamed(call="c4", text="return 2")),
        (1.0, ev.Settled(solution=Solution(draft=draft))),
    ]
    now, found = 0.0, list[ev.Entry]()
    for passed, event in steps:
        now += passed
        found.append(ev.Entry(at=now, event=event))
    return tuple(found)


def test_chapters_are_where_something_begins_that_one_wants_to_see() -> None:
    player = Player(reviewed())
    assert [chapter.name for chapter in player.chapters] == ["plan", "draft", "report", "proof", "fix", "end"]
    assert player.turn(0.0, 1) == player.chapters[1].at
    assert player.turn(player.duration, -1) == player.chapters[4].at
    assert player.turn(player.duration, 1) == player.duration
    assert player.turn(0.0, -1) == 0.0
    assert player.chapter(player.chapters[2].at + 0.1) == player.chapters[2]
    assert Player(log(3)).chapter(0.05) is None


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_on_its_own_clock_neither_waiting_nor_reading_nor_a_pause_counts(waits: float, held: float) -> None:
    entries = reviewed(waits=waits, held=held)
    player = Player(entries, own_clock=True)
    writing = 1.0 + 2.0 + 3.0 + 0.5 + 1.0
    assert writing <= player.duration <= writing + 6 * BREATH + 1e-6
    assert player.at(player.duration) == state_of(entries)
    assert [chapter.name for chapter in player.chapters] == ["plan", "draft", "report", "proof", "fix", "end"]
    times = [player.placed(entry.at) for entry in entries]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(player.duration)


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_a_pause_is_no_time_of_the_run(waits: float, held: float) -> None:
    state = state_of(reviewed(waits=waits, held=held))
    assert state.held == pytest.approx(held)
    assert state.waited == pytest.approx(waits)
    assert state.now - state.idled == pytest.approx(57.5)
