"""Bug reports held against what the code does."""

import pytest
from redraft.engine.examples.findings import (
    agrees,
    expectations,
    retested,
    tested,
)
from redraft.engine.facts import Example, Execution, Finding, Outcome, Review


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
    review = tested(Review(draft="d1", verdict="bugs", findings=(FINDING,)), Execution(outcomes=(value("6"),)))
    for gives, mended in (("10", True), ("7", False)):
        done = Execution(outcomes=(value(gives),))
        (finding,) = retested(review, done, tested(review, done)).findings
        assert (finding.status, finding.got_fixed, finding.mended) == ("reproduced", gives, mended)


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


# ------------------------------------------------------------------------------------------ expectations


def expecting(should_be: str, outcome: Outcome, expected: Outcome, comes_out: str = "") -> Finding:
    finding = Finding(claim="?", call="f(5)", comes_out=comes_out, should_be=should_be)
    review = Review(draft="d1", verdict="bugs", findings=(finding,))
    return tested(review, Execution(outcomes=(outcome,)), expected={should_be: expected}).findings[0]


@pytest.mark.parametrize("should_be", ["math.pi", "[1]*3", "sorted([2, 1])", "2 * 3", "float('inf')", "f(4) + 1"])
def test_an_expectation_that_is_no_literal_has_to_be_evaluated(should_be: str):
    review = Review(draft="d1", verdict="bugs", findings=(Finding(claim="?", call="f(5)", should_be=should_be),))
    assert expectations(review, Execution(outcomes=(value("6"),))) == (should_be,)


@pytest.mark.parametrize(
    ("should_be", "outcome"),
    [
        ("6", value("6")),
        ("set()", value("{1}")),
        ("a list of three", value("6")),
        ("ValueError", value("6")),
        ("ValueError('too big')", value("6")),
        ("math.pi", RAISED),
        ("math.pi", Outcome(status="timeout")),
        ("helo", Outcome(status="returned", printed="hello\n")),
        ("hello", value("'hello'")),
        ("", value("6")),
    ],
)
def test_nothing_is_evaluated_that_is_plain_prose_or_settled_without(should_be: str, outcome: Outcome):
    review = Review(draft="d1", verdict="bugs", findings=(Finding(claim="?", call="f(5)", should_be=should_be),))
    assert expectations(review, Execution(outcomes=(outcome,))) == ()


@pytest.mark.parametrize(
    ("got", "comes_out", "status"),
    [
        ("3.141592653589793", "3.141592653589793", "refuted"),
        ("3.14", "3.14", "reproduced"),
        ("3.14", "", "reproduced"),
        ("3.14", "3", "not shown"),
    ],
)
def test_a_finding_is_held_against_what_its_expectation_comes_to(got: str, comes_out: str, status: str):
    finding = expecting("math.pi", value(got), value("3.141592653589793"), comes_out)
    assert (finding.status, finding.expected) == (status, "3.141592653589793")


def test_an_expectation_without_a_literal_spelling_is_compared_as_a_session_shows_it():
    third = Outcome(status="returned", printed="Fraction(1, 3)\n", type_name="fractions.Fraction")
    assert expecting("Fraction(2, 6)", third, third).status == "refuted"
    assert expecting("Fraction(2, 6)", value("0.3"), third).status == "reproduced"


def test_an_expectation_that_comes_to_none_is_met_by_none_only():
    none = Outcome(status="returned", type_name="builtins.NoneType")
    assert expecting("{}.get(1)", none, none).status == "refuted"
    assert expecting("{}.get(1)", value("6"), none).status == "reproduced"


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        (Outcome(status="raised", raised="NameError: name 'math' is not defined"), "name 'math' is not defined"),
        (Outcome(status="timeout"), "timed out"),
        (Outcome(status="not run"), "not run"),
    ],
)
def test_an_expectation_that_comes_to_nothing_leaves_the_finding_not_shown_and_says_why(expected: Outcome, why: str):
    finding = expecting("math.pi", value("6"), expected, comes_out="6")
    assert finding.status == "not shown"
    assert why in finding.expected


@pytest.mark.parametrize("comes_out", ["6", "", "'6'", "7"])
@pytest.mark.parametrize("should_be", ["6", "6.0", "(6)"])
def test_a_finding_that_expects_what_really_came_out_is_never_reproduced(should_be: str, comes_out: str):
    claimed = Finding(claim="?", call="f(5)", comes_out=comes_out, should_be=should_be)
    assert judged(claimed, value("6"))[0] == "refuted"


