"""Each rule of arXiv 2603.03406, sections 3.1 to 3.3, and of our choices where it is silent."""

from collections.abc import Mapping, Sequence

import pytest
from msgspec.structs import replace
from redraft.engine.errors import ModelError
from redraft.engine.events import CallStarted, Entry, Planned, RunFailed
from redraft.engine.facts import Example, Price, Role, Stub
from redraft.engine.kit import Kit, Mode, Voice
from redraft.engine.models.scripted import Line, Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE, PIPELINES
from redraft.engine.prompts import Prompts
from redraft.engine.replies import REVIEW_SCHEMA, REVIEW_SCHEMA_FAILED
from redraft.engine.run.log import running
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.state.run import RunState, state_of

HEADER = 'def f(x):\n    """Double x.\n\n    >>> f(1)\n    2\n    >>> f(3)\n    6\n    """\n'
STUB = Stub(
    path="a.py",
    name="f",
    line=1,
    header=HEADER,
    body="...",
    docstring="Double x.",
    before="import math\n" + HEADER,
    imports="import math\n",
    examples=(Example(source="f(1)\n", want="2\n"), Example(source="f(3)\n", want="6\n")),
)
RICH = replace(STUB, docstring="Double x. Negative numbers stay negative.")
GOOD, HALF, BAD = "return 2 * x", "return x + 1", "return None"
GIVES = {
    "(2  *  x)": {"f(1)": "2", "f(3)": "6"},
    "[None]": {},
    GOOD: {"f(1)": "2", "f(3)": "6", "f(5)": "10"},
    HALF: {"f(1)": "2", "f(3)": "4", "f(5)": "6", "2 * 5": "10", "2 * y": "!NameError: name 'y' is not defined"},
    BAD: {},
    "{1: 2, 3: 6}[x]": {"f(1)": "2", "f(3)": "6"},
}
BUGS = "1. line 9 adds one, should double"
CLEAN = "NO BUGS"


def code(body: str) -> str:
    return f"```python\n{HEADER}    {body}\n```"


async def log_of(
    name: str,
    answers: Mapping[Role, Sequence[str | Line]],
    *,
    mode: Mode = "paper",
    stub: Stub = STUB,
    price: Price | None = None,
) -> tuple[list[Entry], dict[Role, Scripted], ScriptedSandbox]:
    models: dict[Role, Scripted] = {
        role: Scripted(answers.get(role, []), name=f"scripted {role}")
        for role in ("coder", "reviewer", "planner", "tester")
    }
    sandbox = ScriptedSandbox(GIVES)
    voices: dict[Role, Voice] = {role: Voice(model=model, price=price) for role, model in models.items()}
    kit = Kit(voices=voices, prompts=Prompts(None), sandbox=sandbox, mode=mode)
    async with running(CATALOGUE[name], kit, stub) as log:
        entries = [entry async for entry in log]
    return entries, models, sandbox


async def state_after(name: str, answers: Mapping[Role, Sequence[str | Line]], **more: object) -> RunState:
    entries, _, _ = await log_of(name, answers, **more)  # type: ignore[arg-type]
    state = state_of(entries)
    assert state.problem == ""
    return state


def asked(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(e.event.role, e.event.purpose) for e in entries if isinstance(e.event, CallStarted)]


async def test_raw_coder_is_one_call_to_the_coder():
    entries, _, _ = await log_of("raw-coder", {"coder": [code(GOOD)]})
    assert asked(entries) == [("coder", "draft")]


async def test_raw_planner_asks_the_planners_model_for_the_code_with_thinking_off():
    entries, models, _ = await log_of("raw-planner", {"planner": [code(GOOD)]})
    assert asked(entries) == [("planner", "draft")]
    assert [ask.thinking for ask in models["planner"].asks] == [False]


