"""Pipelines × models × seeds × problems, at most so many at once, each written down the moment it is known.

The ledger is the only memory: a run that was killed is the same command again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ..behaviour.questions import AT_MOST
from ..behaviour.simulated import Simulated
from ..errors import EnvironmentFault, RedraftError, first_of_ours
from ..events import Decomposed, Entry, RunFailed, TextStreamed
from ..kit import Kit
from ..pipelines.catalogue import Pipeline
from ..redaction import redact
from ..run.log import run_name, running
from ..run.recording import Recording
from ..state.cost import by_role
from ..state.run import RunState
from .court import Judge
from .ledger import Ledger
from .lines import Column, Key, Line
from .suites.problems import Problem
from .tally import Tally
from .verdicts import Verdict

LOST = 5
"""Problems that fail of our own world one after another before the whole run is given up."""


class Contender(msgspec.Struct, frozen=True, kw_only=True):
    """A pipeline and what it works with; one column of the table."""

    pipeline: Pipeline
    kit: Kit
    seed: int = 0

    @property
    def column(self) -> Column:
        """What its lines are known by."""
        return Column(
            pipeline=self.pipeline.name, model=label(self.pipeline, self.kit), seed=self.seed, mode=self.kit.mode
        )


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One problem for one contender."""

    contender: Contender
    problem: Problem

    @property
    def key(self) -> Key:
        """What its line will be known by."""
        column = self.contender.column
        return (self.problem.id, column.pipeline, column.model, column.seed, column.mode)


Progress = Callable[[Line, Tally], None]
Solve = Callable[[Work], Awaitable[Line]]
"""Runs one piece of work, here or elsewhere. Raises: RedraftError when the whole run cannot go on."""


class Harness:
    """One benchmark under way."""

    def __init__(
        self,
        ledger: Ledger,
        solve: Solve,
        *,
        workers: int = 2,
        progress: Progress = lambda _line, _tally: None,
    ) -> None:
        """`solve` does one piece of work, at most `workers` at once."""
        self._ledger, self._solve = ledger, solve
        self._workers = workers
        self._progress = progress
        self._stopping = False
        self._fault: RedraftError | None = None
        self._lost = 0
        self.tallies: dict[Column, Tally] = {}

    def stop(self) -> None:
        """Begin nothing more; what is under way is finished."""
        self._stopping = True

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopping

    async def run(self, contenders: Sequence[Contender], problems: Sequence[Problem]) -> tuple[Line, ...]:
        """Do all work that the ledger does not have; the lines of this work, earlier ones included.

        Raises:
            EnvironmentFault: the server is gone, or the disk is full. What was done is kept.
        """
        work = [Work(contender=one, problem=problem) for one in contenders for problem in problems]
        self._count(work)
        done = self._ledger.done
        waiting = iter([piece for piece in work if piece.key not in done])
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._serve(waiting))
        if self._fault is not None:
            raise self._fault
        wanted = {piece.key for piece in work}
        return tuple(line for line in self._ledger.lines if line.key in wanted)

    def _count(self, work: Iterable[Work]) -> None:
        totals = Counter(piece.contender.column for piece in work)
        self.tallies = {column: Tally(column=column, total=total) for column, total in totals.items()}
        wanted = {piece.key for piece in work}
        for line in self._ledger.lines:
            if line.key in wanted and line.status == "done":
                self.tallies[line.column] = self.tallies[line.column].plus_line(line)

    async def _serve(self, waiting: Iterable[Work]) -> None:
        for work in waiting:
            if self._stopping:
                return
            try:
                self._take(await self._solve(work))
            except RedraftError as fault:
                self._fault = self._fault or fault
                self._stopping = True

    def _take(self, line: Line) -> None:
        self._ledger.append(line)
        tally = self.tallies[line.column] = self.tallies[line.column].plus_line(line)
        self._progress(line, tally)
        self._lost = self._lost + 1 if line.status != "done" else 0
        if self._lost >= max(LOST, 2 * self._workers):
            raise EnvironmentFault(
                f"{self._lost} problems in a row could not be run, the last because: {line.error}. "
                "What is done is kept; put it right, then run the same command again"
            )


def tell(fault: Exception) -> str:
    """A fault of redraft's own in a sentence."""
    return f"a fault in redraft itself: {redact(repr(fault))}"


async def solved(
    work: Work,
    judge: Judge | None,
    *,
    logs: Path | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    tell: Callable[[Exception], str] = tell,
) -> Line:
    """Run one pipeline on one problem and judge what it settled on.

    `judge` None runs no tests: what pipelines do is measured, not what it is worth. Into `logs` goes every run's log.
    A fault of redraft's own ends this problem alone; `tell` gives the sentence that its line tells it in.
    """
    try:
        return await _solved(work, judge, logs, now)
    except Exception as error:
        if first_of_ours(error) is not None:
            raise
        line = _line(work.contender.column, work.problem, RunState())
        return replace(line, status="fault", error=tell(error), at=now().isoformat(timespec="seconds"))


