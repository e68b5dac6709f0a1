"""Each rule of Algorithm 1 of arXiv 2605.07248, and of our choices where it is silent."""

import itertools

import pytest
from grove import (
    ASSERTS,
    BAD,
    BARE,
    CALLING_G,
    GIVES,
    GOOD,
    HALF,
    HEADER,
    PLAN,
    SAME,
    STUB,
    WHOLE,
    Stage,
    code,
    pat,
    plan,
)
from msgspec.structs import replace
from redraft.engine.events import Checked, ChecksInvented, Decomposed, NodeClosed, NodeOpened, Scored
from redraft.engine.facts import Example

FAILING = {"f": code(HALF), "g": code(SAME, "g"), "h": code(SAME, "h")}
"""A coder that cannot write f, but every helper."""


def endings(grown) -> dict[str, tuple[str, str]]:
    return {event.node: (event.outcome, event.why) for event in grown.events(NodeClosed)}


# ------------------------------------------------------------------------------------------ trial


async def test_trials_are_drawn_at_temperature_0_8():
    grown = await pat({"f": [code(BAD), code(GOOD)]})
    assert {ask.sampling.temperature for ask in grown.models["coder"].asks} == {0.8}


async def test_in_paper_mode_five_trials_are_drawn_up_front_even_when_the_first_passes():
    grown = await pat({"f": code(GOOD)}, mode="paper")
    assert grown.count("trial") == 5


async def test_by_default_trials_stop_at_the_first_that_passes():
    grown = await pat({"f": [code(HALF), code(GOOD), code(BAD)]})
    assert grown.count("trial") == 2


async def test_a_direct_hit_costs_the_trials_and_one_call_for_tests_and_no_plan():
    grown = await pat({"f": code(GOOD)}, mode="paper")
    assert sorted(set(grown.asked)) == [("tests", ""), ("trial", "")]
    assert len(grown.asked) == 6


async def test_every_trial_has_a_seed_of_its_own():
    grown = await pat({"f": code(BAD)}, mode="paper")
    seeds = [ask.sampling.seed for ask in grown.models["coder"].asks]
    assert len(set(seeds)) == len(seeds)


async def test_trials_are_drawn_again_at_most_three_times_while_none_is_code():
    grown = await pat({"f": "I am sorry."})
    assert grown.count("trial") == 5 + 3


async def test_one_usable_trial_is_enough_to_go_on():
    grown = await pat({"f": ["I am sorry."] * 4 + [code(HALF)]})
    assert grown.count("trial") == 5


async def test_the_candidate_with_most_passes_is_planned_from_and_the_first_of_equals_wins():
    grown = await pat({"f": [code(BAD), code(HALF), code("return x + 1  # too")]})
    (scored,) = grown.events(Scored)
    assert (scored.chosen, scored.scores) == ("d2", {"d1": 0.0, "d2": 1.0, "d3": 1.0, "d4": 1.0, "d5": 1.0})


async def test_a_candidate_that_does_not_run_is_worse_than_one_that_passes_nothing():
    grown = await pat({"f": ["no code", code(BAD), "no code"]})
    (scored,) = grown.events(Scored)
    assert (scored.chosen, scored.scores["d1"], scored.scores["d2"]) == ("d2", -1.0, 0.0)


# ------------------------------------------------------------------------------------------ checks


async def test_tests_are_generated_at_temperature_0_2_once_for_a_function_and_used_for_all_its_candidates():
    grown = await pat(FAILING, {"f": PLAN})
    assert grown.count("tests") == 1
    assert {ask.sampling.temperature for ask in grown.models["tester"].asks} == {0.2}
    on_root = [event.report for event in grown.events(Checked) if event.node == ""][:-1]
    assert {tuple(check.example.source.strip() for check in report.checks) for report in on_root} == {
        ("f(1)", "f(3)", "f(5)")
    }


async def test_visible_checks_come_first_and_generated_ones_are_told_from_them():
    grown = await pat({"f": code(GOOD)})
    (invented,) = grown.events(ChecksInvented)
    assert [check.origin for check in invented.checks] == ["visible", "visible", "generated"]


async def test_a_generated_check_that_contradicts_the_person_is_shown_and_not_used():
    grown = await pat({"f": code(GOOD)}, tester={"f": "assert f( 1 ) == 3\nassert f(5) == 10\nassert f(3) == 6"})
    (invented,) = grown.events(ChecksInvented)
    assert [check.source.strip() for check in invented.checks] == ["f(1)", "f(3)", "f(5)"]
    assert [(check.source, check.want) for check in invented.contradicted] == [("f(1)", "3")]


