"""Standard, Best-of-N, CodeT in two forms and FunCoder (arXiv 2605.07248, 4.1): what each draws, and what decides."""

import itertools
import math

import pytest
from grove import BAD, BARE, CALLING_G, GIVES, GOOD, HALF, STUB, WHOLE, Stage, code, plan
from msgspec.structs import replace
from redraft.engine.behaviour.outcomes import same_outcome as agree
from redraft.engine.events import ChecksInvented, Drafted, NodeOpened, Scored
from redraft.engine.facts import Example, Outcome
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Line
from redraft.engine.pipelines.funcoder import DEPTH
from redraft.engine.state.run import CallState

TESTS = "assert f(5) == 10\nassert f(0) == 0\nassert f(2) == 4"
ALL = {"f(1)": "2", "f(3)": "6", "f(5)": "10", "f(0)": "0", "f(2)": "4"}
SAMPLES = {
    GOOD: ALL,
    HALF: {"f(1)": "2", "f(3)": "4", "f(5)": "6", "f(0)": "1", "f(2)": "3"},
    "return x * x": {"f(1)": "1", "f(3)": "9", "f(5)": "25", "f(0)": "0", "f(2)": "4"},
    BAD: {},
    "\n    ...\n": {},
}


# ------------------------------------------------------------------------------------------ Standard, Best-of-N


async def test_standard_is_one_few_shot_call_at_temperature_0_3_and_no_tests():
    grown = await Stage({"f": code(HALF)}, mode="paper").run("standard")
    (ask,) = grown.models["coder"].asks
    assert (grown.asked, ask.sampling.temperature) == ([("draft", "")], 0.3)
    assert [message.role for message in ask.messages] == ["system", "user", "assistant", "user"]


async def test_best_of_n_takes_the_first_of_five_that_passes_most_visible_examples():
    samples = [code(BAD), code(HALF), code("return x + 1  # too"), code(BAD), code("no python (")]
    grown = await Stage({"f": samples}).run("best-of-n")
    assert (grown.count("trial"), grown.count("tests")) == (5, 0)
    assert {ask.sampling.temperature for ask in grown.models["coder"].asks} == {0.8}
    assert grown.state.solution.draft.id == "d2"  # type: ignore[union-attr]


async def test_best_of_n_without_visible_examples_takes_the_first():
    grown = await Stage({"f": [code(HALF), code(GOOD)]}, stub=BARE).run("best-of-n")
    assert grown.state.solution.draft.id == "d1"  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------ CodeT


async def test_the_papers_codet_scores_eleven_samples_and_the_stub_by_generated_checks_alone():
    grown = await Stage({"f": [code(HALF), code(GOOD)]}, tester={"f": TESTS}, gives=SAMPLES).run("codet-paper")
    assert grown.count("trial") == 11
    (scored,) = grown.events(Scored)
    assert (scored.scores["d1"], scored.scores["d2"], scored.scores["d3"]) == (0.0, 0.0, 3.0)
    assert (len(scored.scores), scored.chosen) == (12, "d3")


async def test_the_papers_codet_never_prefers_the_unwritten_stub_among_equals():
    grown = await Stage({"f": code(BAD)}, tester={"f": TESTS}, gives=SAMPLES).run("codet-paper")
    assert grown.events(Scored)[0].chosen == "d2"


async def test_checks_of_a_tester_that_is_broken_off_are_not_used():
    # "assert f(2) == 4" may be the beginning of "assert f(2) == 42".
    half = Line(text=TESTS, finish="broken off", warning="broken off")
    grown = await Stage({"f": code(GOOD)}, tester={"f": half}, gives=SAMPLES).run("codet-paper")
    (invented,) = grown.events(ChecksInvented)
    assert invented.checks == STUB.examples


async def test_the_line_in_which_a_tester_met_its_limit_is_no_check():
    half = Line(text=TESTS, finish="length")
    grown = await Stage({"f": code(GOOD)}, tester={"f": half}, gives=SAMPLES).run("codet-paper")
    (invented,) = grown.events(ChecksInvented)
    assert [check.source for check in invented.checks if check not in STUB.examples] == ["f(5)", "f(0)"]


async def test_codet_shows_the_persons_examples_in_the_end_and_not_its_own_guesses():
    grown = await Stage({"f": code(GOOD)}, tester={"f": TESTS}, gives=SAMPLES).run("codet-paper")
    report = grown.state.solution.report  # type: ignore[union-attr]
    assert [check.example.origin for check in report.checks] == ["visible", "visible"]  # type: ignore[union-attr]


