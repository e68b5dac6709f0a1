"""Races: lanes that survive each other, wait for one model and say so, are judged by what no pipeline sees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import pytest
from redraft.engine.errors import ModelError, UsageError
from redraft.engine.events import CallQueued, CallStarted, CheckStarted, Entry, Judged, RunEnded
from redraft.engine.facts import ROLES, Example, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.chat import Ask
from redraft.engine.models.queueing import Room
from redraft.engine.models.scripted import Answers, Line, Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.prompts import Prompts
from redraft.engine.run.race import (
    Entrant,
    Lane,
    Race,
    entrants,
    names_of,
    racing,
)
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.state.run import RunState, state_of

HEADER = 'def f(x):\n    """Double x.\n\n    >>> f(1)\n    2\n    """\n'
STUB = Stub(
    path="a.py",
    name="f",
    line=1,
    header=HEADER,
    body="...",
    docstring="Double x.\n\n    >>> f(1)\n    2\n    ",
    before=HEADER,
    examples=(Example(source="f(1)", want="2\n"),),
)
HIDDEN = (Example(source="f(5)", want="10", compare="value", origin="hidden"),)
GOOD, ADDS = "return 2 * x", "return x + 1"
GIVES = {GOOD: {"f(1)": "2", "f(5)": "10"}, ADDS: {"f(1)": "2", "f(5)": "6"}}


def code(body: str) -> str:
    return f"```python\n{HEADER}    {body}\n```"


def kit(answers: Answers, *, room: Room | None = None) -> tuple[Kit, Scripted]:
    # It takes turns with other tasks, as a real model does, and no time.
    model = Scripted(answers, name="scripted", pace=1.0, sleep=lambda _: asyncio.sleep(0))
    voice = Voice(model=model, room=room)
    sandbox = ScriptedSandbox(GIVES)
    return Kit(voices=dict.fromkeys(ROLES, voice), prompts=Prompts(None), sandbox=sandbox, mode="paper"), model


def entrant(name: str, answers: Answers) -> Entrant:
    return Entrant(pipeline=CATALOGUE[name], kit=kit(answers)[0], name=name)


async def until(come: Callable[[], bool]) -> None:
    """Let other tasks run until this has come."""
    for _ in range(10_000):
        if come():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not come")


async def logs(race: Race) -> list[list[Entry]]:
    async def heard(lane: Lane) -> list[Entry]:
        return [entry async for entry in lane.log]

    return await asyncio.gather(*(heard(lane) for lane in race.lanes))


async def states(race: Race) -> list[RunState]:
    return [state_of(log) for log in await logs(race)]


async def test_every_lane_has_a_log_of_its_own() -> None:
    async with racing([entrant("raw-coder", [code(GOOD)]), entrant("raw-planner", [code(ADDS)])], STUB) as race:
        heard = await states(race)
    assert [state.pipeline for state in heard] == ["raw-coder", "raw-planner"]
    assert len({state.run for state in heard}) == 2


async def test_a_lane_whose_model_is_down_ends_alone() -> None:
    down = Line(fails=ModelError("nobody answers; start the server", kind="unreachable"))
    async with racing([entrant("raw-coder", [down]), entrant("raw-planner", [code(GOOD)])], STUB) as race:
        heard = await states(race)
    assert [(state.status, state.problem) for state in heard] == [
        ("failed", "nobody answers; start the server"),
        ("settled", ""),
    ]


async def test_a_lane_that_ends_with_a_fault_of_ours_ends_alone_and_the_fault_is_known() -> None:
    def crash(ask: Ask) -> str:
        raise ZeroDivisionError

    async with racing([entrant("raw-coder", crash), entrant("raw-planner", [code(GOOD)])], STUB) as race:
        heard = await states(race)
    assert [state.status for state in heard] == ["failed", "settled"]
    assert [type(fault) for fault in race.faults] == [ZeroDivisionError]


async def test_an_answer_that_is_broken_off_twice_is_never_judged_as_a_whole_one() -> None:
    half = Line(text=code(GOOD), finish="broken off", warning="broken off (network_error)")
    async with racing([entrant("raw-coder", [half, half]), entrant("raw-planner", [code(GOOD)])], STUB) as race:
        heard = await states(race)
    first, second = heard
    assert first.solution is not None and first.solution.verdict == "fails"
    assert "broken off twice" in (first.solution.draft.problem or "") and GOOD in first.solution.draft.body
    assert first.warnings == ("broken off (network_error)",)
    assert second.solution is not None and second.solution.verdict == "verified"


async def test_a_lane_that_answers_rubbish_fails_and_the_other_does_not() -> None:
    async with racing([entrant("raw-coder", ["I like turtles."]), entrant("raw-planner", [code(GOOD)])], STUB) as race:
        heard = await states(race)
    assert [state.solution.verdict for state in heard if state.solution] == ["fails", "verified"]


async def test_cancelling_one_lane_lets_the_others_finish() -> None:
    hanging = entrant("raw-coder", [Line(text="    return", hangs=True)])
    async with racing([hanging, entrant("raw-planner", [code(GOOD)])], STUB) as race:
        await race.lanes[0].cancel()
        heard = await states(race)
    assert [state.status for state in heard] == ["cancelled", "settled"]


async def test_cancelling_all_ends_every_log_with_its_streams_closed() -> None:
    first, one = kit([Line(text="a", hangs=True)])
    second, other = kit([Line(text="a", hangs=True)])
    raw = CATALOGUE["raw-coder"]
    lanes = [Entrant(pipeline=raw, kit=first, name="a"), Entrant(pipeline=raw, kit=second, name="b")]
    async with racing(lanes, STUB) as race:
        await until(lambda: bool(one.open_streams and other.open_streams))
        await race.cancel()
        assert (one.open_streams, other.open_streams) == (0, 0)
        heard = await logs(race)
    assert [(state_of(log).status, type(log[-1].event)) for log in heard] == [("cancelled", RunEnded)] * 2


async def test_leaving_the_block_ends_what_still_runs() -> None:
    work, model = kit([Line(text="a", hangs=True)] * 2)
    raw = CATALOGUE["raw-coder"]
    async with racing([Entrant(pipeline=raw, kit=work, name=name) for name in "ab"], STUB):
        await until(lambda: model.open_streams == 2)
    assert model.open_streams == 0


async def test_a_paused_race_makes_no_call_until_it_goes_on() -> None:
    work, model = kit([code(GOOD)] * 2)
    raw = CATALOGUE["raw-coder"]
    async with racing([Entrant(pipeline=raw, kit=work, name=name) for name in "ab"], STUB) as race:
        race.pause()
        for _ in range(20):
            await asyncio.sleep(0)
        assert model.asks == []
        race.resume()
        heard = await states(race)
    assert [state.status for state in heard] == ["settled"] * 2


@pytest.mark.parametrize("number", [0, 1, 6])
async def test_a_race_has_two_to_five_lanes(number: int) -> None:
    with pytest.raises(UsageError, match="2 to 5 lanes"):
        async with racing([entrant("raw-coder", [])] * number, STUB):
            pass


# ------------------------------------------------------------------------------------------ one model, two lanes


async def two_on_one_model() -> tuple[list[list[Entry]], Scripted]:
    work, model = kit([code(GOOD)] * 2, room=Room())
    raw = CATALOGUE["raw-coder"]
    async with racing([Entrant(pipeline=raw, kit=work, name=name) for name in "ab"], STUB) as race:
        return await logs(race), model


async def test_two_lanes_on_one_model_queue_and_the_second_says_so() -> None:
    heard, _ = await two_on_one_model()
    queued = [[e.event for e in log if isinstance(e.event, CallQueued)] for log in heard]
    assert [len(events) for events in queued] == [0, 1]
    assert (queued[1][0].model, queued[1][0].ahead) == ("scripted", 1)


async def test_a_queued_call_has_not_started_and_is_not_counted() -> None:
    heard, _ = await two_on_one_model()
    upto = next(n for n, entry in enumerate(heard[1]) if isinstance(entry.event, CallQueued))
    state = state_of(heard[1][: upto + 1])
    assert (state.waits, state.meter.calls, state.queued) == (True, 0, {"c1": "scripted"})
    assert not state_of(heard[1]).waits


async def test_time_in_the_queue_is_waiting_and_not_work() -> None:
    started = next(e for e in (await two_on_one_model())[0][1] if isinstance(e.event, CallQueued))
    log = [
        Entry(at=1.0, event=started.event),
        Entry(at=6.0, event=CallStarted(call="c1", role="coder", purpose="draft", model="scripted")),
        Entry(at=9.0, event=RunEnded(seconds=9.0)),
    ]
    assert (state_of(log).waited, state_of(log).now) == (5.0, 9.0)


async def test_a_lane_cancelled_in_the_queue_gives_up_its_place() -> None:
    def answers(ask: Ask) -> Line:
        return Line(text="a", hangs=True)

    work, model = kit(answers, room=Room())
    raw = CATALOGUE["raw-coder"]
    async with racing([Entrant(pipeline=raw, kit=work, name=name) for name in "abc"], STUB) as race:
        await until(lambda: model.open_streams == 1)
        await race.lanes[1].cancel()
        await race.lanes[0].cancel()
        await until(lambda: len(model.asks) == 2)
        await race.cancel()
        heard = await states(race)
    assert [(state.status, len(state.calls), state.queued) for state in heard] == [
        ("cancelled", 1, {}),
        ("cancelled", 0, {}),
        ("cancelled", 1, {}),
    ]


# ------------------------------------------------------------------------------------------ hidden tests


async def judged(answers: Mapping[str, Sequence[str]]) -> list[list[Entry]]:
    lanes = [entrant(name, said) for name, said in answers.items()]
    async with racing(lanes, STUB, hidden=HIDDEN) as race:
        return await logs(race)


async def test_hidden_tests_judge_what_was_settled_on_and_their_report_is_in_the_log() -> None:
    heard = await judged({"raw-coder": [code(ADDS)], "raw-planner": [code(GOOD)]})
    reports = [state_of(log).hidden for log in heard]
    assert [(report.passes, len(report.checks)) for report in reports if report] == [(0, 1), (1, 1)]
    assert [type(log[-2].event) for log in heard] == [Judged, Judged]


async def test_no_prompt_ever_holds_a_hidden_test() -> None:
    work, model = kit([code(ADDS), "1. line 7 adds, should double", code(GOOD)])
    fix = CATALOGUE["review-then-fix"]
    lanes = [Entrant(pipeline=fix, kit=work, name="a"), entrant("raw-planner", [code(GOOD)])]
    async with racing(lanes, STUB, hidden=HIDDEN) as race:
        await logs(race)
    assert len(model.asks) == 3
    assert [ask for ask in model.asks if "f(5)" in str(ask)] == []


async def test_a_draft_that_cannot_be_used_passes_no_hidden_test() -> None:
    heard = await judged({"raw-coder": ["no code"], "raw-planner": [code(GOOD)]})
    report = state_of(heard[0]).hidden
    assert report is not None
    assert (report.passes, [check.verdict for check in report.checks]) == (0, ["not run"])


# ------------------------------------------------------------------------------------------ names and undefined names


def test_lanes_are_called_by_their_pipeline_and_by_their_model_where_that_differs() -> None:
    pipelines = [CATALOGUE["raw-coder"], CATALOGUE["debate"]]
    assert names_of(pipelines, ["m"]) == ("raw-coder", "debate")
    assert names_of(pipelines, ["m", "n"])[:2] == ("raw-coder · m", "raw-coder · n")
    kits = [("m", kit([])[0]), ("n", kit([])[0])]
    assert [e.name for e in entrants(pipelines, kits)] == list(names_of(pipelines, ["m", "n"]))


async def test_names_that_nothing_defines_are_in_the_log_before_the_draft_runs() -> None:
    body = "return math.floor(2 * x)"
    work = Kit(
        voices=dict.fromkeys(ROLES, Voice(model=Scripted([code(body)] * 2))),
        prompts=Prompts(None),
        sandbox=ScriptedSandbox({"math.floor": {"f(1)": "!NameError: name 'math' is not defined"}}),
        mode="paper",
    )
    raw = CATALOGUE["raw-coder"]
    async with racing([Entrant(pipeline=raw, kit=work, name=name) for name in "ab"], STUB) as race:
        heard = await logs(race)
    (started,) = [e.event for e in heard[0] if isinstance(e.event, CheckStarted)]
    assert [(name.name, name.line, name.repair) for name in started.undefined] == [("math", 7, "import math")]
    assert state_of(heard[0]).undefined == {"d1": started.undefined}


# ------------------------------------------------------------------------------------------ one after another


async def test_in_turn_a_lane_begins_when_the_one_before_it_is_over_and_its_seconds_are_its_own() -> None:
    order: list[int] = []

    def answers(lane: int) -> Answers:
        def answer(_: Ask) -> str:
            order.append(lane)
            return code(GOOD)

        return answer

    lanes = [entrant(name, answers(n)) for n, name in enumerate(("raw-coder", "plan-then-code", "raw-coder"))]
    async with racing(lanes, STUB, in_turn=True) as race:
        found = await asyncio.wait_for(states(race), 30)
    assert [state.status for state in found] == ["settled"] * 3
    assert order == [0, 1, 1, 2]
    assert found[0].held == 0
    assert found[2].held >= found[1].held > 0


@pytest.mark.parametrize("how", ["cancelled", "failed"])
async def test_in_turn_a_lane_that_ends_badly_lets_the_next_begin(how: str) -> None:
    def bad(ask: Ask) -> Line:
        return Line(text="x", hangs=True) if how == "cancelled" else Line(fails=ModelError("gone", kind="unreachable"))

    lanes = [entrant("raw-coder", bad), entrant("raw-coder", lambda _: code(GOOD))]
    async with racing(lanes, STUB, in_turn=True) as race:
        reading = asyncio.create_task(states(race))
        if how == "cancelled":
            await asyncio.sleep(0.05)
            await race.lanes[0].cancel()
        found = await asyncio.wait_for(reading, 30)
    assert [state.status for state in found] == [how, "settled"]


async def test_in_turn_who_holds_the_race_lets_only_those_go_on_whose_turn_it_is() -> None:
    lanes = [entrant("raw-coder", lambda _: code(GOOD)), entrant("raw-coder", lambda _: code(GOOD))]
    async with racing(lanes, STUB, in_turn=True) as race:
        race.pause()
        race.resume()
        assert [lane.log.paused for lane in race.lanes] == [False, True]
        found = await asyncio.wait_for(states(race), 30)
    assert [state.status for state in found] == ["settled"] * 2
