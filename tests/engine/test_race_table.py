"""The table of a race: what its numbers are, and that text of strangers changes no format."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.facts import Check, Draft, Example, Report, Role, Solution, Stub, Undefined, Usage
from redraft.engine.state.cost import Spending
from redraft.engine.state.run import CallState, RunState
from redraft.engine.tables.race_table import (
    Row,
    Score,
    judged,
    rows,
)
from redraft.engine.tables.race_text import (
    HEADS,
    Outcome,
    as_csv,
    as_json,
    cells,
    notes,
    table_of,
)
from redraft.engine.tables.rendering import as_markdown, as_plain
from redraft.engine.tables.taxonomy import Change, Failure

SHOWN = Example(source="f(1)\n", want="2\n")
KEPT = Example(source="f(5)", want="10", compare="value", origin="hidden")
HEADER = "def f(x):\n"
STUB = Stub(path="a.py", name="f", line=1, header=HEADER, before=HEADER, body="...", examples=(SHOWN,))


def report(*verdicts: tuple[Example, bool]) -> Report:
    checks = tuple(Check(example=e, verdict="passed" if good else "failed", got="3") for e, good in verdicts)
    return Report(draft="d1", checks=checks)


def call(role: Role, prompt: int, completion: int, cost: float | None = 0.0) -> CallState:
    usage = Usage(prompt_tokens=prompt, completion_tokens=completion)
    return CallState(id="c", role=role, purpose="draft", model="m", status="done", usage=usage, cost=cost)


def lane(
    pipeline: str,
    *,
    visible: bool = True,
    hidden: bool | None = None,
    body: str = "return 2 * x",
    calls: Sequence[CallState] = (),
    **more: object,
) -> tuple[str, RunState]:
    solution = Solution(draft=Draft(id="d1", body=body), report=report((SHOWN, visible)))
    kept = None if hidden is None else report((KEPT, hidden))
    state = RunState(
        status="settled", pipeline=pipeline, stub=STUB, solution=solution, hidden=kept, calls=tuple(calls), now=9.0
    )
    return pipeline, msgspec.structs.replace(state, **more)


def test_a_row_counts_calls_tokens_and_cost_by_role() -> None:
    calls = [call("coder", 100, 20, 0.1), call("reviewer", 50, 5, 0.2), call("coder", 10, 1, 0.3)]
    (row,) = rows([lane("review-then-fix", calls=calls, bound=3)])
    assert row.roles["coder"] == Spending(calls=2, prompt_tokens=110, completion_tokens=21, known=0.4)
    assert (row.calls, row.bound, row.spent.prompt_tokens, row.usd) == (3, 3, 160, pytest.approx(0.6))


def test_the_cost_is_not_known_as_soon_as_one_price_is_not() -> None:
    (row,) = rows([lane("raw-coder", calls=[call("coder", 1, 1, 0.1), call("coder", 1, 1, None)])])
    assert row.usd is None


def test_time_in_the_queue_is_told_apart_from_work() -> None:
    (row,) = rows([lane("raw-coder", waited=4.0)])
    assert (row.seconds, row.waited) == (5.0, 4.0)
    assert any("waited 4.0 s" in note for note in notes([row]))


def test_scores_count_visible_examples_and_hidden_tests_apart() -> None:
    (row,) = rows([lane("raw-coder", visible=True, hidden=False)])
    assert (row.visible, row.hidden, row.verdict) == (Score(passes=1, of=1), Score(passes=0, of=1), "verified")


def test_without_hidden_tests_there_is_no_hidden_score() -> None:
    (row,) = rows([lane("raw-coder")])
    assert row.hidden is None
    assert dict(zip(HEADS, cells(row), strict=True))["hidden"] == "none"


def test_a_draft_without_code_holds_none_of_the_examples() -> None:
    solution = Solution(draft=Draft(id="d1", body="", problem="no code"), report=Report(draft="d1", problem="no code"))
    (row,) = rows([lane("raw-coder", solution=solution)])
    assert (row.visible, row.verdict) == (Score(passes=0, of=1), "fails")


def test_what_held_before_a_program_was_ended_counts() -> None:
    slow = msgspec.structs.replace(report((KEPT, True), (KEPT, False)), problem="timed out after 2 s")
    (row,) = rows([lane("raw-coder", hidden=True)])
    (ended,) = rows([("raw-coder", msgspec.structs.replace(lane("raw-coder")[1], hidden=slow))])
    assert (row.hidden, ended.hidden) == (Score(passes=1, of=1), Score(passes=1, of=2))


def test_a_regression_that_only_hidden_tests_show_is_one() -> None:
    table = rows([lane("raw-coder", hidden=True), lane("plan-then-code", hidden=False, body="return x + 1")])
    assert [row.change.direction if row.change else None for row in table] == [None, "regression"]
    assert table[1].change is not None
    assert table[1].change.failure == Failure(kind="algorithm mismatch", evidence="f(5) gives 3")


def test_an_improvement_is_classified_by_what_raw_coder_failed_of() -> None:
    failing = lane("raw-coder", visible=False, body="return math.floor(x)")
    table = rows([failing, lane("review-then-fix")])
    assert table[1].change is not None
    assert (table[1].change.direction, table[1].change.failure.kind) == ("improvement", "missing import")


def test_without_a_lane_of_raw_coder_nothing_is_compared() -> None:
    table = rows([lane("plan-then-code", visible=False), lane("debate")])
    assert [row.change for row in table] == [None, None]


@pytest.mark.parametrize("status", ["failed", "cancelled", "running"])
def test_a_lane_without_a_solution_says_how_it_ended(status: str) -> None:
    (row,) = rows([lane("raw-coder", status=status, solution=None, problem="the server is down")])
    assert (row.verdict, row.visible) == (status, None)


def test_no_visible_examples_are_called_a_vacuous_pass() -> None:
    bare = msgspec.structs.replace(STUB, examples=())
    (row,) = rows([lane("debate", stub=bare)])
    assert "vacuously" in row.warnings[0]


def test_a_warning_that_all_lanes_share_is_told_once() -> None:
    bare = msgspec.structs.replace(STUB, examples=())
    assert [note for note in notes(rows([lane("a", stub=bare), lane("b", stub=bare)])) if "vacuously" in note] == [
        "all lanes: no visible examples: whatever runs passes vacuously"
    ]


def test_undefined_names_of_the_chosen_draft_are_told_with_their_repair() -> None:
    missing = {"d1": (Undefined(name="math", line=2, repair="import math"),), "d2": (Undefined(name="no", line=1),)}
    (row,) = rows([lane("raw-coder", undefined=missing)])
    assert row.warnings == ("line 2 uses math, which nothing defines; `import math` is missing",)


def test_the_solution_is_judged_by_visible_and_hidden_tests_together() -> None:
    _, state = lane("raw-coder", hidden=False)
    solution = judged(state)
    assert solution is not None
    assert solution.verdict == "fails"


# ------------------------------------------------------------------------------------------ formats

CHANGED = Row(
    lane="plan-then-code",
    pipeline="plan-then-code",
    verdict="fails",
    visible=Score(passes=0, of=1),
    calls=2,
    bound=2,
    roles={"coder": Spending(calls=2, prompt_tokens=1200, completion_tokens=30, unpriced=2)},
    seconds=3.25,
    change=Change(direction="regression", failure=Failure(kind="missing import", evidence="NameError: `x` | y")),
)


def test_plain_text_has_a_line_for_each_lane_and_the_evidence_below() -> None:
    lines = as_plain(table_of("race", [CHANGED])).splitlines()
    assert lines[4].split() == [
        "plan-then-code",
        "fails",
        "0/1",
        "none",
        "2",
        "of",
        "2",
        "1,200",
        "30",
        "3.2",
        "n/a",
        "regression:",
        "missing",
        "import",
    ]
    assert "· plan-then-code: regression, missing import: NameError: `x` | y" in lines


def test_the_evidence_of_an_improvement_is_told_as_raw_coders() -> None:
    failure = Failure(kind="identifier", evidence="line 2 says x")
    row = Row(lane="debate", pipeline="debate", change=Change(direction="improvement", failure=failure))
    assert notes([row]) == ("debate: improvement, raw-coder's identifier: line 2 says x",)


def test_markdown_lets_no_text_out_of_its_cell() -> None:
    table = as_markdown(table_of("a | b", [CHANGED]))
    assert "### a \\| b" in table
    assert "NameError: \\`x\\` \\| y" in table
    assert {line.count("|") - line.count("\\|") for line in table.splitlines() if line.startswith("|")} == {
        len(HEADS) + 1
    }


def test_csv_has_numbers_as_numbers_and_leaves_an_unknown_cost_empty() -> None:
    (line,) = list(csv.DictReader(io.StringIO(as_csv([CHANGED]))))
    assert (line["usd"], line["prompt_tokens"], line["coder_calls"], line["reviewer_calls"]) == ("", "1200", "2", "0")
    assert (line["change"], line["class"], line["hidden"]) == ("regression", "missing import", "")


@given(st.text(max_size=30))
def test_no_spreadsheet_takes_a_name_for_a_formula(name: str) -> None:
    text = as_csv([Row(lane=name, pipeline="p", models={"coder": name})])
    (line,) = list(csv.DictReader(io.StringIO(text, newline="")))
    assert line["lane"][:1] not in {"=", "+", "-", "@"}


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_models_say_a_table_keeps_its_shape(name: str, evidence: str) -> None:
    change = Change(direction="regression", failure=Failure(kind="identifier", evidence=evidence))
    row = Row(lane=name, pipeline="p", calls=1, change=change)
    table = as_markdown(table_of("t", [row]))
    assert [line.count("|") - line.count("\\|") for line in table.split("\n") if line.startswith("|")] == [
        len(HEADS) + 1
    ] * 3
    assert not any(ord(char) < 32 and char != "\n" for char in table + as_plain(table_of("t", [row])))


def test_json_reads_back_as_the_same_facts() -> None:
    outcome = Outcome(task="task:f", began_at="2026-01-01T00:00:00+00:00", rows=(CHANGED,))
    assert msgspec.json.decode(as_json(outcome), type=Outcome) == outcome
