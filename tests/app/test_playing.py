"""A recorded run can be entered anywhere, and going there gives what was known then."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from redraft.app.common.playing import EVERY, Player
from redraft.engine import events as ev
from redraft.engine.facts import Draft, Report, Stub, Usage
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


def test_turns_are_where_stages_begin() -> None:
    player = Player(log(3))
    assert [player.at(turn).stages for turn in player.turns] == [
        player.at(0.1).stages,
        player.at(0.7).stages,
    ]
    assert player.turn(0.0, 1) == 0.1
    assert player.turn(0.3, -1) == 0.1
    assert player.turn(0.7, 1) == player.duration
    assert player.turn(0.05, -1) == 0.0
