"""What the person may do to a growing tree, also where it is done growing; and what a budget does to it."""

import pytest
from grove import BAD, CALLING_G, GIVES, GOOD, HALF, PLAN, SAME, WHOLE, Grown, Stage, code, plan
from redraft.engine.events import CallStarted, Drafted, NodeClosed, NodeOpened, Paused, RunFailed, Steered
from redraft.engine.facts import Price
from redraft.engine.kit import Budget
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.run.log import running

FAILING = {"f": code(HALF), "g": code(SAME, "g"), "h": code(SAME, "h")}
TRIPLE = {**FAILING, "g": code("return 3 * x", "g")}
WRONG = {**GIVES, WHOLE: {"f(1)": "2"}}
# Calls of TRIPLE with PLAN: 1 tests of f, 2 to 6 its trials, 7 the plan, 8 tests of g, 9 to 13 its trials, 14 its plan.


def closed(grown: Grown) -> list[tuple[str, str, str]]:
    return [(event.node, event.outcome, event.why) for event in grown.events(NodeClosed)]


async def test_abandoning_a_helper_ends_it_with_its_best_and_the_parent_goes_on():
    stage = Stage(TRIPLE, {"f": PLAN})
    stage.wish(10, "abandon", "1")
    grown = await stage.run()
    assert grown.count("trial", "1") == 2
    assert closed(grown)[0] == ("1", "abandoned", "you")
    assert "return 3 * x" in next(p for p in grown.sandbox.programs if CALLING_G in p)  # type: ignore[union-attr]


async def test_abandoning_the_root_settles_on_its_best_at_once():
    stage = Stage(FAILING, {"f": PLAN})
    stage.wish(3, "abandon", "")
    grown = await stage.run()
    assert closed(grown) == [("", "abandoned", "you")]
    assert (grown.count("trial"), grown.count("plan")) == (2, 0)
    assert grown.state.solution.draft.body.strip() == HALF  # type: ignore[union-attr]


async def test_abandoning_before_anything_was_written_leaves_a_function_that_says_so():
    stage = Stage(FAILING, {"f": PLAN})
    stage.wish(8, "abandon", "1")
    grown = await stage.run()
    assert 'raise NotImplementedError("g was given up")' in next(p for p in grown.sandbox.programs if CALLING_G in p)  # type: ignore[union-attr]


async def test_a_root_that_nobody_wrote_is_never_settled_on_as_an_answer():
    stage = Stage(FAILING)
    stage.wish(1, "abandon", "")
    grown = await stage.run()
    assert grown.state.solution.verdict == "fails"  # type: ignore[union-attr]


async def test_abandoning_a_node_drops_what_is_below_it():
    planner = {"f": PLAN, "g": plan("return h(x)", "h").replace("def f", "def g")}
    stage = Stage(TRIPLE, planner, gives={"return h(x)": {}, **GIVES})
    stage.wish(15, "abandon", "1")
    grown = await stage.run()
    assert closed(grown)[:2] == [("1.1", "abandoned", "dropped"), ("1", "abandoned", "you")]
    assert "h" not in grown.state.tree.helpers


async def test_a_retried_node_is_solved_anew_with_other_seeds_and_the_same_checks():
    stage = Stage(TRIPLE, {"f": PLAN})
    stage.wish(10, "retry", "1")
    grown = await stage.run()
    assert [event.node for event in grown.events(NodeOpened)] == ["", "1", "1"]
    assert grown.count("tests", "1") == 1
    seeds = [
        ask.sampling.seed
        for ask, call in zip(grown.models["coder"].asks, _of(grown, "scripted coder"), strict=True)
        if call.node == "1"
    ]
    assert len(set(seeds)) == len(seeds) > 5


def _of(grown: Grown, model: str) -> list[CallStarted]:
    return [event for event in grown.events(CallStarted) if event.model == model]


async def test_a_pinned_candidate_ends_its_node():
    stage = Stage({"f": [code(BAD), code(HALF)], "g": FAILING["g"]}, {"f": PLAN})
    stage.wish(3, "pin", "", "d1")
    grown = await stage.run()
    assert closed(grown) == [("", "unverified", "pinned by you")]
    assert grown.state.solution.draft.body.strip() == BAD  # type: ignore[union-attr]


