"""The functions of one plan grow at the same time where the models have room, and come to the same whoever is faster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from grove import GIVES, GOOD, HALF, SAME, Grown, Stage, asked_for, code, plan
from msgspec.structs import replace
from redraft.engine.desk.resume import Recall
from redraft.engine.events import (
    CallEnded,
    CallFailed,
    CallStarted,
    Decided,
    Drafted,
    NodeClosed,
    NodeOpened,
    RunCancelled,
    Steered,
)
from redraft.engine.facts import Stub
from redraft.engine.kit import Budget
from redraft.engine.models.chat import Ask, Stream
from redraft.engine.models.queueing import Room
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.pipelines.sisters import needs_of, together
from redraft.engine.run.log import running
from redraft.engine.state.run import state_of

CALLS = "return g(x) + h(x)"
TWO = {"f": plan(CALLS, "g", "h")}
CODER = {"f": code(HALF), "g": code(SAME, "g"), "h": code(SAME, "h")}
COMPOSED = f'def g(x):\n        """Some g."""\n        {SAME}\n\n    def h(x):\n        """Some h."""\n        {SAME}\n\n    {CALLS}'
THE_WORLD = {COMPOSED: {"f(1)": "2", "f(3)": "6", "f(5)": "10"}, CALLS: {}, **GIVES}


class Slow(Scripted):
    """Answers about some functions later than about others."""

    def __init__(self, model: Scripted, ticks: Mapping[str, int]) -> None:
        super().__init__([], name=model.name, prefill=False)
        self._model, self._ticks = model, ticks
        self.waiting = self.most = 0
        self.nodes: list[str] = []

    @asynccontextmanager
    async def stream(self, ask: Ask) -> AsyncGenerator[Stream]:
        self.asks.append(ask)
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        try:
            for _ in range(self._ticks.get(asked_for(ask), 3)):
                await asyncio.sleep(0)
            async with self._model.stream(ask) as stream:
                yield stream
        finally:
            self.waiting -= 1


def staged(ticks: Mapping[str, int] | None = None, *, room: bool = True, **more: Any) -> Stage:
    stage = Stage(**{"coder": CODER, "planner": TWO, "gives": THE_WORLD, **more})
    voices = {
        role: replace(voice, model=Slow(voice.model, ticks or {}), room=None if room else Room())  # type: ignore[arg-type]
        for role, voice in stage.kit.voices.items()
    }
    stage.kit = replace(stage.kit, voices=voices)
    return stage


def order(grown: Grown) -> list[str]:
    """The nodes of the calls below the root, in order, each once in a row."""
    found: list[str] = []
    for _, node in grown.asked:
        if node and found[-1:] != [node]:
            found.append(node)
    return found


def tree_of(grown: Grown) -> Any:
    """What the tree has come to, but for names and times."""
    names = {event.draft.id: event.draft.body for event in grown.events(Drafted)}
    nodes = {p: (n.status, n.why, names.get(n.chosen), len(n.candidates)) for p, n in grown.state.tree.nodes.items()}
    assert grown.state.solution is not None
    helpers = {name: helper.body for name, helper in sorted(grown.state.tree.helpers.items())}
    return nodes, helpers, grown.state.solution.draft.body, grown.state.solution.verdict


def prompts(stage: Stage) -> list[tuple[str, int | None]]:
    """Everything the models were sent, whatever the order."""
    return sorted(
        (ask.messages[-1].content, ask.sampling.seed)
        for voice in {id(v.model): v for v in stage.kit.voices.values()}.values()
        for ask in voice.model.asks  # type: ignore[attr-defined]
    )


def trials_of(stage: Stage, name: str) -> list[str]:
    return [
        text for text, _ in prompts(stage) if "Write this" in text and f"def {name}(" in text.split("```python")[-1]
    ]


async def test_two_helpers_that_need_nothing_of_each_other_are_solved_at_the_same_time():
    grown = await staged().run()
    assert order(grown)[:4] == ["1", "2", "1", "2"]
    assert "g, h are solved together" in [event.what for event in grown.events(Decided)]
    assert grown.state.solution.verdict == "verified"  # type: ignore[union-attr]


async def test_a_model_that_answers_one_question_at_a_time_solves_them_in_the_order_they_were_written():
    grown = await staged(room=False).run()
    assert order(grown) == ["1", "2"]
    assert not [event for event in grown.events(Decided) if "together" in event.what]


@pytest.mark.parametrize("mode", ["paper", "evidence"])
async def test_whoever_is_faster_every_prompt_and_the_whole_are_the_same(mode: Any):
    ways: list[Any] = []
    for ticks in ({"g": 40, "h": 1}, {"g": 1, "h": 40}):
        stage = staged(ticks, mode=mode)
        grown = await stage.run()
        ways.append((tree_of(grown), prompts(stage)))
    assert ways[0] == ways[1]
    assert list(ways[0][0][0]) == ["", "1", "2"]


async def test_one_that_names_another_waits_for_it_and_sees_it():
    wanting = plan(CALLS, "g", "h").replace('"""Some h."""', '"""What g gives."""')
    stage = staged(planner={"f": wanting})
    grown = await stage.run()
    assert order(grown) == ["1", "2"]
    assert "g, h (after g) are solved together" in [event.what for event in grown.events(Decided)]
    trials = trials_of(stage, "h")
    assert trials and all("def g(x)" in text for text in trials)


async def test_one_that_needs_another_does_not_wait_for_a_third():
    body = "return g(x) + h(x) + k(x)"
    wanting = plan(body, "g", "h", "k").replace('"""Some k."""', '"""What g gives."""')
    coder = {**CODER, "k": code(SAME, "k")}
    gives = {body: {}, **GIVES}
    grown = await staged(
        {"h": 400}, planner={"f": wanting}, coder=coder, tester={"g": "assert g(4) == 4"}, gives=gives
    ).run()
    closed = [event.node for event in grown.events(NodeClosed)]
    assert closed.index("3") < closed.index("2")


async def test_no_more_answers_are_asked_for_at_a_time_than_a_server_can_bear():
    names = ("g", "h", "k", "m")
    body = "return " + " + ".join(f"{name}(x)" for name in names)
    coder = {**CODER, **{name: code(SAME, name) for name in names}}
    asserts = {name: f"assert {name}(4) == 4" for name in names}
    stage = staged(
        planner={"f": plan(body, *names)}, coder=coder, tester=asserts, gives={body: {}, **GIVES}, mode="paper"
    )
    grown = await stage.run()
    assert stage.kit.voices["coder"].model.most == 10  # type: ignore[attr-defined]
    assert [grown.count("trial", str(nth)) for nth in (1, 2, 3, 4)] == [5] * 4


# ------------------------------------------------------------------------------------------ what may go otherwise


async def test_two_branches_that_write_a_function_of_one_name_keep_the_first_and_judge_the_other_anew():
    again = plan("return k(x)", "k").replace("def f", "def {}")
    planner = {"f": plan(CALLS, "g", "h"), "g": again.format("g"), "h": again.format("h")}
    triple = {name: code("return 3 * x", name) for name in ("g", "h")}
    coder = {"f": code(HALF), **triple, "k": code(SAME, "k")}
    tester = {"f": "assert f(5) == 10", "g": "assert g(4) == 4", "h": "assert h(4) == 4", "k": "assert k(4) == 4"}
    gives = {
        "return g(x)": {"f(1)": "2", "f(3)": "6", "f(5)": "10"},
        "return k(x)": {"g(4)": "4", "h(4)": "4"},
        "return 3 * x": {"g(4)": "12", "h(4)": "12"},
        f"{SAME}\n": {"k(4)": "4"},
        HALF: GIVES[HALF],
    }
    trees: list[Any] = []
    for ticks in ({"g": 30}, {"h": 30}):
        grown = await staged(ticks, coder=coder, planner=planner, tester=tester, gives=gives).run()
        assert any("k was solved twice" in event.what for event in grown.events(Decided))
        assert ("2.1", "dropped") in [(event.node, event.why) for event in grown.events(NodeClosed)]
        assert grown.state.tree.helpers["k"].node == "1.1"
        body = grown.state.solution.draft.body  # type: ignore[union-attr]
        assert body.index("def k(x)") < body.index("def g(x)") and body.count("def k(x)") == 1
        trees.append(tree_of(grown))
    assert trees[0] == trees[1]


@pytest.mark.parametrize("calls", range(8, 24))
async def test_a_budget_holds_for_all_branches_together_and_keeps_the_best(calls: int):
    coder = {**CODER, "g": code("return 3 * x", "g"), "h": code("return 3 * x", "h")}
    grown = await staged(coder=coder, budget=Budget(calls=calls)).run()
    assert len(grown.asked) <= calls
    assert {event.node for event in grown.events(NodeOpened)} == {event.node for event in grown.events(NodeClosed)}
    assert grown.state.solution is not None


async def test_a_run_that_is_cancelled_ends_the_calls_of_every_branch():
    stage = staged({"g": 10_000, "h": 10_000})
    kinds: list[Any] = []
    async with running(CATALOGUE["pat"], stage.kit, stage.stub) as log:
        async for entry in log:
            kinds.append(entry.event)
            if len([e for e in kinds if isinstance(e, CallStarted) and e.node in {"1", "2"}]) == 2:
                await log.cancel()
    begun = [event.call for event in kinds if isinstance(event, CallStarted)]
    assert sorted(begun) == sorted(event.call for event in kinds if isinstance(event, CallEnded | CallFailed))
    assert isinstance(kinds[-2], RunCancelled)
    assert all(voice.model.waiting == 0 for voice in stage.kit.voices.values())  # type: ignore[attr-defined]


def steering(stage: Stage, call: int, what: Any, node: str, text: str = "") -> None:
    """While that call from the plan on is under way the person wants this."""
    stage.during[call] = lambda log: log.steer(Steered(what=what, node=node, text=text))


TRIPLE = {**CODER, "g": code("return 3 * x", "g"), "h": code("return 3 * x", "h")}


@pytest.mark.parametrize(("node", "other"), [("1", "2"), ("2", "1")])
@pytest.mark.parametrize("call", [8, 9, 10, 11])
async def test_a_wish_for_one_branch_is_obeyed_there_and_leaves_the_other_alone(node: str, other: str, call: int):
    stage = staged(coder=TRIPLE)
    steering(stage, call, "abandon", node)
    grown = await stage.run()
    closed = {event.node: event.why for event in grown.events(NodeClosed)}
    assert closed[node] == "you" and closed[other] != "you" and closed[other] != "dropped"
    assert grown.count("trial", other) == 5


@pytest.mark.parametrize("call", [8, 9, 10, 11, 12])
async def test_abandoning_what_is_above_drops_every_branch_and_closes_every_node(call: int):
    stage = staged(coder=TRIPLE)
    steering(stage, call, "abandon", "")
    grown = await stage.run()
    closed = {event.node: event.why for event in grown.events(NodeClosed)}
    assert closed == {"1": "dropped", "2": "dropped", "": "you"}
    begun = [event.call for event in grown.events(CallStarted)]
    assert sorted(begun) == sorted(e.call for kind in (CallEnded, CallFailed) for e in grown.events(kind))
    assert grown.state.in_sandbox == ()


async def test_a_branch_that_was_done_before_the_plan_was_dropped_is_still_known():
    stage = staged({"h": 60}, coder={**CODER, "h": code("return 3 * x", "h")})
    steering(stage, 11, "retry", "")
    grown = await stage.run()
    assert grown.state.tree.helpers["g"].verified
    assert any("def g(x)" in text for text in trials_of(stage, "f"))


# ------------------------------------------------------------------------------------------ resuming


@pytest.mark.parametrize("share", [3, 4, 5, 6, 7, 8, 9, 10])
@pytest.mark.parametrize("mode", ["paper", "evidence"])
async def test_a_run_that_was_cut_while_two_branches_grew_goes_on_and_asks_nothing_twice(share: int, mode: Any):
    before = await staged({"g": 7, "h": 2}, coder=TRIPLE, mode=mode).run()
    cut = before.entries[: len(before.entries) * share // 10]
    known = [e.event.call for e in cut if isinstance(e.event, CallEnded)]
    stage = staged({"g": 2, "h": 9}, coder=TRIPLE, mode=mode)
    after = await stage.run(recall=Recall(cut))
    assert tree_of(after) == tree_of(before)
    assert sum(event.recalled for event in after.events(CallStarted)) == len(known)
    begun, ended = after.events(CallStarted), after.events(CallEnded)
    assert sorted(event.call for event in begun) == sorted(event.call for event in ended)
    assert len({event.call for event in begun}) == len(begun) == len(before.events(CallStarted))


async def test_a_log_replays_to_the_tree_that_the_run_had():
    grown = await staged({"g": 7, "h": 2}, coder=TRIPLE).run()
    state = state_of(grown.entries)
    assert [node.open for node in state.tree.walk()] == [False] * 3
    assert (state.tree.whole is not None) and state.tree.whole.body == grown.state.solution.draft.body  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------ FunCoder, and who needs whom


async def test_funcoder_builds_the_parts_of_a_function_at_the_same_time_and_comes_to_the_same():
    divided = plan(CALLS, "g", "h")
    ways: list[Any] = []
    for ticks in ({"g": 40, "h": 1}, {"g": 1, "h": 40}):
        coder = {"f": [divided, code(GOOD)], "g": code(SAME, "g"), "h": code(SAME, "h")}
        gives = {**THE_WORLD, SAME: {"g(4)": "4", "h(7)": "7"}}
        tester = {"f": "f(5)", "g": "g(4)", "h": "h(7)"}
        stage = staged(ticks, coder=coder, tester=tester, gives=gives)
        grown = await stage.run("funcoder")
        assert order(grown)[:3] == ["1", "2", "1"]
        ways.append((tree_of(grown), prompts(stage)))
    assert ways[0] == ways[1]


def stub(name: str, text: str = "") -> Stub:
    header = f'def {name}(x):\n    """{text}"""\n'
    return Stub(path="a.py", name=name, line=1, header=header, before=header, body="...")


@pytest.mark.parametrize(
    ("stubs", "offered", "needs"),
    [
        ([stub("g"), stub("h")], {}, {"g": (), "h": ()}),
        ([stub("g", "As h does."), stub("h")], {}, {"g": ("h",), "h": ()}),
        ([stub("g"), stub("h")], {"h": "return g(x)"}, {"g": (), "h": ("g",)}),
        ([stub("g", "See h."), stub("h", "See g.")], {}, {"g": (), "h": ("g",)}),
        ([stub("g", "See k."), stub("h", "See g."), stub("k", "See h.")], {}, {"g": (), "h": ("g",), "k": ("h",)}),
        ([stub("g", "Itself: g.")], {}, {"g": ()}),
    ],
)
def test_who_needs_whom_is_read_from_what_each_says(stubs: list[Stub], offered: dict[str, str], needs: Any):
    assert needs_of(stubs, offered) == needs


async def test_one_that_fails_ends_the_others():
    left: list[str] = []

    async def solve(name: str) -> None:
        try:
            if name == "b":
                raise ValueError(name)
            await asyncio.Event().wait()
        finally:
            left.append(name)

    with pytest.raises(ValueError, match="b"):
        await together({"a": (), "b": (), "c": ("a",)}, solve)
    assert left == ["b", "a"]
