"""Running a program and its checks to the end, also when one of the checks never ends."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ..examples import asked
from ..facts import Example, Execution
from ..sandbox.runner import Limits, Sandbox

_ALONE = frozenset({"generated", "hidden"})
FRESH_STARTS = 3
"""Processes that may be lost to checks that loop or crash; a check that is then left was not run."""


async def executed(sandbox: Sandbox, limits: Limits, program: str, examples: Sequence[Example], path: str) -> Execution:
    """What came out of each example. Examples of the person share one process, as in a session.

    A generated check and a hidden one stand alone, so when one loops or crashes, those after it are run in a fresh
    process: a wrong guess of a model must not hide what the others would have shown.
    """
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
