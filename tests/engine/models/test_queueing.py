"""The queue in front of a model: first come, first served, and nobody holds a seat that they gave up."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redraft.engine.models.queueing import Room


async def turns(steps: int = 5) -> None:
    for _ in range(steps):
        await asyncio.sleep(0)


class Guests:
    """Callers of one room, who leave when they are told to."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.seated: list[str] = []
        self.may_leave: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str) -> None:
        self.may_leave[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._visit(name))
        await turns()

    async def _visit(self, name: str) -> None:
        async with self.room.seat():
            self.seated.append(name)
            await self.may_leave[name].wait()

    async def leave(self, name: str) -> None:
        self.may_leave[name].set()
        await turns()


async def test_a_room_with_one_seat_seats_one_at_a_time_in_the_order_of_coming() -> None:
    guests = Guests(Room())
    for name in "abc":
        await guests.come(name)
    assert (guests.seated, guests.room.waiting) == (["a"], 2)
    await guests.leave("a")
    assert (guests.seated, guests.room.waiting) == (["a", "b"], 1)
    await guests.leave("b")
    await guests.leave("c")
    assert (guests.seated, guests.room.full) == (["a", "b", "c"], False)


async def test_who_comes_just_when_a_seat_is_handed_on_does_not_slip_in() -> None:
    guests = Guests(Room())
    await guests.come("a")
    await guests.come("b")
    guests.may_leave["a"].set()
    await guests.come("c")
    assert guests.seated == ["a", "b"]


async def test_who_gives_up_waiting_leaves_the_queue() -> None:
    guests = Guests(Room())
    for name in "abc":
        await guests.come(name)
    guests.tasks["b"].cancel()
    await turns()
    await guests.leave("a")
    assert (guests.seated, guests.room.waiting) == (["a", "c"], 0)


async def test_a_seat_given_at_the_moment_of_giving_up_goes_to_the_next() -> None:
    guests = Guests(Room())
    for name in "abc":
        await guests.come(name)
    guests.may_leave["a"].set()
    await asyncio.sleep(0)
    guests.tasks["b"].cancel()
    await turns(10)
    assert guests.seated[-1] == "c"


async def test_an_error_in_the_block_frees_the_seat() -> None:
    room = Room()
    with pytest.raises(ZeroDivisionError):
        async with room.seat():
            raise ZeroDivisionError
    assert not room.full


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["come", "leave", "cancel"]), st.integers(0, 5)), max_size=25), st.integers(1, 3)
)
def test_however_people_come_go_and_give_up_no_seat_is_lost_or_given_twice(
    deeds: list[tuple[str, int]], seats: int
) -> None:
    async def play() -> None:
        room = Room(seats)
        inside = 0
        most = 0
        leave = [asyncio.Event() for _ in range(6)]
        tasks: dict[int, asyncio.Task[None]] = {}

        async def visit(who: int) -> None:
            nonlocal inside, most
            async with room.seat():
                inside += 1
                most = max(most, inside)
                try:
                    await leave[who].wait()
                finally:
                    inside -= 1

        for deed, who in deeds:
            if deed == "come" and who not in tasks:
                tasks[who] = asyncio.create_task(visit(who))
            elif deed == "leave":
                leave[who].set()
            elif who in tasks:
                tasks[who].cancel()
            await asyncio.sleep(0)
        for event in leave:
            event.set()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        assert most <= seats
        assert (inside, room.waiting, room.full) == (0, 0, False)

    asyncio.run(play())
