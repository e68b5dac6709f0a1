"""What fits on which screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.app.common.arrangement import (
    PANES,
    Choice,
    arranged,
    in_front,
)
from redraft.engine import events as ev
from redraft.engine.facts import Check, Draft, Example, Report, Review, Solution, Stub
from redraft.engine.state.run import RunState, state_of

STUB = Stub(path="a.py", name="f", line=1, header="def f():\n")
AFTER_REVIEW = Choice("diff", "report")


@pytest.mark.parametrize(
    ("size", "layout"),
    [((160, 50), "grid"), ((120, 30), "columns"), ((100, 30), "stacked"), ((80, 24), "single"), ((20, 5), "tiny")],
)
def test_each_screen_has_its_layout(size: tuple[int, int], layout: str) -> None:
    assert arranged(*size, AFTER_REVIEW, stubs=2).layout == layout


def test_report_and_diff_stand_side_by_side_from_120_columns_on() -> None:
    assert arranged(120, 30, AFTER_REVIEW, stubs=2) == ("columns", ("report", "diff"), False)


def test_the_list_of_stubs_has_a_column_only_where_the_panes_stay_wide() -> None:
    assert not arranged(139, 30, AFTER_REVIEW, stubs=2).rail
    assert arranged(140, 30, AFTER_REVIEW, stubs=2).rail


def test_a_file_with_one_stub_needs_no_list_beside_it() -> None:
    assert not arranged(160, 50, AFTER_REVIEW, stubs=1).rail


@given(st.integers(40, 300), st.integers(12, 90), st.sampled_from(PANES))
def test_the_pane_a_person_asked_for_is_always_shown(width: int, height: int, pane: object) -> None:
    choice = Choice().with_focus(pane)  # type: ignore[arg-type]
    assert pane in arranged(width, height, choice, stubs=3).panes


def test_a_pane_brings_its_companion_unless_it_is_in_sight() -> None:
    assert Choice("draft", "examples").with_focus("report") == Choice("report", "diff")
    assert Choice("report", "draft").with_focus("draft") == Choice("draft", "report")
    assert Choice("report", "draft").with_focus("report") == Choice("report", "draft")


def running(*more: ev.AnyEvent) -> RunState:
    events: list[ev.AnyEvent] = [ev.RunStarted(run="r", pipeline="p", stub=STUB), *more]
    return state_of(ev.Entry(at=0.0, event=event) for event in events)


DRAFTED = ev.Drafted(draft=Draft(id="d1", body="return 1"))
REVIEWED = ev.Reviewed(review=Review(draft="d1", verdict="bugs"))


def asking(purpose: str) -> ev.CallStarted:
    return ev.CallStarted(call="c", role="coder", purpose=purpose, model="m")


@pytest.mark.parametrize(
    ("events", "pane"),
    [
        ((), "draft"),
        ((asking("draft"),), "draft"),
        ((DRAFTED, ev.CheckStarted(draft="d1", examples=1)), "examples"),
        ((DRAFTED, ev.Checked(report=Report(draft="d1"))), "examples"),
        ((DRAFTED, asking("review")), "report"),
        ((DRAFTED, REVIEWED, asking("fix")), "report"),
        ((DRAFTED, REVIEWED, ev.Settled(solution=Solution(draft=DRAFTED.draft))), "diff"),
    ],
)
def test_what_happens_now_is_in_front(events: tuple[ev.AnyEvent, ...], pane: str) -> None:
    assert in_front(running(*events)).focus == pane


def test_the_report_is_beside_the_diff_once_there_is_one() -> None:
    settled = running(DRAFTED, REVIEWED, ev.Settled(solution=Solution(draft=DRAFTED.draft)))
    assert in_front(settled) == AFTER_REVIEW


def test_without_a_review_the_draft_is_beside_the_diff() -> None:
    settled = running(DRAFTED, ev.Settled(solution=Solution(draft=DRAFTED.draft)))
    assert in_front(settled) == Choice("diff", "draft")


def test_why_a_draft_fails_is_in_front_of_what_is_proposed_all_the_same() -> None:
    failing = Report(draft="d1", checks=(Check(example=Example(source="f(1)"), verdict="failed"),))
    settled = running(DRAFTED, ev.Settled(solution=Solution(draft=DRAFTED.draft, report=failing)))
    assert in_front(settled) == Choice("examples", "diff")
    broken = Draft(id="d1", body="", problem="the reply has no code")
    assert in_front(running(ev.Drafted(draft=broken), ev.Settled(solution=Solution(draft=broken)))).focus == "draft"
