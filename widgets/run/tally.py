"""Examples and tests in words: what each says should happen, and how many hold."""

from __future__ import annotations

from ...engine.facts import Check, Example, Report, UnusedTest
from ...engine.state.run import RunState
from ...engine.waits import waiting_words
from ..signs import counted

_RELATIONS = {
    "==": "",
    "is": "",
    "!=": "not ",
    "is not": "not ",
    "in": "one of ",
    "not in": "none of ",
    "has": "has in it ",
    "lacks": "has not in it ",
    "close": "about ",
    "same members": "in any order ",
}


def expectation(example: Example) -> str:
    """What an example says should happen, in words where it is no text."""
    test = example.test
    if example.raises is not None:
        matching = f" matching {test.match!r}" if test is not None and test.match else ""
        return f"raises {example.raises}{matching}"
    if test is not None and test.relation == "runs":
        return "raises nothing"
    if example.compare == "truth":
        return "is true"
    if test is not None:
        return _RELATIONS.get(test.relation, f"{test.relation} ") + example.want
    return example.want.rstrip("\n") or "prints nothing"


def of_examples(report: Report) -> str:
    """How many of the docstring's examples hold.

    >>> of_examples(Report(draft="d1", checks=(Check(example=Example(source="f(1)"), verdict="passed"),)))
    '1 of 1 example holds'
    """
    checks = report.judged_examples
    held = sum(check.passed for check in checks)
    return f"{held} of {counted(len(checks), 'example')} hold{'s' if len(checks) == 1 else ''}"


def score(report: Report) -> str:
    """How many hold, in few words: "3 of 4", "1 of 1, 4 of 5 tests", "2 of 2 tests"."""
    own, tests = report.judged_examples, report.tests
    parts = [f"{sum(check.passed for check in own)} of {len(own)}"] if own else []
    return ", ".join([*parts, *([f"{sum(tests.values())} of {counted(len(tests), 'test')}"] if tests else [])])


def failing_score(report: Report) -> str:
    """How many fail, examples and tests together, a test with all its assertions once: "1 of 5 fail"."""
    own, tests = [check.passed for check in report.judged_examples], report.tests.values()
    holds = [*own, *tests]
    return f"{holds.count(False)} of {len(holds)} fail"


def unused(state: RunState) -> tuple[UnusedTest, ...]:
    """Tests of the function that cannot be used, by what was read and by what came of running them."""
    found = state.stub.unused if state.stub else ()
    return (*found, *(state.report.unused if state.report else ()))


def unused_words(state: RunState) -> str:
    """How many tests are not used: "5 tests not used"; "" where all are."""
    number = len(unused(state))
    return f"{counted(number, 'test')} not used" if number else ""


def also_by_tests(report: Report | None) -> str:
    """ ", also by 4 of your tests", or "" where none was run."""
    tests = report.tests if report is not None else {}
    also = "also " if report is not None and report.judged_examples else ""
    separator = ", " if also else " "
    return f"{separator}{also}by {len(tests)} of your tests" if tests else ""


def failing_tests(report: Report) -> str:
    """ "1 of 4 of your tests fails: tests/test_pricing.py:12"; "" where none does."""
    tests = report.tests
    failing = [name for name, holds in tests.items() if not holds]
    if not failing:
        return ""
    first = next(check.example.where for check in report.failures if check.example.test is not None)
    verb = "fails" if len(failing) == 1 else "fail"
    return f"{len(failing)} of {len(tests)} of your tests {verb}: {first}"


def standing(report: Report) -> str:
    """How a draft stands: "3 of 3 examples hold, 1 of 4 of your tests fails: tests/test_pricing.py:12"."""
    tests = report.tests
    parts = [of_examples(report)] if report.judged_examples else []
    if tests:
        held = "holds" if len(tests) == 1 else "hold"
        parts.append(failing_tests(report) or f"{len(tests)} of {len(tests)} of your tests {held}")
    return ", ".join(parts)


def held(report: Report) -> str:
    """How a body comes off: "3 of 3 examples hold; 1 waits for camelize"."""
    if report.problem:
        return "the program could not run"
    waits = waiting_words(report)
    if not report.judged:
        return waits or "no examples, so nothing is verified"
    return standing(report) + (f"; {waits}" if waits else "")


def only_tests(report: Report) -> tuple[Check, ...]:
    """The checks that are tests of the project."""
    return tuple(check for check in report.checks if check.example.test is not None)