async def _solved(work: Work, judge: Judge | None, logs: Path | None, now: Callable[[], datetime]) -> Line:
    contender, problem = work.contender, work.problem
    name = run_name(problem.stub, contender.pipeline.name, now())
    recording = Recording(logs / f"{name}.jsonl") if logs is not None else None
    kit = contender.kit if contender.kit.seed == contender.seed else _seeded(contender.kit, contender.seed)
    # A problem's own tests are the judge's; what a pipeline asks the user, the canonical solution answers.
    person = Simulated(kit.sandbox, kit.limits, problem.canonical, AT_MOST) if problem.canonical else None
    kit = replace(kit, from_tests="off", person=person)
    state, plans, failed = RunState(), list[Decomposed](), RunFailed(problem="")
    async with running(contender.pipeline, kit, problem.stub, record=recording, run=name) as log:
        async for entry in log:
            state = _after(state, entry)
            if isinstance(entry.event, Decomposed):
                plans.append(entry.event)
            elif isinstance(entry.event, RunFailed):
                failed = entry.event
    if recording is not None:
        recording.close()
    line = replace(
        _line(work.contender.column, problem, state),
        helpers=sum(len(plan.helpers) for plan in plans),
        planned=len(plans),
        run=name,
        at=now().isoformat(timespec="seconds"),
    )
    # An empty answer and a budget that is spent are what this model is worth; anything else says nothing of it.
    if state.solution is None and failed.kind != "BudgetSpent" and failed.cause != "empty":
        return replace(line, status="error", error=state.problem or "cancelled")
    return await _with_verdict(line, problem, state, judge)


async def _with_verdict(line: Line, problem: Problem, state: RunState, judge: Judge | None) -> Line:
    solution = state.solution
    if judge is None or solution is None:
        return line
    try:
        measured = await judge.measured(problem)
        verdict = await judge.verdict(problem, solution)
        reviewed = await _of_reviewed(verdict, problem, state, judge)
    except EnvironmentFault as fault:
        return replace(line, status="error", error=str(fault))
    return replace(
        line,
        base=verdict.base,
        plus=verdict.plus,
        judged=verdict.status,
        why=verdict.why,
        tests=verdict.tests,
        weak=verdict.weak,
        judging=verdict.seconds,
        reviewed_base=reviewed.base if reviewed else None,
        reviewed_plus=reviewed.plus if reviewed else None,
        canonical_base=measured.verdict.base if measured and problem.canonical else None,
        canonical_plus=measured.verdict.plus if measured and problem.canonical else None,
    )


async def _of_reviewed(settled: Verdict, problem: Problem, state: RunState, judge: Judge) -> Verdict | None:
    """What the draft that was reviewed is worth; tests are run once more only if it was reported and gave way."""
    review, solution = state.review, state.solution
    draft = next((draft for draft in state.drafts if review is not None and draft.id == review.draft), None)
    if review is None or solution is None or draft is None:
        return None
    if draft.body == solution.draft.body and draft.problem == solution.draft.problem:
        return settled
    return await judge.verdict(problem, replace(solution, draft=draft)) if review.verdict == "bugs" else None


def _line(column: Column, problem: Problem, state: RunState) -> Line:
    solution = state.solution
    review = state.review
    return Line(
        problem=problem.id,
        pipeline=column.pipeline,
        model=column.model,
        seed=column.seed,
        mode=column.mode,
        why=state.problem,
        visible=solution.verdict if solution else "unverified",
        body=solution.draft.body if solution else "",
        settled=solution.why if solution else "",
        roles=by_role((call.role, call.tokens, call.cost) for call in state.calls),
        seconds=round(max(0.0, state.now - state.idled), 3),
        findings=dict(Counter(finding.status for finding in review.findings)) if review else {},
        review=review.verdict if review else "",
        fixed=solution is not None and solution.draft.parent is not None,
        patched=problem.patched,
        level=problem.level,
    )


def _after(state: RunState, entry: Entry) -> RunState:
    """The fold without the text of answers, of which nothing is kept."""
    return state if isinstance(entry.event, TextStreamed) else state.after(entry)


def _seeded(kit: Kit, seed: int) -> Kit:
    voices = {role: voice.seeded(seed) for role, voice in kit.voices.items()}
    return replace(kit, seed=seed, voices=voices)


def label(pipeline: Pipeline, kit: Kit) -> str:
    """The models of a column: one name where all roles have the same, else the first and who differs."""
    names = {role: kit.models[role] for role in pipeline.roles}
    first = next(iter(names.values()))
    others = [f"{role}={name}" for role, name in names.items() if name != first]
    return " + ".join([first, *others])
