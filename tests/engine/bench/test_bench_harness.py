"""Runs that are killed, resumed, stopped, and given servers that die."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from redraft.engine.bench.court import Court
from redraft.engine.bench.harness import LOST, Contender, Harness, Solve, Work, label, solved
from redraft.engine.bench.ledger import Ledger, read_ledger
from redraft.engine.bench.lines import Column, Header, Line
from redraft.engine.bench.standing import rows_of
from redraft.engine.bench.suites.problems import Problem
from redraft.engine.bench.tally import Tally
from redraft.engine.bench.verdicts import Measured, Verdict
from redraft.engine.errors import EnvironmentFault, ModelError
from redraft.engine.facts import Solution
from redraft.engine.models.chat import Ask
from redraft.engine.models.scripted import Line as Spoken
from redraft.engine.pipelines.catalogue import CATALOGUE
from redraft.engine.run.recording import read_log
from redraft.engine.sandbox.asserts import SessionSandbox

from .conftest import kit_of, problem_of

HEADER = Header(suite="own", versions=("v1",))
RIGHT = "    return x + 1\n"
RAW = CATALOGUE["raw-coder"]


class Reader:
    """Judges by looking: a body with `+ 1` is right."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def verdict(self, problem: Problem, solution: Solution) -> Verdict:
        self.asked.append(problem.id)
        if solution.draft.problem is not None:
            return Verdict(base=False, plus=False, status="no code", why=solution.draft.problem)
        right = "+ 1" in solution.draft.body
        return Verdict(base=True, plus=right, status="passed" if right else "wrong")

    async def measured(self, problem: Problem) -> Measured:
        return Measured(verdict=Verdict(base=True, plus=True, status="passed"))


PROBLEMS = [problem_of(f"Own/{n}") for n in range(12)]


def contender(told: object, pipeline: str = "raw-coder", seed: int = 0) -> Contender:
    return Contender(pipeline=CATALOGUE[pipeline], kit=kit_of(told), seed=seed)  # type: ignore[arg-type]


async def run(
    path: Path, contenders: list[Contender], problems: list[Problem] = PROBLEMS, solve: Solve | None = None
) -> tuple[Line, ...]:
    with Ledger(path, HEADER) as ledger:
        return await Harness(ledger, solve or partial(solved, judge=Reader())).run(contenders, problems)


async def test_every_problem_gets_one_line_for_each_pipeline_and_seed(tmp_path: Path) -> None:
    both = [contender(lambda _: RIGHT), contender(lambda _: RIGHT, "best-of-n", seed=3)]
    lines = await run(tmp_path / "out.jsonl", both)
    assert sorted((line.problem, line.pipeline, line.seed) for line in lines) == sorted(
        (problem.id, pipeline, seed) for problem in PROBLEMS for pipeline, seed in (("raw-coder", 0), ("best-of-n", 3))
    )
    assert all(line.plus and line.base and line.canonical_plus for line in lines)
    assert {line.pipeline: line.spent.calls for line in lines} == {"raw-coder": 1, "best-of-n": 5}


async def test_work_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    asked: list[Ask] = []

    def told(ask: Ask) -> str:
        asked.append(ask)
        return RIGHT

    await run(tmp_path / "out.jsonl", [contender(told)], PROBLEMS[:5])
    assert len(asked) == 5
    lines = await run(tmp_path / "out.jsonl", [contender(told)])
    assert (len(asked), len(lines)) == (12, 12)
    assert len(read_ledger(tmp_path / "out.jsonl")[1]) == 12


@pytest.mark.parametrize("after", [0, 1, 4, 7])
async def test_a_run_killed_in_the_middle_goes_on_and_counts_nothing_twice(tmp_path: Path, after: int) -> None:
    path = tmp_path / "out.jsonl"
    done = 0

    async def dying(work: Work) -> Line:
        nonlocal done
        if done == after:
            raise asyncio.CancelledError
        done += 1
        return await solved(work, Reader())

    with Ledger(path, HEADER) as ledger:
        task = asyncio.ensure_future(Harness(ledger, dying, workers=1).run([contender(lambda _: RIGHT)], PROBLEMS))
        await asyncio.wait([task])
    assert len(read_ledger(path)[1]) == after
    lines = await run(path, [contender(lambda _: RIGHT)])
    assert sorted(line.problem for line in lines) == sorted(problem.id for problem in PROBLEMS)
    assert len(path.read_bytes().splitlines()) == 1 + len(PROBLEMS)


