"""Holding a draft against the project's tests: each in a process of its own, what is expected kept on this side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from ..facts import Asserted, Check, Example, Execution, Outcome, Report, UnusedTest
from ..project import locate
from ..sandbox.runner import Limits, Sandbox
from .relations import checked, is_plain_text, message_of, verdict
from .steps import ANOTHER, Plan, planned
from .swaying import is_carried, sway_of
from .without import Subject, Without, is_for_want_of_it

AT_ONCE = 4
"""Tests that run at the same time."""
MOST_DEATHS = 4
"""Tests that may loop or crash before the others are left."""
_Case = list[tuple[Example, Asserted]]


async def tested(
    sandbox: Sandbox, limits: Limits, subject: Subject, tests: Sequence[Example], report: Report
) -> Report:
    """The report with a check for every assertion of these tests. A program that does not run is not held against any.

    Raises:
        SandboxError: code cannot be run here as safely as was promised.
    """
    if report.problem:
        return replace(report, checks=(*report.checks, *_not_run(tests)))
    running = _Running(sandbox, limits, subject)
    cases = list(_cases(tests).values())
    for place in range(0, len(cases), AT_ONCE):
        await asyncio.gather(*(running.run(case) for case in cases[place : place + AT_ONCE]))
    checks = tuple(check for case in cases for check in running.checks[_name(case)])
    unused = tuple(running.unused[_name(case)] for case in cases if _name(case) in running.unused)
    return replace(
        report,
        checks=(*report.checks, *checks),
        seconds=report.seconds + running.seconds,
        unused=(*report.unused, *unused),
    )


class _OfNoUse(Exception):
    """A test that turns out, when it is run, to say nothing about a draft; the text says why."""


class _Running:
    """Runs tests of one draft, and remembers what came of each."""

    def __init__(self, sandbox: Sandbox, limits: Limits, subject: Subject) -> None:
        self._sandbox, self._limits, self._subject = sandbox, limits, subject
        self._without = Without(sandbox, limits, subject)
        self._sway = sway_of(subject.body)
        self._module = locate(subject.path).name
        self._deaths = 0
        self._unprepared: dict[tuple[str, ...], str] = {}
        """Why imports of tests do not work here; they are not tried again."""
        self.checks: dict[str, tuple[Check, ...]] = {}
        self.unused: dict[str, UnusedTest] = {}
        self.seconds = 0.0

    async def run(self, case: _Case) -> None:
        """One test: its checks, or why it is of no use."""
        name, first = _name(case), case[0][1]
        self.checks[name] = ()
        if self._deaths >= MOST_DEATHS:
            self.checks[name] = _not_run([example for example, _ in case])
            return
        why = self._unprepared.get(first.imports, "")
        try:
            self.checks[name] = () if why else await self._checked(case)
        except _OfNoUse as problem:
            why = str(problem)
        if why:
            self.unused[name] = UnusedTest(where=first.where, why=why)

    async def _checked(self, case: _Case) -> tuple[Check, ...]:
        """Run a test and hold what came out against its assertions.

        Raises:
            _OfNoUse: it says nothing about the draft.
        """
        plan = planned(case, self._module)
        done = await self._executed(plan)
        outcomes = done.outcomes
        broken = next((outcome for outcome in outcomes[: plan.beginning] if outcome.status != "returned"), None)
        if broken is not None and outcomes[0].status != "not run":
            if not await self._breaks_anyhow(plan, broken, outcomes):
                first, *rest = (example for example, _ in case)
                return (checked(first, broken, holds=False), *_not_run(rest))
            is_other = broken.raised.endswith(ANOTHER)
            why = f"cannot be set up in the sandbox: {broken.told or broken.status}"
            why = f"does not mean this function: {message_of(broken.raised)}" if is_other else why
            self._unprepared[case[0][1].imports] = why
            raise _OfNoUse(why)
        await self._refuse_saying_nothing(case, plan)
        self._deaths += any(outcome.status in {"timeout", "crashed"} for outcome in outcomes)
        verdicts = [verdict(*part, outcomes[number]) for part, number in zip(case, plan.asked, strict=True)]
        asked_there = "ask" in verdicts or not all(self._is_decided_here(*part) for part in case)
        if "ask" in verdicts:
            unclear = frozenset(number for number, found in enumerate(verdicts) if found == "ask")
            again = planned(case, self._module, unclear)
            second = (await self._executed(again)).outcomes
            for number in unclear:
                outcome = second[again.asked[number]]
                good = outcome.status == "returned" and (case[number][0].raises is not None or outcome.value == "True")
                verdicts[number] = "holds" if good else "fails"
        if all(found == "holds" for found in verdicts):
            self._refuse_swayed(case, plan, in_process=asked_there)
        checks: list[Check] = []
        for number, (example, test) in enumerate(case):
            outcome = _of(plan, outcomes, number)
            holds = outcome is outcomes[plan.asked[number]] and verdicts[number] == "holds"
            if outcome.refused and not holds and await self._breaks_anyhow(plan, outcome, outcomes):
                raise _OfNoUse(f"needs more than the sandbox gives: {outcome.told}")
            if holds and test.match:
                checks.append(await self._matched(example, test, outcome))
            else:
                checks.append(checked(example, outcome, holds=holds))
            if outcome is not outcomes[plan.asked[number]]:
                checks += _not_run([example for example, _ in case[number + 1 :]])
                break
        return tuple(checks)

    async def _refuse_saying_nothing(self, case: _Case, plan: Plan) -> None:
        """Refuse a test that comes to the same whatever the function does.

        Raises:
            _OfNoUse: it does not call it, or holds as well while the function only raises.
        """
        without = await self._without.ran(plan.steps)
        if without is None:
            return
        if not without.called:
            raise _OfNoUse(f"never calls {self._subject.name}()")
        outcomes = without.outcomes
        verdicts = [verdict(*part, outcomes[number]) for part, number in zip(case, plan.asked, strict=True)]
        prepared = all(outcomes[number].status == "returned" for number in plan.setups if number >= 0)
        if prepared and all(found == "holds" for found in verdicts):
            raise _OfNoUse(f"holds whatever {self._subject.name}() does")

    def _is_decided_here(self, example: Example, test: Asserted) -> bool:
        """Whether nothing but what the function gives, or raises, decides an assertion."""
        if example.raises is None and (example.compare == "truth" or test.relation == "runs"):
            return False
        return is_carried(example.source, test.setup, self._subject.name.rpartition(".")[2])

    def _refuse_swayed(self, case: _Case, plan: Plan, *, in_process: bool) -> None:
        """Refuse a test that holds, where the body may have seen to that itself.

        Raises:
            _OfNoUse: it is decided beside a body that could turn it, or what it expects can be found by one that looks.
        """
        turns, looks = self._sway
        if in_process and (turns or looks):
            raise _OfNoUse(f"is decided in the process of a body that {turns or looks}")
        steps = "\n".join(plan.steps)
        if looks and any(example.want and example.want in steps for example, _ in case):
            raise _OfNoUse(f"says what it expects in the process of a body that {looks}")

    async def _breaks_anyhow(self, plan: Plan, outcome: Outcome, outcomes: Sequence[Outcome]) -> bool:
        """Whether a step goes wrong in the same way while the function is not written: then it is no draft's doing."""
        without = await self._without.ran(plan.steps)
        if without is None:
            return not outcome.refused
        place = next(number for number, one in enumerate(outcomes) if one is outcome)
        again = without.outcomes[place]
        same = (again.status, _kind(again)) == (outcome.status, _kind(outcome))
        return same and not is_for_want_of_it(again)

    async def _matched(self, example: Example, test: Asserted, outcome: Outcome) -> Check:
        """Hold an exception's text against a pattern; in a process without the draft, for it may take for ever."""
        text = message_of(outcome.raised)
        if is_plain_text(test.match):
            return checked(example, outcome, holds=test.match in text)
        search = f"__import__('re').search({test.match!r}, {text!r}) is not None"
        done = await self._sandbox.run("", [search], self._limits)
        answer = done.outcomes[0]
        if answer.status == "returned":
            return checked(example, outcome, holds=answer.value == "True")
        raise _OfNoUse(f"has a pattern that cannot be held against the text: {answer.raised or answer.status}")

    async def _executed(self, plan: Plan) -> Execution:
        done = await self._sandbox.run(self._subject.program, list(plan.steps), self._limits, path=self._subject.path)
        self.seconds += done.seconds
        return done


def _of(plan: Plan, outcomes: Sequence[Outcome], number: int) -> Outcome:
    """What became of an assertion: its own outcome, or that of its preparations when they went wrong."""
    before = plan.setups[number]
    if before >= 0 and outcomes[before].status != "returned":
        return outcomes[before]
    return outcomes[plan.asked[number]]


def _kind(outcome: Outcome) -> str:
    return outcome.raised.partition(":")[0]


def _cases(tests: Sequence[Example]) -> dict[str, _Case]:
    found: dict[str, _Case] = {}
    for example in tests:
        if example.test is not None:
            found.setdefault(example.test.name, []).append((example, example.test))
    return found


def _name(case: _Case) -> str:
    return case[0][1].name


def _not_run(tests: Sequence[Example]) -> tuple[Check, ...]:
    return tuple(Check(example=example, verdict="not run") for example in tests)