@pytest.mark.parametrize("got", ["'spam'", "'eggs'", "6"])
@pytest.mark.parametrize("said", ["spam", "'spam'", "a list", "IndexError"])
def test_a_finding_that_calls_wrong_what_it_expects_is_never_reproduced(said: str, got: str):
    own = Example(source="f(5)", want="10\n")
    claimed = Finding(claim="?", call="f(5)", comes_out=said, should_be=said)
    assert judged(claimed, value(got))[0] != "reproduced"
    assert judged(claimed, value(got), own)[0] != "reproduced"


def test_an_expectation_in_prose_shows_nothing_by_itself():
    assert judged(Finding(claim="?", call="f(5)", should_be="a list of three"), value("6"))[0] == "not shown"


def test_a_string_may_be_claimed_without_its_quotes():
    claimed = Finding(claim="?", call="f(5)", comes_out="spam", should_be="eggs and ham")
    assert judged(claimed, value("'spam'"))[0] == "reproduced"


# ------------------------------------------------------------------------------------------ examples, texts

TH = Example(source="f(11)", want="'th'\n")


@pytest.mark.parametrize("call", ["f(11)", "f( 11 )", "f(n=11)", "f(n = 11)"])
@pytest.mark.parametrize("should_be", ["th", "'th'", '"th"', "`th`", "the suffix th", "st", "", "str"])
def test_what_should_come_out_of_an_example_is_the_examples_however_it_is_spelled(call: str, should_be: str):
    review = Review(draft="d1", verdict="bugs", findings=(Finding(claim="?", call=call, should_be=should_be),))
    done = Execution(outcomes=(value("'st'"),))
    assert expectations(review, done, (TH,), ("n",)) == ()
    found = tested(review, done, (TH,), {}, ("n",)).findings[0]
    assert (found.status, found.should_be, found.expected, found.got) == ("reproduced", "'th'", "", "'st'")


def test_an_example_that_claims_an_equality_is_found_by_its_call():
    claimed = Finding(claim="?", call="f(5)", should_be="11")
    assert judged(claimed, value("6"), Example(source="f(5) == 6", compare="truth"))[0] == "refuted"


def test_an_example_that_expects_an_exception_says_so():
    own = Example(source="f(5)", raises="ValueError: too big")
    review = Review(draft="d1", verdict="bugs", findings=(Finding(claim="?", call="f(5)", should_be="0"),))
    found = tested(review, Execution(outcomes=(value("6"),)), (own,)).findings[0]
    assert (found.status, found.should_be) == ("reproduced", "ValueError: too big")


NAME_ERROR = Outcome(status="raised", raised="NameError: name 'th' is not defined")


@pytest.mark.parametrize("got", ["'st'", "'th'"])
def test_an_expectation_without_its_quotes_is_the_text_that_it_spells(got: str):
    finding = expecting("th", value(got), NAME_ERROR)
    status = "refuted" if got == "'th'" else "reproduced"
    assert (finding.status, finding.should_be, finding.expected) == (status, "'th'", "")


@pytest.mark.parametrize("said", ["not-found", "left, right", "yes or no", "a + b"])
def test_words_that_read_as_an_expression_are_text_too(said: str):
    finding = expecting(said, value("'other'"), Outcome(status="raised", raised="NameError: name 'x' is not defined"))
    assert (finding.status, finding.should_be) == ("reproduced", repr(said))


def test_a_word_that_names_something_else_than_text_is_text_where_text_comes_out():
    a_type = Outcome(status="returned", printed="<class 'list'>\n", type_name="builtins.type")
    assert expecting("list", value("'tuple'"), a_type).should_be == "'list'"
    assert expecting("list", value("3"), a_type).should_be == "list"


def test_a_name_that_comes_to_a_text_is_that_text():
    assert expecting("DEFAULT", value("'a'"), value("'b'")).expected == "'b'"


def test_an_unknown_name_is_no_text_where_a_number_comes_out():
    finding = expecting("high", value("2"), NAME_ERROR)
    assert (finding.status, finding.should_be) == ("not shown", "high")


def test_digits_without_quotes_are_the_text_that_comes_out_unless_the_finding_tells_them_apart():
    assert judged(Finding(claim="?", call="f(5)", should_be="12"), value("'12'"))[0] == "refuted"
    assert judged(Finding(claim="?", call="f(5)", comes_out="'12'", should_be="12"), value("'12'"))[0] == "reproduced"
    assert judged(Finding(claim="?", call="f(5)", should_be="12"), value("'13'"))[0] == "reproduced"
