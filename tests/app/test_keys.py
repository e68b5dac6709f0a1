"""Keys that a person moves: names are known, and wrong ones are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from redraft.app.common.key_clashes import clashes, clashes_with, strange_names
from redraft.widgets.stub_list import StubList
from textual.binding import Binding

SETTINGS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize(("name", "nearest"), [("accept-hunk", "diff.accept"), ("run.agian", "run.again"), ("x", "")])
def test_a_name_that_is_no_key_is_told_with_the_nearest(name: str, nearest: str):
    (sentence,) = strange_names([name])
    assert repr(name) in sentence
    assert nearest in sentence


def test_a_key_that_was_moved_onto_another_is_told():
    assert clashes({"diff.accept": "u"}) == [
        "[interface.keys]: 'u' is both file.undo and diff.accept; move one of them"
    ]


def test_the_keys_as_they_ship_mean_one_thing_each_and_may_be_swapped():
    assert clashes({}) == []
    assert clashes({"diff.accept": "u", "file.undo": "a"}) == []


@pytest.mark.parametrize(
    ("moved", "one"), [("tree.compare", "tree.follow"), ("race.diff", "race.export"), ("results.copy", "results.alone")]
)
def test_keys_that_collide_on_other_screens_are_told_too(moved: str, one: str):
    key = TOPIC_KEYS_AS_SHIPPED[one]
    assert f"[interface.keys]: {key!r} is both {one} and {moved}; move one of them" in clashes({moved: key})


TOPIC_KEYS_AS_SHIPPED = {"tree.follow": "f", "race.export": "e", "results.alone": "o"}


def test_of_keys_that_collide_in_a_list_both_are_named():
    down, up = StubList.BINDINGS[:2]
    assert isinstance(up, Binding) and isinstance(down, Binding)
    (told,) = clashes_with(up.with_key("k"), [down, up], {"stubs.next": "k"})
    assert told == "[interface.keys]: 'k' is both stubs.previous and stubs.next; move one of them"


def test_names_of_keys_are_nothing_strange():
    assert strange_names(["diff.accept", "run.cancel", "app.quit", "stubs.next", "timeline.play"]) == []


def test_the_keys_that_the_documents_move_are_there():
    table = SETTINGS.read_text().partition("[interface.keys]")[2].partition("```")[0]
    names = re.findall(r'^"?([\w.-]+)"? = ', table, re.MULTILINE)
    assert names
    assert strange_names(names) == []
