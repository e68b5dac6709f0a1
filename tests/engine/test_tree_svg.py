"""A picture of a tree is well-formed, says what the tree says, and nothing in a log becomes part of its markup."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given, settings
from redraft.engine import events as ev
from redraft.engine.state.run import RunState, state_of
from redraft.engine.tables.tree_svg import tree_svg
from tree_logs import large, logs

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"svg", "title", "style", "rect", "text", "g", "path"}


def texts(picture: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(picture).iter(f"{SVG}text")]


def test_every_function_is_drawn_with_its_state_checks_and_tokens() -> None:
    picture = texts(tree_svg(state_of(large(3))))
    assert "root: pat" in picture
    assert [text for text in picture if text.startswith("helper_")] == ["helper_1", "helper_2"]
    assert "tester's 1/1" in picture
    assert "340 tokens" in picture


def test_helpers_stand_right_of_what_they_help_and_none_covers_another() -> None:
    root = ET.fromstring(tree_svg(state_of(large(40))))
    places = [g.get("transform") for g in root.iter(f"{SVG}g")][1:]
    assert len(set(places)) == len(places) == 40


def test_a_run_without_a_tree_gives_a_picture_that_says_so() -> None:
    assert "this run has grown no tree" in texts(tree_svg(RunState()))


@settings(max_examples=80, deadline=None)
@given(logs())
def test_whatever_a_log_says_the_picture_is_well_formed_and_draws_nothing_else(entries: list[ev.Entry]) -> None:
    picture = tree_svg(state_of(entries)).encode("utf-8")
    assert {node.tag.removeprefix(SVG) for node in ET.fromstring(picture).iter()} <= DRAWN
