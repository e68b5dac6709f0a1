"""Bug reports held against what the code does."""

import pytest
from redraft.engine.facts import Example, Execution, Finding, Outcome, Review
from redraft.engine.findings import agrees, retested, tested


def value(text: str) -> Outcome:
    return Outcome(status="returned", printed=text + "\n", value=text)


RAISED = Outcome(status="raised", raised="builtins.IndexError: list index out of range")
FINDING = Finding(claim="wrong", call="f(5)", comes_out="6", should_be="10")


def judged(finding: Finding, outcome: Outcome, *visible: Example) -> tuple[str, str]:
    review = Review(draft="d1", verdict="bugs", findings=(finding,))
    found = tested(review, Execution(outcomes=(outcome,)), visible).findings[0]
    return found.status, found.got


@pytest.mark.parametrize(
    ("got", "status"), [("6", "reproduced"), ("10", "refuted"), ("7", "not shown"), ("10.0", "refuted")]
)
def test_a_finding_is_judged_by_what_its_call_gives(got: str, status: str):
    assert judged(FINDING, value(got)) == (status, got)


def test_a_claimed_exception_is_reproduced_by_that_exception_only():
    claimed = Finding(claim="empty", call="f([])", comes_out="raises IndexError", should_be="None")
    assert judged(claimed, RAISED)[0] == "reproduced"
    assert judged(claimed, Outcome(status="raised", raised="TypeError: no"))[0] == "not shown"


def test_a_finding_that_contradicts_the_persons_own_example_is_refuted():
    own = Example(source="f(5)", want="6\n")
    assert judged(FINDING, value("6"), own)[0] == "refuted"


def test_a_finding_whose_call_is_an_example_that_fails_is_reproduced_whatever_the_reviewer_expects():
    own = Example(source="f( 5 )", want="10\n")
    assert judged(Finding(claim="?", call="f(5)", should_be="11"), value("6"), own)[0] == "reproduced"


def test_a_finding_that_was_never_reached_is_not_shown():
    assert judged(FINDING, Outcome(status="not run")) == ("not shown", "")


def test_findings_without_a_call_stay_untested_and_do_not_shift_the_others():
    review = Review(draft="d1", verdict="bugs", findings=(Finding(claim="style"), FINDING))
    found = tested(review, Execution(outcomes=(value("6"),))).findings
    assert [f.status for f in found] == ["untested", "reproduced"]


def test_what_the_fix_gives_is_kept_beside_what_the_draft_gave():
    review = Review(draft="d1", verdict="bugs", findings=(FINDING,))
    assert retested(review, Execution(outcomes=(value("10"),))).findings[0].got_fixed == "10"


@pytest.mark.parametrize(
    ("claimed", "outcome", "does"),
    [
        ("`[1, 2]`", value("[1,2]"), True),
        ("", value("1"), False),
        ("'a'", value('"a"'), True),
        ("an infinite loop", Outcome(status="timeout"), True),
        ("5", Outcome(status="timeout"), False),
        ("IndexError: list index out of range", RAISED, True),
        ("5", Outcome(status="crashed"), False),
    ],
)
def test_claims_are_compared_by_value(claimed: str, outcome: Outcome, does: bool):
    assert agrees("f()", claimed, outcome) is does