async def test_published_codet_draws_a_hundred_samples_and_a_hundred_batches_of_tests_at_temperature_0_8():
    grown = await Stage({"f": code(GOOD)}, tester={"f": TESTS}, gives=SAMPLES).run("codet")
    assert (grown.count("trial"), grown.count("tests")) == (100, 100)
    assert {ask.sampling.temperature for model in grown.models.values() for ask in model.asks} == {0.8}


async def test_published_codet_ranks_groups_by_checks_times_the_root_of_their_samples_duplicates_counted():
    # 40 samples pass one check (f(2)) of two and f(0); 4 pass all three; each check was written 100 times.
    samples = [code(GOOD)] * 4 + [code("return x * x")] * 40 + [code(BAD)] * 56
    grown = await Stage({"f": samples}, tester={"f": TESTS}, gives=SAMPLES).run("codet")
    (scored,) = grown.events(Scored)
    assert scored.scores["d1"] == pytest.approx(300 * math.sqrt(4))
    assert scored.scores["d5"] == pytest.approx(200 * math.sqrt(40))
    assert scored.scores["d45"] == 0.0
    assert scored.chosen == "d5"


async def test_published_codet_counts_a_check_as_often_as_it_was_written_and_five_of_a_batch_at_most():
    six = "\n".join(f"assert f({n}) == {2 * n}" for n in range(20, 26))
    batches = [six] + ["assert f(2) == 4"] * 99
    given = {f"f({n})": str(2 * n) for n in (*range(20, 26), 2)}
    grown = await Stage({"f": code(GOOD)}, tester={"f": batches}, gives={GOOD: given}).run("codet")
    assert grown.events(Scored)[0].scores["d1"] == pytest.approx((5 + 99) * 10)


async def test_when_nothing_passes_codet_takes_the_first_sample():
    grown = await Stage({"f": code(BAD)}, tester={"f": TESTS}, gives=SAMPLES).run("codet")
    assert grown.events(Scored)[0].chosen == "d1"


# ------------------------------------------------------------------------------------------ FunCoder

CALLS = {"f": "f(1)\nf(5)", "g": "g(4)"}
DIVIDED = {"f": [plan(CALLING_G, "g"), code(GOOD)], "g": [code("return x", "g")]}
GROWN = {WHOLE: ALL, CALLING_G: {}, **SAMPLES, "return x\n": {"g(4)": "4"}}


async def funcoder(coder, tester=CALLS, gives=GROWN, **more):
    return await Stage(coder, tester=tester, gives=gives, **more).run("funcoder")


async def test_funcoder_divides_first_then_builds_the_parts_then_conquers_with_ten_samples():
    grown = await funcoder(DIVIDED)
    purposes = [purpose for purpose, node in grown.asked if node == ""]
    assert purposes == ["divide"] + ["conquer"] * 10 + ["tests"]
    assert grown.asked[1][1] == "1"
    assert [event.node for event in grown.events(NodeOpened)] == ["", "1"]


async def test_funcoder_divides_and_conquers_at_temperature_0_8():
    grown = await funcoder(DIVIDED)
    temperatures = {call.purpose: ask.sampling.temperature for call, ask in _calls(grown) if call.role != "tester"}
    assert temperatures == {"divide": 0.8, "conquer": 0.8}


def _calls(grown) -> list[tuple[CallState, Ask]]:
    coder = [call for call in grown.state.calls if call.role == "coder"]
    return list(zip(coder, grown.models["coder"].asks, strict=True))


async def test_funcoders_candidates_are_the_ten_samples_and_the_divide_draft():
    grown = await funcoder(DIVIDED)
    root = next(event for event in grown.events(Scored) if event.node == "")
    assert len(root.scores) == 11


async def test_funcoder_draws_another_round_of_ten_while_fewer_than_five_are_code_three_rounds_at_most():
    divides = ["no plan"] * 4
    rounds = {"4 of ten": ["no"] * 6 + [code(GOOD)] * 14, "5 of ten": ["no"] * 5 + [code(GOOD)] * 5, "none": ["no"]}
    drawn = {name: (await funcoder({"f": divides + said})).count("conquer") for name, said in rounds.items()}
    assert drawn == {"4 of ten": 20, "5 of ten": 10, "none": 30}


