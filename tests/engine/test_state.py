"""The fold of a log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine import events as ev
from redraft.engine.facts import Check, Draft, Example, Finding, Report, Review, Solution, Stub, Usage
from redraft.engine.state.run import RunState, state_of

STUB = Stub(path="a.py", name="f", line=1, header="def f(x):\n", examples=(Example(source="f(1)", want="2\n"),))
START = ev.RunStarted(run="r", pipeline="raw-coder", stub=STUB, models={"coder": "m"}, scripted=True, bound=1)


def log(*happened: ev.AnyEvent) -> list[ev.Entry]:
    return [ev.Entry(at=float(n), event=event) for n, event in enumerate(happened)]


def call(name: str = "c1", purpose: str = "draft", role: str = "coder") -> ev.CallStarted:
    return ev.CallStarted(call=name, role=role, purpose=purpose, model="m", prompt_tokens=40)  # type: ignore[arg-type]


def ended(name: str = "c1", cost: float | None = None, *, estimated: bool = False) -> ev.CallEnded:
    usage = Usage(prompt_tokens=50, completion_tokens=7, estimated=estimated)
    return ev.CallEnded(call=name, finish="stop", usage=usage, seconds=2.0, cost=cost)


def report(draft: str, *verdicts: str, problem: str = "") -> Report:
    example = STUB.examples[0]
    return Report(draft=draft, checks=tuple(Check(example=example, verdict=v) for v in verdicts), problem=problem)  # type: ignore[arg-type]


DRAFT = Draft(id="d1", body="return x + 1")
FIX = Draft(id="d2", body="return x + 2", purpose="fix", parent="d1")


def test_a_new_state_knows_nothing():
    state = RunState()
    assert (state.status, state.proposal, state.report, state.review, state.meter.calls) == (
        "idle",
        None,
        None,
        None,
        0,
    )


def test_text_is_gathered_per_call_and_thinking_apart():
    state = state_of(
        log(
            START,
            call("c1"),
            call("c2"),
            ev.TextStreamed(call="c1", text="hm", thinking=True),
            ev.TextStreamed(call="c2", text="b"),
            ev.TextStreamed(call="c1", text="a"),
            ev.TextStreamed(call="c1", text="a"),
        )
    )
    assert [(c.text, c.thinking, c.status) for c in state.calls] == [("aa", "hm", "streaming"), ("b", "", "streaming")]


def test_tokens_are_marked_as_estimated_until_the_server_has_reported_them():
    begun = log(START, call(), ev.TextStreamed(call="c1", text="x" * 40))
    assert (state_of(begun).meter.completion_tokens, state_of(begun).meter.estimated) == (10, True)
    over = state_of([*begun, ev.Entry(at=9.0, event=ended())])
    assert (over.meter.prompt_tokens, over.meter.completion_tokens, over.meter.estimated) == (50, 7, False)


def test_cost_is_unknown_as_soon_as_one_price_is():
    known = log(START, call("c1"), ended("c1", 0.25), call("c2"), ended("c2", 0.5))
    assert state_of(known).meter.cost == 0.75
    assert state_of([*known, *log(call("c3"), ended("c3", None))]).meter.cost is None


def test_a_finished_run_with_a_fix_shows_every_stage():
    state = state_of(
        log(
            START,
            call(),
            ended(),
            ev.Drafted(draft=DRAFT),
            ev.Checked(report=report("d1", "failed")),
            call("c2", "review", "reviewer"),
            ended("c2"),
            ev.Reviewed(review=Review(draft="d1", verdict="bugs", findings=(Finding(claim="wrong"),))),
            call("c3", "fix"),
            ended("c3"),
            ev.Drafted(draft=FIX),
            ev.Checked(report=report("d2", "passed")),
            ev.Settled(solution=Solution(draft=FIX, report=report("d2", "passed"))),
        )
    )
    assert state.stages == {
        "stub": "done",
        "draft": "done",
        "examples": "failed",
        "review": "failed",
        "fix": "done",
        "verified": "done",
    }
    assert (state.first_draft, state.last_fix, state.proposal) == (DRAFT, FIX, FIX)


@pytest.mark.parametrize(
    ("purpose", "stage"),
    [("plan", "draft"), ("draft", "draft"), ("review", "review"), ("fix", "fix"), ("retry", "fix")],
)
def test_the_stage_that_runs_is_the_one_the_live_call_works_for(purpose: str, stage: str):
    stages = state_of(log(START, call(purpose=purpose))).stages
    assert [name for name, status in stages.items() if status == "running"] == [stage]


def test_no_examples_are_not_verified():
    solution = Solution(draft=DRAFT, report=report("d1"))
    assert solution.verdict == "unverified"


def test_a_program_that_does_not_run_fails_even_without_examples():
    assert Solution(draft=DRAFT, report=report("d1", problem="NameError")).verdict == "fails"


def test_a_cancelled_run_keeps_what_was_written_so_far():
    state = state_of(log(START, call(), ev.TextStreamed(call="c1", text="ret"), ev.RunCancelled(by="save")))
    assert (state.status, state.cancelled_by, state.calls[0].text) == ("cancelled", "save", "ret")


def test_a_second_review_of_the_same_draft_replaces_the_first():
    first = Review(draft="d1", verdict="bugs", findings=(Finding(claim="wrong", call="f(1)"),))
    shown = Review(draft="d1", verdict="bugs", findings=(Finding(claim="wrong", call="f(1)", status="reproduced"),))
    state = state_of(log(START, ev.Drafted(draft=DRAFT), ev.Reviewed(review=first), ev.FindingsTested(review=shown)))
    assert state.review == shown
    assert len(state.reviews) == 1


@given(
    st.lists(
        st.sampled_from([START, call(), ended(), ev.Drafted(draft=DRAFT), ev.RunCancelled(), ev.RunEnded(seconds=1)])
    )
)
def test_folding_in_two_parts_is_folding_at_once(happened: list[ev.AnyEvent]):
    entries = log(*happened)
    for cut in range(len(entries) + 1):
        state = state_of(entries[:cut])
        for entry in entries[cut:]:
            state = state.after(entry)
        assert state == state_of(entries)