async def test_a_candidate_must_pass_every_check_to_end_the_search():
    grown = await pat({"f": code(GOOD)}, {"f": plan(GOOD)}, {"f": "assert f(5) == 10\nassert f(0) == 1"})
    assert grown.count("plan") > 0


async def test_tests_that_cannot_be_read_are_asked_for_again_at_most_three_times():
    grown = await pat({"f": code(GOOD)}, tester={"f": "There are none."})
    assert grown.count("tests") == 4


async def test_without_readable_tests_the_visible_ones_decide_alone():
    grown = await pat({"f": [code(HALF), code(GOOD)]}, tester={"f": "There are none."})
    assert endings(grown) == {"": ("solved", "all checks pass")}
    assert grown.state.solution.verdict == "verified"  # type: ignore[union-attr]


async def test_without_any_check_the_first_candidate_is_returned_unverified_and_nothing_is_planned():
    grown = await pat({"f": [code(HALF), code(GOOD)]}, tester={"f": "none"}, stub=BARE)
    assert endings(grown) == {"": ("unverified", "no checks")}
    assert (grown.count("trial"), grown.count("plan")) == (1, 0)
    assert grown.state.solution.draft.body.strip() == HALF  # type: ignore[union-attr]


async def test_without_any_check_a_first_answer_that_is_no_code_is_asked_for_again():
    grown = await pat({"f": ["no", "no", code(HALF)]}, tester={"f": "none"}, stub=BARE)
    assert grown.count("trial") == 3


async def test_a_check_that_never_ends_does_not_hide_what_the_others_show():
    class Looping:
        tier = "A"
        runs = 0

        async def run(self, program, steps, limits=None, *, path=""):
            from redraft.engine.facts import Execution, Outcome

            self.runs += 1
            outcomes = []
            for step in steps:
                if "10 ** 9" in step:
                    left = [Outcome(status="not run")] * (len(steps) - len(outcomes) - 1)
                    return Execution(
                        outcomes=(*outcomes, Outcome(status="timeout"), *left), problem="slow", timed_out=True
                    )
                value = str(2 * int(step.strip()[2:-1]))
                outcomes.append(Outcome(status="returned", printed=value + "\n", value=value))
            return Execution(outcomes=tuple(outcomes))

        async def load(self, program, limits=None, *, path=""):
            return await self.run(program, (), limits, path=path)

        async def aclose(self):
            """Nothing to end."""

    tests = "assert f(5) == 10\nassert f(10 ** 9) == 2\nassert f(6) == 12\nassert f(7) == 14"
    grown = await Stage({"f": code(GOOD)}, tester={"f": tests}, sandbox=Looping()).run()
    report = grown.events(Checked)[0].report
    assert [check.verdict for check in report.checks] == ["passed"] * 3 + ["timeout"] + ["passed"] * 2
    assert grown.events(Scored)[0].scores["d1"] == 5.0


# ------------------------------------------------------------------------------------------ plan


async def test_the_planner_is_asked_once_at_temperature_0_2_in_the_imperative_after_the_attempt_failed():
    grown = await pat(FAILING, {"f": PLAN})
    (ask,) = grown.models["planner"].asks
    assert ask.sampling.temperature == 0.2
    said = ask.messages[-1].content
    for part in ("A direct attempt at `f` failed.", "Decompose `f`.", HEADER.strip()):
        assert part in said


async def test_our_planner_sees_what_failed_and_the_papers_does_not():
    ours = await pat(FAILING, {"f": PLAN})
    theirs = await pat(FAILING, {"f": PLAN}, mode="paper")
    shown = [grown.models["planner"].asks[0].messages[-1].content for grown in (ours, theirs)]
    assert ["`f(3)` should give 6; it gives 4" in said for said in shown] == [True, False]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("First, think about it.", "no code"),
        (plan("raise NotImplementedError", "g"), "unwritten"),
        (plan("return max(x)", "max").replace("'''", ""), "builtin"),
        (plan("return x(x)", "x"), "parameter"),
        ("```python\ndef f(x, y):\n    return x\n```", "parameters"),
        (plan("return " + " + ".join(f"g{n}(x)" for n in range(40)), *(f"g{n}" for n in range(40))), "40 functions"),
        ("```python\ndef f(x):\n    return g(x)\n```", "calls g, which nobody defines"),
        (plan("return await g(x)", "g"), "not compile"),
    ],
    ids=["prose", "nothing", "builtin", "parameter", "other parameters", "forty helpers", "undefined", "no python"],
)
async def test_a_plan_that_cannot_be_followed_is_asked_for_again_and_the_log_says_why(answer: str, problem: str):
    grown = await pat(FAILING, {"f": [answer, PLAN]})
    assert grown.count("plan") == 2
    assert problem in grown.state.decisions[0]
    assert endings(grown)[""] == ("solved", "all checks pass")


