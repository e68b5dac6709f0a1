"""Wishes are noted at once, told to the log, and obeyed one by one."""

import itertools
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.desk.steering import SteeredError, Steering, line_to
from redraft.engine.events import AnyEvent, Steered


def wish(node: str, what: Literal["retry", "abandon"] = "retry", text: str = "") -> Steered:
    return Steered(what=what, node=node, text=text)


def steered(*wishes: Steered) -> tuple[Steering, list[AnyEvent]]:
    told: list[AnyEvent] = []
    steering = Steering(told.append)
    steering.heeded = True
    for one in wishes:
        steering.wish(one)
    return steering, told


def test_every_wish_is_an_event_even_when_another_takes_its_place():
    wishes = [wish("1"), wish("1", "abandon")]
    assert steered(*wishes)[1] == wishes


def test_nothing_is_interrupted_without_a_wish():
    steered()[0].interrupt()


def test_wishes_are_obeyed_the_oldest_first_and_each_once():
    steering, _ = steered(wish("2"), wish("1"))
    for node in ("2", "1"):
        with pytest.raises(SteeredError) as interrupted:
            steering.interrupt()
        assert interrupted.value.wish == wish(node)
    steering.interrupt()


def test_the_newest_wish_for_a_node_counts():
    steering, _ = steered(wish("1"), wish("2"), wish("1", "abandon"))
    assert [steering.next(), steering.next(), steering.next()] == [wish("2"), wish("1", "abandon"), None]


def test_a_pipeline_that_heeds_no_wishes_is_not_interrupted():
    steering, told = steered()
    steering.heeded = False
    steering.wish(wish(""))
    steering.interrupt()
    assert told == [wish("")]


def test_wishes_that_are_remembered_are_told_like_new_ones():
    told: list[AnyEvent] = []
    remembered = [[wish("1")], []]
    steering = Steering(told.append, lambda: remembered.pop(0))
    assert (steering.next(), steering.next(), told) == (wish("1"), None, [wish("1")])


@given(st.lists(st.integers(1, 20), max_size=5))
def test_the_line_to_a_node_begins_at_the_root_and_grows_by_one_step(steps: list[int]):
    line = line_to(".".join(map(str, steps)))
    assert (line[0], len(line)) == ("", len(steps) + 1)
    assert all(below.rpartition(".")[0] == above for above, below in itertools.pairwise(line))
