"""Facts in words, as the command line prints them."""

from __future__ import annotations

import pytest
from redraft.app.common.output import Paint, harmless, report_lines, review_lines
from redraft.engine.facts import Check, Example, Finding, Report, Review


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding(claim="adds", call="f(2)", status="not shown"), "f(2) was not run"),
        (Finding(claim="adds", call="f(2)", status="refuted", got="4"), "f(2) gives 4"),
        (
            Finding(claim="adds", call="f(2)", status="reproduced", got="4", got_fixed="5"),
            "f(2) gives 4; with the fix 5",
        ),
        (
            Finding(claim="adds", call="f(2)", status="not shown", got="4", should_be="pi", expected="NameError: pi"),
            "expected pi, which gives NameError: pi",
        ),
    ],
)
def test_a_finding_says_what_its_call_gave_or_that_it_was_not_run(finding: Finding, words: str):
    lines = review_lines(Review(draft="d1", verdict="bugs", findings=(finding,)), Paint(on=False))
    assert lines[-1].strip() == words


def test_what_a_terminal_would_obey_is_spelt():
    assert harmless("\x1b[31m\0\ud800\r\t|\x07") == "\\x1b[31m\\x00\\ud800\\r    |\\x07"


def printed(review: Review) -> list[str]:
    return [line.strip() for line in review_lines(review, Paint(on=False))]


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        (Finding(claim="adds", quote="x = 1", line=3), "line 3: x = 1"),
        (Finding(claim="adds", line=3), "line 3"),
        (Finding(claim="adds", quote="y = 1"), "no such line: y = 1"),
    ],
)
def test_a_finding_tells_its_line_or_that_there_is_none(finding: Finding, place: str):
    assert printed(Review(draft="d1", verdict="bugs", findings=(finding,)))[-1] == place


def test_a_finding_without_a_line_is_a_finding_without_a_line():
    assert printed(Review(draft="d1", verdict="bugs", findings=(Finding(claim="adds"),))) == ["[untested] adds"]


@pytest.mark.parametrize(
    ("review", "words"),
    [
        (Review(draft="d1", verdict="clean"), "the reviewer found nothing"),
        (Review(draft="d1", verdict="bugs"), "the reviewer says there are bugs, but names none"),
        (
            Review(draft="d1", verdict="bugs", candidate="def f(): ..."),
            "the reviewer wrote the function anew in place of a report",
        ),
        (
            Review(draft="d1", verdict="bugs", findings=(Finding(claim="adds"),), left_out=30),
            "30 more findings are left out",
        ),
    ],
)
def test_what_a_report_lacks_is_said(review: Review, words: str):
    assert printed(review)[-1] == words


def test_a_long_statement_is_told_by_its_first_line_and_how_many_follow():
    def told(lines: int) -> str:
        source = "\n".join(f"line{n}" for n in range(lines))
        check = Check(example=Example(source=source), verdict="passed")
        return report_lines(Report(draft="d1", checks=(check,)), Paint(on=False))[0].strip()

    assert told(1).endswith("line0")
    assert told(3).endswith("line0 ⏎ line1 ⏎ line2")
    assert told(15).endswith("line0 ⏎ … 14 more lines")