@pytest.mark.parametrize(("node", "draft"), [("", "d99"), ("7", "d1")])
async def test_a_pin_of_what_is_not_there_is_told_and_changes_nothing(node: str, draft: str):
    stage = Stage({"f": [code(HALF), code(GOOD)]})
    stage.wish(2, "pin", node, draft)
    grown = await stage.run()
    assert closed(grown) == [("", "solved", "all checks pass")]
    assert "there is no such thing here" in grown.state.decisions[0]


async def test_a_candidate_of_another_node_cannot_be_pinned():
    stage = Stage(FAILING, {"f": PLAN})
    stage.wish(8, "pin", "1", "d1")
    assert closed(await stage.run())[0] == ("1", "solved", "all checks pass")


async def test_an_edited_stub_is_solved_as_the_person_wrote_it_with_tests_of_its_own():
    stage = Stage(FAILING, {"f": PLAN}, gives=WRONG)
    stage.wish(8, "stub", "1", 'def g(x):\n    """x as it is.\n\n    >>> g(4)\n    4\n    """\n')
    grown = await stage.run()
    again = grown.events(NodeOpened)[-1].stub
    assert (again.docstring.splitlines()[0], again.examples[0].origin) == ("x as it is.", "visible")
    assert grown.count("tests", "1") == 2


@pytest.mark.parametrize("text", ["return x", "def g(x):\n    return x\n"], ids=["a body", "the whole function"])
async def test_a_body_written_by_hand_ends_its_node_and_is_held_against_the_checks(text: str):
    stage = Stage(TRIPLE, {"f": PLAN})
    stage.wish(10, "body", "1", text)
    grown = await stage.run()
    assert closed(grown) == [("1", "solved", "written by you"), ("", "solved", "all checks pass")]
    assert grown.state.tree.helpers["g"].body.strip() == SAME


async def test_a_body_by_hand_that_is_no_python_is_no_solution():
    stage = Stage(TRIPLE, {"f": PLAN})
    stage.wish(10, "body", "1", "return (")
    assert closed(await stage.run())[0] == ("1", "unverified", "written by you")


async def test_a_body_by_hand_for_a_helper_that_is_done_is_put_into_what_calls_it():
    # g is abandoned by the plateau, then h is at work: the person mends g meanwhile.
    planner = {"f": plan("return g(x) + h(x)", "g", "h")}
    gives = {"return x\n\n    def h(x)": {}, "g(x) + h(x)": {}, **GIVES}
    whole = f'{SAME}\n\n    def h(x):\n        """Some h."""\n        {SAME}\n\n    return g(x) + h(x)'
    stage = Stage({**TRIPLE, "h": [code(BAD, "h"), code(SAME, "h")]}, planner, gives={whole: GIVES[WHOLE], **gives})
    stage.wish(20, "body", "1", "return x")
    grown = await stage.run()
    assert list(grown.asked[19:20]) == [("trial", "2")]
    assert ("1", "solved", "written by you") in closed(grown)
    assert closed(grown)[-1] == ("", "solved", "all checks pass")


async def test_a_helper_that_is_done_is_retried_when_the_person_wants_it():
    stage = Stage(FAILING, {"f": [PLAN, plan(GOOD)]}, gives={**GIVES, WHOLE: {"f(1)": "2", "f(3)": "6"}})
    stage.wish(10, "retry", "1")  # Call 10 is the second plan of f.
    grown = await stage.run()
    assert [event.node for event in grown.events(NodeOpened)] == ["", "1", "1"]
    assert grown.asked[9] == ("plan", "")
    assert closed(grown)[-1] == ("", "solved", "all checks pass")


async def test_a_wish_that_comes_with_the_last_call_is_still_obeyed():
    stage = Stage({"f": code(GOOD)})
    stage.wish(2, "body", "", "return 2 * x  # mine")
    grown = await stage.run()
    assert closed(grown)[-1][2] == "written by you"
    assert grown.state.solution.draft.body.strip() == "return 2 * x  # mine"  # type: ignore[union-attr]


