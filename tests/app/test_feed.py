"""A feed shows the first state at once, few in between, and always the last: timed on a clock that only jumps."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redraft.app.common.feed import CROWDED_HZ, feed
from redraft.engine import events as ev
from redraft.engine.facts import Stub
from redraft.engine.state.run import RunState, state_of

STUB = Stub(path="a.py", name="f", line=1, header="def f():\n")


class JumpingSelector(selectors.SelectSelector):
    """Never waits: a wait moves the clock on instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += timeout or 0.0
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now


def on_jumping_clock(scene: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(scene)


def began() -> ev.Entry:
    return ev.Entry(at=0.0, event=ev.RunStarted(run="r", pipeline="p", stub=STUB))


def call(name: str, at: float = 0.0) -> ev.Entry:
    return ev.Entry(at=at, event=ev.CallStarted(call=name, role="coder", purpose="draft", model="m"))


def heard(at: float, text: str, call: str = "c1") -> ev.Entry:
    return ev.Entry(at=at, event=ev.TextStreamed(call=call, text=text))


async def told(*entries: ev.Entry) -> AsyncIterator[ev.Entry]:
    """A log that speaks at the times its entries name."""
    for entry in entries:
        wait = entry.at - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)
        yield entry


async def seen(log: AsyncIterator[ev.Entry], hz: float = 10.0) -> list[tuple[float, RunState]]:
    async with aclosing(feed(log, hz)) as states:
        return [(asyncio.get_running_loop().time(), state) async for state in states]


def test_the_first_state_comes_with_the_first_entry() -> None:
    shown = on_jumping_clock(seen(told(began(), heard(0.5, "x"))))
    assert shown[0][0] == 0.0
    assert shown[0][1].stub == STUB


def test_a_hundred_pieces_in_a_second_become_ten_states() -> None:
    pieces = [heard(n / 100, "x") for n in range(1, 101)]
    shown = on_jumping_clock(seen(told(began(), call("c1"), *pieces)))
    assert 10 <= len(shown) <= 12
    assert shown[-1][1].calls[0].text == "x" * 100


def test_states_come_slower_while_more_than_two_models_write() -> None:
    pieces = [heard(n / 100, "x", f"c{n % 3}") for n in range(1, 201)]
    shown = on_jumping_clock(seen(told(began(), *[call(f"c{n}") for n in range(3)], *pieces)))
    crowded = [at for at, state in shown if len(state.calls) == 3]
    assert all(later - earlier >= 1 / CROWDED_HZ - 1e-9 for earlier, later in pairwise(crowded[1:-1]))


def test_a_lone_piece_is_not_held_back_until_the_next_one() -> None:
    shown = on_jumping_clock(seen(told(began(), call("c1"), heard(0.01, "x"), heard(60.0, "y"))))
    assert [round(at, 2) for at, state in shown if state.calls and state.calls[0].text == "x"] == [0.1]


def test_nothing_is_shown_while_nothing_happens() -> None:
    shown = on_jumping_clock(seen(told(began(), heard(3600.0, "x"))))
    assert len(shown) == 2


def test_an_error_of_the_log_reaches_the_reader() -> None:
    async def broken() -> AsyncIterator[ev.Entry]:
        yield began()
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        on_jumping_clock(seen(broken()))


def test_leaving_a_feed_leaves_no_task_behind() -> None:
    async def leaving() -> set[str]:
        async with aclosing(feed(told(began(), heard(9.0, "x")))) as states:
            async for _ in states:
                break
        return {task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}}

    assert on_jumping_clock(leaving()) == set()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 0.3), max_size=60))
def test_the_last_state_is_the_fold_of_the_whole_log(waits: list[float]) -> None:
    at, entries = 0.0, [began(), call("c1")]
    for wait in waits:
        at += wait
        entries.append(heard(at, "x"))
    shown = on_jumping_clock(seen(told(*entries)))
    assert shown[-1][1] == state_of(entries)
    assert len(shown) <= 2 + at * 10 + 1
