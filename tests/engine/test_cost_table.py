"""What recorded runs cost beside one another: the same stubs, the same mode, the same model."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from grove import GOOD, HALF, PLAN, SAME, Stage, code
from msgspec.structs import replace
from redraft.app.cli import cost_lines
from redraft.engine import events as ev
from redraft.engine.events import Entry
from redraft.engine.facts import Check, Draft, Example, Price, Report, Solution, Stub, Usage
from redraft.engine.state.cost import Spending
from redraft.engine.tables.cost_table import (
    Against,
    Ran,
    Row,
    models_of,
    ran,
    repriced,
    rows,
)
from redraft.engine.tables.price_hint import hint_of

PLANNED = {"f": code(HALF), "g": code(SAME, "g")}
ALONE = {"coder": "m"}


def one(
    pipeline: str,
    usd: float | None,
    *,
    stub: str = "f",
    verified: bool = True,
    mode: str = "evidence",
    models: Mapping[str, str] = ALONE,
):
    """A run of a pipeline on a stub, that cost so much."""
    spent = Spending(calls=1, prompt_tokens=10, known=usd, unpriced=usd is None)
    return Ran(
        pipeline=pipeline, models=dict(models), asked=stub, verified=verified, mode=mode, roles={"coder": spent}
    )  # fmt: skip


def row(pipeline: str, *runs: Ran, **models: str):
    """The row of a pipeline with these models among all runs."""
    return next(row for row in rows(runs) if row.pipeline == pipeline and row.models == (models or ALONE))


# ------------------------------------------------------------------------------------------ beside the standard


def test_cost_and_gain_are_those_of_the_stubs_that_both_were_run_on():
    made = row(
        "best-of-n",
        one("standard", 1.0, stub="a", verified=False),
        one("standard", 1.0, stub="b"),
        one("best-of-n", 4.0, stub="a"),
        one("best-of-n", 6.0, stub="b"),
        one("best-of-n", 99.0, stub="c", verified=False),
    )
    assert made.standard == Against(pipeline="standard", stubs=2, relative=5.0, gain=50.0)
    assert made.roi == 12.5
    assert (made.runs, made.stubs, made.verified, made.usd) == (3, 3, 2, 109.0)


def test_a_stub_that_was_run_often_counts_once():
    cheap, dear = one("standard", 1.0, stub="a"), one("standard", 3.0, stub="b")
    made = row("pat", cheap, cheap, cheap, dear, one("pat", 4.0, stub="a"), one("pat", 4.0, stub="b"))
    assert made.standard is not None
    assert made.standard.relative == 2.0


def test_raw_coder_stands_in_where_standard_was_not_run():
    raw, standard = one("raw-coder", 2.0), one("standard", 1.0)
    assert row("pat", raw, one("pat", 4.0)).standard == Against(pipeline="raw-coder", stubs=1, relative=2.0)
    assert row("pat", raw, standard, one("pat", 4.0)).standard == Against(pipeline="standard", stubs=1, relative=4.0)


@pytest.mark.parametrize(
    "other",
    [
        one("standard", 1.0, models={"coder": "other"}),
        one("standard", 1.0, mode="paper"),
        one("standard", 1.0, stub="g"),
    ],
    ids=["another model", "another mode", "another stub"],
)
def test_nothing_is_held_against_what_is_not_alike(other: Ran):
    made = row("pat", one("pat", 4.0), other)
    assert (made.standard, made.roi) == (None, None)


@pytest.mark.parametrize("standard", [None, 0.0])
def test_an_unknown_price_or_none_leaves_the_ratio_open(standard: float | None):
    made = row("pat", one("pat", 4.0), one("standard", standard))
    assert made.standard == Against(pipeline="standard", stubs=1)
    assert made.roi is None


# ------------------------------------------------------------------------------------------ beside the homogeneous run


def test_a_mix_is_held_against_pat_with_its_planners_model():
    mix = {"coder": "small", "planner": "large", "tester": "small"}
    alone = {"coder": "large", "planner": "large", "tester": "large"}
    wrong = {"coder": "small", "planner": "small", "tester": "small"}
    made = row(
        "pat",
        one("pat", 2.0, models=wrong),
        one("pat", 3.0, models=mix),
        one("pat", 12.0, models=alone),
        one("funcoder", 1.0, models=alone),
        **mix,
    )
    assert made.homogeneous == Against(pipeline="pat", stubs=1, relative=0.25)


def test_a_mix_without_its_homogeneous_run_has_nothing_to_be_held_against():
    mix = {"coder": "small", "planner": "large"}
    assert (
        row(
            "pat", one("pat", 3.0, models=mix), one("pat", 1.0, models={"coder": "small", "planner": "small"}), **mix
        ).homogeneous
        is None
    )


# ------------------------------------------------------------------------------------------ from logs


async def test_a_run_of_pat_tells_its_roles_its_planners_share_and_whether_it_was_split():
    prices = {
        "coder": Price(input=1, output=1),
        "planner": Price(input=9, output=9),
        "tester": Price(input=1, output=1),
    }
    split = ran((await Stage(PLANNED, {"f": PLAN}, prices=prices).run()).entries)  # type: ignore[arg-type]
    hit = ran((await Stage({"f": code(GOOD)}, prices=prices).run()).entries)  # type: ignore[arg-type]
    assert split is not None
    assert hit is not None
    (made,) = rows([split, hit])
    assert (made.runs, made.stubs, made.verified, made.decomposition, made.scripted) == (2, 1, 2, 0.5, 2)
    assert set(made.roles) == {"coder", "planner", "tester"}
    assert made.planners_share is not None
    assert made.usd is not None
    assert made.planners_share == pytest.approx((made.roles["planner"].usd or 0.0) / made.usd)


async def test_a_pipeline_without_planner_or_tree_has_neither_share_nor_rate():
    run = ran((await Stage({"f": code(GOOD)}).run("raw-coder")).entries)
    assert run is not None
    (made,) = rows([run])
    assert (made.planners_share, made.decomposition) == (None, None)


def log(*events: ev.AnyEvent) -> list[Entry]:
    stub = Stub(path="a.py", name="f", line=1, header="def f(x):\n")
    started = ev.RunStarted(run="r", pipeline="pat", stub=stub, models={"coder": "m", "planner": "m"})
    return [Entry(at=float(n), event=event) for n, event in enumerate((started, *events))]


PASSED = Report(draft="d1", checks=(Check(example=Example(source="f(1)"), verdict="passed"),))
SETTLED = ev.Settled(solution=Solution(draft=Draft(id="d1", body="return 1"), report=PASSED))


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        ((SETTLED,), True),
        ((), False),
        ((ev.RunCancelled(),), False),
        ((ev.RunFailed(problem="the server is gone", kind="ModelError", cause="unreachable"),), False),
        ((ev.RunFailed(problem="no answer", kind="ModelError", cause="empty"),), True),
        ((ev.RunFailed(problem="the budget is spent", kind="BudgetSpent"),), True),
    ],
    ids=["settled", "broken off", "cancelled", "our world's fault", "empty answer", "budget"],
)
def test_only_runs_that_came_to_their_own_end_count(events: tuple[ev.AnyEvent, ...], counts: bool):
    assert (ran(log(*events)) is not None) is counts


def test_what_is_drawn_after_a_run_is_not_what_its_pipeline_took():
    def call(name: str) -> tuple[ev.AnyEvent, ...]:
        used = Usage(prompt_tokens=5, completion_tokens=2)
        asked = ev.CallStarted(call=name, role="coder", purpose="sample", model="m")
        return asked, ev.CallEnded(call=name, finish="stop", usage=used, seconds=1.0)

    run = ran(log(*call("c1"), SETTLED, ev.RunEnded(seconds=1.0), *call("c2")))
    assert run is not None and run.roles["coder"].calls == 1


def test_a_run_that_hidden_tests_refute_is_not_verified():
    failed = Report(draft="d1", checks=(Check(example=Example(source="f(2)"), verdict="failed"),))
    runs = [ran(log(SETTLED)), ran(log(SETTLED, ev.Judged(report=PASSED))), ran(log(SETTLED, ev.Judged(report=failed)))]
    assert [run.verified for run in runs if run] == [True, True, False]


async def test_other_prices_change_what_was_paid_and_nothing_else():
    entries = (await Stage(PLANNED, {"f": PLAN}).run()).entries
    before, after = ran(entries), ran(repriced(entries, {"scripted planner": Price(input=1.0, output=2.0)}))
    assert before is not None
    assert after is not None
    own = after.roles["planner"]
    assert own.usd == pytest.approx((own.prompt_tokens + 2 * own.completion_tokens) / 1e6)
    assert after.roles["coder"] == before.roles["coder"]
    assert replace(own, known=None, unpriced=own.calls) == before.roles["planner"]
    assert models_of(entries) == {"scripted coder", "scripted planner", "scripted tester"}


# ------------------------------------------------------------------------------------------ the hint


def solved_by(model: str, price: float, tokens: int, *, planner: str = "") -> list[Entry]:
    """A run in which a model of this price solved something of so many tokens; a planner split it before, at 4 USD."""
    events: list[ev.AnyEvent] = [ev.NodeOpened(node="", stub=Stub(path="a.py", name="f", line=1, header=""), depth=0)]
    for call, role, purpose, who, used, paid in (
        ("c1", "coder", "trial", model, tokens, tokens * price / 1e6),
        ("c2", "planner", "plan", planner, 9, 2 * 1270.73 / 1e6),
    ):
        if who:
            usage = Usage(completion_tokens=used)
            events += [
                ev.CallStarted(call=call, role=role, purpose=purpose, model=who),  # type: ignore[arg-type]
                ev.CallEnded(call=call, finish="stop", usage=usage, seconds=1.0, cost=paid),
            ]
    events += [ev.Drafted(draft=Draft(id="d1", body="return 1"), call="c1"), ev.Checked(report=PASSED)]
    return log(*events, *([ev.Decomposed(draft="d2", helpers=("g", "h"))] if planner else []), SETTLED)


def following_the_paper(*prices: float) -> list[list[Entry]]:
    """Runs of models that reach as far as the paper's fit says; the last one also plans."""
    planners = ["", *["" for _ in prices[2:]], "large"]
    return [
        solved_by(f"m{price}", price, round(1722.2 * price**0.12 / 2), planner=planner)
        for price, planner in zip(prices, planners, strict=True)
    ]