async def test_what_is_composed_of_a_mended_helper_is_judged_again_up_to_the_root():
    planner = {"f": PLAN, "g": plan("return h(x)", "h").replace("def f", "def g")}
    inner = f'{SAME}\n\n    def g(x):\n        """The same x."""\n        return h(x)\n\n    {CALLING_G}'
    alone = f"{SAME}\n\n    return h(x)"
    gives = {inner: GIVES[WHOLE], alone: {"g(4)": "4"}, "return h(x)": {}, **GIVES}
    stage = Stage({**TRIPLE, "h": code(BAD, "h")}, planner, gives=gives)
    stage.wish(24, "body", "1.1", "return x")  # The last call of all: the fourth plan for h that cannot be followed.
    grown = await stage.run()
    assert len(grown.asked) == 24
    assert {event.node: event.outcome for event in grown.events(NodeClosed)} == dict.fromkeys(
        ("1.1", "1", ""), "solved"
    )
    assert grown.state.solution.verdict == "verified"  # type: ignore[union-attr]


async def test_every_wish_is_in_the_log_and_on_its_node():
    stage = Stage(TRIPLE, {"f": PLAN})
    stage.wish(10, "abandon", "1")
    grown = await stage.run()
    assert [(event.what, event.node) for event in grown.events(Steered)] == [("abandon", "1")]
    assert [wish.what for wish in grown.state.tree.nodes["1"].wishes] == ["abandon"]


async def test_a_pause_holds_the_run_before_its_next_call_until_it_may_go_on():
    stage = Stage({"f": [code(HALF), code(GOOD)]})
    stage.during[2] = lambda log: log.pause()
    kinds: list[str] = []
    async with running(CATALOGUE["pat"], stage.kit, stage.stub) as log:
        stage._log = log
        async for entry in log:
            kinds.append(type(entry.event).__name__)
            if isinstance(entry.event, Drafted) and log.paused:
                assert kinds.count("CallStarted") == 2
            if log.paused and kinds[-1] == "Checked":
                log.resume()
            if isinstance(entry.event, Paused) and entry.event.again:
                assert kinds.count("CallStarted") == 2
    assert kinds.count("CallStarted") == 3


async def test_a_pipeline_without_a_tree_notes_a_wish_and_goes_its_way():
    stage = Stage({"f": code(GOOD)})
    stage.wish(1, "abandon", "")
    grown = await stage.run("best-of-n")
    assert grown.events(RunFailed) == []
    assert len(grown.asked) == 5


# ------------------------------------------------------------------------------------------ budget

PRICE = Price(input=1.0, output=1.0)


@pytest.mark.parametrize(
    "budget",
    [Budget(calls=4), Budget(tokens=900), Budget(seconds=0.0), Budget(usd=0.0009)],
    ids=["calls", "tokens", "seconds", "usd"],
)
async def test_a_budget_ends_the_run_between_calls_and_keeps_the_best(budget: Budget):
    prices = dict.fromkeys(("coder", "planner", "tester"), PRICE)
    stage = Stage(FAILING, {"f": PLAN}, budget=budget, prices=prices)  # type: ignore[arg-type]
    grown = await stage.run()
    assert grown.events(RunFailed) == []
    assert ("", "abandoned", "budget") in closed(grown)
    assert "are used; raise budget." in grown.state.decisions[-1]
    assert len(grown.asked) <= 4


async def test_a_budget_that_ends_in_a_subtree_still_composes_and_returns_the_best():
    grown = await Stage(FAILING, {"f": PLAN}, budget=Budget(calls=8)).run()
    assert closed(grown) == [("1", "abandoned", "budget"), ("", "abandoned", "plateau")]
    assert grown.state.solution.draft.body.strip() == HALF  # type: ignore[union-attr]


async def test_calls_without_a_known_price_do_not_count_against_a_budget_of_money():
    grown = await Stage({"f": code(GOOD)}, budget=Budget(usd=0.0000001)).run()
    assert closed(grown) == [("", "solved", "all checks pass")]
