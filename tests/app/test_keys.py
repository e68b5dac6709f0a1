"""Keys that a person moves: names are known, and wrong ones are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from redraft.app.keys import clashes, strange_names

SETTINGS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize(("name", "nearest"), [("accept-hunk", "diff.accept"), ("run.agian", "run.again"), ("x", "")])
def test_a_name_that_is_no_key_is_told_with_the_nearest(name: str, nearest: str):
    (sentence,) = strange_names([name])
    assert repr(name) in sentence
    assert nearest in sentence


def test_a_key_that_was_moved_onto_another_is_told():
    assert clashes({"diff.accept": "u"}) == [
        "[interface.keys]: 'u' is both diff.accept and file.undo; move one of them"
    ]


def test_the_keys_as_they_ship_mean_one_thing_each_and_may_be_swapped():
    assert clashes({}) == []
    assert clashes({"diff.accept": "u", "file.undo": "a"}) == []


def test_names_of_keys_are_nothing_strange():
    assert strange_names(["diff.accept", "run.cancel", "app.quit", "stubs.next", "timeline.play"]) == []


def test_the_keys_that_the_documents_move_are_there():
    table = SETTINGS.read_text().partition("[interface.keys]")[2].partition("```")[0]
    names = re.findall(r'^"?([\w.-]+)"? = ', table, re.MULTILINE)
    assert names
    assert strange_names(names) == []