async def test_our_planner_is_told_what_was_wrong_with_its_plan_and_the_papers_is_not():
    ours = await pat(FAILING, {"f": [plan("return max(x)", "max"), PLAN]})
    theirs = await pat(FAILING, {"f": [plan("return max(x)", "max"), PLAN]}, mode="paper")
    told = [grown.models["planner"].asks[1].messages for grown in (ours, theirs)]
    assert "max, which is a builtin" in told[0][-1].content
    assert told[1] == theirs.models["planner"].asks[0].messages


async def test_a_tester_that_goes_on_for_ever_is_cut_when_it_has_said_enough():
    stage = Stage({"f": code(GOOD)}, tester={"f": "".join(f" f({n}) == {2 * n}\nassert" for n in range(500))})
    stage.models["tester"]._prefills = True
    grown = await stage.run()
    call = grown.state.calls[0]
    assert (call.status, call.text.count("assert")) == ("cut", 10)
    assert len(grown.events(ChecksInvented)[0].checks) == 2 + 10 - 2


async def test_after_four_plans_that_cannot_be_followed_the_best_trial_is_returned():
    grown = await pat(FAILING, {"f": "I would rather not."})
    assert grown.count("plan") == 4
    assert endings(grown) == {"": ("abandoned", "no usable plan")}
    assert grown.state.solution.draft.body.strip() == HALF  # type: ignore[union-attr]


async def test_each_new_function_of_a_plan_is_solved_in_order_as_a_node_below():
    grown = await pat(FAILING, {"f": plan("return g(x) + h(x)", "g", "h")}, gives={"g(x) + h(x)": {}, **GIVES})
    opened = [(event.node, event.stub.name, event.depth, event.parent) for event in grown.events(NodeOpened)]
    assert opened == [("", "f", 0, None), ("1", "g", 1, ""), ("2", "h", 1, "")]


async def test_a_function_of_the_plan_that_nothing_calls_is_not_solved():
    grown = await pat(FAILING, {"f": plan(CALLING_G, "g", "h")})
    assert [event.node for event in grown.events(NodeOpened)] == ["", "1"]


async def test_what_was_solved_is_composed_into_one_body_that_runs_alone():
    grown = await pat(FAILING, {"f": PLAN})
    body = grown.state.solution.draft.body  # type: ignore[union-attr]
    namespace: dict[str, object] = {}
    exec(STUB.code(body), namespace)
    assert namespace["f"](21) == 42  # type: ignore[operator]
    assert body.count("def g(") == 1


async def test_the_composed_whole_is_verified_again_with_the_same_checks():
    grown = await pat(FAILING, {"f": PLAN})
    (decomposed,) = grown.events(Decomposed)
    (report,) = [event.report for event in grown.events(Checked) if event.report.draft == decomposed.draft]
    assert [check.verdict for check in report.checks] == ["passed"] * 3
    assert WHOLE in grown.sandbox.programs[-1]  # type: ignore[union-attr]


TREE = {"f": PLAN, "g": plan("return h(x)", "h").replace("def f", "def g")}


async def test_a_helper_that_fails_its_trials_is_planned_in_turn_and_told_what_it_is_part_of():
    coder = {**FAILING, "g": code("return 3 * x", "g")}
    gives = {"return h(x)": {"g(4)": "4"}, **GIVES}
    grown = await pat(coder, TREE, gives=gives)
    assert [(event.node, event.depth) for event in grown.events(NodeOpened)] == [("", 0), ("1", 1), ("1.1", 2)]
    assert endings(grown)["1"] == ("solved", "all checks pass")
    said = grown.models["planner"].asks[1].messages[-1].content
    assert "`g` is a part of this" in said
    assert CALLING_G in said


