"""What is fixed, broken or a false alarm follows from the lines and from nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from redraft.engine.bench.browsing import KINDS, Cell, Results, failure_of, problems_table, results_of, scores_of
from redraft.engine.bench.growing import GrowingLedger
from redraft.engine.bench.ledger import Ledger
from redraft.engine.bench.lines import Header, Line
from redraft.engine.errors import SourceError
from redraft.engine.facts import Stub
from redraft.engine.tables.rendering import as_plain

HEADER = Header(suite="humaneval+", versions=("v1",))


def line(problem: str = "Own/1", pipeline: str = "raw-coder", passes: object = True, **more: object) -> Line:
    """A result that passes, fails (False) or passes its base tests only ("base")."""
    told = {"base": bool(passes), "plus": passes is True, "judged": "passed" if passes is True else "wrong", **more}
    return Line(problem=problem, pipeline=pipeline, model="m", mode="evidence", **told)


def cell(*lines: Line, header: Header = HEADER) -> Cell:
    """The cell of the last line."""
    found = results_of(header, lines).cases[0].cells[-1]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (False, True, ("fixed",)),
        ("base", True, ("fixed",)),
        (True, False, ("broken", "failed")),
        (True, "base", ("broken", "failed")),
        (True, True, ()),
        (False, "base", ("failed",)),
    ],
)
def test_fixed_and_broken_are_against_the_baseline_on_all_tests(before: object, after: object, kinds: tuple) -> None:
    assert cell(line(passes=before), line(pipeline="pat", passes=after)).kinds == kinds


def test_base_counts_where_there_are_no_tests_beyond_it() -> None:
    suite = Header(suite="humaneval", versions=())
    assert cell(line(passes="base"), line(pipeline="pat", passes="base"), header=suite).outcome == "pass"


def test_what_could_not_be_run_is_neither_fixed_nor_broken_nor_failed() -> None:
    lost = line(pipeline="pat", passes=False, status="error", error="server gone")
    assert (cell(line(), lost).outcome, cell(line(), lost).kinds) == ("error", ())
    assert cell(line(status="error"), line(pipeline="pat")).kinds == ()


@pytest.mark.parametrize(
    ("told", "is_alarm", "draft"),
    [
        ({"review": "bugs", "reviewed_plus": True, "reviewed_base": True}, True, True),
        ({"review": "bugs", "reviewed_plus": False, "reviewed_base": True}, False, False),
        ({"review": "bugs", "reviewed_plus": True, "fixed": True, "passes": False}, True, True),
        ({"review": "clean", "reviewed_plus": True}, False, True),
        ({"review": "unreadable", "reviewed_plus": True}, False, True),
        ({"review": "bugs", "findings": {"refuted": 2}}, True, True),
        ({"review": "bugs", "findings": {"refuted": 2}, "passes": False}, False, False),
        ({"review": "bugs", "fixed": True}, False, None),
        ({"review": "bugs", "pipeline": "debate"}, False, None),
        ({}, False, None),
    ],
)
def test_a_false_alarm_is_a_report_on_a_draft_that_passes_as_far_as_that_is_known(
    told: dict[str, object], is_alarm: bool, draft: bool | None
) -> None:
    found = cell(line(**{"pipeline": "review-with-evidence", **told}))
    assert ("false alarm" in found.kinds, found.draft_passed) == (is_alarm, draft)


def test_a_reviewers_own_benchmark_is_held_against_the_bodies_it_was_given() -> None:
    header = Header(suite="reviewers:quixbugs", versions=())
    told = {"base": True, "plus": True, "review": "bugs", "findings": {"refuted": 1}}
    right = cell(line("gcd:right", "reviewer-blind", **told), header=header)
    mended = cell(line("gcd:buggy", "reviewer-blind", **told), header=header)
    spoilt = cell(line("gcd:right", "reviewer-blind", passes=False, review="bugs", fixed=True), header=header)
    assert (right.kinds, mended.kinds) == (("false alarm",), ("fixed",))
    assert spoilt.kinds == ("broken", "false alarm", "failed")


def sample() -> Results:
    return results_of(
        HEADER,
        [
            line("HumanEval/12", run="20261121T105120.459-longest-raw-coder"),
            line("HumanEval/4", passes=False),
            line("HumanEval/12", "pat", passes=False),
            line("HumanEval/4", "pat", passes="base"),
            line("HumanEval/0", passes=False),
            line("HumanEval/0", "pat"),
        ],
    )


def test_problems_stand_in_the_order_of_their_numbers_and_columns_as_they_came() -> None:
    results = sample()
    assert [case.problem for case in results.cases] == ["HumanEval/0", "HumanEval/4", "HumanEval/12"]
    assert (results.names, results.baselines) == (("raw-coder", "pat"), (None, 0))
    assert [cell and cell.text for case in results.cases for cell in case.cells] == [
        "✗ fail", "✓ pass +", "✗ fail", "~ base", "✓ pass", "✗ fail -",
    ]  # fmt: skip


def test_filters_take_one_column_or_any_and_names_are_found_with_smart_case() -> None:
    results = sample()
    assert [len(results.chosen(kind)) for kind in KINDS] == [1, 1, 0, 3]
    assert [case.problem for case in results.chosen("failed", 0)] == ["HumanEval/0", "HumanEval/4"]
    assert [case.name for case in results.chosen(None, sought="long")] == ["longest"]
    assert results.chosen(None, sought="Long") == ()
    assert len(results.chosen("fixed", sought="eval/0")) == 1


def test_columns_are_told_apart_by_what_differs() -> None:
    lines = [line(), Line(problem="Own/1", pipeline="raw-coder", model="big", seed=1, mode="paper")]
    assert results_of(HEADER, lines).names == ("raw-coder · m · evidence · seed 0", "raw-coder · big · paper · seed 1")


def test_another_seed_is_compared_with_the_same_seed_of_the_baseline() -> None:
    lines = [
        line(),
        line(pipeline="pat", passes=False, seed=1),
        line(passes=False, seed=1),
        line(pipeline="pat", passes=True),
    ]
    results = results_of(HEADER, lines)
    assert results.baselines == (None, 2, None, 0)
    assert len(results.chosen("broken")) == len(results.chosen("fixed")) == 0


def test_a_failure_is_sorted_against_whoever_passes() -> None:
    stub = Stub(path="p.py", name="f", line=1, header='def f(x):\n    """Root."""\n', before="def f(x):\n")
    results = results_of(
        HEADER,
        [
            line(passes=False, body="return math.sqrt(x)", why="NameError: name 'math' is not defined"),
            line(pipeline="pat", body="return x ** 0.5"),
        ],
    )
    (case,) = results.cases
    raw, pat = failure_of(results, case, 0, stub), failure_of(results, case, 1, stub)
    assert raw is not None
    assert pat is not None
    assert [(found.kind, name) for found, name in (raw, pat)] == [
        ("missing import", "pat"),
        ("missing import", "raw-coder"),
    ]


def test_tables_of_no_results_at_all_can_be_made() -> None:
    empty = results_of(HEADER, [])
    assert "0 problems" in as_plain(problems_table(empty))
    assert scores_of(empty)[0].rows == ()


# ---------------------------------------------------------------------------------------- files that grow


def test_a_file_that_grows_is_read_where_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    reading = GrowingLedger(path)
    with Ledger(path, HEADER) as ledger:
        assert reading.look()
        assert not reading.look()
        ledger.append(line("Own/1"))
        ledger.append(line("Own/2"))
        assert reading.look()
        ledger.append(line("Own/1", passes=False))
        assert reading.look()
    assert reading.lines == (line("Own/1", passes=False), line("Own/2"))
    assert {one.key: one for one in reading.lines} == {one.key: one for one in ledger.lines}
    assert reading.header == HEADER
    assert not reading.look()


def test_a_line_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    whole = msgspec.json.encode(HEADER) + b"\n" + msgspec.json.encode(line()) + b"\n"
    reading = GrowingLedger(path)
    path.write_bytes(whole[:-20])
    assert reading.look()
    assert reading.lines == ()
    with path.open("ab") as file:
        file.write(whole[-20:-1])
    assert reading.look()
    assert reading.lines == (line(),)
    with path.open("ab") as file:
        file.write(b"\n")
    reading.look()
    assert reading.lines == (line(),)


def test_another_file_of_the_same_name_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    reading = GrowingLedger(path)
    path.write_bytes(b"\n".join(map(msgspec.json.encode, (HEADER, line("Own/1"), line("Own/2"), b"")[:3])) + b"\n")
    reading.look()
    path.write_bytes(msgspec.json.encode(HEADER) + b"\n")
    assert reading.look()
    assert reading.lines == ()


@pytest.mark.parametrize("text", ["hello\n", '{"line":"result","problem":"p","pipeline":"x","model":"m"}\n'])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(text)
    with pytest.raises(SourceError, match="redraft's benchmark"):
        GrowingLedger(path).look()
    with pytest.raises(SourceError, match="cannot be read"):
        GrowingLedger(tmp_path / "none.jsonl").look()