async def test_stopping_finishes_what_is_under_way_and_begins_nothing_more(tmp_path: Path) -> None:
    with Ledger(tmp_path / "out.jsonl", HEADER) as ledger:
        harness = Harness(
            ledger, partial(solved, judge=Reader()), workers=3, progress=lambda _line, _tally: harness.stop()
        )
        lines = await harness.run([contender(lambda _: RIGHT)], PROBLEMS)
    assert harness.stopped
    assert 1 <= len(lines) <= 3


async def test_a_server_that_dies_in_the_middle_ends_the_run_and_the_rest_is_done_later(tmp_path: Path) -> None:
    count = 0

    def told(_: Ask) -> str | Spoken:
        nonlocal count
        count += 1
        return RIGHT if count <= 4 else Spoken(fails=ModelError("http://x: connection refused", kind="unreachable"))

    with pytest.raises(EnvironmentFault, match=rf"{LOST} problems in a row.*connection refused.*same command again"):
        await run(tmp_path / "out.jsonl", [contender(told)])
    _, lines = read_ledger(tmp_path / "out.jsonl")
    assert [line.status for line in lines].count("done") == 4
    assert {line.error for line in lines if line.status == "error"} == {"http://x: connection refused"}
    after = await run(tmp_path / "out.jsonl", [contender(lambda _: RIGHT)])
    assert [line.status for line in after] == ["done"] * 12


async def test_a_single_failure_is_marked_and_tried_again_on_resume(tmp_path: Path) -> None:
    count = 0

    def told(_: Ask) -> str | Spoken:
        nonlocal count
        count += 1
        return Spoken(fails=ModelError("busy")) if count == 3 else RIGHT

    lines = await run(tmp_path / "out.jsonl", [contender(told)])
    assert [line.status for line in lines].count("error") == 1
    lines = await run(tmp_path / "out.jsonl", [contender(told)])
    assert [line.status for line in lines] == ["done"] * 12


async def test_a_fault_of_ours_ends_one_problem_alone_is_told_and_counted_apart(tmp_path: Path) -> None:
    def told(ask: Ask) -> str:
        if len(asked) == 3:
            asked.append(ask)
            raise ZeroDivisionError("ours")
        asked.append(ask)
        return RIGHT

    asked: list[Ask] = []
    seen: list[Tally] = []
    with Ledger(tmp_path / "out.jsonl", HEADER) as ledger:
        harness = Harness(ledger, partial(solved, judge=Reader()), progress=lambda _, tally: seen.append(tally))
        lines = await harness.run([contender(told)], PROBLEMS)
    assert (seen[-1].done, seen[-1].errors, seen[-1].faults) == (11, 0, 1)
    (lost,) = [line for line in lines if line.status == "fault"]
    assert lost.error == "a fault in redraft itself: ZeroDivisionError('ours')"
    (row,) = rows_of(lines, "own")
    assert (row.faults, row.errors, row.plus.of) == (1, 0, 11)
    lines = await run(tmp_path / "out.jsonl", [contender(told)])
    assert ([line.status for line in lines], len(asked)) == (["done"] * 12, 13)


async def test_a_judge_that_falls_over_ends_one_problem_alone(tmp_path: Path) -> None:
    class Falling(Reader):
        async def verdict(self, problem: Problem, solution: Solution) -> Verdict:
            if problem.id == "Own/4":
                raise RecursionError
            return await super().verdict(problem, solution)

    solve = partial(solved, judge=Falling())
    lines = await run(tmp_path / "out.jsonl", [contender(lambda _: RIGHT)], solve=solve)
    assert {line.problem for line in lines if line.status == "fault"} == {"Own/4"}
    assert sum(line.status == "done" for line in lines) == 11


async def test_a_model_that_answers_nothing_fails_every_problem_and_is_counted(tmp_path: Path) -> None:
    seen: list[Tally] = []
    with Ledger(tmp_path / "out.jsonl", HEADER) as ledger:
        harness = Harness(ledger, partial(solved, judge=Reader()), progress=lambda _, tally: seen.append(tally))
        lines = await harness.run([contender(lambda _: "")], PROBLEMS)
    assert {(line.status, line.base, line.judged) for line in lines} == {("done", False, "no code")}
    assert (seen[-1].done, seen[-1].empty, seen[-1].plus) == (12, 12, 0)


async def test_an_answer_that_a_server_leaves_empty_is_the_models_failure_and_not_the_servers(tmp_path: Path) -> None:
    told = Spoken(fails=ModelError("m gave an empty answer", kind="empty"))
    lines = await run(tmp_path / "out.jsonl", [contender(lambda _: told)])
    assert {(line.status, line.judged, line.why) for line in lines} == {("done", "no code", "m gave an empty answer")}


