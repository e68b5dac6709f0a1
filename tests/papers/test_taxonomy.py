"""The four failure classes of arXiv 2603.03406, section 4.4, told apart by our rules; one rule a test."""

from __future__ import annotations

from redraft.engine.facts import Check, Draft, Example, Report, Solution, Stub
from redraft.engine.tables.taxonomy import Change, change, classified

HEADER = "def share(values, delimeter):\n"
STUB = Stub(path="a.py", name="share", line=1, header=HEADER, before=HEADER, body="...")
CALL = Example(source="share([1], ',')\n", want="1\n")
SMALL = "return sum(values)"


def solution(
    body: str, got: str = "", *, passed: bool = False, problem: str | None = None, crash: str = ""
) -> Solution:
    verdict = "passed" if passed else "raised" if "Error" in got else "failed"
    report = Report(draft="d1", checks=(Check(example=CALL, verdict=verdict, got=got),), problem=crash)
    return Solution(draft=Draft(id="d1", body=body, problem=problem), report=report)


RAW = solution(SMALL, passed=True)


def kind(body: str, got: str = "2", *, passed: Solution = RAW, crash: str = "", stub: Stub = STUB) -> str:
    return classified(stub, failed=solution(body, got, crash=crash), passed=passed).kind


def test_a_name_error_of_something_importable_is_a_missing_import() -> None:
    assert kind("return math.pi", "NameError: name 'math' is not defined") == "missing import"


def test_a_missing_import_is_seen_without_running_and_its_repair_is_the_evidence() -> None:
    failed = solution("return Counter(values)", problem="line 1: cut")
    found = classified(STUB, failed=failed, passed=RAW)
    assert found.kind == "missing import"
    assert "from collections import Counter" in found.evidence


def test_a_module_that_cannot_be_found_is_a_missing_import() -> None:
    assert kind("import numpy\nreturn 1", "ModuleNotFoundError: No module named 'numpy'") == "missing import"


def test_a_name_error_of_something_nobody_could_import_is_none() -> None:
    assert kind("return totl", "NameError: name 'totl' is not defined") == "algorithm mismatch"


def test_a_spelling_that_was_corrected_is_an_identifier() -> None:
    failed = solution("return delimiter.join(values)", "NameError: name 'delimiter' is not defined")
    found = classified(STUB, failed=failed, passed=RAW)
    assert found.kind == "identifier"
    assert "delimiter where the parameter is called delimeter" in found.evidence


def test_a_keyword_that_the_function_does_not_take_is_an_identifier() -> None:
    assert kind("return 1", "TypeError: share() got an unexpected keyword argument 'delimiter'") == "identifier"


def test_more_than_half_as_large_again_with_more_branches_is_over_engineering() -> None:
    large = "total = 0\nfor value in values:\n    if value:\n        total += value\nreturn total"
    assert kind(large) == "over-engineering"


def test_a_larger_body_without_more_branches_is_not() -> None:
    assert kind("total = sum(values)\ntotal = total + 0 + 0 + 0\nreturn total") == "algorithm mismatch"


def test_whatever_is_left_is_an_algorithm_mismatch_with_the_first_failure_as_evidence() -> None:
    found = classified(STUB, failed=solution("return max(values)", "2"), passed=RAW)
    assert found.kind == "algorithm mismatch"
    assert found.evidence == "share([1], ',') gives 2"


def test_a_missing_import_counts_before_over_engineering() -> None:
    large = "total = 0\nfor value in values:\n    if value:\n        total += math.floor(value)\nreturn total"
    assert kind(large, "NameError: name 'math' is not defined") == "missing import"


def test_only_a_pass_that_became_a_failure_is_a_regression() -> None:
    found = change(STUB, RAW, solution("return max(values)", "2"))
    assert found is not None
    assert found.direction == "regression"


def test_the_mirror_is_an_improvement_with_the_class_of_what_raw_coder_failed_of() -> None:
    found = change(STUB, solution("return Counter(values)", "NameError: name 'Counter' is not defined"), RAW)
    assert isinstance(found, Change)
    assert (found.direction, found.failure.kind) == ("improvement", "missing import")


def test_two_that_pass_two_that_fail_and_what_was_not_verified_changed_nothing() -> None:
    failing, unverified = solution("return 2", "2"), Solution(draft=Draft(id="d1", body=SMALL))
    pairs = [(RAW, RAW), (failing, failing), (RAW, unverified), (unverified, failing)]
    assert [change(STUB, before, after) for before, after in pairs] == [None] * 4


def test_a_body_that_does_not_parse_is_still_classified() -> None:
    assert kind("return (", crash="line 2: '(' was never closed") == "algorithm mismatch"