async def test_consensus_counts_for_every_call_how_many_others_give_the_same():
    samples = [code(GOOD)] * 6 + [code(HALF)] * 4
    grown = await funcoder({"f": ["no plan"] * 4 + samples}, stub=replace(STUB, examples=()))
    (scored,) = grown.events(Scored)
    # f(1) is 2 for all ten, f(5) is 10 for six and 6 for four.
    assert sorted(set(scored.scores.values())) == [9.0 + 3, 9.0 + 5]


async def test_a_crash_costs_a_hundred_for_each_call():
    gives = {**GROWN, BAD: {"f(1)": "!ValueError", "f(5)": "!ValueError"}}
    grown = await funcoder(
        {"f": ["no plan"] * 4 + [code(GOOD)] * 9 + [code(BAD)]}, gives=gives, stub=replace(STUB, examples=())
    )
    assert min(grown.events(Scored)[0].scores.values()) == -200.0


async def test_failing_the_specification_costs_ten_thousand_once_and_only_the_root():
    grown = await funcoder({"f": ["no plan"] * 4 + [code(HALF)] * 9 + [code(GOOD)]})
    scored = grown.events(Scored)[0]
    assert scored.chosen == "d14"
    assert min(scored.scores.values()) == pytest.approx(9 + 8 - 10_000)


async def test_ties_go_to_the_earliest_candidate_which_is_the_divide_draft():
    grown = await funcoder({**DIVIDED, "f": [plan(CALLING_G, "g"), code(GOOD)]})
    (divided,) = [
        event.draft.id for event in grown.events(Drafted) if event.draft.purpose == "divide" and not event.node
    ]
    root = next(event for event in grown.events(Scored) if event.node == "")
    assert root.chosen == divided


async def test_funcoder_divides_down_to_depth_6_and_leaves_no_stub_unwritten_there():
    names = ["f", *(f"n{depth}" for depth in range(1, DEPTH + 1))]
    coder: dict[str, object] = {names[-1]: code("return x", names[-1])}
    for name, below in itertools.pairwise(names):
        divided = plan(f"return {below}(x)", below).replace("def f", f"def {name}")
        coder[name] = [divided, code(f"return {below}(x) + 0", name)]
    grown = await funcoder(coder, tester={}, gives={"return ": {}})
    assert [event.depth for event in grown.events(NodeOpened)] == list(range(DEPTH + 1))
    assert [purpose for purpose, _ in grown.asked].count("divide") == DEPTH
    assert "NotImplementedError" not in grown.state.solution.draft.body  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1", "1.0", True),
        ("{1, 2}", "{2, 1}", True),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", True),
        ("nan", "nan", True),
        ("[1]", "(1,)", False),
    ],
)
def test_results_agree_by_value_where_funcoder_compares_json(one: str, other: str, same: bool):
    assert agree(_gave(one), _gave(other)) is same


def _gave(value: str) -> Outcome:
    return Outcome(status="returned", printed=value + "\n", value=value)


# ------------------------------------------------------------------------------------------ all of them


@pytest.mark.parametrize("name", ["standard", "best-of-n", "codet-paper", "codet", "funcoder", "pat"])
async def test_a_baseline_decides_the_same_way_twice(name: str):
    samples = [plan(CALLING_G, "g") if name == "funcoder" else code(BAD), code(HALF), code(GOOD), code(HALF)]
    coder = {"f": samples, "g": code("return x", "g")}
    tester = {**CALLS, "f": TESTS}
    told = []
    for _ in range(2):
        grown = await Stage(coder, tester=tester, gives=GROWN | GIVES | SAMPLES).run(name)
        told.append([entry.event for entry in grown.entries][1:-1])
    assert told[0] == told[1]


async def test_another_seed_asks_for_other_samples():
    seeds = []
    for seed in (1, 2):
        grown = await Stage({"f": code(HALF)}, seed=seed).run("best-of-n")
        seeds.append({ask.sampling.seed for ask in grown.models["coder"].asks})
    assert seeds[0].isdisjoint(seeds[1])


async def test_examples_of_the_person_are_never_hidden_from_the_judge():
    stub = replace(STUB, examples=(Example(source="f(1)", want="3"),))
    grown = await Stage({"f": code(GOOD)}, stub=stub).run("standard")
    assert grown.state.solution.verdict == "fails"  # type: ignore[union-attr]