def test_three_generators_and_a_planner_give_the_papers_price():
    hint = hint_of(following_the_paper(0.11, 0.18, 0.35, 0.70))
    assert hint.prices == {"large": pytest.approx(0.1148, rel=0.02)}
    assert (list(hint.generators), hint.missing) == (["m0.11", "m0.18", "m0.35", "m0.7"], "")


@pytest.mark.parametrize(
    ("runs", "missing"),
    [
        (following_the_paper(0.1, 0.2), "these runs have 2 (m0.1, m0.2)"),
        ([solved_by("m", 0.1, 9)], "these runs have 1 (m)"),
        ([solved_by(f"m{price}", price, 9 + n) for n, price in enumerate((0.1, 0.2, 0.4))], "split a function"),
        ([solved_by(f"m{price}", price, 9 - n, planner="p") for n, price in enumerate((0.1, 0.2, 0.4))], "longer functions"),
    ],
    ids=["two generators", "one", "no plan", "dearer is worse"],
)  # fmt: skip
def test_where_nothing_follows_it_is_said_what_is_missing(runs: list[list[Entry]], missing: str):
    hint = hint_of(runs)
    assert not hint.prices
    assert missing in hint.missing


def test_the_name_that_a_server_answers_by_is_told_beside_the_one_that_was_asked() -> None:
    row = Row(pipeline="raw-coder", models={"coder": "m"}, answered={"m": "acme/m-1"})
    assert "m: the server calls the model that answered acme/m-1" in cost_lines.used([row]).notes