async def test_plan_then_code_hands_the_plan_to_the_coder():
    entries, models, _ = await log_of("plan-then-code", {"planner": ["Multiply by two."], "coder": [code(GOOD)]})
    assert asked(entries) == [("planner", "plan"), ("coder", "draft")]
    assert "Multiply by two." in models["coder"].asks[0].messages[-1].content


async def test_a_plan_that_was_cut_inside_a_code_block_does_not_swallow_the_answer():
    _, models, _ = await log_of("plan-then-code", {"planner": ["So:\n```python\nx = 1"], "coder": [code(GOOD)]})
    assert "So:\n```python\nx = 1\n```" in models["coder"].asks[0].messages[-1].content


@pytest.mark.parametrize("name", ["review-then-fix", "review-then-fix-retry"])
async def test_the_first_prompt_of_a_review_is_the_one_of_raw_coder(name: str):
    _, alone, _ = await log_of("raw-coder", {"coder": [code(GOOD)]})
    _, reviewed, _ = await log_of(name, {"coder": [code(GOOD)], "reviewer": [CLEAN]})
    assert reviewed["coder"].asks[0] == alone["coder"].asks[0]


async def test_a_clean_report_ends_review_then_fix_after_two_calls():
    entries, _, _ = await log_of("review-then-fix", {"coder": [code(GOOD)], "reviewer": [CLEAN]})
    assert asked(entries) == [("coder", "draft"), ("reviewer", "review")]


async def test_a_report_of_bugs_leads_to_exactly_one_fix_with_stub_candidate_report_and_imports():
    entries, models, _ = await log_of("review-then-fix", {"coder": [code(HALF), code(GOOD)], "reviewer": [BUGS]})
    assert asked(entries) == [("coder", "draft"), ("reviewer", "review"), ("coder", "fix")]
    prompt = models["coder"].asks[1].messages[-1].content
    for part in (HEADER.strip(), HALF, "adds one, should double", "import math"):
        assert part in prompt
    assert state_of(entries).proposal.body == GOOD  # type: ignore[union-attr]


async def test_the_reviewer_of_the_paper_never_sees_what_came_out():
    _, models, _ = await log_of("review-then-fix", {"coder": [code(HALF), code(GOOD)], "reviewer": [BUGS]})
    prompt = models["reviewer"].asks[0].messages[-1].content
    assert HALF in prompt
    assert "gives 4" not in prompt


async def test_review_then_fix_executes_nothing_before_it_has_settled_on_a_draft():
    _, _, sandbox = await log_of("review-then-fix", {"coder": [code(HALF), code(GOOD)], "reviewer": [BUGS]})
    assert [GOOD in program for program in sandbox.programs] == [True]


async def test_an_unreadable_report_repairs_nothing_and_is_shown_as_such():
    state = await state_after("review-then-fix", {"coder": [code(HALF)], "reviewer": ["I like turtles."]})
    assert (state.review.verdict, state.last_fix) == ("unreadable", None)  # type: ignore[union-attr]


async def test_retry_stops_at_the_first_pass():
    entries, _, _ = await log_of("review-then-fix-retry", {"coder": [code(BAD), code(GOOD)], "reviewer": [CLEAN]})
    assert asked(entries)[2:] == [("coder", "retry")]
    assert state_of(entries).solution.verdict == "verified"  # type: ignore[union-attr]


async def test_retry_feeds_the_error_of_the_visible_examples_to_the_coder():
    _, models, _ = await log_of("review-then-fix-retry", {"coder": [code(HALF), code(GOOD)], "reviewer": [CLEAN]})
    assert "`f(3)` should give 6; it gives 4" in models["coder"].asks[1].messages[-1].content


async def test_retry_gives_up_after_three_and_keeps_the_attempt_that_passes_most_ties_to_the_earliest():
    state = await state_after(
        "review-then-fix-retry", {"coder": [code(BAD), code(HALF), code(BAD), code(HALF)], "reviewer": [CLEAN]}
    )
    assert [d.purpose for d in state.drafts] == ["draft", "retry", "retry", "retry"]
    assert (state.solution.draft.id, state.solution.report.passes) == ("d2", 1)  # type: ignore[union-attr]