async def test_a_budget_that_is_spent_is_a_failure_of_the_run_and_not_an_error(tmp_path: Path) -> None:
    from msgspec.structs import replace
    from redraft.engine.kit import Budget

    one = contender(lambda _: "    return 0\n", "review-then-fix")
    tight = Contender(pipeline=one.pipeline, kit=replace(one.kit, budget=Budget(calls=1)))
    (line,) = await run(tmp_path / "out.jsonl", [tight], PROBLEMS[:1])
    assert (line.status, line.base) == ("done", False)
    assert "budget.calls" in line.why


async def test_the_tally_of_a_resumed_run_begins_with_what_is_there(tmp_path: Path) -> None:
    await run(tmp_path / "out.jsonl", [contender(lambda _: RIGHT)], PROBLEMS[:7])
    seen: list[Tally] = []
    with Ledger(tmp_path / "out.jsonl", HEADER) as ledger:
        harness = Harness(ledger, partial(solved, judge=Reader()), progress=lambda _, tally: seen.append(tally))
        await harness.run([contender(lambda _: "    return 0\n")], PROBLEMS)
    assert [(tally.done, tally.plus) for tally in seen] == [(n, 7) for n in range(8, 13)]


async def test_logs_are_kept_where_they_are_asked_for_and_can_be_read(tmp_path: Path) -> None:
    solve = partial(solved, judge=Reader(), logs=tmp_path / "logs")
    (line,) = await run(tmp_path / "out.jsonl", [contender(lambda _: RIGHT)], PROBLEMS[:1], solve)
    assert read_log(tmp_path / "logs" / f"{line.run}.jsonl")[0].event.run == line.run  # type: ignore[union-attr]


async def test_no_more_problems_run_at_once_than_there_are_workers(tmp_path: Path) -> None:
    most = now = 0

    async def counting(work: Work) -> Line:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return await solved(work, None)

    with Ledger(tmp_path / "out.jsonl", HEADER) as ledger:
        await Harness(ledger, counting, workers=3).run([contender(lambda _: RIGHT)], PROBLEMS)
    assert most == 3


async def test_a_column_names_every_model_where_roles_differ() -> None:
    one, two = kit_of(lambda _: ""), kit_of(lambda _: "")
    mixed = one.voices | {"planner": two.voices["planner"]}  # type: ignore[operator]
    two.voices["planner"].model._name = "large"  # type: ignore[attr-defined]
    from msgspec.structs import replace

    assert label(CATALOGUE["pat"], replace(one, voices=mixed)) == "scripted + planner=large"
    assert contender(lambda _: "").column == Column(pipeline="raw-coder", model="scripted", mode="evidence")


async def test_a_court_measures_each_canonical_solution_once_and_remembers_it(
    tmp_path: Path, sandbox: SessionSandbox
) -> None:
    first = await Court(sandbox, tmp_path).measured(PROBLEMS[0])
    assert first.verdict.plus
    assert await Court(None, tmp_path).measured(PROBLEMS[0]) == first  # type: ignore[arg-type]


async def test_a_canonical_solution_that_fails_is_measured_again_next_time(
    tmp_path: Path, sandbox: SessionSandbox
) -> None:
    wrong = problem_of(results="[2, 3, 7]")
    assert not (await Court(sandbox, tmp_path).measured(wrong)).verdict.plus
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


REPORTED = '{"findings": [{"claim": "wrong", "call": "f(1)", "should_be": "0", "comes_out": "2"}], "verdict": "bugs"}'


@pytest.mark.parametrize(
    ("draft", "fix", "review", "reviewed", "judged"),
    [
        (RIGHT, "    return x - 1\n", REPORTED, True, 2),
        ("    return x - 1\n", RIGHT, REPORTED, False, 2),
        (RIGHT, RIGHT, REPORTED, True, 1),
        (RIGHT, "", '{"findings": [], "verdict": "clean"}', True, 1),
    ],
)
async def test_a_draft_that_was_reported_is_judged_beside_what_was_settled_on(
    tmp_path: Path, draft: str, fix: str, review: str, reviewed: bool, judged: int
) -> None:
    answers = iter([draft, review, fix])

    def told(ask: Ask) -> str:
        said = next(answers)
        return said if said is review else ask.prefill + said

    judge = Reader()
    solve = partial(solved, judge=judge)
    (line,) = await run(tmp_path / "out.jsonl", [contender(told, "review-then-fix")], PROBLEMS[:1], solve)
    assert (line.reviewed_base, line.reviewed_plus, len(judge.asked)) == (True, reviewed, judged)


async def test_nothing_is_said_of_a_draft_that_nobody_reviewed(tmp_path: Path) -> None:
    (line,) = await run(tmp_path / "out.jsonl", [contender(RIGHT)], PROBLEMS[:1])
    assert (line.reviewed_base, line.reviewed_plus) == (None, None)
