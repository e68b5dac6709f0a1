"""The panes that follow a run: draft, report, examples."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest
import sample_runs as runs
from msgspec.structs import replace
from redraft.engine import events as ev
from redraft.engine.facts import (
    STAND_IN,
    Asserted,
    Check,
    Draft,
    Example,
    Finding,
    Report,
    Review,
    Solution,
    Stub,
    UnusedTest,
)
from redraft.engine.state.run import RunState
from redraft.widgets.run.checks_table import ChecksTable
from redraft.widgets.run.draft_pane import DraftPane
from redraft.widgets.run.report_pane import ReportPane
from redraft.widgets.sheet import Sheet
from textual.app import App, ComposeResult
from textual.pilot import Pilot

S = TypeVar("S", bound=Sheet)


class Frame(App[None]):
    """One widget, and what it said."""

    def __init__(self, widget: Sheet) -> None:
        super().__init__()
        self.widget = widget
        self.heard: list[Any] = []
        """Each test knows of which kind its messages are."""

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_report_pane_finding_chosen(self, event: ReportPane.FindingChosen) -> None:
        self.heard.append(event)

    def on_checks_table_chosen(self, event: ChecksTable.Chosen) -> None:
        self.heard.append(event)


@asynccontextmanager
async def framed(
    widget: S, state: RunState, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[S, Pilot[None], Frame]]:
    widget.state = state  # type: ignore[attr-defined]
    app = Frame(widget)
    async with app.run_test(size=size) as pilot:
        widget.focus()
        await pilot.pause()
        yield widget, pilot, app


# ------------------------------------------------------------------------------------------------ the draft


async def test_before_the_first_token_the_pane_says_that_the_prompt_is_read() -> None:
    async with framed(DraftPane(), runs.until(1.0)) as (pane, _, _):
        assert "reading prompt… 0 s" in pane.text


async def test_a_stream_shows_the_body_under_the_stub_that_it_repeats() -> None:
    async with framed(DraftPane(), runs.until(3.0), (100, 40)) as (pane, _, _):
        assert pane.text.count("def running_mean") == 1
        assert "14      means = []" in pane.text


async def test_thinking_is_folded_until_it_is_asked_for() -> None:
    async with framed(DraftPane(), runs.until(3.0)) as (pane, pilot, _):
        assert "▸ thinking  19 words" in pane.text
        assert "empty list gives none" not in pane.text
        await pilot.press("space")
        assert "empty list gives none" in pane.text
        pane.scroll_home(animate=False)
        await pilot.pause()
        await pilot.click(DraftPane, offset=(4, 1))
        assert "empty list gives none" not in pane.text


async def test_the_end_of_a_stream_stays_in_view() -> None:
    async with framed(DraftPane(), runs.until(1.0), (80, 12)) as (pane, pilot, _):
        pane.state = runs.until(4.1)
        await pilot.pause()
        assert pane.is_vertical_scroll_end


async def test_who_scrolls_up_in_a_stream_is_left_alone() -> None:
    async with framed(DraftPane(), runs.until(3.0), (80, 12)) as (pane, pilot, _):
        pane.scroll_home(animate=False)
        await pilot.pause()
        pane.state = runs.until(4.1)
        await pilot.pause()
        assert pane.scroll_offset.y == 0


async def test_partial_text_is_kept_when_a_run_is_cancelled() -> None:
    async with framed(DraftPane(), runs.cancelled(), (80, 40)) as (pane, _, _):
        assert "means = []" in pane.text
        assert "■ cancelled: this is what had come" in pane.text


async def test_lines_that_findings_speak_of_are_marked_with_their_status() -> None:
    async with framed(DraftPane(), runs.settled(), (80, 40)) as (pane, _, _):
        marked = [line for line in pane.text.splitlines() if line[:1] in {"✗", "–", "·"}]
        assert marked == [
            "· 14      means = []",
            "✗ 15      for start in range(len(values) - width):",
            "– 16          window = values[start:start + width]",
            "✗ 17          means.append(sum(window) / width)",
        ]


async def test_a_line_that_is_asked_for_is_brought_into_view() -> None:
    async with framed(DraftPane(), runs.settled(), (80, 10)) as (pane, pilot, _):
        pane.scroll_home(animate=False)
        await pilot.pause()
        pane.line = 17
        await pilot.pause()
        assert pane.scroll_offset.y > 5


async def test_another_draft_can_be_asked_for() -> None:
    async with framed(DraftPane(), runs.settled(), (80, 40)) as (pane, pilot, _):
        assert pane.border_title == "draft d1"
        pane.wanted = "d2"
        await pilot.pause()
        assert pane.border_title == "fix d2"
        assert "if width <= 0:" in pane.text


async def test_a_draft_that_cannot_be_used_says_why() -> None:
    stub = Stub(path="a.py", name="f", line=1, header="def f():\n")
    state = RunState(
        run="r", status="settled", stub=stub, drafts=(Draft(id="d1", body="", problem="the reply has no code"),)
    )
    async with framed(DraftPane(), state) as (pane, _, _):
        assert "✗ the reply has no code" in pane.text


async def test_why_a_run_failed_stands_above_the_longest_stub() -> None:
    stub = replace(runs.STUB, header="def f():\n" + "    # so\n" * 50)
    state = RunState(run="r", stub=stub, status="failed", problem="shop/models.py line 2: No module named 'attr'")
    async with framed(DraftPane(), state, (80, 10)) as (pane, _, _):
        assert pane.text.startswith("✗ shop/models.py line 2: No module named 'attr'")
        assert pane.scroll_offset.y == 0


async def test_the_first_example_that_fails_is_in_view() -> None:
    held = tuple(Check(example=Example(source=f"f({n})"), verdict="passed") for n in range(40))
    fails = Check(example=Example(source="f(40)", want="1"), verdict="failed", got="2")
    report = Report(draft="d1", checks=(*held, fails))
    async with framed(ChecksTable(), RunState(run="r"), (80, 12)) as (table, pilot, _):
        table.state = RunState(
            run="r", status="settled", stub=runs.STUB, drafts=(Draft(id="d1", body="x"),), reports={"d1": report}
        )
        await pilot.pause()
        assert table.scroll_offset.y > 30


async def test_an_empty_draft_pane_says_what_to_do() -> None:
    async with framed(DraftPane(), RunState()) as (pane, _, _):
        assert "write a stub in your editor and save it" in pane.text


# ------------------------------------------------------------------------------------------------ the report


@pytest.mark.parametrize(
    ("review", "verdict"),
    [
        (Review(draft="d1", verdict="clean"), "✓ the reviewer found nothing"),
        (runs.REVIEW, "! 4 findings, 2 reproduced, 1 refuted"),
        (runs.UNREADABLE, "? the reply is no review"),
        (Review(draft="d1", verdict="bugs", findings=(Finding(claim="wrong"),)), "! 1 finding"),
    ],
)
async def test_the_first_line_is_the_verdict(review: Review, verdict: str) -> None:
    async with framed(ReportPane(), runs.settled(review=review)) as (pane, _, _):
        assert pane.text.splitlines()[0] == verdict


async def test_a_reply_that_is_no_review_is_shown_as_it_came() -> None:
    async with framed(ReportPane(), runs.settled(review=runs.UNREADABLE)) as (pane, _, _):
        assert "Looks good to me! [/] The function m[i][j] is fine, I guess." in pane.text


@pytest.mark.parametrize(
    ("review", "words"),
    [
        (Review(draft="d1", verdict="bugs", candidate="def f(): ..."), "wrote the function anew in place of a report"),
        (
            Review(draft="d1", verdict="bugs", findings=(Finding(claim="adds"),), left_out=30),
            "1 finding, 30 more left out",
        ),
    ],
)
async def test_the_report_says_what_came_in_its_place_and_what_was_left_out(review: Review, words: str) -> None:
    async with framed(ReportPane(), runs.settled(review=review)) as (pane, _, _):
        assert words in " ".join(pane.text.split())


async def test_what_a_person_should_know_of_a_call_stands_below_the_report() -> None:
    state = runs.settled()
    calls = tuple(replace(call, warning="the server cut the prompt [/]") for call in state.calls)
    async with framed(ReportPane(), replace(state, calls=calls)) as (pane, _, _):
        assert " ".join(pane.text.split()).count("! the server cut the prompt [/]") == 1


async def test_the_draft_says_what_is_to_be_known_of_it() -> None:
    state = runs.settled()
    drafts = tuple(replace(draft, remark="it only compares its arguments") for draft in state.drafts)
    async with framed(DraftPane(), replace(state, drafts=drafts)) as (pane, _, _):
        assert "! it only compares its arguments" in pane.text


async def test_an_expectation_that_was_run_shows_what_it_gives() -> None:
    finding = Finding(claim="?", call="f(1)", should_be="pi", expected="NameError: pi", status="not shown", got="3")
    review = Review(draft="d1", verdict="bugs", findings=(finding,))
    async with framed(ReportPane(), runs.settled(review=review)) as (pane, _, _):
        shown = [line.strip("▌ ").split() for line in pane.text.splitlines()]
        assert shown[shown.index(["should", "be", "pi"]) + 1] == ["which", "gives", "NameError:", "pi"]


async def test_refuted_findings_come_last() -> None:
    async with framed(ReportPane(), runs.settled()) as (pane, _, _):
        words = [
            word
            for line in pane.text.splitlines()
            for word in ("reproduced", "untested", "refuted")
            if f" {word}" in line[:16]
        ]
        assert words == ["reproduced", "reproduced", "untested", "refuted"]


async def test_a_finding_is_told_with_what_really_came_out() -> None:
    async with framed(ReportPane(), runs.settled()) as (pane, _, _):
        text = " ".join(pane.text.split())
        assert "shown by running_mean([1, 2], 0)" in text
        assert "draft gives ZeroDivisionError: division by zero" in text
        assert "fix gives ValueError: width must be positive" in text


async def test_j_and_k_go_from_finding_to_finding_and_say_so() -> None:
    async with framed(ReportPane(), runs.settled()) as (pane, pilot, app):
        await pilot.press("j", "j", "k")
        chosen = [event.finding.line for event in app.heard]
        assert (pane.chosen, chosen) == (1, [17, 14, 17])


async def test_a_click_on_a_finding_chooses_it() -> None:
    async with framed(ReportPane(), runs.settled(), (80, 60)) as (pane, pilot, app):
        row = next(y for y, row in enumerate(pane._rows) if row.item == 3)
        await pilot.click(ReportPane, offset=(6, row + 2))
        assert [event.finding.status for event in app.heard] == ["refuted"]


async def test_the_report_says_when_the_reviewer_is_at_work() -> None:
    async with framed(ReportPane(), runs.until(4.6)) as (pane, pilot, _):
        assert "▸ the reviewer is reading" in pane.text
        pane.state = runs.until(6.0)
        await pilot.pause()
        assert "▸ the reviewer is writing" in pane.text


async def test_words_are_counted_in_a_report_without_a_blank() -> None:
    state = runs.until(6.0)
    call = replace(state.calls[-1], text='{"findings":[{"quote":"return 1"')
    async with framed(ReportPane(), replace(state, calls=(*state.calls[:-1], call))) as (pane, _, _):
        assert "writing  4 words" in pane.text


async def test_what_was_decided_is_told_under_the_findings() -> None:
    async with framed(ReportPane(), runs.settled()) as (pane, _, _):
        assert "→ the fix passes 6 of 6 examples, the draft 1 of 4: the fix is kept" in pane.text


# ------------------------------------------------------------------------------------------------ the examples


async def test_the_score_is_the_first_line_and_a_failing_example_is_told_in_full() -> None:
    async with framed(ChecksTable(), runs.until(4.45)) as (table, _, _):
        assert table.text.splitlines()[0] == "✗ 1 of 4 examples hold"
        assert "   example   running_mean([1, 2, 3, 4], 2)" in table.text
        assert "   got       [1.5, 2.5]" in table.text


async def test_no_examples_are_never_shown_as_passed() -> None:
    stub = Stub(path="a.py", name="f", line=1, header="def f():\n")
    draft = Draft(id="d1", body="return 1\n")
    solution = Solution(draft=draft, report=Report(draft="d1"))
    state = RunState(
        run="r", status="settled", stub=stub, drafts=(draft,), reports={"d1": Report(draft="d1")}, solution=solution
    )
    async with framed(ChecksTable(), state) as (table, _, _):
        assert table.text.splitlines()[0] == "? no examples: nothing was verified"
        assert "✓" not in table.text


async def test_visible_and_generated_examples_stand_apart() -> None:
    async with framed(ChecksTable(), runs.settled(), (100, 30)) as (table, _, _):
        lines = table.text.splitlines()
        assert lines[0] == "✓ all 6 examples hold"
        yours, theirs = (n for n, line in enumerate(lines) if "your docstring" in line or "tester model" in line)
        assert sum("✓" in line for line in lines[yours:theirs]) == 4
        assert sum("✓" in line for line in lines[theirs:]) == 2


async def test_examples_are_listed_before_there_is_a_draft() -> None:
    async with framed(ChecksTable(), runs.until(1.0)) as (table, _, _):
        assert table.text.splitlines()[0] == "· 4 examples to hold a draft against"


async def test_the_cursor_moves_and_a_long_text_is_broken_not_cut() -> None:
    long = Example(source="f(1)", want="x" * 200)
    stub = Stub(path="a.py", name="f", line=1, header="def f(n):\n", examples=(Example(source="f(0)", want="0"), long))
    async with framed(ChecksTable(), RunState(run="r", status="running", stub=stub)) as (table, pilot, app):
        assert table.text.count("x") < 200
        await pilot.press("j")
        assert [event.example for event in app.heard] == [long]
        # The word "example" in the details has an x, too.
        assert sum(line.count("x") for line in table.text.splitlines() if "xxxx" in line and "…" not in line) >= 200
        await pilot.press("space")
        assert table.text.count("x") < 200


async def test_the_table_tells_the_place_of_a_test_and_what_is_not_used() -> None:
    stands_in = f"if {STAND_IN!r}:\n    class TestA: pass\n    self = TestA()"
    asserted = Asserted(where="tests/test_a.py:12", name="tests/test_a.py::test_it", setup=(stands_in, "cart = Cart()"))
    test = Example(source="f(1)", want="1", compare="value", origin="test", test=asserted)
    checks = (Check(example=Example(source="f(0)"), verdict="passed"), Check(example=test, verdict="failed", got="2"))
    unused = (UnusedTest(where="tests/test_a.py:30", why="takes a fixture (client)"),)
    stub = Stub(path="a.py", name="f", line=1, header="def f(x):\n", tests=(test,), unused=unused)
    report = Report(draft="d1", checks=checks)
    state = RunState(run="r", status="settled", stub=stub, drafts=(runs.DRAFT,), reports={"d1": report})
    async with framed(ChecksTable(), state, (100, 40)) as (table, pilot, _):
        lines = table.text.splitlines()
        assert lines[0] == "✗ 1 of 1 example holds, 1 of 1 of your tests fails: tests/test_a.py:12"
        assert any("from your tests" in line for line in lines)
        assert any("place" in line and "tests/test_a.py:12, test_it" in line for line in lines)
        assert any("before" in line and "cart = Cart()" in line for line in lines)
        assert "1 test not used" in table.text and "tests/test_a.py:30 takes a fixture (client)" in table.text
        assert table.pointed is not None and table.pointed.where == "tests/test_a.py:12"
        await pilot.press("k")
        assert table.pointed is not None and table.pointed.where == ""


async def test_a_program_that_cannot_run_says_why() -> None:
    report = Report(draft="d1", problem="SyntaxError: invalid syntax")
    state = RunState(run="r", status="settled", stub=runs.STUB, drafts=(runs.DRAFT,), reports={"d1": report})
    async with framed(ChecksTable(), state) as (table, _, _):
        assert table.text.splitlines()[:2] == ["✗ the program could not run", "SyntaxError: invalid syntax"]


async def test_a_state_without_news_for_the_table_leaves_the_cursor_where_it_is() -> None:
    async with framed(ChecksTable(), runs.until(4.45)) as (table, pilot, _):
        await pilot.press("j", "j")
        table.state = runs.until(6.0).after(ev.Entry(at=6.1, event=ev.TextStreamed(call="c2", text="more")))
        await pilot.pause()
        assert table.chosen == 2


async def test_an_example_that_waits_says_for_what_and_is_no_failure() -> None:
    waits = Example(source="f(g(1))", want="1\n", waits_for=("g",))
    of_class = Example(source="a.f(1, 2, 3)", want="2\n", session="class A", before=("a = A()",))
    stub = Stub(path="a.py", name="f", line=1, header="def f():\n", examples=(waits, of_class))
    async with framed(ChecksTable(), RunState(run="r", stub=stub), (100, 30)) as (table, _, _):
        assert "waits for g, which is not written yet" in table.text
    checks = (
        Check(example=waits, verdict="waits", waits_for=("g",), got="waits for g, which is not written yet"),
        Check(example=of_class, verdict="passed", got="2"),
    )
    draft, report = Draft(id="d1", body="return 1\n"), Report(draft="d1", checks=checks)
    state = RunState(run="r", status="settled", stub=stub, drafts=(draft,), reports={"d1": report})
    async with framed(ChecksTable(), state, (100, 30)) as (table, _, _):
        assert table.text.splitlines()[0] == "✓ 1 example holds; 1 waits for g"
        assert "✗" not in table.text
        assert "from class A" in table.text
    alone = RunState(
        run="r", status="settled", stub=stub, drafts=(draft,), reports={"d1": Report(draft="d1", checks=checks[:1])}
    )
    async with framed(ChecksTable(), alone, (100, 30)) as (table, _, _):
        assert table.text.splitlines()[0] == "? unverified: its example waits for g"