async def test_retry_is_never_worse_than_the_reviewed_code():
    state = await state_after("review-then-fix-retry", {"coder": [code(HALF)] + [code(BAD)] * 3, "reviewer": [CLEAN]})
    assert state.solution.draft.id == "d1"  # type: ignore[union-attr]


async def test_retry_does_nothing_without_visible_examples():
    bare = Stub(path="a.py", name="f", line=1, header="def f(x):\n", before="def f(x):\n", body="...")
    state = await state_after("review-then-fix-retry", {"coder": [code(HALF)], "reviewer": [CLEAN]}, stub=bare)
    assert [c.purpose for c in state.calls] == ["draft", "review"]
    assert state.solution.verdict == "unverified"  # type: ignore[union-attr]


async def test_paper_mode_is_greedy_and_begins_no_answer():
    _, models, _ = await log_of("review-then-fix", {"coder": [code(HALF), code(GOOD)], "reviewer": [BUGS]})
    asks = [*models["coder"].asks, *models["reviewer"].asks]
    assert {(ask.sampling.temperature, ask.prefill, ask.schema is None) for ask in asks} == {(0.0, "", True)}


OF_THE_PAPER = [p for p in PIPELINES if "2603.03406" in p.source or p.source == "redraft"]


@pytest.mark.parametrize("pipeline", OF_THE_PAPER, ids=lambda p: p.name)
async def test_no_pipeline_makes_more_calls_than_its_bound(pipeline):
    worst = {"coder": [code(BAD)] * 9, "planner": [code("return [None]")] * 9, "reviewer": [BUGS] * 9}
    entries, _, _ = await log_of(pipeline.name, worst, stub=RICH)  # type: ignore[arg-type]
    assert len(asked(entries)) == pipeline.most_calls("paper", attempts=9)


# ------------------------------------------------------------------------------------------ with evidence (ours)

FINDING = '{"findings": [{"quote": "return x + 1", "claim": "adds", "call": "f(5)", "comes_out": "6", "should_be": "10"}], "verdict": "bugs"}'
WRONG_FINDING = '{"findings": [{"quote": "return 2 * x", "claim": "adds", "call": "f(5)", "comes_out": "6", "should_be": "10"}], "verdict": "bugs"}'
EVIDENCE = "review-with-evidence"


async def evidence(coder: Sequence[str], reviewer: str) -> tuple[RunState, dict[Role, Scripted]]:
    entries, models, _ = await log_of(EVIDENCE, {"coder": coder, "reviewer": [reviewer]}, mode="evidence")
    assert state_of(entries).problem == ""
    return state_of(entries), models


async def test_with_evidence_the_examples_run_before_the_review_and_their_failures_go_to_reviewer_and_coder():
    _, models = await evidence([code(HALF), code(GOOD)], FINDING)
    for role, nth in (("reviewer", 0), ("coder", 1)):
        assert "`f(3)` should give 6; it gives 4" in models[role].asks[nth].messages[-1].content  # type: ignore[index]


async def test_a_finding_that_its_own_call_shows_is_reproduced_and_tried_on_the_fix_too():
    state, models = await evidence([code(HALF), code(GOOD)], FINDING)
    finding = state.review.findings[0]  # type: ignore[union-attr]
    assert (finding.status, finding.got, finding.got_fixed) == ("reproduced", "6", "10")
    assert "Executed: `f(5)` gives 6, should be 10" in models["coder"].asks[1].messages[-1].content