async def test_trials_are_allowed_down_to_depth_3_and_plans_down_to_depth_2():
    names = ["f", "g", "h", "i", "j"]
    planner = {
        name: plan(f"return {below}(x) - 1", below).replace("def f", f"def {name}")
        for name, below in itertools.pairwise(names)
    }
    coder = {name: code(BAD, name) for name in names}
    tester = {name: f"assert {name}(4) == 4" for name in names}
    grown = await pat(coder, planner, tester, gives={"(x) - 1": {}, BAD: {}})
    assert [event.depth for event in grown.events(NodeOpened)] == [0, 1, 2, 3]
    assert {node.count(".") + bool(node) for purpose, node in grown.asked if purpose == "plan"} == {0, 1, 2}
    assert endings(grown)["1.1.1"] == ("abandoned", "depth")


async def test_a_plan_that_passes_no_more_is_dropped_and_what_was_before_it_is_returned():
    grown = await pat(
        FAILING, {"f": PLAN}, gives={WHOLE: {"f(1)": "2"}, **{k: v for k, v in GIVES.items() if k != WHOLE}}
    )
    assert grown.count("plan") == 1
    assert endings(grown)[""] == ("abandoned", "plateau")
    assert grown.state.solution.draft.body.strip() == HALF  # type: ignore[union-attr]


async def test_a_plan_that_passes_more_but_not_all_is_followed_by_another():
    gives = {"return 2 * g(x)": {"f(1)": "2", "f(3)": "6"}, **GIVES}
    grown = await pat(FAILING, {"f": [plan("return 2 * g(x)", "g"), plan(GOOD)]}, gives=gives)
    assert grown.count("plan") == 2
    assert endings(grown)[""] == ("solved", "all checks pass")


async def test_the_next_planner_sees_the_verified_helpers_and_no_others():
    first = plan("return g(x) + h(x)", "g", "h")
    coder = {"f": code(HALF), "g": code(SAME, "g"), "h": code(BAD, "h")}
    gives = {"g(x) + h(x)": {"f(1)": "2", "f(3)": "6"}, **GIVES}
    grown = await pat(coder, {"f": [first, plan(GOOD)], "h": "no"}, gives=gives)
    second = [
        ask.messages[-1].content for ask in grown.models["planner"].asks if "Decompose `f`" in ask.messages[-1].content
    ][1]
    assert "def g(x)" in second.split("A direct attempt")[0]
    assert "def h(x)" not in second.split("A direct attempt")[0]


async def test_a_helper_that_is_not_verified_is_composed_all_the_same_and_marked():
    grown = await pat({**FAILING, "g": code("return 3 * x", "g")}, {"f": PLAN})
    assert endings(grown)["1"][0] == "abandoned"
    planned = next(program for program in grown.sandbox.programs if CALLING_G in program)  # type: ignore[union-attr]
    assert "return 3 * x" in planned
    assert grown.state.tree.helpers["g"].verified is False


async def test_a_node_makes_at_most_as_many_plans_as_there_are_checks_it_does_not_pass_and_one():
    steps = [{"f(1)": "2"}, {"f(1)": "2", "f(3)": "6"}, {"f(1)": "2", "f(3)": "6", "f(5)": "11"}]
    gives = {f"return {n}0 * x": given for n, given in enumerate(steps, 1)} | {BAD: {}}
    planner = {"f": [plan(f"return {n}0 * x") for n in (1, 2, 3)]}
    grown = await pat({"f": code(BAD)}, planner, gives=gives)
    passes_before, checks = 0, 3
    assert grown.count("plan") == 3 <= checks - passes_before + 1


@pytest.mark.parametrize("body", [GOOD, CALLING_G], ids=["no new function", "an implemented one"])
async def test_a_plan_without_unwritten_functions_is_a_candidate_and_counts_as_a_round(body: str):
    written = "def g(x):\n    return x\n\n\n" if "g(" in body else ""
    grown = await pat({"f": code(HALF)}, {"f": f"```python\n{written}def f(x):\n    {body}\n```"})
    assert grown.count("plan") == 1
    assert endings(grown)[""] == ("solved", "all checks pass")


async def test_a_helper_that_the_planner_wrote_itself_is_tested_before_anything_is_drawn():
    grown = await pat(
        {"f": code(HALF)}, {"f": f"```python\ndef g(x):\n    return x\n\n\ndef f(x):\n    {CALLING_G}\n```"}
    )
    assert grown.count("trial", "1") == 0
    assert endings(grown)["1"] == ("solved", "all checks pass")


