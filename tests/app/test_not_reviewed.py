"""A review that did not come, wherever a run is told of: never that nothing was found."""

import pytest
import sample_runs as runs
from msgspec.structs import replace
from redraft.app.common.key_names import key_names
from redraft.app.common.output import Paint, review_lines, verdict_line
from redraft.app.run.sentences import ending
from redraft.engine.facts import Example, Report, Review, Solution
from redraft.engine.state.run import RunState
from redraft.engine.tables.race_table import rows
from redraft.engine.tables.race_text import as_csv, cells, notes
from redraft.widgets.race.lane_words import outcome
from redraft.widgets.run.report_pane import ReportPane
from redraft.widgets.run.stage_bar import StageBar
from textual.app import App, ComposeResult
from textual.widget import Widget

WHY = "the reviewer spent 2,048 tokens thinking and said nothing: raise roles.reviewer.thinking_tokens"
SILENT = Review(draft="d1", verdict="not reviewed", problem=WHY, model="qwen3:8b")
CLEAN = Review(draft="d1", verdict="clean", model="qwen3:8b")


def settled(*reviews: Review) -> RunState:
    """A verified draft with these reviews, the last of each draft."""
    state = runs.settled(review=runs.UNREADABLE)
    assert state.solution is not None and state.solution.report is not None
    checks = tuple(replace(check, verdict="passed") for check in state.solution.report.checks)
    report = replace(state.solution.report, checks=checks, problem="")
    solution = replace(state.solution, report=report, draft=replace(state.solution.draft, problem=None))
    return replace(state, reviews={review.draft: review for review in reviews}, solution=solution, written="")


@pytest.mark.parametrize("review", [SILENT, runs.UNREADABLE], ids=lambda review: review.verdict)
def test_the_last_line_of_a_run_says_that_it_was_not_reviewed(review: Review):
    state = settled(review)
    assert verdict_line(state.solution, state, Paint(on=False)).startswith("verified, not reviewed: ")


@pytest.mark.parametrize("reviews", [(), (CLEAN,), (CLEAN, replace(SILENT, draft="d2"))])
def test_without_a_review_that_was_due_or_with_one_that_came_it_does_not(reviews: tuple[Review, ...]):
    state = settled(*reviews)
    assert verdict_line(state.solution, state, Paint(on=False)).startswith("verified: ")
    assert "not reviewed" not in ending(state, key_names({}))[0]


def test_a_draft_that_fails_and_one_without_examples_say_it_too():
    state = settled(SILENT)
    assert state.solution is not None and state.solution.report is not None
    bare = Solution(draft=state.solution.draft, report=Report(draft="d1"))
    assert verdict_line(bare, state, Paint(on=False)).startswith("unverified, not reviewed: ")
    failing = replace(state.solution.report, checks=(*state.solution.report.checks, *_failed()))
    assert ", not reviewed" in verdict_line(replace(state.solution, report=failing), state, Paint(on=False))


def _failed():
    from redraft.engine.facts import Check

    return (Check(example=Example(source="f(9)"), verdict="failed"),)


def test_the_report_says_why_and_nothing_of_findings():
    assert review_lines(SILENT, Paint(on=False)) == [f"  not reviewed: {WHY}"]


def test_the_status_line_warns():
    text, tone = ending(settled(SILENT), key_names({}))
    assert text.startswith("verified, not reviewed: ") and tone == "warning"


def test_the_table_of_a_race_tells_it_in_its_cell_its_notes_and_its_csv():
    found = rows([("a lane", settled(SILENT)), ("another", settled(CLEAN))])
    assert [cells(row)[1].startswith("verified, not reviewed") for row in found] == [True, False]
    assert f"a lane: not reviewed: {WHY}" in notes(found)
    head, first, second = as_csv(found).splitlines()
    assert head.endswith(",not_reviewed") and WHY in first and second.endswith(",")


def test_a_lane_says_it():
    shown = "".join(text for line in outcome(settled(SILENT), 200) for text, _ in line)
    assert "verified, not reviewed" in shown


async def text_of(widget: Widget) -> str:
    class Frame(App[None]):
        def compose(self) -> ComposeResult:
            yield widget

    app = Frame()
    async with app.run_test(size=(120, 30)) as pilot:
        widget.state = settled(SILENT)  # type: ignore[attr-defined]
        await pilot.pause()
        return "\n".join("".join(s.text for s in widget.render_line(y)) for y in range(widget.size.height))


async def test_the_report_pane_and_the_stages_say_it():
    pane, stages = await text_of(ReportPane()), await text_of(StageBar())
    assert "not reviewed" in pane and "spent 2,048 tokens thinking" in pane and "found nothing" not in pane
    assert "? review not reviewed" in stages