async def test_a_finding_whose_call_gives_what_it_should_is_refuted_and_repairs_nothing():
    state, _ = await evidence([code(GOOD)], WRONG_FINDING)
    assert state.review.findings[0].status == "refuted"  # type: ignore[union-attr]
    assert (state.last_fix, state.solution.verdict) == (None, "verified")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("should_be", "status", "came_to"),
    [("2 * 5", "reproduced", "10"), ("2 * y", "not shown", "NameError: name 'y' is not defined")],
)
async def test_an_expectation_that_is_no_literal_is_run_in_the_sandbox_too(should_be: str, status: str, came_to: str):
    state, _ = await evidence([code(HALF), code(GOOD)], FINDING.replace('"10"', f'"{should_be}"'))
    finding = state.review.findings[0]  # type: ignore[union-attr]
    assert (finding.status, finding.got, finding.expected) == (status, "6", came_to)


async def test_failing_examples_are_fixed_even_when_the_reviewer_finds_nothing():
    state, _ = await evidence([code(HALF), code(GOOD)], '{"findings": [], "verdict": "clean"}')
    assert state.solution.verdict == "verified"  # type: ignore[union-attr]


async def test_a_fix_that_passes_fewer_examples_is_not_kept_and_the_log_says_so():
    state, _ = await evidence([code(HALF), *[code(BAD)] * 9], FINDING)
    assert state.solution.draft.body == HALF  # type: ignore[union-attr]
    assert "not kept" in state.decisions[-1]


async def test_a_model_that_writes_no_code_leaves_a_draft_with_a_problem_and_no_exception():
    state, _ = await evidence(["I cannot do that.", "Nor that.", *["No."] * 8], "nothing to say")
    assert state.solution.verdict == "fails"  # type: ignore[union-attr]
    assert state.drafts[0].problem


async def test_a_model_that_cannot_be_reached_ends_the_run_with_what_to_do():
    dead = Line(fails=ModelError("http://127.0.0.1:1/v1: nothing answers; start the server", kind="unreachable"))
    entries, _, _ = await log_of("raw-coder", {"coder": [dead]})
    failed = [e.event for e in entries if isinstance(e.event, RunFailed)]
    assert [event.problem for event in failed] == ["http://127.0.0.1:1/v1: nothing answers; start the server"]
    assert state_of(entries).status == "failed"


# ------------------------------------------------------------------------------------------ adversarial debate


def other(body: str) -> str:
    return code(body.replace("return ", "return 0 or "))


async def debate(coder: Sequence[str], planner: str, reviewer: Sequence[str] = (), **more: object) -> list[Entry]:
    entries, _, _ = await log_of("debate", {"coder": coder, "planner": [planner], "reviewer": reviewer}, **more)  # type: ignore[arg-type]
    assert state_of(entries).problem == ""
    return entries


async def test_in_a_debate_the_only_draft_that_passes_wins_after_two_calls():
    entries = await debate([code(HALF)], code(GOOD))
    assert sorted(asked(entries)) == [("coder", "draft"), ("planner", "draft")]
    assert state_of(entries).solution.draft.role == "planner"  # type: ignore[union-attr]


@pytest.mark.parametrize("answer", ["A", "B"])
async def test_when_both_pass_one_reviewer_call_chooses(answer: str):
    entries = await debate([code(GOOD)], code("return 2 * x + 0"), [answer])
    assert asked(entries)[2:] == [("reviewer", "choose")]
    assert f"(shown as {answer})" in state_of(entries).decisions[0]


async def test_the_order_the_chooser_sees_is_drawn_from_the_seed():
    shown: set[bool] = set()
    for seed in range(8):
        models = {role: Scripted([code(GOOD)]) for role in ("coder", "reviewer", "tester")}
        models["planner"] = Scripted([code("return 2 * x + 0")])
        voices = {role: Voice(model=model) for role, model in models.items()}
        kit = Kit(voices=voices, prompts=Prompts(None), sandbox=ScriptedSandbox(GIVES), mode="paper", seed=seed)  # type: ignore[arg-type]
        async with running(CATALOGUE["debate"], kit, STUB) as log:
            _ = [entry async for entry in log]
        prompt = models["reviewer"].asks[0].messages[-1].content
        shown.add(prompt.index("2 * x + 0") < prompt.index(f"{GOOD}\n"))
    assert shown == {True, False}