async def test_a_helper_that_the_planner_wrote_wrong_is_tried_as_any_other():
    wrong = f"```python\ndef g(x):\n    return 3 * x\n\n\ndef f(x):\n    {CALLING_G}\n```"
    grown = await pat(FAILING, {"f": wrong})
    assert grown.count("trial", "1") == 1
    assert endings(grown)["1"] == ("solved", "all checks pass")


async def test_a_helper_that_exists_already_is_reused_and_never_generated_again():
    gives = {
        "return g(x) + g(x) + 0": GIVES[WHOLE],
        WHOLE: {"f(1)": "2", "f(3)": "6"},
        **{k: v for k, v in GIVES.items() if k != WHOLE},
    }
    grown = await pat(FAILING, {"f": [PLAN, plan("return g(x) + g(x) + 0", "g")]}, gives=gives)
    assert [event.node for event in grown.events(NodeOpened)] == ["", "1"]
    assert [event.reused for event in grown.events(Decomposed)] == [(), ("g",)]
    assert endings(grown)[""] == ("solved", "all checks pass")


async def test_a_function_of_the_persons_file_is_reused_too():
    file = "def g(x):\n    return x\n\n\n"
    stub = replace(BARE, examples=(Example(source="f(1)", want="2"),), before=file + "def f(x):\n")
    gives = {CALLING_G: {"f(1)": "2", "f(5)": "10"}, HALF: {"f(1)": "3"}}
    grown = await pat({"f": code(HALF)}, {"f": PLAN}, stub=stub, gives=gives)
    assert [event.node for event in grown.events(NodeOpened)] == [""]
    assert grown.state.solution.verdict == "verified"  # type: ignore[union-attr]


@pytest.mark.parametrize("answer", ["return f(x)", "return g(f(x))"])
async def test_a_plan_for_a_helper_that_calls_what_it_is_part_of_is_refused(answer: str):
    coder = {**FAILING, "g": code("return 3 * x", "g")}
    grown = await pat(coder, {"f": PLAN, "g": f"```python\ndef g(x):\n    {answer}\n```"})
    assert [event.node for event in grown.events(NodeOpened)] == ["", "1"]
    assert "the plan calls f, which is the function it is part of" in grown.state.decisions[0]


async def test_a_helper_may_call_itself():
    body = "return x if x < 9 else g(x - 1) + 1"
    gives = {f"{body}\n\n    {CALLING_G}": GIVES[WHOLE], body: {"g(4)": "4"}, **GIVES}
    grown = await pat({**FAILING, "g": code(body, "g")}, {"f": PLAN}, gives=gives)
    assert endings(grown)["1"] == ("solved", "all checks pass")
    assert grown.state.solution.draft.body.count("def g(") == 1  # type: ignore[union-attr]


async def test_a_helper_that_fails_only_inside_its_parent_ends_the_parents_plan_and_stays_verified():
    gives = {WHOLE: {"f(1)": "!TypeError: no"}, **{k: v for k, v in GIVES.items() if k != WHOLE}}
    grown = await pat(FAILING, {"f": PLAN}, gives=gives)
    assert endings(grown) == {"1": ("solved", "all checks pass"), "": ("abandoned", "plateau")}
    assert grown.state.tree.helpers["g"].verified


async def test_a_person_whose_examples_all_hold_is_told_unverified_when_only_a_models_guess_fails():
    wrong_guess = {**ASSERTS, "f": "assert f(5) == 11"}
    grown = await pat({"f": code(GOOD)}, {"f": plan(GOOD)}, wrong_guess)
    root = grown.state.tree.root
    assert (root.word, root.best.visible, root.best.generated) == ("unverified", (2, 2), (0, 1))  # type: ignore[union-attr]
    assert grown.state.solution.verdict == "verified"  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------ roles


async def test_the_generator_the_planner_and_the_tester_are_models_of_their_own():
    grown = await pat(FAILING, {"f": PLAN})
    by_purpose = {(call.purpose, call.model) for call in grown.state.calls}
    assert by_purpose == {("trial", "scripted coder"), ("plan", "scripted planner"), ("tests", "scripted tester")}


async def test_the_same_answers_give_the_same_log_but_for_its_clock():
    def told(grown) -> list[object]:
        return [entry.event for entry in grown.entries][1:-1]

    once, again = await pat(FAILING, {"f": PLAN}), await pat(FAILING, {"f": PLAN})
    assert [replace(e, report=replace(e.report)) if isinstance(e, Checked) else e for e in told(once)] == told(again)
