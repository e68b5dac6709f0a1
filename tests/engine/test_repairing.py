"""What follows a draft that fails an example: the ladder's order and bounds, what is kept, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from redraft.engine.desk.resume import Recall
from redraft.engine.errors import ModelError
from redraft.engine.events import AttemptStarted, CallStarted, Checked, Entry, Scored
from redraft.engine.facts import Draft, Example, Role, Stub
from redraft.engine.kit import Budget, Kit, Repair, Voice
from redraft.engine.models.scripted import Line, Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE, PIPELINES, REVIEW_AND_FIX
from redraft.engine.prompts import Prompts
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
    before=HEADER,
    examples=(Example(source="f(1)\n", want="2\n"), Example(source="f(3)\n", want="6\n")),
)
GOOD, HALF, BAD, NONE = "return 2 * x", "return x + 1", "return None", "return -x"
LIKE, UNLIKE = "return 1 + x", "return x - -1"
"""Pass what HALF passes."""
RECITES = "return {1: 2, 3: 6}[x]"
CALLS = {"f(2)": "3", "f(0)": "1", "f(4)": "5"}
GIVES = {
    GOOD: {"f(1)": "2", "f(3)": "6", "f(5)": "10"},
    HALF: {"f(1)": "2", "f(3)": "4", "f(5)": "6", **CALLS},
    LIKE: {"f(1)": "2", "f(3)": "4", **CALLS},
    UNLIKE: {"f(1)": "2", "f(3)": "4", "f(2)": "9"},
    BAD: {},
    NONE: {"f(1)": "-1", "f(3)": "-3"},
    RECITES: {"f(1)": "2", "f(3)": "6"},
    "return x * 2 if x else 1": {"f(1)": "2", "f(3)": "6", "f(5)": "6"},
    "return x + x": {"f(1)": "2", "f(3)": "6", "f(5)": "10"},
}
NOTHING = '{"findings": [], "verdict": "clean"}'
SHOWN = '{"findings": [{"quote": "return x + 1", "claim": "adds", "call": "f(5)", "comes_out": "6", "should_be": "10"}], "verdict": "bugs"}'


def code(body: str) -> str:
    return f"```python\n{HEADER}    {body}\n```"


class Run:
    """One run of review-with-evidence on bodies in the order in which the coder writes them."""

    def __init__(self, bodies: Sequence[str | Line], *reviewer: str | Line, **kit: object) -> None:
        lines = [body if isinstance(body, Line) else code(body) for body in bodies]
        self.coder, self.reviewer = Scripted(lines, name="coder"), Scripted(reviewer or (NOTHING,), name="reviewer")
        self.sandbox = ScriptedSandbox(GIVES)
        models: dict[Role, Scripted] = dict.fromkeys(("coder", "planner", "tester"), self.coder)
        voices = {role: Voice(model=model) for role, model in (models | {"reviewer": self.reviewer}).items()}
        self.kit = replace(Kit(voices=voices, prompts=Prompts(None), sandbox=self.sandbox), **kit)  # type: ignore[arg-type]
        self.entries: list[Entry] = []

    async def state(self, stub: Stub = STUB, recall: Recall | None = None) -> RunState:
        pipeline = CATALOGUE["review-with-evidence"] if stub.body == "..." else REVIEW_AND_FIX
        async with running(pipeline, self.kit, stub, recall=recall) as log:
            self.entries = [entry async for entry in log]
        state = state_of(self.entries)
        assert state.problem == ""
        return state

    @property
    def attempts(self) -> list[str]:
        """With what each attempt was asked for."""
        return [e.event.how for e in self.entries if isinstance(e.event, AttemptStarted)]

    def told_of(self, nth: int) -> str:
        """All that the coder was sent for its answer `nth`, from 0."""
        ask = self.coder.asks[nth]
        return "\n".join(message.content for message in ask.messages) + ask.prefill


def kept(state: RunState) -> Draft:
    assert state.solution is not None
    return state.solution.draft


def log_odds_of_yes(yes: float) -> Line:
    return Line(text="Yes", logprobs={"Yes": yes, " No": -1.0})


# ------------------------------------------------------------------------------------------ what is asked


async def test_a_reviewer_with_nothing_to_say_is_followed_by_bodies_that_never_saw_the_draft():
    run = Run([HALF, BAD, NONE, LIKE, UNLIKE, GOOD])
    state = await run.state()
    assert kept(state).body == GOOD
    assert run.attempts == [
        "the failing examples",
        "the stub alone, T=0.8",
        "the failing examples, T=0.8",
        "the stub alone, T=0.8",
        "the failing examples, T=0.8",
    ]
    assert [HALF in run.told_of(nth) for nth in range(1, 6)] == [False] * 5
    assert ["`f(3)` should give 6; it gives 4" in run.told_of(nth) for nth in range(1, 6)] == [True, False] * 2 + [True]
    assert [ask.sampling.temperature for ask in run.coder.asks] == [0, 0, 0.8, 0.8, 0.8, 0.8]
    assert len({ask.sampling.seed for ask in run.coder.asks[2:4:2]}) == 1
    assert run.coder.asks[2].sampling.seed != run.coder.asks[4].sampling.seed, "no sample is drawn twice"


async def test_the_reports_own_fix_comes_first_where_a_finding_was_reproduced():
    run = Run([HALF, BAD, GOOD], SHOWN)
    assert kept(await run.state()).body == GOOD
    assert run.attempts == ["the report", "the failing examples"]
    assert "adds" in run.told_of(1)


async def test_a_report_that_says_no_more_than_the_failing_examples_comes_after_the_other_kinds():
    run = Run([HALF, BAD, NONE, GOOD], SHOWN.replace("f(5)", "f(x=3)").replace('"6"', '"4"'))
    state = await run.state()
    assert state.review is not None and state.review.findings[0].status == "reproduced"
    assert run.attempts == ["the failing examples", "the stub alone, T=0.8", "the report"]
    assert kept(state).how == "the report"


async def test_the_first_body_that_holds_every_example_ends_the_ladder():
    run = Run([HALF, GOOD])
    state = await run.state()
    assert (kept(state).how, state.solution and state.solution.verdict) == ("the failing examples", "verified")
    assert state.solution is not None
    assert state.solution.why == "d2 (from the failing examples): 1 of 2 examples held before, 2 of 2 examples held now"


async def test_a_draft_that_is_no_code_is_not_told_of():
    # An answer without code is asked for once more, without stops.
    run = Run([Line(text="I cannot do that."), Line(text="Still not."), Line(text="Nor now."), GOOD])
    assert kept(await run.state()).body == GOOD
    assert run.attempts == ["the report", "the stub alone, T=0.8"]


# ------------------------------------------------------------------------------------------ bounds


@pytest.mark.parametrize(("most", "asked"), [(0, []), (2, ["the failing examples", "the stub alone, T=0.8"])])
async def test_no_more_bodies_are_asked_for_than_the_setting_says(most: int, asked: list[str]):
    run = Run([HALF, BAD, NONE], repair=Repair(attempts=most))
    assert kept(await run.state()).body == HALF
    assert run.attempts == asked


async def test_no_attempt_begins_after_the_seconds_of_the_setting():
    run = Run([HALF, BAD], repair=Repair(seconds=1e-9))
    state = await run.state()
    assert run.attempts == ["the failing examples"]
    assert "no further attempt: 1e-09 s are over (repair.seconds)" in state.decisions


async def test_a_budget_that_is_spent_ends_the_ladder_and_keeps_what_came():
    run = Run([BAD, HALF, NONE], budget=Budget(calls=3))
    state = await run.state()
    assert kept(state).body == HALF
    assert any("raise budget.calls" in decision for decision in state.decisions)


async def test_a_model_that_only_repeats_itself_is_asked_twice_in_each_way_and_that_is_told():
    run = Run([HALF, HALF, "return x + 1  # once more", BAD, HALF, HALF, BAD, HALF])
    state = await run.state()
    assert run.attempts == [
        "the failing examples",
        "the stub alone, T=0.8",
        "the failing examples, T=0.8",
        "the stub alone, T=0.8",
        "the failing examples, T=0.8",
        "the failing examples, T=0.8",
    ]
    ended = "asked 6 of at most 9 times: the model only repeats itself"
    assert f"no further attempt: {ended}" in state.decisions
    assert state.solution is not None and state.solution.why == f"the draft: no attempt was better ({ended})"


async def test_a_model_that_never_writes_code_is_asked_no_more_often_than_one_that_repeats_itself():
    run = Run([HALF] + [Line(text="I cannot do that.")] * 9)
    state = await run.state()
    assert len(run.attempts) == 5
    assert kept(state).body == HALF


@pytest.mark.parametrize("pipeline", [*PIPELINES, REVIEW_AND_FIX], ids=lambda p: p.name)
def test_only_patterns_that_repair_have_more_calls_with_more_attempts(pipeline):
    repairs = pipeline.name in {"review-with-evidence", "review-and-fix"}
    few, many = (pipeline.most_calls("evidence", attempts) for attempts in (1, 9))
    assert (few != many) == repairs
    assert pipeline.most_calls("paper", 1) == pipeline.most_calls("paper", 9)


async def test_a_run_says_how_many_calls_it_may_make_and_makes_no_more():
    bodies = [HALF, LIKE, UNLIKE, BAD, NONE]
    run = Run(bodies, SHOWN, *[log_odds_of_yes(-0.5)] * 3, repair=Repair(attempts=4))
    state = await run.state()
    assert state.bound == 2 + 4 + 3
    assert sum(isinstance(entry.event, CallStarted) for entry in run.entries) <= state.bound


# ------------------------------------------------------------------------------------------ what is kept


async def test_a_body_that_comes_once_more_is_not_run_again():
    run = Run([HALF, "return x + 1  # better", BAD, BAD, GOOD])
    state = await run.state()
    assert [e.event.report.draft for e in run.entries if isinstance(e.event, Checked)] == ["d1", "d3", "d5"]
    assert (state.dropped["d2"], state.dropped["d4"]) == ("the same program as d1", "the same program as d3")


async def test_each_candidate_that_is_not_kept_is_told_why():
    run = Run([BAD, HALF, Line(text="I cannot."), Line(text="I cannot."), GOOD])
    state = await run.state()
    assert state.dropped["d1"] == "passes 0 of 2 examples; kept passes 2"
    assert state.dropped["d2"] == "passes 1 of 2 examples; kept passes 2"
    assert "I cannot." in state.dropped["d3"]
    assert "d4" not in state.dropped


async def test_what_passes_most_is_kept_when_nothing_holds_every_example():
    run = Run([BAD, NONE, HALF], repair=Repair(attempts=2))
    assert kept(await run.state()).body == HALF


async def test_among_equals_the_one_that_behaves_as_most_others_do_is_kept():
    run = Run([BAD, UNLIKE, LIKE, HALF], NOTHING, log_odds_of_yes(-0.1), log_odds_of_yes(-3), repair=Repair(attempts=3))
    state = await run.state()
    scores = [e.event for e in run.entries if isinstance(e.event, Scored)]
    assert scores[0].scores["d2"] < scores[0].scores["d3"] == scores[0].scores["d4"]
    assert kept(state).body in {LIKE, HALF}


@pytest.mark.parametrize(("first", "second", "better"), [(-0.1, -3.0, LIKE), (-3.0, -0.1, UNLIKE)])
async def test_among_equals_that_behave_alike_the_reviewer_is_asked_which_it_doubts_less(first, second, better):
    run = Run([BAD, LIKE, UNLIKE], NOTHING, log_odds_of_yes(first), log_odds_of_yes(second), repair=Repair(attempts=2))
    state = await run.state()
    assert kept(state).body == better
    assert state.solution is not None and state.solution.why.endswith("the reviewer prefers this one")
    asks = run.reviewer.asks[1:]
    assert [(ask.room, ask.top_logprobs, ask.thinking) for ask in asks] == [(1, 20, False)] * 2


async def test_a_server_that_tells_no_probabilities_leaves_the_choice_to_the_fewest_changed_lines():
    run = Run([BAD, f"y = x\n    {HALF}", LIKE], NOTHING, "Yes", "Yes", repair=Repair(attempts=2))
    state = await run.state()
    assert kept(state).body == LIKE
    assert state.solution is not None and state.solution.why.endswith("it changes the fewest lines")


async def test_a_reviewer_that_fails_meanwhile_spoils_nothing():
    broken = Line(fails=ModelError("max_tokens is too small", kind="refused"))
    run = Run([BAD, LIKE, f"y = x\n    {HALF}"], NOTHING, broken, repair=Repair(attempts=2))
    assert kept(await run.state()).body == LIKE
    assert len(run.reviewer.asks) == 2


async def test_the_reports_own_fix_is_kept_before_others_that_are_no_better():
    run = Run(
        [BAD, f"y = x\n    {HALF}", LIKE],
        SHOWN.replace('"6"', '"None"'),
        "Yes",
        "Yes",
        repair=Repair(attempts=2),
    )
    state = await run.state()
    assert kept(state).how == "the report"
    assert state.solution is not None and state.solution.why.endswith("the report's own fix")


async def test_a_body_that_recites_the_examples_neither_ends_the_ladder_nor_is_preferred():
    run = Run([HALF, RECITES, GOOD])
    state = await run.state()
    assert kept(state).body == GOOD
    assert state.dropped["d2"].startswith("it only compares its arguments")
    run = Run([HALF, RECITES, BAD], repair=Repair(attempts=2))
    assert kept(await run.state()).body == HALF


@pytest.mark.parametrize(
    ("reply", "remark"),
    [
        (
            "```python\ndef f(y):\n    return y + 1\n```",
            "it changes the parameters from (x) to (y) and leaves the docstring out; yours stay",
        ),
        (f"```python\ndef f(x):\n    {LIKE}\n```", "it leaves the docstring out; yours stays"),
        (code(LIKE), ""),
    ],
)
async def test_what_a_repair_would_have_taken_away_is_said(reply: str, remark: str):
    run = Run([BAD, Line(text=reply)], NOTHING, repair=Repair(attempts=1))
    run.coder = Scripted(lambda ask: reply if len(run.coder.asks) > 1 else code(BAD), prefill=False)
    voices = {**run.kit.voices, "coder": Voice(model=run.coder)}
    run.kit = replace(run.kit, voices=voices)
    nothing = {"f(1)": "None", "f(3)": "None"}
    run.sandbox = ScriptedSandbox({BAD: nothing, "return": {"f(1)": "2", "f(3)": "4"}})
    run.kit = replace(run.kit, sandbox=run.sandbox)
    state = await run.state()
    assert kept(state).remark == remark
    assert any(remark in decision for decision in state.decisions) == bool(remark)


async def test_a_run_that_is_resumed_prefers_what_it_preferred_before():
    lines = [BAD, LIKE, UNLIKE]
    run = Run(lines, NOTHING, log_odds_of_yes(-3.0), log_odds_of_yes(-0.1), repair=Repair(attempts=2))
    before = await run.state()
    again = Run([], repair=Repair(attempts=2))
    assert kept(await again.state(recall=Recall(run.entries))) == kept(before)


# ------------------------------------------------------------------------------------------ a draft that is right


async def test_a_draft_that_holds_every_example_is_followed_by_nothing_unless_a_finding_is_reproduced():
    run = Run([GOOD])
    assert kept(await run.state()).body == GOOD
    assert run.attempts == []


HOLDS = "return x * 2 if x else 1"
FINDING = SHOWN.replace("return x + 1", HOLDS)


@pytest.mark.parametrize(("fix", "kept_body"), [("return x + x", "return x + x"), (HALF, HOLDS), (HOLDS, HOLDS)])
async def test_it_makes_way_only_for_a_fix_that_mends_what_was_shown(fix: str, kept_body: str):
    run = Run([HOLDS, fix], FINDING)
    assert kept(await run.state()).body == kept_body
    assert run.attempts == ["the report"]


@pytest.mark.parametrize(
    ("header", "remark"),
    [
        ("def f(x):", "it leaves the docstring out; yours stays"),
        ("def f(y):", "it changes the parameters from (x) to (y) and leaves the docstring out; yours stay"),
    ],
)
async def test_a_fix_that_mends_what_was_shown_is_kept_though_its_docstring_is_gone(header: str, remark: str):
    name = header[6]
    run = Run([HOLDS, Line(text=f"```python\n{header}\n    return {name} + {name}\n```")], FINDING)
    run.coder = Scripted(run.coder._answers, prefill=False)
    run.kit = replace(run.kit, voices={**run.kit.voices, "coder": Voice(model=run.coder)})
    run.sandbox = ScriptedSandbox({HOLDS: GIVES[HOLDS], "return": GIVES["return x + x"]})
    run.kit = replace(run.kit, sandbox=run.sandbox)
    state = await run.state()
    assert (kept(state).id, kept(state).remark) == ("d2", remark)
    assert state.stub is not None and STUB.docstring in state.stub.code(kept(state).body)


async def test_a_fix_that_holds_the_examples_and_does_not_mend_the_finding_is_not_kept():
    other = "return x * 2 if x else 1 + 0"
    run = Run([HOLDS, other], FINDING)
    state = await run.state()
    assert kept(state).body == HOLDS
    assert state.dropped["d2"] == "no better than d1"


async def test_a_body_that_is_there_is_repaired_by_the_same_ladder():
    run = Run([BAD, GOOD])
    state = await run.state(replace(STUB, body=HALF))
    assert kept(state).body == GOOD
    assert state.dropped["d1"] == "passes 1 of 2 examples; kept passes 2"