async def test_the_chooser_is_skipped_when_both_drafts_are_the_same_program():
    entries = await debate([code(GOOD)], code("return (2  *  x)"))
    assert len(asked(entries)) == 2


async def test_an_answer_that_names_neither_draft_takes_the_coders():
    entries = await debate([code(GOOD)], code("return 2 * x + 0"), ["both are fine"])
    assert state_of(entries).solution.draft.role == "coder"  # type: ignore[union-attr]


async def test_when_none_passes_both_are_reviewed_and_the_coder_writes_a_third_from_all_four():
    entries, models, _ = await log_of(
        "debate", {"coder": [code(HALF), code(GOOD)], "planner": [code(BAD)], "reviewer": [BUGS, "1. line 9 is bad"]}
    )
    assert asked(entries)[2:] == [("reviewer", "review"), ("reviewer", "review"), ("coder", "synthesis")]
    prompt = models["coder"].asks[1].messages[-1].content
    for part in (HALF, BAD, "adds one", "line 9 is bad"):
        assert part in prompt
    assert state_of(entries).solution.verdict == "verified"  # type: ignore[union-attr]


async def test_equal_failing_drafts_are_reviewed_once():
    entries = await debate([code(HALF), code(GOOD)], code(HALF), [BUGS])
    assert asked(entries)[2:] == [("reviewer", "review"), ("coder", "synthesis")]


async def test_a_third_draft_that_passes_fewer_examples_gives_way():
    entries = await debate([code(HALF), code(BAD)], code(BAD), [BUGS, BUGS])
    assert state_of(entries).solution.draft.body == HALF  # type: ignore[union-attr]


async def test_without_visible_examples_a_debate_says_that_passing_is_vacuous():
    bare = Stub(path="a.py", name="f", line=1, header="def f(x):\n", before="def f(x):\n", body="...")
    entries = await debate([code(GOOD)], code("return 2 * x + 0"), ["A"], stub=bare)
    assert "vacuously" in state_of(entries).decisions[0]
    assert asked(entries)[2:] == [("reviewer", "choose")]
    assert state_of(entries).solution.verdict == "unverified"  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------ gated and enriched


async def test_a_lean_specification_is_not_reviewed_and_the_log_says_why():
    lean = Stub(path="a.py", name="f", line=1, header="def f(x):\n", before="def f(x):\n", body="...")
    entries, _, _ = await log_of("spec-gated-review", {"coder": [code(GOOD)]}, stub=lean)
    assert asked(entries) == [("coder", "draft")]
    assert "lean (0 points, 3 needed)" in state_of(entries).decisions[0]


async def test_a_rich_specification_is_reviewed_as_in_review_then_fix():
    entries, _, _ = await log_of("spec-gated-review", {"coder": [code(GOOD)], "reviewer": [CLEAN]}, stub=RICH)
    assert asked(entries) == [("coder", "draft"), ("reviewer", "review")]


async def test_the_enriched_review_sees_what_the_planner_added():
    added = "Edge cases: zero gives zero."
    entries, models, _ = await log_of(
        "spec-enriched-review", {"coder": [code(HALF), code(GOOD)], "planner": [added], "reviewer": [BUGS]}
    )
    assert asked(entries) == [("coder", "draft"), ("planner", "enrich"), ("reviewer", "review"), ("coder", "fix")]
    assert added in models["reviewer"].asks[0].messages[-1].content


async def test_a_clean_enriched_review_ends_after_three_calls():
    entries, _, _ = await log_of(
        "spec-enriched-review", {"coder": [code(GOOD)], "planner": ["Types: int."], "reviewer": [CLEAN]}
    )
    assert len(asked(entries)) == 3


async def test_with_evidence_a_fix_that_does_not_hold_is_followed_by_a_body_from_the_stub_alone_and_warmer():
    state, models = await evidence([code(BAD), code(BAD), code(GOOD)], FINDING)
    first, _, third = models["coder"].asks
    assert (third.messages, third.prefill) == (first.messages, first.prefill)
    assert [ask.sampling.temperature for ask in models["coder"].asks] == [0.0, 0.0, 0.8]
    assert state.solution is not None and state.solution.draft.id == "d3"


