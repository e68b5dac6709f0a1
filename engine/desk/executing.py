"""Running a program and its checks to the end, also when one of the checks never ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from ..examples import (
    LOOK_AROUND,
    all_held_up,
    asked,
    awaited,
    compared,
    held_up,
    is_told_by_its_class,
    judge,
)
from ..facts import Check, Example, Execution, Outcome, Report, Stub
from ..sandbox.runner import Limits, Sandbox
from ..sources import blocked_by, is_newer_syntax, rivals
from .given import without_given

_ALONE = frozenset({"generated", "hidden"})
FRESH_STARTS = 3
"""Processes that may be lost to checks that loop or crash; a check that is then left was not run."""
_NOT_RUN = Outcome(status="not run")


async def executed(sandbox: Sandbox, limits: Limits, program: str, examples: Sequence[Example], path: str) -> Execution:
    """What came out of each example; those that wait are not run.

    Examples of one docstring share one process, as in a session, and each docstring has its own. A generated check and
    a hidden one stand alone, so when one loops or crashes, those after it are run in a fresh process: a wrong guess of
    a model must not hide what the others would have shown.
    """
    outcomes = [_NOT_RUN] * len(examples)
    done: Execution | None = None
    for places in _sessions(examples):
        session = [examples[n] for n in places]
        ran = await (_after_setup if any(e.before for e in session) else _in_a_row)(
            sandbox, limits, program, session, path
        )
        told = await _told_by_classes(sandbox, limits, program, session, ran.outcomes, path)
        for n, outcome in zip(places, told, strict=False):
            outcomes[n] = outcome
        done = ran if done is None else _both(done, ran)
        if ran.problem and all(outcome.status == "not run" for outcome in ran.outcomes):
            break  # The program itself cannot be loaded.
    assert done is not None
    return replace(_explained(done, program), outcomes=tuple(outcomes))


async def _told_by_classes(
    sandbox: Sandbox, limits: Limits, program: str, session: Sequence[Example], outcomes: Sequence[Outcome], path: str
) -> list[Outcome]:
    """The outcomes, in which values with a class of their own say themselves whether they equal what is claimed.

    That is asked in a second process: in the first, what is expected never arrives.
    """
    told = list(outcomes)
    own = {n for n, (e, outcome) in enumerate(zip(session, told, strict=False)) if is_told_by_its_class(e, outcome)}
    if not own:
        return told
    steps, places = [LOOK_AROUND], dict[int, int]()
    for n, example in enumerate(session[: max(own) + 1]):
        steps += map(awaited, example.before)
        places[n] = len(steps)
        steps += compared(example) if n in own else [asked(example).source]
    came = (await sandbox.run(program, steps, limits, path=path)).outcomes
    for n in own & {n for n, at in places.items() if at + 1 < len(came)}:
        made, answer = came[places[n] : places[n] + 2]
        if made.status != "returned" or answer.status != "returned":
            told[n] = made if made.status != "returned" else answer
        elif answer.value in {"[True]", "[False]"}:
            told[n] = replace(told[n], equal=answer.value == "[True]")
    return told


def _explained(done: Execution, program: str) -> Execution:
    """The execution, in which a program that is only too new for its interpreter says so."""
    failure = done.failure
    refused = failure is not None and not failure.elsewhere and failure.raised.startswith("SyntaxError")
    if not refused or not is_newer_syntax(program):
        return done
    return replace(done, problem=f"{done.problem}; this Python does not know that syntax, a newer one may")


async def shadowed(sandbox: Sandbox, limits: Limits, stub: Stub, body: str) -> str:
    """Why the stub's examples would run another function of its name, "" when they run this one or nobody can tell.

    Python itself is asked which of them the name stands for, after the program was loaded and before anything is
    called: the last of several definitions, or the one whose `if` was true.
    """
    others = rivals(stub, body)
    if not others:
        return ""
    probe = f"__import__('inspect').unwrap({stub.name}).__code__.co_firstlineno"
    done = await sandbox.run(stub.program(body), [probe], limits, path=stub.path)
    line = done.outcomes[0].value if done.outcomes and done.outcomes[0].status == "returned" else None
    if line is None or not line.isdecimal() or not any(int(line) in lines for lines in others):
        return ""
    return f"{stub.name} stands for another definition here, so nothing runs the one at line {stub.line}"


async def heeded(sandbox: Sandbox, limits: Limits, stub: Stub, report: Report, shadow: str) -> Report:
    """The examples' report: they say nothing of a function that they do not run, and what doctest refuses fails.

    `shadow` tells which other of its name they run, see `shadowed`; "" when there is none.
    """
    if shadow:
        verb = "its example runs" if len(report.checks) == 1 else "its examples run"
        return all_held_up(report, shadow, f"{verb} another function of its name")
    if await _nothing_calls(sandbox, limits, stub, report):
        return all_held_up(report, f"does not call {stub.entry_point}", f"no example calls {stub.entry_point}")
    if not stub.path:  # Of a benchmark's problem the examples are read kindly.
        return report
    read = replace(report, checks=tuple(_as_doctest_reads(check) for check in report.checks))
    return without_given(read, stub.path)


def _as_doctest_reads(check: Check) -> Check:
    why = check.example.refused
    got = f"doctest reads no example of this docstring: {why}"
    return replace(check, verdict="failed", got=got) if why and check.verdict == "passed" else check


async def _nothing_calls(sandbox: Sandbox, limits: Limits, stub: Stub, report: Report) -> bool:
    """Whether the examples come off the same when the function only raises, and none of them names it."""
    named = re.compile(rf"\b{re.escape(stub.entry_point)}\b")
    judged = [check.example for check in report.judged_examples]
    if not judged or report.problem or any(named.search("\n".join((*e.before, e.source))) for e in judged):
        return False
    done = await executed(sandbox, limits, stub.unwritten, judged, stub.path)
    without = [judge(example, outcome).verdict for example, outcome in zip(judged, done.outcomes, strict=False)]
    return without == [check.verdict for check in report.judged_examples]


def let_wait(report: Report, stub: Stub, body: str) -> Report:
    """The report in which what fails waits, if the body leads to functions that are not written yet."""
    failing = [check.example for check in report.failures]
    if report.problem or not failing:
        return report
    waits = {id(e): names for e, names in zip(failing, blocked_by(stub, body, failing), strict=True) if names}
    checks = (
        held_up(check, waits[id(check.example)]) if id(check.example) in waits else check for check in report.checks
    )
    return replace(report, checks=tuple(checks)) if waits else report


def _sessions(examples: Sequence[Example]) -> list[list[int]]:
    """The numbers of the examples that are run, by session; one session without any when there are none."""
    found: dict[str, list[int]] = {}
    for n, example in enumerate(examples):
        if not example.waits_for:
            found.setdefault(example.session, []).append(n)
    return list(found.values()) or [[]]


def _both(first: Execution, second: Execution) -> Execution:
    return replace(
        first,
        problem=first.problem or second.problem,
        failure=first.failure or second.failure,
        import_seconds=max(first.import_seconds, second.import_seconds),
        timed_out=first.timed_out or second.timed_out,
        seconds=first.seconds + second.seconds,
    )


async def _after_setup(
    sandbox: Sandbox, limits: Limits, program: str, examples: Sequence[Example], path: str
) -> Execution:
    """The same for one session in which other statements come before the examples; of these, nothing is told."""
    steps: list[str] = []
    own: list[int] = []
    for example in examples:
        steps += map(awaited, example.before)
        own.append(len(steps))
        steps.append(asked(example).source)
    done = await sandbox.run(program, steps, limits, path=path)
    came = [*done.outcomes, *[_NOT_RUN] * (len(steps) - len(done.outcomes))]
    return replace(done, outcomes=tuple(_told(steps, came, n, own) for n in own))


def _told(steps: Sequence[str], came: Sequence[Outcome], at: int, own: Sequence[int]) -> Outcome:
    """What came out of the example at a step; a name that its setup should have bound is traced to what went wrong."""
    outcome = came[at]
    if outcome.status != "raised" or not outcome.raised.startswith("NameError"):
        return outcome
    broken = next((n for n in range(at) if n not in own and came[n].status == "raised"), None)
    if broken is None:
        return outcome
    return replace(outcome, raised=f"{outcome.raised} (before it, `{steps[broken]}` gave {came[broken].raised})")


async def _in_a_row(
    sandbox: Sandbox, limits: Limits, program: str, examples: Sequence[Example], path: str
) -> Execution:
    """The same for examples with nothing between them."""
    steps = [asked(example).source for example in examples]
    done = await sandbox.run(program, steps, limits, path=path)
    for _ in range(FRESH_STARTS):
        first = next((n for n, outcome in enumerate(done.outcomes) if outcome.status == "not run"), len(steps))
        alone = 0 < first < len(steps) and all(example.origin in _ALONE for example in examples[first - 1 :])
        if not alone:
            break
        more = await sandbox.run(program, steps[first:], limits, path=path)
        done = replace(
            done,
            outcomes=(*done.outcomes[:first], *more.outcomes),
            problem=more.problem,
            timed_out=done.timed_out or more.timed_out,
            seconds=done.seconds + more.seconds,
        )
    return done