async def test_with_evidence_a_reviewer_that_is_shown_a_failing_example_cannot_report_nothing():
    _, models = await evidence([code(HALF), code(GOOD)], FINDING)
    assert models["reviewer"].asks[0].schema == REVIEW_SCHEMA_FAILED
    _, models = await evidence([code(GOOD)], FINDING)
    assert models["reviewer"].asks[0].schema == REVIEW_SCHEMA


# ------------------------------------------------------------------------------------------ a function for a report


async def test_the_function_in_place_of_a_report_is_run_and_taken_when_it_holds_every_example():
    answers: dict[Role, list[str | Line]] = {"coder": [code(HALF)], "reviewer": [code(GOOD)]}
    state = await state_after("review-with-evidence", answers, mode="evidence")
    assert (state.review.verdict, state.review.findings) == ("bugs", ())  # type: ignore[union-attr]
    assert (state.solution.draft.body, state.solution.draft.role) == (GOOD, "reviewer")  # type: ignore[union-attr]
    assert state.solution.verdict == "verified"  # type: ignore[union-attr]
    assert [(c.role, c.purpose) for c in state.calls] == [("coder", "draft"), ("reviewer", "review")]
    assert "it is taken" in state.decisions[-1]


async def test_the_function_in_place_of_a_report_gives_way_to_the_coders_fix_when_it_holds_no_more():
    answers: dict[Role, list[str | Line]] = {"coder": [code(HALF), code(GOOD)], "reviewer": [code(BAD)]}
    state = await state_after("review-with-evidence", answers, mode="evidence")
    assert (state.solution.draft.body, state.solution.draft.role) == (GOOD, "coder")  # type: ignore[union-attr]
    assert "the draft stays" in state.decisions[0]


async def test_a_draft_that_holds_every_example_is_not_exchanged_for_the_reviewers():
    answers: dict[Role, list[str | Line]] = {"coder": [code(GOOD)], "reviewer": [code(HALF)]}
    state = await state_after("review-with-evidence", answers, mode="evidence")
    assert state.solution.draft.body == GOOD  # type: ignore[union-attr]


async def test_a_report_with_findings_is_not_passed_over_for_the_code_below_it():
    said = f"`f(5)` returns `6`, should be `10`.\n\n{code(BAD)}"
    answers: dict[Role, list[str | Line]] = {"coder": [code(HALF), code(GOOD)], "reviewer": [said]}
    state = await state_after("review-with-evidence", answers, mode="evidence")
    assert [f.status for f in state.review.findings] == ["reproduced"]  # type: ignore[union-attr]
    assert all(draft.role == "coder" for draft in state.drafts)


async def test_a_body_that_recites_the_examples_is_said_to():
    recites = "return {1: 2, 3: 6}[x]"
    state = await state_after("raw-coder", {"coder": [code(recites)]})
    assert "only compares its arguments" in state.drafts[0].remark
    assert state.decisions == (f"draft d1: {state.drafts[0].remark}",)


# ------------------------------------------------------------------------------------------ reviews that do not come

SILENT = Line(thinking="hm", finish="length")


@pytest.mark.parametrize(
    "name", ["review-then-fix", "review-then-fix-retry", "spec-gated-review", "spec-enriched-review"]
)
async def test_without_a_report_the_draft_stays_as_it_is_and_the_log_says_why(name: str):
    answers: dict[Role, list[str | Line]] = {
        "coder": [code(GOOD)], "planner": ["Types: int."], "reviewer": [SILENT, SILENT]
    }  # fmt: skip
    state = await state_after(name, answers, stub=RICH)
    assert (state.review.verdict, state.last_fix) == ("not reviewed", None)  # type: ignore[union-attr]
    assert state.decisions[-1] == f"not reviewed: {state.unreviewed}"
    assert state.solution.why == "no report came"  # type: ignore[union-attr]


async def test_with_evidence_failing_examples_are_repaired_although_no_report_came():
    entries, _, _ = await log_of(
        EVIDENCE, {"coder": [code(HALF), code(GOOD)], "reviewer": [SILENT, SILENT]}, mode="evidence"
    )
    state = state_of(entries)
    assert (state.solution.verdict, bool(state.unreviewed)) == ("verified", True)  # type: ignore[union-attr]


async def test_a_debate_without_reports_still_writes_a_third_draft_and_makes_none_up():
    entries, models, _ = await log_of(
        "debate", {"coder": [code(HALF), code(GOOD)], "planner": [code(BAD)], "reviewer": [SILENT] * 4}
    )
    assert "Reviewers reported:\n(nothing)" in models["coder"].asks[1].messages[-1].content
    assert state_of(entries).unreviewed


async def test_a_plan_that_was_only_thought_of_is_told():
    entries, _, _ = await log_of("plan-then-code", {"planner": [SILENT, SILENT], "coder": [code(GOOD)]})
    assert any(what.startswith("no answer to the plan: the planner spent") for what in state_of(entries).decisions)


# ------------------------------------------------------------------------------------- answers that meet their limit


def cut(text: str) -> Line:
    return Line(text=text, finish="length")


CUT_BODY = cut(f"```python\ndef f(x):\n    {GOOD}")
"""Compiles, and may be half of what was meant."""


async def test_a_body_that_met_its_limit_is_asked_for_once_more_with_four_times_the_room():
    entries, models, _ = await log_of("raw-coder", {"coder": [CUT_BODY, code(GOOD)]})
    state = state_of(entries)
    assert [ask.room for ask in models["coder"].asks] == [1024, 4096]
    assert (state.solution.verdict, len(state.drafts)) == ("verified", 1)  # type: ignore[union-attr]
    again = "the draft is asked once more with four times the room"
    assert state.decisions == (f"the coder ran into the limit of its answer: {again}",)


async def test_a_body_that_meets_its_limit_twice_is_shown_unfinished_and_never_run():
    entries, _, sandbox = await log_of("raw-coder", {"coder": [CUT_BODY, CUT_BODY]})
    draft = state_of(entries).solution.draft  # type: ignore[union-attr]
    assert draft.body == GOOD
    assert draft.problem == ("ran into the limit of its answer twice: it is unfinished; raise roles.coder.max_tokens")
    assert sandbox.programs == []


async def test_a_plan_that_meets_its_limit_twice_is_no_plan():
    entries, _, _ = await log_of("plan-then-code", {"planner": [cut("1. Dou")] * 2, "coder": [code(GOOD)]})
    state = state_of(entries)
    assert [entry.event.plan.text for entry in entries if isinstance(entry.event, Planned)] == [""]
    assert state.decisions[-1].startswith("no answer to the plan: the planner ran into the limit of its answer twice")


async def test_an_all_clear_that_meets_its_limit_may_have_had_a_but():
    said = cut("The code is correct. No bugs found.")
    state = await state_after("review-then-fix", {"coder": [code(GOOD)], "reviewer": [said, said]})
    assert state.review.verdict == "not reviewed"  # type: ignore[union-attr]
    state = await state_after("review-then-fix", {"coder": [code(GOOD)], "reviewer": [said, "No bugs found."]})
    assert state.review.verdict == "clean"  # type: ignore[union-attr]


async def test_bugs_that_were_told_before_the_limit_are_heard():
    said = cut(f"`f(5)` returns `6`, should be `10`.\n\nAlso, in the {code(GOOD)[:40]}")
    state = await state_after("review-then-fix", {"coder": [code(HALF), code(GOOD)], "reviewer": [said]})
    assert [finding.call for finding in state.review.findings][:1] == ["f(5)"]  # type: ignore[union-attr]
    assert state.last_fix is not None
